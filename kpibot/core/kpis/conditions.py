"""Which rows count: conditions on the columns of a dataset, and the times in them.

A condition may be about time: "older than 10 working days", "within the audit cycle". Its ends are relative to the
instant of measurement; `resolved` turns them into instants before a database sees them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from kpibot.core.time.calendar import Calendar
from kpibot.core.time.periods import PeriodRule

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class ValueCondition:
    """A column is, or is not, one of these values; None means NULL."""

    column: str
    values: tuple[Scalar, ...]
    negated: bool = False
    is_about_time = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return (self.column,)


class Relation(StrEnum):
    """How two numbers compare, in the configuration's words."""

    ABOVE = "above"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class NumberCondition:
    """A column is above or below a number, or another column of the same row."""

    column: str
    relation: Relation
    than: float | None = None
    other: str | None = None
    or_empty: bool = False
    is_about_time = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return (self.column,) if self.other is None else (self.column, self.other)


@dataclass(frozen=True, slots=True)
class Now:
    """The instant of measurement."""


@dataclass(frozen=True, slots=True)
class Ago:
    """A length of time before the instant of measurement."""

    length: timedelta


@dataclass(frozen=True, slots=True)
class DaysAgo:
    """The local midnight before which everything is older than `days` days.

    The age of a day is the number of days, or working days, after it up to and including the day of measurement.
    """

    days: int
    working: bool = False


@dataclass(frozen=True, slots=True)
class StartOf:
    """The start of a period."""

    period: PeriodRule


RelativeTime = Now | Ago | DaysAgo | StartOf


@dataclass(frozen=True, slots=True)
class TimeCondition:
    """A timestamp is at or after `since` and before `until`; an end that is None is open."""

    column: str
    since: RelativeTime | datetime | None = None
    until: RelativeTime | datetime | None = None
    or_empty: bool = False
    is_about_time = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return (self.column,)

    @property
    def moves(self) -> bool:
        """Whether its ends depend on the instant of measurement."""
        return any(isinstance(end, RelativeTime) for end in (self.since, self.until))


Condition = ValueCondition | NumberCondition | TimeCondition
Where = tuple[Condition, ...]


def as_scalar(raw: object) -> Scalar:
    """A value from a database, as a condition can hold it."""
    return raw if isinstance(raw, str | int | float | bool | None) else str(raw)


def instant_of(time: RelativeTime | datetime, as_of: datetime, calendar: Calendar) -> datetime:
    """The instant of a relative time as of `as_of`, aware."""
    match time:
        case Now():
            return as_of
        case Ago(length):
            return as_of - length
        case DaysAgo(days, working):
            # An instant is the end of what lies before it: at midnight the day just over is still the current one.
            today = calendar.local(as_of - timedelta(microseconds=1)).date()
            return calendar.midnight(calendar.earliest_day_within(today, days, working))
        case StartOf(period):
            return period.ending(as_of, calendar).start
    return time


def resolved(where: Iterable[Condition], as_of: datetime, calendar: Calendar) -> Where:
    """The same conditions with instants in place of relative times."""
    return tuple(_resolved(each, as_of, calendar) if isinstance(each, TimeCondition) else each for each in where)


def _resolved(condition: TimeCondition, as_of: datetime, calendar: Calendar) -> TimeCondition:
    since, until = (
        None if end is None else instant_of(end, as_of, calendar) for end in (condition.since, condition.until)
    )
    return replace(condition, since=since, until=until)
