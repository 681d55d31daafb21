"""Timestamps as databases keep them: naive or aware, dates, text, or seconds since 1970.

A naive time means the first instant at which its wall clock shows it; where the clock is set forward and skips it, the
instant at which that happens. So the order of naive times is that of the instants they mean.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum, auto
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from kpibot.core.time.periods import Period
from kpibot.core.time.working_clock import first_instant_at
from kpibot.sources.engines.base import Engine, Expression
from kpibot.sources.sql.clock_turns import EPOCH, ONE_SECOND, UNSHIFTED, clock_turns, first_reading


class TimeKind(Enum):
    """How a column keeps its instants."""

    NAIVE = auto()
    AWARE = auto()
    DATE = auto()
    TEXT = auto()
    TEXT_T = auto()
    TEXT_UTC = auto()
    TEXT_DATE = auto()
    SECONDS = auto()


ON_UTC = frozenset({TimeKind.AWARE, TimeKind.TEXT_UTC, TimeKind.SECONDS})
TEXT_PATTERNS = {
    TimeKind.TEXT: "%Y-%m-%d %H:%M:%S",
    TimeKind.TEXT_T: "%Y-%m-%dT%H:%M:%S",
    TimeKind.TEXT_UTC: "%Y-%m-%dT%H:%M:%S",
}


_DATE, _TIME = r"\d{4}-\d\d-\d\d", r"\d\d:\d\d:\d\d(\.\d+)?"
TEXT_SHAPES = {
    TimeKind.TEXT: re.compile(f"{_DATE} {_TIME}", re.ASCII),
    TimeKind.TEXT_T: re.compile(f"{_DATE}T{_TIME}", re.ASCII),
    TimeKind.TEXT_UTC: re.compile(f"{_DATE}T{_TIME}Z", re.ASCII),
    TimeKind.TEXT_DATE: re.compile(_DATE, re.ASCII),
}
NO_TIMESTAMP = "no timestamp that kpibot reads; write {sql: …} with an expression that makes `YYYY-MM-DD HH:MM:SS`"
ZERO_DATE = "0000-00-00"
NO_DATE = "the zero date of MySQL; write {sql: \"CASE WHEN x > '1000-01-01' THEN x END\"}"
MILLISECONDS = 1e11  # as seconds the year 5138, as milliseconds 1973


def time_kind(sample: object) -> TimeKind:
    """The kind of column that gave this value.

    Raises:
        ValueError: what the value is instead, and what to do about it.
    """
    match sample:
        case datetime():
            return TimeKind.NAIVE if sample.tzinfo is None else TimeKind.AWARE
        case date():
            return TimeKind.DATE
        case bool():
            raise ValueError(NO_TIMESTAMP)
        case int() | float():
            if sample >= MILLISECONDS:
                raise ValueError("milliseconds; write {sql: x / 1000}")
            return TimeKind.SECONDS
        case str():
            return _kind_of_text(sample)
    raise ValueError(NO_TIMESTAMP)


def _kind_of_text(sample: str) -> TimeKind:
    """Only shapes in which text order is time order, and which SQL reads as it reads the bounds it is compared with."""
    if sample.startswith(ZERO_DATE):
        raise ValueError(NO_DATE)
    kind = next((kind for kind, shape in TEXT_SHAPES.items() if shape.fullmatch(sample)), None)
    try:
        datetime.fromisoformat(sample)  # 31 February has the shape too
    except ValueError:
        kind = None
    if kind is None:
        raise ValueError(NO_TIMESTAMP)
    return kind


def to_utc(value: object, zone: ZoneInfo) -> datetime | None:
    """An instant from what a driver returned; naive times are on the wall clock of `zone`."""
    match value:
        case None:
            return None
        case str():
            time_kind(value)  # in another shape it was not compared by its time either
            return to_utc(datetime.fromisoformat(value), zone)
        case datetime():
            return value.astimezone(UTC) if value.tzinfo else first_instant_at(value.date(), value.time(), zone)
        case date():
            return first_instant_at(value, time(), zone)
        case int() | float():
            return EPOCH + timedelta(seconds=value)
    raise ValueError(f"`{value}` is no timestamp")


@dataclass(frozen=True, slots=True)
class TimeColumn:
    """A timestamp column: how to compare it with an instant, and how to count its seconds and days in SQL.

    `zone` is where its naive times were written.
    """

    expression: Expression
    kind: TimeKind
    zone: ZoneInfo
    engine: Engine

    def before(self, instant: datetime) -> Expression:
        """The column lies before the instant."""
        return self.expression < self.bound(instant)

    def not_before(self, instant: datetime) -> Expression:
        """The column lies at or after the instant."""
        return self.expression >= self.bound(instant)

    def not_before_that_of(self, other: "TimeColumn", period: Period) -> Expression:
        """The column does not lie before another one of the same row.

        Columns that keep their time differently are compared by their seconds, exactly in or near the period.
        """
        if self.kind is other.kind:
            return self.expression >= other.expression
        return self.utc_seconds(period) >= other.utc_seconds(period)

    def within(self, period: Period) -> Expression:
        """The column lies in the half-open period."""
        return sa.and_(self.not_before(period.start), self.before(period.end))

    def utc_seconds(self, period: Period) -> Expression:
        """Seconds since 1970 in UTC; exact for instants in or near the period."""
        return self._shifted(UTC, period)

    def local_day(self, zone: ZoneInfo, period: Period) -> Expression:
        """Days since 1970-01-01 on the wall clock of `zone`; exact for instants in the period."""
        is_own = self.kind is TimeKind.NAIVE and clock_turns(self._clock, zone, period) is UNSHIFTED
        return self.engine.days(self.expression) if is_own else self.engine.whole_days(self._shifted(zone, period))

    def total_until(self, later: "TimeColumn", period: Period) -> Expression:
        """The seconds from this column to a later one, or to the period's end where that comes first, as a sum.

        Both are exact for instants in the period. Two clocks that agree need no counting from 1970.
        """
        alike = {self.kind, later.kind} in ({TimeKind.NAIVE}, {TimeKind.AWARE})
        if alike and len(clock_turns(self._clock, UTC, period)) == 1:
            total = self.engine.total_seconds(self.expression, later.expression, later.bound(period.end))
            if total is not None:
                return total
        return sa.func.sum(self.engine.summable(self.seconds_until(later, period)))

    def seconds_until(self, later: "TimeColumn", period: Period) -> Expression:
        """The same for one row."""
        began = self.utc_seconds(period)
        # NULL where there is no end, so that CASE goes on to ELSE.
        ended = (later.before(period.end), later.utc_seconds(period) - began)
        return sa.case(ended, else_=int(period.end.timestamp()) - began)

    @property
    def _clock(self) -> tzinfo:
        """The clock that the column is written by."""
        return UTC if self.kind in ON_UTC else self.zone

    def bound(self, instant: datetime) -> Expression:
        """The instant as the column would have written it. Half a second belongs to the next whole one."""
        instant = _rounded_up(instant.astimezone(UTC))
        written = instant if self.kind in ON_UTC else first_reading(instant, self.zone)
        if (pattern := TEXT_PATTERNS.get(self.kind)) is not None:
            return sa.literal(written.strftime(pattern))
        match self.kind:
            case TimeKind.AWARE:
                return sa.literal(written, sa.DateTime(timezone=True))
            case TimeKind.SECONDS:
                return sa.literal((written - EPOCH) // ONE_SECOND)
            case TimeKind.NAIVE:
                return sa.literal(written, sa.DateTime())
        day = _first_whole_day(written)
        return sa.literal(day, sa.Date()) if self.kind is TimeKind.DATE else sa.literal(day.isoformat())

    def _raw_seconds(self) -> Expression:
        if self.kind is TimeKind.SECONDS:
            return sa.cast(self.expression, sa.BigInteger)
        is_text = self.kind in TEXT_SHAPES
        return (self.engine.seconds_of_text if is_text else self.engine.seconds)(self.expression)

    def _shifted(self, target: tzinfo, period: Period) -> Expression:
        raw = self._raw_seconds()
        first, *later = clock_turns(self._clock, target, period)
        if not later:
            return raw + first.shift if first.shift else raw
        # The latest turn that a time lies after gives its shift, so the branches go backward.
        branches = ((raw >= turn.reading, turn.shifting(raw)) for turn in reversed(later))
        return raw + sa.case(*branches, else_=first.shift)


def _rounded_up(moment: datetime) -> datetime:
    return moment + timedelta(microseconds=-moment.microsecond % 1_000_000)


def _first_whole_day(local: datetime) -> date:
    """The first date whose midnight does not lie before the moment."""
    midnight = local.time() == time()
    return local.date() if midnight else local.date() + timedelta(days=1)
