"""The rows that a statement gave, as parts and series."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count, repeat, starmap
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from kpibot.core.kpis.measures import Duration, Statistic
from kpibot.core.kpis.readings import Aggregate, Floats, merge_aggregates
from kpibot.core.kpis.series import (
    DailyTotals,
    DistinctCounts,
    ElapsedBetween,
    Intervals,
    SeriesData,
    Window,
    durations_at,
    mean_values,
    sums_since,
    walk_back,
)
from kpibot.core.time.periods import Period
from kpibot.sources.base import GroupKey
from kpibot.sources.sql.dataset_rows import CAMPUS, SLICE
from kpibot.sources.sql.result_table import ResultTable
from kpibot.sources.sql.series_sql import EPOCH_DAY, LEVEL
from kpibot.sources.sql.timestamps import to_utc


def group_keys(table: ResultTable) -> Iterable[GroupKey]:
    """The group of each row: its campus as the database calls it, and what it is broken down by."""
    return starmap(GroupKey, table.columns(*_key_columns(table)))


def _key_columns(table: ResultTable) -> tuple[str, ...]:
    return (CAMPUS, SLICE) if SLICE in table else (CAMPUS,)


def numbered_keys(table: ResultTable) -> tuple[list[GroupKey], NDArray[np.intp]]:
    """Each owner once, and for each row the place of its owner."""
    place: defaultdict[tuple[object, ...], int] = defaultdict(count().__next__)
    places = np.array([*map(place.__getitem__, table.columns(*_key_columns(table)))], dtype=np.intp)
    return [GroupKey(*each) for each in place], places


def parts_of(table: ResultTable, zone: ZoneInfo, n: int) -> dict[GroupKey, Aggregate]:
    """The parts of the n-th amount for each group; `zone` is where naive times were written."""
    divided = f"denominator_{n}"
    divides = divided in table
    names = (f"numerator_{n}", divided if divides else "rows", "rows", f"valued_{n}", "waiting", "newest")
    return {
        group: Aggregate(
            numerator=float(numerator or 0),
            denominator=float(denominator or 0) if divides else None,
            rows=int(rows or 0),
            valued=int(valued or 0),
            waiting=int(waiting or 0),
            newest=to_utc(newest, zone),
        )
        for group, (numerator, denominator, rows, valued, waiting, newest) in zip(
            group_keys(table), table.columns(*names), strict=True
        )
        if rows  # without a campus to group by, there is a row even where there is nothing
    }


def within_parts(parts: Mapping[GroupKey, Aggregate]) -> dict[GroupKey, Aggregate]:
    """The parts of a share within the limit, of which the statement gives met and judged."""
    return {group: replace(each, met=each.numerator, decided=each.denominator or 0.0) for group, each in parts.items()}


def distinct_parts(table: ResultTable, zone: ZoneInfo) -> dict[GroupKey, Aggregate]:
    """The parts of distinct keys for each group, from `statements.distinct`."""
    of_key: dict[GroupKey, list[Aggregate]] = {}
    each_row = table.columns("shared", "rows", "numerator", "valued", "newest")
    for group, (shared, rows, numerator, valued, newest) in zip(group_keys(table), each_row, strict=True):
        parts = Aggregate(
            numerator=float(numerator) if shared is None else 0.0,
            rows=int(rows),
            valued=int(valued),
            newest=to_utc(newest, zone),
            shared=frozenset() if shared is None else frozenset([int(shared)]),
        )
        of_key.setdefault(group, []).append(parts)
    return {group: merge_aggregates(parts) for group, parts in of_key.items()}


@dataclass(frozen=True, slots=True)
class SortedIntervals:
    """The spans of all groups, those of a group one after the other; group n has those from `first[n]` on."""

    groups: Sequence[GroupKey]
    first: NDArray[np.intp]
    spans: Intervals

    def by_group(self) -> dict[GroupKey, Intervals]:
        """The spans of each group."""
        began, ended = self.split(self.spans.began), self.split(self.spans.ended)
        allowed = repeat(None) if self.spans.allowed is None else self.split(self.spans.allowed)
        return dict(zip(self.groups, map(Intervals, began, ended, allowed), strict=True))

    def split(self, values: Floats) -> list[Floats]:
        """What each group has of values that are in the order of the spans."""
        return np.split(values, self.first[1:]) if self.groups else []

    def sums(self, values: NDArray[Any]) -> list[float]:
        """The sums of such values, a group each."""
        sums: list[float] = np.add.reduceat(values, self.first, dtype=np.float64).tolist()
        return sums


def spans_of(table: ResultTable) -> SortedIntervals:
    """The rows that began and perhaps ended, for each group.

    Raises:
        ValueError: a row began at no timestamp.
    """
    began = table["began"]
    if None in began:
        raise ValueError("it begins at what is no timestamp")
    groups, places = numbered_keys(table)
    # numpy sorts numbers of 16 bits in one pass.
    order = np.argsort(places.astype(np.uint16) if len(groups) < 2**16 else places, kind="stable")

    def ordered(values: list[Any]) -> Floats:
        return np.array(values, dtype=np.float64)[order]  # None becomes NaN

    first = np.searchsorted(places[order], np.arange(len(groups)))
    allowed = ordered(table["allowed"]) if "allowed" in table else None
    return SortedIntervals(groups, first, Intervals(ordered(began), ordered(table["ended"]), allowed))


def duration_samples(
    rows: SortedIntervals, duration: Duration, period: Period, lasting: ElapsedBetween
) -> dict[GroupKey, Aggregate]:
    """The durations themselves, as of the period's end."""
    if not rows.groups:
        return {}
    lasted = durations_at(rows.spans, period.end.timestamp(), lasting)
    is_share, allowed = duration.statistic is Statistic.WITHIN, rows.spans.allowed
    limited = np.isfinite(allowed) if is_share and allowed is not None else np.ones(lasted.seconds.size)
    met, decided = rows.sums(lasted.met), rows.sums(lasted.met | lasted.missed)
    samples = rows.split(lasted.seconds)
    newest = np.maximum.reduceat(rows.spans.began, rows.first).tolist()
    sums = zip(rows.sums(lasted.seconds), rows.sums(limited), rows.sums(lasted.waiting), strict=True)
    return {
        group: Aggregate(
            numerator=met[n] if is_share else seconds,
            denominator=decided[n] if is_share else float(samples[n].size),
            rows=samples[n].size,
            valued=int(valued),
            waiting=int(waiting),
            newest=datetime.fromtimestamp(newest[n], UTC),
            sample=samples[n],
            met=met[n],
            decided=decided[n],
        )
        for n, (group, (seconds, valued, waiting)) in enumerate(zip(rows.groups, sums, strict=True))
    }


def stock_levels(table: ResultTable, window: Window, is_mean: bool) -> dict[GroupKey, SeriesData]:
    """A stock, or the mean of a column over it, at the end of each day, from `stock_series` or `aged_series`."""
    changes = _changes(table, window.days[0].toordinal(), len(window.days))
    weights = walk_back(changes.weight, changes.weights) if is_mean else None
    return changes.by_group(walk_back(changes.level, changes.amounts), weights)


def average_stock_levels(table: ResultTable, window: Window, zone: ZoneInfo) -> dict[GroupKey, SeriesData]:
    """The mean level of a stock over the period of each day, from `series_sql.stock_series`."""
    origin, first, length = _days(window, zone)
    midnights = (datetime.fromordinal(origin + n).replace(tzinfo=zone).timestamp() for n in range(length))
    edges = np.array([*midnights, window.ends[-1].timestamp()])
    windows = [(start, length - len(first) + n + 1) for n, start in enumerate(first)]
    changes = _changes(table, origin, length)
    begins = walk_back(changes.level, changes.amounts) - changes.amounts
    # What changes in the middle of a day counts for the seconds that the day has left.
    left = changes.amounts * (edges - edges[0])[1:] - changes.weights
    return changes.by_group(mean_values(begins * np.diff(edges) + left, edges, windows))


@dataclass(frozen=True, slots=True)
class _Changes:
    """What a series holds: matrices of the groups by the days, and the levels at the end of the last day, by group."""

    groups: list[GroupKey]
    amounts: Floats
    weights: Floats
    level: Floats
    weight: Floats

    def by_group(self, numerators: Floats, denominators: Floats | None = None) -> dict[GroupKey, SeriesData]:
        """The totals of each group, from matrices alike."""
        divided = repeat(None) if denominators is None else denominators
        return dict(zip(self.groups, map(DailyTotals, numerators, divided), strict=False))


def _changes(table: ResultTable, first: int, length: int) -> _Changes:
    groups, places = numbered_keys(table)
    # A last column is for the levels, which are of no day.
    index = {day: length if day == LEVEL else _index(day, first, length) for day in set(table["day"])}
    at = places * (length + 1) + np.array([*map(index.__getitem__, table["day"])], dtype=np.intp)

    def matrix(name: str) -> Floats:
        sums = np.bincount(at, np.array(table[name], dtype=np.float64), len(groups) * (length + 1))
        return sums.astype(np.float64).reshape(len(groups), length + 1)

    amounts, weights = matrix("amount"), matrix("weight")
    return _Changes(groups, amounts[:, :-1], weights[:, :-1], amounts[:, -1], weights[:, -1])


def flow_sums(table: ResultTable, window: Window, zone: ZoneInfo, is_mean: bool) -> dict[GroupKey, SeriesData]:
    """A flow over the period of each day, from `series_sql.flow_series`."""
    origin, first, length = _days(window, zone)
    changes = _changes(table, origin, length)
    return changes.by_group(sums_since(changes.amounts, first), sums_since(changes.weights, first) if is_mean else None)


def distinct_counts(table: ResultTable, window: Window, zone: ZoneInfo) -> dict[GroupKey, SeriesData]:
    """The distinct keys in the period of each day, from `series_sql.distinct_series`.

    A key that a day names counts from that day on: until the period no longer holds the day, or until another day
    names the key, from which on it counts for that one.
    """
    origin, first, length = _days(window, zone)
    earlier = length - len(first)  # days before the window's own, which only their periods reach
    leaves = earlier + np.searchsorted(first, np.arange(length), side="right")
    changes: dict[GroupKey, Floats] = {}
    shared: dict[GroupKey, dict[object, tuple[tuple[int, int], ...]]] = {}
    for campus, day, again, key, keys in table.rows:
        change = changes.setdefault(GroupKey(campus), np.zeros(length + 1))
        index = _index(day, origin, length)
        until = leaves[index] if again is None else min(leaves[index], _index(again, origin, length))
        if key is None:
            change[index] += keys
            change[until] -= keys
            continue
        stretch = (max(index - earlier, 0), max(int(until) - earlier, 0))
        of_campus = shared.setdefault(GroupKey(campus), {})
        of_campus[key] = (*of_campus.get(key, ()), stretch)
    return {
        group: DistinctCounts(np.cumsum(change)[earlier:length], shared.get(group, {}))
        for group, change in changes.items()
    }


def _days(window: Window, zone: ZoneInfo) -> tuple[int, list[int], int]:
    """The first day that a window needs, the day on which the period of each of its own days began, counted from that
    first one, and how many days it needs in all."""
    origin = window.opens.astimezone(zone).date().toordinal()
    first = [start.astimezone(zone).date().toordinal() - origin for start in window.starts]
    return origin, first, window.days[-1].toordinal() - origin + 1


def _index(day: int, first: int, length: int) -> int:
    """Where a day since 1970 belongs. numpy would take a negative index for one from the end.

    Raises:
        IndexError: the day is none of those asked for, as of text that is no timestamp.
    """
    index = int(day) + EPOCH_DAY - first
    if not 0 <= index < length:
        raise IndexError("its time lies outside of the time asked for")
    return index
