"""Signals beside fixed thresholds: it changes fast, it is unlike this weekday of the season, it will soon be critical.

All are about a KPI's last value of each day, and all warn only in the direction that is worse. They are robust: medians
and the median deviation from them, so that one odd day neither raises nor hides an alarm.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import combinations, islice
from statistics import median

from kpibot.core.calendar import Calendar
from kpibot.core.series import Series
from kpibot.core.thresholds import Better, Thresholds

LIKE_A_DEVIATION = 1.4826  # the median deviation of a normal distribution, as a standard deviation
LEAST_HISTORY = 4  # values without which nobody can say what is usual
FITTED = 20  # school days that a forecast looks back on
FORECAST_DAYS = 60  # in which so many school days lie, a break among them
YEAR = timedelta(weeks=52)


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


@dataclass(frozen=True, slots=True)
class Signal:
    """A warning that no fixed threshold gives, in words."""

    says: str


def days_needed(rules: Sequence[SignalRule]) -> int:
    """How many days of a series the rules look at."""
    return max(map(_days, rules), default=0)


def _days(rule: SignalRule) -> int:
    match rule:
        case ChangeRule():
            return rule.days + 1
        case AnomalyRule():
            return max(timedelta(weeks=rule.weeks), YEAR + timedelta(weeks=rule.weeks // 4)).days + 1
        case ForecastRule():
            return FORECAST_DAYS


def signals(series: Series, levels: Thresholds, rules: Sequence[SignalRule], calendar: Calendar) -> list[Signal]:
    """What the rules say of the last day of a series; nothing of a KPI that has no direction, or no value today."""
    if levels.better is Better.NEUTRAL or not series.values or series.values[-1] is None:
        return []
    found = (_signal(series, levels, rule, calendar) for rule in rules)
    return [each for each in found if each is not None]


def _signal(series: Series, levels: Thresholds, rule: SignalRule, calendar: Calendar) -> Signal | None:
    match rule:
        case ChangeRule():
            return _change(series, levels, rule)
        case AnomalyRule():
            return _anomaly(series, levels, rule, calendar)
        case ForecastRule():
            return _forecast(series, levels, rule, calendar)


def _change(series: Series, levels: Thresholds, rule: ChangeRule) -> Signal | None:
    now, before = series.values[-1], _value_on(series, series.days[-1] - timedelta(days=rule.days))
    if now is None or not before:
        return None
    percent = 100 * (now - before) / abs(before) * _worse(levels)
    if percent < rule.percent:
        return None
    return Signal(f"{percent:.0f}% {'more' if now > before else 'less'} than {rule.days} days ago")


def _anomaly(series: Series, levels: Thresholds, rule: AnomalyRule, calendar: Calendar) -> Signal | None:
    now, usual = series.values[-1], list(_alike(series, rule, calendar))
    if now is None or len(usual) < LEAST_HISTORY:
        return None
    middle = median(usual)
    spread = LIKE_A_DEVIATION * median(abs(each - middle) for each in usual)
    # Where nothing ever moves, any move would be infinitely unusual: half a unit is taken for noise.
    beyond = (now - middle) * _worse(levels) / max(spread, 0.5)
    if beyond < rule.deviations:
        return None
    weekday = f"{series.days[-1]:%A}"
    return Signal(f"unusual for a {weekday} at this time of the year, when about {middle:.3g} is usual")


def _alike(series: Series, rule: AnomalyRule, calendar: Calendar) -> Iterator[float]:
    """The values of the same weekday in the last weeks and around the same day last year, school days only."""
    today = series.days[-1]
    weeks = [timedelta(weeks=n) for n in range(1, rule.weeks + 1)]
    around = [YEAR + timedelta(weeks=n) for n in range(-(rule.weeks // 4), rule.weeks // 4 + 1)]
    for back in (*weeks, *around):
        day = today - back
        value = _value_on(series, day) if calendar.is_school_day(day) == calendar.is_school_day(today) else None
        if value is not None:
            yield value


def _forecast(series: Series, levels: Thresholds, rule: ForecastRule, calendar: Calendar) -> Signal | None:
    now = series.values[-1]
    if levels.critical is None or now is None or levels.judge(now).value == "critical":
        return None
    recent = list(islice(_on_school_days(series, calendar), FITTED))[::-1]
    if len(recent) < LEAST_HISTORY or not _can_reach(levels.critical, recent, rule.days):
        return None
    slope = _slope(recent)
    if slope * _worse(levels) <= 0:
        return None
    left = max((levels.critical - recent[-1]) / slope, 1.0)
    return Signal(f"at this pace critical in {left:.0f} school days") if left <= rule.days else None


def _can_reach(critical: float, recent: Sequence[float], days: int) -> bool:
    """Whether a slope could be steep enough: none is steeper than the whole range in one day. It is cheap to know."""
    return abs(critical - recent[-1]) <= max(days, 1) * (max(recent) - min(recent))


def _on_school_days(series: Series, calendar: Calendar) -> Iterator[float]:
    """The values of school days, the last one first."""
    for place in reversed(_school_days(series.days, calendar)):
        value = series.values[place]
        if value is not None:
            yield value


@lru_cache(maxsize=16)
def _school_days(days: tuple[date, ...], calendar: Calendar) -> tuple[int, ...]:
    """Which of some days are school days. A pure function remembered: every campus has the same days."""
    return tuple(place for place, day in enumerate(days) if calendar.is_school_day(day))


def _slope(values: Sequence[float]) -> float:
    """The median of the slopes between all pairs (Theil and Sen): a few odd days do not turn it."""
    pairs = combinations(enumerate(values), 2)
    return median((later - earlier) / (n - m) for (m, earlier), (n, later) in pairs)


def _worse(levels: Thresholds) -> int:
    """The sign of a change for the worse."""
    return 1 if levels.better is Better.LOWER else -1


def _value_on(series: Series, day: date) -> float | None:
    place = (day - series.days[0]).days
    return series.values[place] if 0 <= place < len(series.values) else None
