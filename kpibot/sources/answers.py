"""The rows that a statement gave, as parts and tracks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from kpibot.core.measures import Duration, Statistic
from kpibot.core.periods import Period
from kpibot.core.readings import Floats, Parts, combine
from kpibot.core.series import (
    Curve,
    Keys,
    Lasting,
    Spans,
    Track,
    Window,
    averages,
    lasted_by,
    sums_since,
    walk_back,
)
from kpibot.sources.base import Cell
from kpibot.sources.rows import SLICE
from kpibot.sources.times import to_utc
from kpibot.sources.tracks import EPOCH_DAY, LEVEL, OPENED


def cells(rows: Sequence[Any]) -> list[Cell]:
    """Whose each row is: its campus as the database calls it, and what it was told apart by."""
    if rows and SLICE in rows[0]._fields:
        return [Cell(row.campus, row.slice) for row in rows]
    return [Cell(row.campus) for row in rows]


def parts_of(rows: Sequence[Any], zone: ZoneInfo, n: int) -> dict[Cell, Parts]:
    """The parts of the n-th amount for each cell; `zone` is where naive times were written."""
    names = (f"numerator_{n}", f"denominator_{n}", f"valued_{n}")
    divides = bool(rows) and names[1] in rows[0]._fields
    # Without a campus to group by, there is a row even where there is nothing.
    pairs = zip(cells(rows), rows, strict=True)
    return {cell: _parts(row, zone, names, divides) for cell, row in pairs if row.rows}


def _parts(row: Any, zone: ZoneInfo, names: tuple[str, str, str], divides: bool) -> Parts:
    numerator, denominator, valued = names
    return Parts(
        numerator=float(getattr(row, numerator) or 0),
        denominator=float(getattr(row, denominator) or 0) if divides else None,
        rows=int(row.rows or 0),
        valued=int(getattr(row, valued) or 0),
        waiting=int(row.waiting or 0),
        newest=to_utc(row.newest, zone),
    )


def within_parts(parts: Mapping[Cell, Parts]) -> dict[Cell, Parts]:
    """The parts of a share within the limit, of which the statement gives met and judged."""
    return {cell: replace(each, met=each.numerator, judged=each.denominator or 0.0) for cell, each in parts.items()}


def distinct_parts(rows: Sequence[Any], zone: ZoneInfo) -> dict[Cell, Parts]:
    """The parts of distinct keys for each cell, from `statements.distinct`."""
    found: dict[Cell, list[Parts]] = {}
    for cell, row in zip(cells(rows), rows, strict=True):
        is_shared = row.shared is not None
        parts = Parts(
            numerator=0.0 if is_shared else float(row.numerator),
            rows=int(row.rows),
            valued=int(row.valued),
            newest=to_utc(row.newest, zone),
            shared=frozenset([int(row.shared)]) if is_shared else frozenset(),
        )
        found.setdefault(cell, []).append(parts)
    return {cell: combine(parts) for cell, parts in found.items()}


def spans_of(rows: Sequence[Any]) -> dict[Cell, Spans]:
    """The rows that began and perhaps ended, for each cell.

    Raises:
        ValueError: a row began at no timestamp.
    """
    if not rows:
        return {}
    names = list(rows[0]._fields)
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    if None in columns["began"]:
        raise ValueError("it begins at what is no timestamp")
    numbers: dict[Cell, int] = {}
    codes = np.array([numbers.setdefault(cell, len(numbers)) for cell in cells(rows)])
    order = np.argsort(codes, kind="stable")
    cuts = np.searchsorted(codes[order], np.arange(1, len(numbers)))
    # None becomes NaN.
    each = {
        name: np.split(np.array(columns[name], dtype=np.float64)[order], cuts)
        for name in ("began", "ended", "allowed")
        if name in columns
    }
    allowed = each.get("allowed", [None] * len(numbers))
    return {cell: Spans(each["began"][n], each["ended"][n], allowed[n]) for cell, n in numbers.items()}


def sampled(tracks: Mapping[Cell, Spans], duration: Duration, period: Period, lasting: Lasting) -> dict[Cell, Parts]:
    """The durations themselves, as they stand at the period's end."""
    end = period.end.timestamp()
    found = {}
    for cell, spans in tracks.items():
        lasted = lasted_by(spans, end, lasting)
        met, judged = float(lasted.met.sum()), float(lasted.judged)
        is_share = duration.statistic is Statistic.WITHIN
        has_limit = spans.allowed is not None and is_share
        found[cell] = Parts(
            numerator=met if is_share else float(lasted.seconds.sum()),
            denominator=judged if is_share else float(lasted.seconds.size),
            rows=lasted.seconds.size,
            valued=int(np.isfinite(spans.allowed).sum())
            if has_limit and spans.allowed is not None
            else lasted.seconds.size,
            waiting=int(lasted.waiting.sum()),
            newest=datetime.fromtimestamp(float(spans.began.max()), UTC),
            sample=lasted.seconds,
            met=met,
            judged=judged,
        )
    return found


def levels(rows: Sequence[Any], window: Window, is_mean: bool) -> dict[Cell, Track]:
    """A stock, or the mean of a column over it, at the end of each day, from `tracks.stock_track` or `aged_track`."""
    found: dict[Cell, Track] = {}
    for cell, each in _moves(rows, window.days[0].toordinal(), len(window.days)).items():
        weights = walk_back(each.weight, each.opened_weight, each.closed_weight) if is_mean else None
        found[cell] = Curve(walk_back(each.level, each.opened, each.closed), weights)
    return found


def average_levels(rows: Sequence[Any], window: Window, zone: ZoneInfo) -> dict[Cell, Track]:
    """The mean level of a stock over the period of each day, from `tracks.stock_track`."""
    origin, first, length = _days(window, zone)
    midnights = (datetime.fromordinal(origin + n).replace(tzinfo=zone).timestamp() for n in range(length))
    edges = np.array([*midnights, window.ends[-1].timestamp()])
    since_start = edges - edges[0]
    windows = [(start, length - len(first) + n + 1) for n, start in enumerate(first)]
    found: dict[Cell, Track] = {}
    for cell, each in _moves(rows, origin, length).items():
        ends = walk_back(each.level, each.opened, each.closed)
        begins = ends - each.opened + each.closed
        # What changes in the middle of a day counts for the seconds that the day has left.
        left = (each.opened - each.closed) * since_start[1:] - (each.opened_weight - each.closed_weight)
        found[cell] = Curve(averages(begins * np.diff(edges) + left, edges, windows))
    return found


@dataclass(slots=True)
class _Moves:
    """What one campus's track holds, by day."""

    opened: Floats
    closed: Floats
    opened_weight: Floats
    closed_weight: Floats
    level: float = 0.0
    weight: float = 0.0


def _moves(rows: Sequence[Any], first: int, length: int) -> dict[Cell, _Moves]:
    moved: dict[Cell, _Moves] = {}
    for what, campus, day, amount, weight in rows:
        if (each := moved.get(Cell(campus))) is None:
            nothing = np.zeros(length)
            each = moved[Cell(campus)] = _Moves(nothing, nothing.copy(), nothing.copy(), nothing.copy())
        if what == LEVEL:
            each.level += float(amount)
            each.weight += float(weight)
            continue
        amounts, weights = (each.opened, each.opened_weight) if what == OPENED else (each.closed, each.closed_weight)
        index = _index(day, first, length)
        amounts[index] += float(amount)
        weights[index] += float(weight)
    return moved


def sums(rows: Sequence[Any], window: Window, zone: ZoneInfo, is_mean: bool) -> dict[Cell, Track]:
    """A flow over the period of each day, from `tracks.flow_track`."""
    origin, first, length = _days(window, zone)
    found: dict[Cell, Track] = {}
    for cell, each in _moves(rows, origin, length).items():
        weights = sums_since(each.opened_weight, first) if is_mean else None
        found[cell] = Curve(sums_since(each.opened, first), weights)
    return found


def distinct_counts(rows: Sequence[Any], window: Window, zone: ZoneInfo) -> dict[Cell, Track]:
    """The distinct keys in the period of each day, from `tracks.distinct_track`.

    A key that a day names counts from that day on: until the period no longer holds the day, or until another day
    names the key, from which on it counts for that one.
    """
    origin, first, length = _days(window, zone)
    earlier = length - len(first)  # days before the window's own, which only their periods reach
    leaves = earlier + np.searchsorted(first, np.arange(length), side="right")
    changes: dict[Cell, Floats] = {}
    shared: dict[Cell, dict[object, tuple[tuple[int, int], ...]]] = {}
    for campus, day, again, key, keys in rows:
        change = changes.setdefault(Cell(campus), np.zeros(length + 1))
        index = _index(day, origin, length)
        until = leaves[index] if again is None else min(leaves[index], _index(again, origin, length))
        if key is None:
            change[index] += keys
            change[until] -= keys
            continue
        stretch = (max(index - earlier, 0), max(int(until) - earlier, 0))
        of_campus = shared.setdefault(Cell(campus), {})
        of_campus[key] = (*of_campus.get(key, ()), stretch)
    return {cell: Keys(np.cumsum(change)[earlier:length], shared.get(cell, {})) for cell, change in changes.items()}


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
