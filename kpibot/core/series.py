"""Series: a measure at the end of each day of a window, for one campus or the sum of several."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce

import numpy as np

from kpibot.core.measures import Statistic
from kpibot.core.readings import Floats, percentile


@dataclass(frozen=True, slots=True)
class Series:
    """One value a day, in the KPI's unit; None where there was nothing to measure."""

    days: tuple[date, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """The days of a series. Day n ends at `ends[n]` (the last one perhaps earlier than midnight); the period that is
    current then began at `starts[n]`, a local midnight. All instants are aware."""

    days: tuple[date, ...]
    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]

    @property
    def opens(self) -> datetime:
        """The first local midnight of the window's own days, or of an earlier period that they need."""
        return min(self.starts)


@dataclass(frozen=True, slots=True)
class Curve:
    """The additive parts of a series: one entry a day. `denominator` is None where nothing is divided."""

    numerator: Floats
    denominator: Floats | None = None

    def __add__(self, other: "Curve") -> "Curve":
        if self.denominator is None or other.denominator is None:
            return Curve(self.numerator + other.numerator)
        return Curve(self.numerator + other.numerator, self.denominator + other.denominator)

    def values(self, days: int) -> Floats:
        """The numbers; NaN where the denominator is 0."""
        if self.denominator is None:
            return self.numerator
        empty = np.full(days, np.nan)
        np.divide(self.numerator, self.denominator, out=empty, where=self.denominator != 0)
        return empty


@dataclass(frozen=True, slots=True)
class Spans:
    """Rows that began and perhaps ended, in UTC seconds; `ended` is NaN for a row that has not ended."""

    began: Floats
    ended: Floats

    def __add__(self, other: "Spans") -> "Spans":
        return Spans(np.concatenate([self.began, other.began]), np.concatenate([self.ended, other.ended]))


Track = Curve | Spans


def held_since(series: Series, holds: Callable[[float], bool]) -> date | None:
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


def walk_back(level: float, opened: Floats, closed: Floats) -> Floats:
    """The levels of a stock at the end of each day, from its level at the end of the last one.

    Args:
        level: at the end of the last day.
        opened: how much began on each day.
        closed: how much ended on each day.
    """
    net = opened - closed
    return level - (np.cumsum(net[::-1])[::-1] - net)


def sums_since(per_day: Floats, first: Sequence[int]) -> Floats:
    """For each day the sum from the day with index `first[day]` up to and with that day.

    Args:
        per_day: how much happened on each day.
        first: the index in `per_day` at which the period of each of the last `len(first)` days began.
    """
    running = np.concatenate([[0.0], np.cumsum(per_day)])
    ends = np.arange(len(per_day) - len(first), len(per_day)) + 1
    sums: Floats = running[ends] - running[np.asarray(first, dtype=np.intp)]
    return sums


def statistic_over(spans: Spans, windows: Sequence[tuple[float, float]], statistic: Statistic) -> Floats:
    """The statistic over the rows that began in each window, as things stood at the window's end.

    Args:
        spans: the rows.
        windows: half-open (start, end) in UTC seconds.
        statistic: how the durations become one number.

    Returns:
        One number of seconds a window; NaN for a window in which nothing began.
    """
    order = np.argsort(spans.began, kind="stable")
    began, ended = spans.began[order], spans.ended[order]
    return np.array([_statistic(_durations(began, ended, *window), statistic) for window in windows])


def _durations(began: Floats, ended: Floats, start: float, end: float) -> Floats:
    low, high = np.searchsorted(began, [start, end])
    return np.fmin(ended[low:high], end) - began[low:high]


def _statistic(seconds: Floats, statistic: Statistic) -> float:
    if not seconds.size:
        return float("nan")
    percent = statistic.percentile
    return float(np.mean(seconds)) if percent is None else percentile(seconds, percent)


def together(tracks: Iterable[Track]) -> Track | None:
    """The track of a group, from those of its members; None without members."""
    members = list(tracks)
    return reduce(_plus, members) if members else None


def _plus(one: Track, other: Track) -> Track:
    match one, other:
        case Curve(), Curve():
            return one + other
        case Spans(), Spans():
            return one + other
    raise TypeError("a curve and spans have no sum: a measure gives one kind of track for all campuses")
