"""Timestamps as databases keep them: naive or aware, dates, text, or seconds since 1970."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum, auto
from functools import lru_cache
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from kpibot.core.periods import Period
from kpibot.sources.dialects import READ_TEXT_AS_TIME, Expression, seconds, summable, whole_days

ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNSHIFTED = ((0, 0),)
DATES_DIFFER_BY_DAYS = frozenset({"postgresql", "duckdb"})  # a date minus a date is a whole number there


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


def kind_of(sample: object) -> TimeKind:
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


def to_utc(value: object, zone: tzinfo) -> datetime | None:
    """An instant from whatever a driver returned; naive times are on the wall clock of `zone`."""
    match value:
        case None:
            return None
        case str():
            kind_of(value)  # in another shape it was not compared by its time either
            return to_utc(datetime.fromisoformat(value), zone)
        case datetime():
            return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
        case date():
            return datetime.combine(value, time(), zone).astimezone(UTC)
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
    dialect: str

    def before(self, instant: datetime) -> Expression:
        """The column lies before the instant."""
        return self.expression < self.bound(instant)

    def not_before(self, instant: datetime) -> Expression:
        """The column lies at or after the instant."""
        return self.expression >= self.bound(instant)

    def within(self, period: Period) -> Expression:
        """The column lies in the half-open period."""
        return sa.and_(self.not_before(period.start), self.before(period.end))

    def utc_seconds(self, period: Period) -> Expression:
        """Seconds since 1970 in UTC; exact for instants in or near the period."""
        return self._shifted(UTC, period)

    def local_day(self, zone: ZoneInfo, period: Period) -> Expression:
        """Days since 1970-01-01 on the wall clock of `zone`; exact for instants in the period."""
        is_own = self.kind is TimeKind.NAIVE and _shifts(self._clock, zone, period) is UNSHIFTED
        if is_own and self.dialect in DATES_DIFFER_BY_DAYS:  # its date costs less than its seconds
            return sa.cast(self.expression, sa.Date()).op("-")(sa.literal_column("DATE '1970-01-01'"))
        return whole_days(self._shifted(zone, period), self.dialect)

    def total_until(self, later: "TimeColumn", period: Period) -> Expression:
        """The seconds from this column to a later one, or to the period's end where that comes first, as a sum.

        Both are exact for instants in the period. Two clocks that agree need no counting from 1970.
        """
        alike = {self.kind, later.kind} in ({TimeKind.NAIVE}, {TimeKind.AWARE})
        if self.dialect == "postgresql" and alike and len(_shifts(self._clock, UTC, period)) == 1:
            end = sa.func.least(later.expression, later.bound(period.end))  # which passes over NULL
            return sa.func.date_part("epoch", sa.func.sum(end.op("-")(self.expression)))
        return sa.func.sum(summable(self.seconds_until(later, period), self.dialect))

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
        written = _rounded_up(instant.astimezone(self._clock))
        if (pattern := TEXT_PATTERNS.get(self.kind)) is not None:
            return sa.literal(written.strftime(pattern))
        match self.kind:
            case TimeKind.AWARE:
                return sa.literal(written, sa.DateTime(timezone=True))
            case TimeKind.SECONDS:
                return sa.literal((written - EPOCH) // ONE_SECOND)
            case TimeKind.NAIVE:
                return sa.literal(written.replace(tzinfo=None), sa.DateTime())
        day = _first_whole_day(written)
        return sa.literal(day, sa.Date()) if self.kind is TimeKind.DATE else sa.literal(day.isoformat())

    def _raw_seconds(self) -> Expression:
        if self.kind is TimeKind.SECONDS:
            return sa.cast(self.expression, sa.BigInteger)
        if self.kind in TEXT_SHAPES and self.dialect not in READ_TEXT_AS_TIME:
            return seconds(sa.cast(self.expression, sa.DateTime()), self.dialect)
        return seconds(self.expression, self.dialect)

    def _shifted(self, target: tzinfo, period: Period) -> Expression:
        raw = self._raw_seconds()
        (_, first), *later = _shifts(self._clock, target, period)
        if not later:
            return raw + first if first else raw
        # The latest change that a time lies after gives its shift, so the branches go backward.
        return raw + sa.case(*((raw >= edge, shift) for edge, shift in reversed(later)), else_=first)


@lru_cache(maxsize=64)
def _shifts(own: tzinfo, target: tzinfo, period: Period) -> Sequence[tuple[int, int]]:
    """What to add to seconds on the clock `own` to have seconds on the clock `target`, from which second on.

    Clocks differ by a constant but for a few changes a year, so that SQL needs a CASE of a few branches only.
    """
    if str(own) == str(target):
        return UNSHIFTED
    found = [(0, _shift(period.start, own, target))]
    day = period.start
    while day < period.end:
        if _shift(day + ONE_DAY, own, target) != found[-1][1]:
            edge = next(each for each in _quarters_after(day) if _shift(each, own, target) != found[-1][1])
            # Where the clock is set back, an hour occurs twice: like Python's fold=0, its first time is meant.
            reading = max(_clock(edge, own), _clock(edge - ONE_SECOND, own) + 1)
            found.append((reading, _shift(edge, own, target)))
        day += ONE_DAY
    return found


def _quarters_after(instant: datetime) -> Iterator[datetime]:
    """Every quarter of an hour from `instant` on: no zone changes its clock at another moment."""
    first = instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return (first + timedelta(minutes=15 * n) for n in range(2 * 96))


def _shift(instant: datetime, own: tzinfo, target: tzinfo) -> int:
    return _clock(instant, target) - _clock(instant, own)


def _clock(instant: datetime, zone: tzinfo) -> int:
    local = instant.astimezone(zone)
    return int((local.replace(tzinfo=UTC) - EPOCH).total_seconds())


def _rounded_up(moment: datetime) -> datetime:
    return moment + timedelta(microseconds=-moment.microsecond % 1_000_000)


def _first_whole_day(local: datetime) -> date:
    """The first date whose midnight does not lie before the moment."""
    midnight = local.time() == time()
    return local.date() if midnight else local.date() + timedelta(days=1)
