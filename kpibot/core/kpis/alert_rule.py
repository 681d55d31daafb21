"""A KPI's alert rule: when people are notified of its breaches, and who."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """Warns of a change for the worse by so many percent within so many days."""

    percent: float
    days: int


@dataclass(frozen=True, slots=True)
class AnomalyRule:
    """Warns of a value that lies `deviations` or more beyond what this weekday brought in the last weeks, and in the
    same weeks of last year."""

    deviations: float = 4.0
    weeks: int = 8


@dataclass(frozen=True, slots=True)
class ForecastRule:
    """Warns where the course of the last school days reaches critical within so many more."""

    days: int = 10


SignalRule = ChangeRule | AnomalyRule | ForecastRule


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """Fires after `after` measurements in a row, reminds every `remind`; the thresholds say when a breach is over.

    An acknowledgement lasts `acknowledged_for`. While nobody acknowledges a critical breach, the owners of `escalation`
    are called, each after a time, whatever the hour. `signals` warn beside the thresholds. Outside working hours
    only what is critical is sent, unless `any_time`; on holidays nothing is, unless `on_holidays`. With `at_district`
    the district itself is watched too, and with `inhibits` its breach silences those of its campuses.
    """

    after: int = 1
    remind: timedelta | None = None
    acknowledged_for: timedelta = timedelta(hours=8)
    escalation: tuple[tuple[timedelta, str], ...] = ()
    signals: tuple[SignalRule, ...] = ()
    any_time: bool = False
    on_holidays: bool = False
    at_district: bool = False
    inhibits: bool = False
