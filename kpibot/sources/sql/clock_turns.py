"""Seconds on one clock as seconds on another: the shift between them, and where it changes."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from kpibot.core.time.periods import Period
from kpibot.sources.engines.base import Expression

ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ClockTurn:
    """From a reading of one clock on, what to add to its seconds to have those of another one.

    A reading that is skipped means the instant of the jump instead, which is `jump` on the other clock.
    """

    reading: int
    shift: int
    jump: int | None = None

    def shifting(self, raw: Expression) -> Expression:
        """What to add to the seconds `raw`."""
        return sa.literal(self.shift) if self.jump is None else self.jump - raw


UNSHIFTED = (ClockTurn(0, 0),)


@lru_cache(maxsize=64)
def clock_turns(own: tzinfo, target: tzinfo, period: Period) -> tuple[ClockTurn, ...]:
    """How seconds on the clock `own` become seconds on the clock `target`, in or near the period.

    Clocks differ by a constant but for a few changes a year, so that SQL needs a CASE of a few branches only.
    """
    if str(own) == str(target):
        return UNSHIFTED
    day = period.start - ONE_DAY
    turns = [ClockTurn(0, _shift(day, own, target))]
    while day < period.end:
        if _shift(day + ONE_DAY, own, target) != turns[-1].shift:
            edge = next(each for each in _quarters_after(day) if _shift(each, own, target) != turns[-1].shift)
            turns += _turns_at(edge, own, target)
        day += ONE_DAY
    return tuple(turns)


def _turns_at(edge: datetime, own: tzinfo, target: tzinfo) -> list[ClockTurn]:
    """What happens where the difference of the two clocks changes."""
    shown, expected = _clock(edge, own), _clock(edge - ONE_SECOND, own) + 1
    turn = ClockTurn(max(shown, expected), _shift(edge, own, target))  # an hour that occurs twice means its first time
    return [turn] if shown <= expected else [ClockTurn(expected, turn.shift, _clock(edge, target)), turn]


def _quarters_after(instant: datetime) -> Iterator[datetime]:
    """Every quarter of an hour from `instant` on: no zone changes its clock at another moment."""
    first = instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return (first + timedelta(minutes=15 * n) for n in range(2 * 96))


def _shift(instant: datetime, own: tzinfo, target: tzinfo) -> int:
    return _clock(instant, target) - _clock(instant, own)


def _clock(instant: datetime, zone: tzinfo) -> int:
    local = instant.astimezone(zone)
    return int((local.replace(tzinfo=UTC) - EPOCH).total_seconds())


def first_reading(instant: datetime, zone: ZoneInfo) -> datetime:
    """The first time on the wall clock of `zone` that means this instant, in UTC, or a later one: what it shows.

    Where the clock jumps it is the first time that is skipped; while an hour passes for the second time, its end.
    """
    local = instant.astimezone(zone)
    if not local.fold:
        return _next_reading(instant, zone)
    first_time = instant - (_offset(local.replace(fold=0)) - _offset(local))
    seconds = range(int((instant - first_time).total_seconds()))
    set_back = bisect_left(seconds, True, key=lambda n: bool((first_time + n * ONE_SECOND).astimezone(zone).fold))
    return _next_reading(first_time + set_back * ONE_SECOND, zone)


def _next_reading(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clock of `zone` would show at an instant if it went on as in the second before."""
    return (instant - ONE_SECOND).astimezone(zone).replace(tzinfo=None) + ONE_SECOND


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or timedelta(0)
