"""Series: a measure at the end of each day of a window, for one campus or the sum of several."""

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
    """One value a day, in the KPI's unit; None where there was nothing to measure."""

    days: tuple[date, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """The days of a series. Day n ends at `ends[n]` (the last one perhaps earlier than midnight); the period that is
    current then began at `starts[n]`, a local midnight. Where a measure counts only what is old, `cutoffs[n]` is when
    it must have begun before. All instants are aware."""

    days: tuple[date, ...]
    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    cutoffs: tuple[datetime, ...] = ()

    @property
    def opens(self) -> datetime:
        """The first local midnight of the window's own days, or of an earlier period that they need."""
        return min(self.starts)


@dataclass(frozen=True, slots=True)
class DailyTotals:
    """The additive parts of a series: one entry a day. `denominator` is None where nothing is divided."""

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
        empty = np.full(days, np.nan)
        np.divide(self.numerator, self.denominator, out=empty, where=self.denominator != 0)
        return empty


@dataclass(frozen=True, slots=True)
class Intervals:
    """Rows that began and perhaps ended, in UTC seconds; `ended` is NaN for a row that has not ended.

    `allowed` is how long each may take, in seconds, NaN without a limit; None where nobody asks.
    """

    began: Floats
    ended: Floats
    allowed: Floats | None = None


@dataclass(frozen=True, slots=True)
class DistinctCounts:
    """Distinct keys of a flow: how many count on each day that no other campus has, and on which stretches of days
    (first, up to but not including last) each key counts that others have too. A group counts a day of a key once."""

    own: Floats
    shared: Mapping[object, tuple[tuple[int, int], ...]]

    def __add__(self, other: "DistinctCounts") -> "DistinctCounts":
        keys = {**self.shared}
        for key, stretches in other.shared.items():
            keys[key] = (*keys.get(key, ()), *stretches)
        return DistinctCounts(self.own + other.own, keys)

    def counts(self) -> Floats:
        """How many keys count on each day."""
        total = self.own.copy()
        for stretches in self.shared.values():
            counts = np.zeros(len(total), dtype=bool)
            for first, last in stretches:
                counts[first:last] = True
            total += counts
        return total


SeriesData = DailyTotals | Intervals | DistinctCounts
ElapsedBetween = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, slots=True)
class Durations:
    """Durations as they stand at an instant: seconds each, and which still wait. `allowed` is NaN without a limit."""

    seconds: Floats
    waiting: NDArray[np.bool_]
    allowed: Floats | None = None

    @property
    def met(self) -> NDArray[np.bool_]:
        """Which met their limit."""
        return (self.seconds <= self._limit) & ~self.waiting

    @property
    def missed(self) -> NDArray[np.bool_]:
        """Which missed their limit, the waiting ones that are late among them."""
        return self.seconds > self._limit

    @property
    def decided(self) -> int:
        """How many have met or missed their limit; one that waits and is not late has done neither."""
        return int(self.met.sum() + self.missed.sum())

    @property
    def _limit(self) -> Floats | float:
        return float("nan") if self.allowed is None else self.allowed


def durations_at(spans: Intervals, end: float, lasting: ElapsedBetween) -> Durations:
    """How long the rows took, or have waited, by `end` (UTC seconds); `lasting` is the clock that they are taken on."""
    waiting = ~(spans.ended < end)
    return Durations(lasting(spans.began, np.where(waiting, end, spans.ended)), waiting, spans.allowed)


def wall_clock(began: Floats, ended: Floats) -> Floats:
    """The wall clock: seconds from one to the other."""
    return ended - began


def streak_start(series: Series, holds: Callable[[float], bool]) -> date | None:
    """The first day of the unbroken run, up to the last day, on which `holds` is true; None where it is not now.

    Days without a value neither begin nor break a run.
    """
    since = None
    for day, value in zip(reversed(series.days), reversed(series.values), strict=True):
        if value is None:
            continue
        if not holds(value):
            break
        since = day
    return since


def walk_back(level: float | Floats, net: Floats) -> Floats:
    """The levels of a stock at the end of each day, from its level at the end of the last one.

    Args:
        level: at the end of the last day; of several stocks one each.
        net: how much more began than ended on each day; of several stocks a row each.
    """
    levels: Floats = np.expand_dims(level, -1) - (np.cumsum(net[..., ::-1], axis=-1)[..., ::-1] - net)
    return levels


def sums_since(per_day: Floats, first: Sequence[int]) -> Floats:
    """For each day the sum from the day with index `first[day]` up to and with that day.

    Args:
        per_day: how much happened on each day; of several flows a row each.
        first: the index in `per_day` at which the period of each of the last `len(first)` days began.
    """
    running = _running(per_day)
    days = per_day.shape[-1]
    ends = np.arange(days - len(first), days) + 1
    sums: Floats = running[..., ends] - running[..., np.asarray(first, dtype=np.intp)]
    return sums


def _running(per_day: Floats) -> Floats:
    """The sums of all days before each day, and of all."""
    zero = np.zeros((*per_day.shape[:-1], 1))
    running: Floats = np.cumsum(np.concatenate([zero, per_day], axis=-1), axis=-1)
    return running


def statistic_over(
    spans: Intervals, windows: Sequence[tuple[float, float]], statistic: Statistic, lasting: ElapsedBetween = wall_clock
) -> Floats:
    """The statistic over the rows that began in each window, as things stood at the window's end.

    Args:
        spans: the rows.
        windows: half-open (start, end) in UTC seconds.
        statistic: how the durations become one number.
        lasting: the clock that they are taken on.

    Returns:
        One number of seconds, or share within the limit, a window; NaN for a window in which nothing was to measure.
    """
    if not windows:
        return np.zeros(0)
    ordered = _taken(spans, np.argsort(spans.began, kind="stable"))
    return np.array([_statistic(each, statistic) for each in _lasted_in(ordered, windows, lasting)])


def _taken(spans: Intervals, which: NDArray[np.intp] | slice) -> Intervals:
    """Some of the rows."""
    allowed = None if spans.allowed is None else spans.allowed[which]
    return Intervals(spans.began[which], spans.ended[which], allowed)


def _lasted_in(
    ordered: Intervals, windows: Sequence[tuple[float, float]], lasting: ElapsedBetween
) -> Iterator[Durations]:
    """What `lasted_by` gives of the rows that began in each window, from rows in the order of their beginnings.

    Most rows lie in many windows and have ended in nearly all of them: the clock is asked once for each such row, and
    once for all that wait at the end of any window.
    """
    ends = np.array([end for _, end in windows])
    low, high = np.searchsorted(ordered.began, np.array(windows).T)
    took = lasting(ordered.began, ordered.ended)
    begun = [_taken(ordered, slice(*each)) for each in zip(low, high, strict=True)]
    waiting = [~(each.ended < end) for each, end in zip(begun, ends, strict=True)]
    since = np.concatenate([each.began[those] for each, those in zip(begun, waiting, strict=True)])
    counts = [np.count_nonzero(those) for those in waiting]
    so_far = np.split(lasting(since, np.repeat(ends, counts)), np.cumsum(counts[:-1]))
    for n, each in enumerate(begun):
        seconds = took[low[n] : high[n]].copy()
        seconds[waiting[n]] = so_far[n]
        yield Durations(seconds, waiting[n], each.allowed)


def _statistic(lasted: Durations, statistic: Statistic) -> float:
    if statistic is Statistic.WITHIN:
        return lasted.met.sum() / lasted.decided if lasted.decided else float("nan")
    if not lasted.seconds.size:
        return float("nan")
    percent = statistic.percentile
    return float(np.mean(lasted.seconds)) if percent is None else percentile(lasted.seconds, percent)


def mean_levels(areas: Floats, edges: Floats, windows: Sequence[tuple[int, int]]) -> Floats:
    """The mean level of a stock over each window, weighted by time.

    Args:
        areas: the level integrated over each day, in seconds; of several stocks a row each.
        edges: the days' beginnings and the end of the last one, in UTC seconds; one more than there are days.
        windows: half-open (first, last) indices of days.
    """
    first, last = np.array(windows, dtype=np.intp).T
    running = _running(areas)
    means: Floats = (running[..., last] - running[..., first]) / (edges[last] - edges[first])
    return means


def merge_series(tracks: Iterable[SeriesData]) -> SeriesData | None:
    """The track of a group, from those of its members; None without members."""
    members = list(tracks)
    spans = [each for each in members if isinstance(each, Intervals)]
    if spans and len(spans) == len(members):
        return _all_spans(spans)
    return reduce(_plus, members) if members else None


def _all_spans(members: Sequence[Intervals]) -> Intervals:
    """The rows of many campuses: put together at once, since copying them one by one would take long."""
    allowed = [each.allowed for each in members if each.allowed is not None]
    return Intervals(
        np.concatenate([each.began for each in members]),
        np.concatenate([each.ended for each in members]),
        np.concatenate(allowed) if len(allowed) == len(members) else None,
    )


def _plus(one: SeriesData, other: SeriesData) -> SeriesData:
    match one, other:
        case DailyTotals(), DailyTotals():
            return one + other
        case DistinctCounts(), DistinctCounts():
            return one + other
    raise TypeError("tracks of two kinds have no sum: a measure gives one kind of track for all campuses")
