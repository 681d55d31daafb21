"""When does a breach become a notification? One pure decision: `next_state`.

        breach           breach, `after` reached            recovered
   OK ────────► PENDING ─────────────────────────► FIRING ────────────► OK
    ◄────────────┘  back under the threshold         │ ▲  worse, eased, still firing
                                                     └─┘
Missing data changes nothing: it neither fires nor recovers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kpibot.core.alerts.signals import Signal
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict


class Phase(StrEnum):
    """The phase of an alert."""

    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"


class Reason(StrEnum):
    """Why a notification is sent."""

    FIRING = "firing"
    MORE = "more campuses"
    WORSE = "worse"
    EASED = "eased"
    STILL_FIRING = "still firing"
    RECOVERED = "recovered"
    MUTED = "muted"
    MOVED = "moved"
    INHIBITED = "inhibited"
    LAPSED = "acknowledgement lapsed"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class Assessment:
    """One measurement, evaluated. `recovered` and `eased` are about the way back, which may be longer.

    `eased` says that it is no longer critical.
    """

    verdict: Verdict
    recovered: bool
    eased: bool = True

    @property
    def breached(self) -> bool:
        """Whether a threshold is crossed."""
        return self.verdict in (Verdict.WARNING, Verdict.CRITICAL)


def assess(
    levels: Thresholds, value: float | None, rule: AlertRule, active_signals: Sequence[Signal] | None = ()
) -> Assessment:
    """A measurement as the alert rule sees it. `active_signals` is None where the series is not known."""
    verdict = levels.verdict_of(value)
    if value is None:
        return Assessment(verdict, recovered=False)
    breached = verdict in (Verdict.WARNING, Verdict.CRITICAL)
    if not breached and active_signals is None:
        return Assessment(Verdict.NO_DATA, recovered=False)
    if not breached and active_signals:
        return Assessment(Verdict.WARNING, recovered=False, eased=levels.eased(value))
    if verdict is Verdict.NOT_EVALUATED and rule.signals and levels.better is not Better.NEUTRAL:
        verdict = Verdict.ON_TARGET  # it has no thresholds: only its signals evaluate it
    return Assessment(verdict, levels.recovered(value), levels.eased(value))


@dataclass(frozen=True, slots=True)
class AlertState:
    """What is kept between measurements.

    `since` is when the breach was first measured, `streak` how many measurements in a row had it, `severity` the
    verdict of the last notification, `notified_at` when that was sent.
    """

    phase: Phase = Phase.OK
    severity: Verdict | None = None
    since: datetime | None = None
    streak: int = 0
    notified_at: datetime | None = None


INACTIVE = AlertState()


def next_state(
    state: AlertState, assessment: Assessment, rule: AlertRule, now: datetime
) -> tuple[AlertState, Reason | None]:
    """The next state, and the reason for a notification, if there is one."""
    if assessment.verdict in (Verdict.NO_DATA, Verdict.NOT_EVALUATED):
        return state, None
    if state.phase is Phase.FIRING:
        return _while_firing(state, assessment, rule, now)
    if not assessment.breached:
        return INACTIVE, None
    since, streak = state.since or now, state.streak + 1
    if streak < rule.after:
        return AlertState(Phase.PENDING, None, since, streak), None
    return AlertState(Phase.FIRING, assessment.verdict, since, streak, now), Reason.FIRING


def _while_firing(
    state: AlertState, assessment: Assessment, rule: AlertRule, now: datetime
) -> tuple[AlertState, Reason | None]:
    if assessment.recovered:
        return INACTIVE, Reason.RECOVERED
    # Between the recovery threshold and the warning a breach is neither over nor critical: it stays a warning.
    severity = assessment.verdict if assessment.breached else Verdict.WARNING
    if state.severity is Verdict.CRITICAL and not assessment.eased:
        severity = Verdict.CRITICAL
    state = replace(state, streak=state.streak + 1)
    if severity is not state.severity:
        reason = Reason.WORSE if severity is Verdict.CRITICAL else Reason.EASED
        return replace(state, severity=severity, notified_at=now), reason
    if rule.remind is not None and state.notified_at is not None and now - state.notified_at >= rule.remind:
        return replace(state, notified_at=now), Reason.STILL_FIRING
    return state, None
