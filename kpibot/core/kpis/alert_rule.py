"""A KPI's alert rule: when breaches are notified, and who is mentioned."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """Warns of a change for the worse by `percent` within `days`."""

    percent: float
    days: int


@dataclass(frozen=True, slots=True)
class AnomalyRule:
    """Warns of a value that is `deviations` or more beyond those of this weekday in the last weeks, and in the same
    weeks of last year."""

    deviations: float = 4.0
    weeks: int = 8


@dataclass(frozen=True, slots=True)
class ForecastRule:
    """Warns where the trend of the last school days reaches critical within `days` more."""

    days: int = 10


SignalRule = ChangeRule | AnomalyRule | ForecastRule


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """Fires after `after` consecutive measurements, with a reminder every `remind`; thresholds end a breach.

    An acknowledgement lasts `acknowledged_for`. As long as a critical breach is not acknowledged, the owners in
    `escalation` are mentioned, each after a time, at any hour. `signals` warn in addition to the thresholds. Outside
    working hours only critical breaches are notified, unless `any_time`; on holidays none are, unless `on_holidays`.
    With `at_district` the district itself is watched too, and with `inhibits` its breach suppresses those of its
    campuses.
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
