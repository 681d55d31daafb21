"""Periods: half-open stretches of time in the district's zone, and the words that configuration names them by."""

import calendar as gregorian
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from kpibot.core.calendar import Calendar


class PeriodError(ValueError):
    """These words name no period; the message lists the ones that do."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to, not including, `end`; both aware. `key` names it: `2026-W40`, `FY2027`."""

    start: datetime
    end: datetime
    key: str


class Unit(StrEnum):
    """What a period is counted in."""

    DAYS = "days"
    WEEK = "week"
    MONTH = "month"
    FISCAL_YEAR = "fiscal year"
    SCHOOL_YEAR = "school year"


@dataclass(frozen=True, slots=True)
class PeriodRule:
    """Which period a KPI looks at, given the instant it is measured at.

    `DAYS` is the last `days` local days, the current one as far as it has come; every other unit runs from its
    beginning to the instant. All begin at a local midnight, so that a chart's days add up to the number beside it.
    """

    unit: Unit
    days: int = 0

    @classmethod
    def parse(cls, words: str) -> "PeriodRule":
        """`30 days`, `week to date`, `month to date`, `fiscal year to date`, `school year to date`.

        Raises:
            PeriodError: anything else.
        """
        text = " ".join(words.casefold().split())
        if rolling := re.fullmatch(r"(\d{1,4}) days?", text):
            if int(rolling[1]) > 0:
                return cls(Unit.DAYS, int(rolling[1]))
        elif to_date := re.fullmatch(r"(week|month|fiscal year|school year) to date", text):
            return cls(Unit(to_date[1]))
        raise PeriodError(
            f"`{words}` is no period; write for example `30 days`, `week to date`, `month to date`, "
            "`fiscal year to date` or `school year to date`"
        )

    def __str__(self) -> str:
        if self.unit is Unit.DAYS:
            return "1 day" if self.days == 1 else f"{self.days} days"
        return f"{self.unit} to date"

    def ending(self, as_of: datetime, calendar: Calendar) -> Period:
        """The period as it stands at `as_of`."""
        # An instant is the end of what lies before it: at midnight the day just over is still the current one.
        today = calendar.local(as_of - timedelta(microseconds=1)).date()
        first = self._first_day(today, calendar)
        key = f"{self.days}d-{today:%Y-%m-%d}" if self.unit is Unit.DAYS else self._key(first)
        return Period(calendar.midnight(first), as_of, key)

    def step_back(self, as_of: datetime, calendar: Calendar) -> datetime:
        """The same point of the period before: what `as_of` is fairly compared with."""
        if self.unit is Unit.DAYS:
            return _days_earlier(as_of, self.days, calendar)
        if self.unit is Unit.WEEK:
            return _days_earlier(as_of, 7, calendar)
        return _months_earlier(as_of, 1 if self.unit is Unit.MONTH else 12, calendar)

    @property
    def before(self) -> str:
        """What `step_back` goes back to, in words."""
        if self.unit is Unit.DAYS:
            return "day before" if self.days == 1 else f"{self.days} days before"
        return f"same point last {self.unit}"

    def _first_day(self, day: date, calendar: Calendar) -> date:
        match self.unit:
            case Unit.DAYS:
                return day - timedelta(days=self.days - 1)
            case Unit.WEEK:
                return day - timedelta(days=day.weekday())
            case Unit.MONTH:
                return day.replace(day=1)
            case Unit.SCHOOL_YEAR:
                return calendar.school_year.on_or_before(day)
            case _:
                return calendar.fiscal_year.on_or_before(day)

    def _key(self, first: date) -> str:
        match self.unit:
            case Unit.WEEK:
                return f"{first:%G-W%V}"
            case Unit.MONTH:
                return f"{first:%Y-%m}"
            case Unit.SCHOOL_YEAR:
                return f"SY{_year_named(first)}"
            case _:
                return f"FY{_year_named(first)}"


def _year_named(first: date) -> int:
    """A year is named after the calendar year it ends in: FY2027 ends in June 2027."""
    return first.year if (first.month, first.day) == (1, 1) else first.year + 1


def _days_earlier(instant: datetime, days: int, calendar: Calendar) -> datetime:
    """The same wall-clock time `days` local days earlier, however long those days were."""
    local = calendar.local(instant)
    return (local.replace(tzinfo=None) - timedelta(days=days)).replace(tzinfo=calendar.zone)


def _months_earlier(instant: datetime, months: int, calendar: Calendar) -> datetime:
    """The same day and time `months` months earlier; the last day of a shorter month stands for its missing days."""
    local = calendar.local(instant)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    day = min(local.day, gregorian.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)
