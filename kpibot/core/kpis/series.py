"""Series: a measure at the end of each day of a window, for a campus or the sum of several."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from kpibot.core.kpis.measures import Statistic
from kpibot.core.kpis.readings import Floats, percentile


@dataclass(frozen=True, slots=True)
class Series:
    """One value per day, in the KPI's unit; None where there was nothing to measure."""

    days: tuple[date, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """The days of a series. Day n ends at `ends[n]` (the last one may end before midnight); its period begins at
    `starts[n]`, a local midnight. Where a measure counts only old rows, they began before `cutoffs[n]`. All instants
    are aware."""

    days: tuple[date, ...]
    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    cutoffs: tuple[datetime, ...] = ()

    @property
    def opens(self) -> datetime:
        """The start of the earliest period of any of the days."""
        return min(self.starts)


@dataclass(frozen=True, slots=True)
class DailyTotals:
    """Additive totals: one entry per day. `denominator` is None where nothing is divided."""

    numerator: Floats
    denominator: Floats | None = None

    def __add__(self, other: "DailyTotals") -> "DailyTotals":
        if self.denominator is None or other.denominator is None:
            return DailyTotals(self.numerator + other.numerator)
        return DailyTotals(self.numerator + other.numerator, self.denominator + other.denominator)

    def values(self, days: int) -> Floats:
        """The numbers; NaN where the denominator is 0."""
        if self.denominator is None:
            return self.numerator
        quotients = np.full(days, np.nan)
        np.divide(self.numerator, self.denominator, out=quotients, where=self.denominator != 0)
        return quotients


@dataclass(frozen=True, slots=True)
class Intervals:
    """Rows that began and perhaps ended, in UTC seconds; `ended` is NaN for a row that has not ended.

    `allowed` is the limit of each, in seconds, NaN without one; None where limits do not matter.
    """

    began: Floats
    ended: Floats
    allowed: Floats | None = None


@dataclass(frozen=True, slots=True)
class DistinctCounts:
    """Distinct keys of a flow, per day. `own` is how many keys count that only this campus has; `shared` has the keys
    that other campuses have too, with the half-open ranges of days on which each counts. A group counts each key once
    per day."""

    own: Floats
    shared: Mapping[object, tuple[tuple[int, int], ...]]

    def __add__(self, other: "DistinctCounts") -> "DistinctCounts":
        keys = {**self.shared}
        for key, ranges in other.shared.items():
            keys[key] = (*keys.get(key, ()), *ranges)
        return DistinctCounts(self.own + other.own, keys)

    def counts(self) -> Floats:
        """The number of keys on each day."""
        total = self.own.copy()
        for ranges in self.shared.values():
            counts = np.zeros(len(total), dtype=bool)
            for first, last in ranges:
                counts[first:last] = True
            total += counts
        return total


SeriesData = DailyTotals | Intervals | DistinctCounts
ElapsedBetween = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, slots=True)
class Durations:
    """Durations as of an instant, in seconds, and which rows are still waiting. `allowed` is NaN without a limit."""

    seconds: Floats
    waiting: NDArray[np.bool_]
    allowed: Floats | None = None

    @property
    def met(self) -> NDArray[np.bool_]:
        """The rows that met their limit."""
        return (self.seconds <= self._limit) & ~self.waiting

    @property
    def missed(self) -> NDArray[np.bool_]:
        """The rows that missed their limit, waiting ones included once they are late."""
        return self.seconds > self._limit

    @property
    def decided(self) -> int:
        """How many met or missed their limit; a row that is waiting and not late has done neither."""
        return int(self.met.sum() + self.missed.sum())

    @property
    def _limit(self) -> Floats | float:
        return float("nan") if self.allowed is None else self.allowed


def durations_at(intervals: Intervals, end: float, lasting: ElapsedBetween) -> Durations:
    """How long the rows took, or have waited, by `end` (UTC seconds), as measured by the clock `lasting`."""
    waiting = ~(intervals.ended < end)
    return Durations(lasting(intervals.began, np.where(waiting, end, intervals.ended)), waiting, intervals.allowed)


def wall_clock(began: Floats, ended: Floats) -> Floats:
    """Seconds by the wall clock."""
    return ended - began


def streak_start(series: Series, holds: Callable[[float], bool]) -> date | None:
    """The first day of the streak up to the last day on which `holds` is true; None where it is false now.

    Days without a value neither begin nor end a streak.
    """
    since = None
    for day, value in zip(reversed(series.days), reversed(series.values), strict=True):
        if value is None:
            continue
        if not holds(value):
            break
        since = day
    return since


def walk_back(last: float | Floats, net: Floats) -> Floats:
    """The values of a stock at the end of each day, from its value at the end of the last one.

    Args:
        last: at the end of the last day; for several stocks one each.
        net: how many more began than ended on each day; for several stocks a row each.
    """
    values: Floats = np.expand_dims(last, -1) - (np.cumsum(net[..., ::-1], axis=-1)[..., ::-1] - net)
    return values


def sums_since(per_day: Floats, first: Sequence[int]) -> Floats:
    """For each day the sum from the day with index `first[day]` up to and including that day.

    Args:
        per_day: the total of each day; for several flows a row each.
        first: the index in `per_day` at which the period of each of the last `len(first)` days begins.
    """
    cumulative = _cumulative(per_day)
    days = per_day.shape[-1]
    ends = np.arange(days - len(first), days) + 1
    sums: Floats = cumulative[..., ends] - cumulative[..., np.asarray(first, dtype=np.intp)]
    return sums


def _cumulative(per_day: Floats) -> Floats:
    """The sums of all days before each day, and of all days."""
    zero = np.zeros((*per_day.shape[:-1], 1))
    running: Floats = np.cumsum(np.concatenate([zero, per_day], axis=-1), axis=-1)
    return running


def statistic_over(
    intervals: Intervals,
    windows: Sequence[tuple[float, float]],
    statistic: Statistic,
    lasting: ElapsedBetween = wall_clock,
) -> Floats:
    """The statistic over the rows that began in each window, as of the window's end.

    Args:
        intervals: the rows.
        windows: half-open (start, end) in UTC seconds.
        statistic: how the durations become one number.
        lasting: the clock that measures the durations.

    Returns:
        Seconds, or the share within the limit, for each window; NaN for a window without rows.
    """
    if not windows:
        return np.zeros(0)
    ordered = _selected(intervals, np.argsort(intervals.began, kind="stable"))
    return np.array([_statistic(durations, statistic) for durations in _durations_in(ordered, windows, lasting)])


def _selected(intervals: Intervals, rows: NDArray[np.intp] | slice) -> Intervals:
    allowed = None if intervals.allowed is None else intervals.allowed[rows]
    return Intervals(intervals.began[rows], intervals.ended[rows], allowed)


def _durations_in(
    ordered: Intervals, windows: Sequence[tuple[float, float]], lasting: ElapsedBetween
) -> Iterator[Durations]:
    """The `durations_at` the end of each window, over the rows that began in it; `ordered` is by beginning.

    Most rows lie in many windows and have ended in nearly all of them: the clock is called once for all rows, and once
    for those that are waiting at the end of any window.
    """
    ends = np.array([end for _, end in windows])
    low, high = np.searchsorted(ordered.began, np.array(windows).T)
    took = lasting(ordered.began, ordered.ended)
    begun = [_selected(ordered, slice(*bounds)) for bounds in zip(low, high, strict=True)]
    waiting = [~(rows.ended < end) for rows, end in zip(begun, ends, strict=True)]
    since = np.concatenate([rows.began[still] for rows, still in zip(begun, waiting, strict=True)])
    counts = [np.count_nonzero(still) for still in waiting]
    so_far = np.split(lasting(since, np.repeat(ends, counts)), np.cumsum(counts[:-1]))
    for n, rows in enumerate(begun):
        seconds = took[low[n] : high[n]].copy()
        seconds[waiting[n]] = so_far[n]
        yield Durations(seconds, waiting[n], rows.allowed)


def _statistic(durations: Durations, statistic: Statistic) -> float:
    if statistic is Statistic.WITHIN:
        return durations.met.sum() / durations.decided if durations.decided else float("nan")
    if not durations.seconds.size:
        return float("nan")
    percent = statistic.percentile
    return float(np.mean(durations.seconds)) if percent is None else percentile(durations.seconds, percent)


def mean_values(areas: Floats, edges: Floats, windows: Sequence[tuple[int, int]]) -> Floats:
    """The mean value of a stock over each window, weighted by time.

    Args:
        areas: the value integrated over each day, in seconds; for several stocks a row each.
        edges: the starts of the days and the end of the last one, in UTC seconds.
        windows: half-open (first, last) indices of days.
    """
    first, last = np.array(windows, dtype=np.intp).T
    cumulative = _cumulative(areas)
    means: Floats = (cumulative[..., last] - cumulative[..., first]) / (edges[last] - edges[first])
    return means


def merge_series(data: Iterable[SeriesData]) -> SeriesData | None:
    """The data of a group, from those of its members; None without members."""
    members = list(data)
    intervals = [each for each in members if isinstance(each, Intervals)]
    if intervals and len(intervals) == len(members):
        return _merge_intervals(intervals)
    return reduce(_sum, members) if members else None


def _merge_intervals(members: Sequence[Intervals]) -> Intervals:
    """The rows of many campuses, in one copy: adding them one by one would be quadratic."""
    allowed = [each.allowed for each in members if each.allowed is not None]
    return Intervals(
        np.concatenate([each.began for each in members]),
        np.concatenate([each.ended for each in members]),
        np.concatenate(allowed) if len(allowed) == len(members) else None,
    )


def _sum(one: SeriesData, other: SeriesData) -> SeriesData:
    match one, other:
        case DailyTotals(), DailyTotals():
            return one + other
        case DistinctCounts(), DistinctCounts():
            return one + other
    raise TypeError("series data of two kinds have no sum: a measure gives one kind for all campuses")
