"""The rows that a statement gave, as parts and tracks."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from kpibot.core.periods import Period
from kpibot.core.readings import Floats, Parts
from kpibot.core.series import Curve, Spans, Track, Window, sums_since, walk_back
from kpibot.sources import statements
from kpibot.sources.base import RawCampus
from kpibot.sources.times import to_utc

EPOCH_DAY = datetime(1970, 1, 1, tzinfo=UTC).toordinal()


def parts_of(rows: Sequence[Any], zone: ZoneInfo) -> dict[RawCampus, Parts]:
    """The parts for each campus; `zone` is where naive times were written."""
    return {row.campus: _parts(row, zone) for row in rows}


def _parts(row: Any, zone: ZoneInfo) -> Parts:
    return Parts(
        numerator=float(row.numerator or 0),
        denominator=None if row.denominator is None else float(row.denominator),
        rows=int(row.rows or 0),
        valued=int(row.valued or 0),
        waiting=int(row.waiting or 0),
        newest=to_utc(row.newest, zone),
    )


def spans_of(rows: Sequence[Any]) -> dict[RawCampus, Spans]:
    """The rows that began and perhaps ended, for each campus.

    Raises:
        ValueError: a row began at no timestamp.
    """
    if not rows:
        return {}
    campuses, began, ended = zip(*rows, strict=True)
    if None in began:
        raise ValueError("it begins at what is no timestamp")
    numbers: dict[RawCampus, int] = {}
    codes = np.array([numbers.setdefault(campus, len(numbers)) for campus in campuses])
    order = np.argsort(codes, kind="stable")
    cuts = np.searchsorted(codes[order], np.arange(1, len(numbers)))
    each_began = np.split(np.array(began, dtype=np.float64)[order], cuts)
    each_ended = np.split(np.array(ended, dtype=np.float64)[order], cuts)  # None becomes NaN
    return {campus: Spans(each_began[n], each_ended[n]) for campus, n in numbers.items()}


def sampled(tracks: Mapping[RawCampus, Spans], period: Period) -> dict[RawCampus, Parts]:
    """The durations themselves, as they stand at the period's end."""
    end = period.end.timestamp()
    found = {}
    for campus, spans in tracks.items():
        waiting = ~(spans.ended < end)
        lasted = np.where(waiting, end, spans.ended) - spans.began
        found[campus] = Parts(
            numerator=float(lasted.sum()),
            denominator=float(lasted.size),
            rows=lasted.size,
            valued=lasted.size,
            waiting=int(waiting.sum()),
            newest=datetime.fromtimestamp(float(spans.began.max()), UTC),
            sample=lasted,
        )
    return found


def levels(rows: Sequence[Any], window: Window) -> dict[RawCampus, Track]:
    """A stock at the end of each day, from `statements.stock_track`."""
    level: dict[RawCampus, float] = {}
    moved: dict[RawCampus, dict[str, Floats]] = {}
    first, length = window.days[0].toordinal(), len(window.days)
    for what, campus, day, amount in rows:
        arrays = moved.setdefault(campus, {statements.OPENED: np.zeros(length), statements.CLOSED: np.zeros(length)})
        if what == statements.LEVEL:
            level[campus] = float(amount)
        else:
            arrays[what][_index(day, first, length)] += float(amount)
    return {
        campus: Curve(walk_back(level.get(campus, 0.0), by[statements.OPENED], by[statements.CLOSED]))
        for campus, by in moved.items()
    }


def sums(rows: Sequence[Any], window: Window, zone: ZoneInfo) -> dict[RawCampus, Track]:
    """A flow over the period of each day, from `statements.flow_track`."""
    origin, first, length = _days(window, zone)
    per_day: dict[RawCampus, Floats] = {}
    for _, campus, day, amount in rows:
        per_day.setdefault(campus, np.zeros(length))[_index(day, origin, length)] += float(amount)
    return {campus: Curve(sums_since(amounts, first)) for campus, amounts in per_day.items()}


def distinct_counts(rows: Sequence[Any], window: Window, zone: ZoneInfo) -> dict[RawCampus, Track]:
    """The distinct keys in the period of each day, from `statements.distinct_track`.

    A key that a day names counts from that day on: until the period no longer holds the day, or until another day
    names the key, from which on it counts for that one.
    """
    origin, first, length = _days(window, zone)
    earlier = length - len(first)  # days before the window's own, which only their periods reach
    leaves = earlier + np.searchsorted(first, np.arange(length), side="right")
    changes: dict[RawCampus, Floats] = {}
    for campus, day, again, keys in rows:
        change = changes.setdefault(campus, np.zeros(length + 1))
        index = _index(day, origin, length)
        until = leaves[index] if again is None else min(leaves[index], _index(again, origin, length))
        change[index] += keys
        change[until] -= keys
    return {campus: Curve(np.cumsum(change)[earlier:length]) for campus, change in changes.items()}


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
    index = day + EPOCH_DAY - first
    if not 0 <= index < length:
        raise IndexError("its time lies outside of the time asked for")
    return index
