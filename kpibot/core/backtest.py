"""Replays a KPI's past against an alert rule: how many alerts there would have been, and with which levels how many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kpibot.core.alerts import AlertRule, AlertState, Judgement, Phase, Reason, step
from kpibot.core.thresholds import Better, Thresholds

Moments = Sequence[tuple[datetime, float | None]]
SHARES = (0.5, 0.75, 0.9, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alert that would have been: from its notice to its recovery; `end` is None while it lasts."""

    start: datetime
    end: datetime | None
    became_critical: bool = False

    def lasted(self, until: datetime) -> timedelta:
        """How long it lasted, or has lasted by `until`."""
        return (self.end or until) - self.start


@dataclass(frozen=True, slots=True)
class Trial:
    """What a warning level would have given at one campus."""

    warning: float
    alarms: int
    lasted: timedelta


def replay(moments: Moments, levels: Thresholds, rule: AlertRule) -> list[Alarm]:
    """The alerts that the rule would have given over these values."""
    state, found = AlertState(), list[Alarm]()
    for at, value in moments:
        judged = Judgement(levels.judge(value), value is not None and levels.recovered(value, rule.recovers_at))
        state, reason = step(state, judged, rule, at)
        if reason is Reason.FIRING:
            found.append(Alarm(at, None))
        elif reason is Reason.RECOVERED:
            found[-1] = replace(found[-1], end=at)
        if state.phase is Phase.FIRING and state.severity is not None and state.severity.value == "critical":
            found[-1] = replace(found[-1], became_critical=True)
    return found


def trials(moments: Moments, levels: Thresholds, rule: AlertRule) -> list[Trial]:
    """What other warning levels would have given: those that half of the values, three in four, … stay short of."""
    known = sorted(value for _, value in moments if value is not None)
    if not known or levels.better is Better.NEUTRAL:
        return []
    found = []
    for warning in dict.fromkeys(_level(known, share, levels.better) for share in SHARES):
        tried = Thresholds(levels.better, warning=warning)
        # The recovery threshold keeps its distance from the warning.
        alarms = replay(moments, tried, replace(rule, recovers_at=_recovery(rule, levels, warning)))
        found.append(Trial(warning, len(alarms), total(alarms, moments[-1][0])))
    return found


def total(alarms: Iterable[Alarm], until: datetime) -> timedelta:
    """How long the alerts lasted in all."""
    return sum((each.lasted(until) for each in alarms), timedelta())


def _level(known: Sequence[float], share: float, better: Better) -> float:
    """The value that a share of all values stay short of, in two digits or so: nobody sets a level of 37.42."""
    place = min(int(share * len(known)), len(known) - 1)
    value = known[place if better is Better.LOWER else len(known) - 1 - place]
    return float(f"{value:.2g}") if abs(value) < 100 else float(f"{value:.3g}")


def _recovery(rule: AlertRule, levels: Thresholds, warning: float) -> float | None:
    if rule.recovers_at is None or not levels.warning:
        return None
    return warning * rule.recovers_at / levels.warning
