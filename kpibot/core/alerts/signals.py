"""Signals beside fixed thresholds: it changes fast, it is unlike this weekday of the season, it will soon be critical.

All are about a KPI's last value of each day, and all warn only in the direction that is worse. What is unusual and what
is forecast rests on medians and quantiles, so that one odd day of the past neither raises nor hides an alarm; a change
is from one day to another.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import combinations
from statistics import NormalDist, median

from kpibot.core.kpis.alert_rule import AnomalyRule, ChangeRule, ForecastRule, SignalRule
from kpibot.core.kpis.series import Series
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict
from kpibot.core.text import plural
from kpibot.core.time.calendar import Calendar

LEAST_HISTORY = 6  # values without which nobody can say what is usual: with four, chance alone alarms on one day in 17
COMMON = 0.8  # the share of days that have seen as much: what happens on one day in five is not unusual
IN_DEVIATIONS = {share: NormalDist().inv_cdf((1 + share) / 2) for share in (0.5, COMMON)}
LEAST_NOISE = 0.005  # of the usual value
FITTED = 20  # school days that a forecast looks back on
LEAST_FITTED = FITTED // 2  # of these, with a value
FORECAST_DAYS = 60  # in which so many school days lie, a break among them
SURELY = NormalDist().inv_cdf(0.95)  # by chance alone, one course in twenty would seem to go anywhere
YEAR = timedelta(weeks=52)


@dataclass(frozen=True, slots=True)
class Signal:
    """A warning that no fixed threshold gives, in words."""

    text: str


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
    by_rule = (_signal(series, levels, rule, calendar) for rule in rules)
    return [each for each in by_rule if each is not None]


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
    return Signal(f"{percent:,.0f}% {'more' if now > before else 'less'} than {rule.days} days ago")


def _anomaly(series: Series, levels: Thresholds, rule: AnomalyRule, calendar: Calendar) -> Signal | None:
    now, usual = series.values[-1], list(_alike(series, rule, calendar))
    if now is None or len(usual) < LEAST_HISTORY:
        return None
    middle = median(usual)
    beyond = (now - middle) * _worse(levels) / _noise(usual, middle, now)
    if beyond < rule.deviations:
        return None
    weekday, about = f"{series.days[-1]:%A}", f"{middle:,.0f}" if abs(middle) >= 100 else f"{middle:.3g}"
    return Signal(f"unusual for a {weekday} at this time of year (usually about {about})")


def _noise(usual: Sequence[float], middle: float, now: float) -> float:
    """How far values lie apart anyway, as a standard deviation.

    Where most are the same, as in a count that mostly is 0, the median deviation is 0; the rarer ones still tell. Where
    nothing ever moves, any move would be infinitely unusual: a unit and half a percent are taken for noise.
    """
    apart = sorted(abs(each - middle) for each in usual)
    spread = (apart[int(share * (len(apart) - 1))] / deviations for share, deviations in IN_DEVIATIONS.items())
    return max(*spread, LEAST_NOISE * abs(middle), _unit([*usual, now]))


def _unit(values: Sequence[float]) -> float:
    """1, or the decimal place in which values that are all smaller differ."""
    largest = max(map(abs, values))
    return 1.0 if largest >= 1 or not largest else max(10.0 ** math.floor(math.log10(largest)), 1e-12)


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
    now, course = series.values[-1], _course(series, calendar)
    if levels.critical is None or levels.verdict_of(now) is Verdict.CRITICAL or len(course) < LEAST_FITTED:
        return None
    if not _can_reach(levels.critical, [value for _, value in course], rule.days):
        return None
    slope = _slope(course)
    if slope * _worse(levels) <= 0 or not _goes_one_way(course):
        return None
    level = median(value - slope * place for place, value in course)
    if now is not None and not calendar.is_school_day(series.days[-1]):
        level = min(level, now, key=lambda each: each * _worse(levels))  # what was worked off in a break counts
    left = max(math.ceil(round((levels.critical - level) / slope, 6)), 1)
    return Signal(f"at this pace critical in {plural(left, 'school day')}") if left <= rule.days else None


def _can_reach(critical: float, values: Sequence[float], days: int) -> bool:
    """Whether a slope could be steep enough: none is steeper than the whole range in one day. It is cheap to know."""
    nearest = min(abs(critical - value) for value in values)
    return nearest <= (days + FITTED) * (max(values) - min(values))


def _course(series: Series, calendar: Calendar) -> list[tuple[int, float]]:
    """The values of the last school days, the oldest first, each with its place: 0 for the last one, -1 before it.

    A day without a value has its place, too.
    """
    recent = series.values[-FORECAST_DAYS:]
    at_school = [recent[place] for place in _school_days(series.days[-FORECAST_DAYS:], calendar)][-FITTED:]
    places = range(1 - len(at_school), 1)
    return [(place, value) for place, value in zip(places, at_school, strict=True) if value is not None]


@lru_cache(maxsize=16)
def _school_days(days: tuple[date, ...], calendar: Calendar) -> tuple[int, ...]:
    """Which of some days are school days. A pure function remembered: every campus has the same days."""
    return tuple(place for place, day in enumerate(days) if calendar.is_school_day(day))


def _slope(course: Sequence[tuple[int, float]]) -> float:
    """The median of the slopes between all pairs (Theil and Sen): a few odd days do not turn it."""
    return median((later - earlier) / (n - m) for (m, earlier), (n, later) in combinations(course, 2))


def _goes_one_way(course: Sequence[tuple[int, float]]) -> bool:
    """Whether more pairs rise than fall, or the other way, than chance would give (Mann and Kendall)."""
    days = len(course)
    more = sum((later > earlier) - (later < earlier) for (_, earlier), (_, later) in combinations(course, 2))
    return abs(more) > SURELY * math.sqrt(days * (days - 1) * (2 * days + 5) / 18)


def _worse(levels: Thresholds) -> int:
    """The sign of a change for the worse."""
    return 1 if levels.better is Better.LOWER else -1


def _value_on(series: Series, day: date) -> float | None:
    place = (day - series.days[0]).days
    return series.values[place] if 0 <= place < len(series.values) else None
