"""Periods: half-open ranges of time in the district's zone, and the phrases that name them in configuration."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

import numpy as np

from kpibot.core.text import alternatives, closest
from kpibot.core.time.calendar import Calendar
from kpibot.core.time.days import (
    ONE_DAY,
    NamedDays,
    month_containing,
    months_into,
    plus_months,
    quarter_containing,
    week_containing,
)


class PeriodError(ValueError):
    """A phrase names no period; the message lists those that do."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to but not including `end`, both aware. `key` is its name: `2026-W40`, `FY2027`."""

    start: datetime
    end: datetime
    key: str


class Unit(StrEnum):
    """What a period is counted in."""

    DAYS = "days"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    FISCAL_YEAR = "fiscal year"
    SCHOOL_YEAR = "school year"
    CYCLE = "cycle"


TO_DATE = r"(?:(week|month|quarter|fiscal year|school year)|([a-z0-9]+(?:-[a-z0-9]+)*) cycle) to date"


@dataclass(frozen=True, slots=True)
class PeriodRule:
    """The period of a KPI, as of the instant of measurement.

    `DAYS` is the last `days` local days, today so far included; every other unit runs from its start to the instant.
    All begin at a local midnight, so that the days of a chart add up to the number beside it. A `CYCLE` is the one
    that the district's calendar has under the name `cycle`; resolving another raises a PeriodError.
    """

    unit: Unit
    days: int = 0
    cycle: str = ""

    @classmethod
    def parse(cls, words: str) -> "PeriodRule":
        """`30 days`, `week to date`, `month to date`, `quarter to date`, `fiscal year to date`, `school year to date`,
        `audit cycle to date`.

        Raises:
            PeriodError: anything else.
        """
        text = " ".join(words.casefold().split())
        if rolling := re.fullmatch(r"(\d{1,4}) days?", text):
            if int(rolling[1]) > 0:
                return cls(Unit.DAYS, int(rolling[1]))
        elif to_date := re.fullmatch(TO_DATE, text):
            return cls(Unit(to_date[1])) if to_date[1] else cls(Unit.CYCLE, cycle=to_date[2])
        raise PeriodError(
            f"`{words}` is not a period; write for example `30 days`, `week to date`, `month to date`, "
            "`quarter to date`, `fiscal year to date`, `school year to date` or `audit cycle to date`"
        )

    def __str__(self) -> str:
        if self.unit is Unit.DAYS:
            return "1 day" if self.days == 1 else f"{self.days} days"
        return f"{self._noun} to date"

    def ending(self, as_of: datetime, calendar: Calendar) -> Period:
        """The period up to `as_of`."""
        days = self._at(_day_of(as_of, calendar), calendar)
        return Period(calendar.midnight(days.first), as_of, days.name)

    def whole(self, as_of: datetime, calendar: Calendar) -> Period:
        """The whole period that contains `as_of`, its future part included; for days, those up to `as_of`."""
        if self.unit is Unit.DAYS:
            return self.ending(as_of, calendar)
        return _period(self._at(_day_of(as_of, calendar), calendar), calendar)

    def previous(self, as_of: datetime, calendar: Calendar) -> Period:
        """The whole period before the one that contains `as_of`."""
        return _period(self._before(self._at(_day_of(as_of, calendar), calendar), calendar), calendar)

    def step_back(self, as_of: datetime, calendar: Calendar) -> datetime:
        """The same point of the period before, for a fair comparison.

        It is as many months, days and hours after the start, but not beyond the end of its month or of the whole
        period: March up to the 30th is compared with all of February.
        """
        local = calendar.local(as_of).replace(tzinfo=None)
        if self.unit is Unit.DAYS:
            return (local - timedelta(days=self.days)).replace(tzinfo=calendar.zone)
        current = self._at(_day_of(as_of, calendar), calendar)
        return _as_far(local, current, self._before(current, calendar)).replace(tzinfo=calendar.zone)

    def pace(self, as_of: datetime, calendar: Calendar) -> float:
        """The share of the whole period's working time that has elapsed, 0 to 1: the pace of a budget."""
        return share_elapsed(self.whole(as_of, calendar), as_of, calendar)

    @property
    def before(self) -> str:
        """What `step_back` returns, in words."""
        if self.unit is Unit.DAYS:
            return "day before" if self.days == 1 else f"{self.days} days before"
        return f"same point last {self._noun}"

    @property
    def _noun(self) -> str:
        return f"{self.cycle} cycle" if self.unit is Unit.CYCLE else str(self.unit)

    def _before(self, days: NamedDays, calendar: Calendar) -> NamedDays:
        return self._at(days.first - ONE_DAY, calendar)

    def _at(self, day: date, calendar: Calendar) -> NamedDays:
        """The days of the whole period that contains `day`."""
        if self.unit is Unit.DAYS:
            return NamedDays(day - timedelta(days=self.days - 1), day + ONE_DAY, f"{self.days}d-{day}")
        if self.unit is Unit.CYCLE:
            return _cycle(self.cycle, day, calendar)
        return _AT[self.unit](day, calendar)


_AT: Mapping[Unit, Callable[[date, Calendar], NamedDays]] = {
    Unit.WEEK: lambda day, _: week_containing(day),
    Unit.MONTH: lambda day, _: month_containing(day),
    Unit.QUARTER: lambda day, calendar: quarter_containing(calendar.fiscal_year_of(day), day),
    Unit.FISCAL_YEAR: lambda day, calendar: calendar.fiscal_year_of(day),
    Unit.SCHOOL_YEAR: lambda day, calendar: calendar.school_year_of(day),
}


def share_elapsed(period: Period, as_of: datetime, calendar: Calendar) -> float:
    """The share of a period's working time elapsed at `as_of`, 0 to 1; of its wall-clock time without working hours."""
    start, end = period.start.timestamp(), period.end.timestamp()
    now = min(max(as_of.timestamp(), start), end)
    elapsed, whole = calendar.working_seconds(np.array([start, start]), np.array([now, end]))
    if not whole:
        elapsed, whole = now - start, end - start
    return float(elapsed / whole) if whole else 1.0


def same_week_last_school_year(as_of: datetime, calendar: Calendar) -> datetime | None:
    """The same weekday and wall-clock time in the same school week of last school year.

    School weeks begin on Mondays; the first is the one in which school begins. None where last school year had no such
    week, because it is already part of this one.
    """
    week = week_containing(_day_of(as_of, calendar))
    year = calendar.school_year_of(week.end - ONE_DAY)
    here = _first_school_week(year, calendar)
    there = _first_school_week(calendar.school_year_of(year.first - ONE_DAY), calendar)
    if week.first - here >= here - there:
        return None
    local = calendar.local(as_of).replace(tzinfo=None)
    return (local - (here - there)).replace(tzinfo=calendar.zone)


def _first_school_week(year: NamedDays, calendar: Calendar) -> date:
    """The Monday of the week in which school begins."""
    days = (year.first + timedelta(days=n) for n in range((year.end - year.first).days))
    return week_containing(next(filter(calendar.is_school_day, days), year.first)).first


def _day_of(as_of: datetime, calendar: Calendar) -> date:
    """The current local day."""
    # An instant is the end of what lies before it: at midnight the day just over is still the current one.
    return calendar.local(as_of - timedelta(microseconds=1)).date()


def _period(days: NamedDays, calendar: Calendar) -> Period:
    return Period(calendar.midnight(days.first), calendar.midnight(days.end), days.name)


def _cycle(name: str, day: date, calendar: Calendar) -> NamedDays:
    for cycle in calendar.cycles:
        if cycle.name == name:
            return cycle.at(day)
    names = [cycle.name for cycle in calendar.cycles]
    near = [f"did you mean `{each}`?" for each in closest(name, names)]
    hint = near[0] if near else f"there is {alternatives(names)}; define it under `district.cycles`"
    raise PeriodError(f"no cycle `{name}`; {hint}")


def _as_far(local: datetime, current: NamedDays, before: NamedDays) -> datetime:
    """The local time that is as far into `before` as `local` is into `current`."""
    months = months_into(current.first, local.date())
    rest = local - datetime.combine(plus_months(current.first, months), time())
    end = min(plus_months(before.first, months + 1), before.end)
    return min(datetime.combine(plus_months(before.first, months), time()) + rest, datetime.combine(end, time()))
