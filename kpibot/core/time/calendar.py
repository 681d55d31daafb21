"""The district's calendar: its time zone, its years and cycles, working hours, holidays and breaks."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from kpibot.core.time.days import ONE_DAY, AnnualRange, Cycle, DateRange, NamedDays, YearStart, year_containing
from kpibot.core.time.working_clock import FIRST_YEAR, LAST_YEAR, Floats, Hours, WorkingClock, working_hours_in_utc

__all__ = ["Calendar", "SeasonHours", "Week", "YearStart"]

Week = tuple[Hours | None, ...]  # seven entries, Monday first: (opens, closes), or None for a day off


@dataclass(frozen=True, slots=True)
class SeasonHours:
    """Other working hours for a part of the year, such as the summer."""

    days: DateRange | AnnualRange
    hours: Week


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The district's days, years and working time. Every date here is local to `zone`.

    The first of `season_hours` that contains a day applies to it, otherwise `working_hours`. On a holiday there is
    neither work nor school, in a break no school. `school_days` are weekdays, 0 (Monday) to 6. `holiday_names` has the
    names of holidays that have one.
    """

    zone: ZoneInfo
    fiscal_year: YearStart
    school_year: YearStart
    working_hours: Week
    holidays: frozenset[date] = frozenset()
    irregular_fiscal_years: tuple[NamedDays, ...] = ()
    season_hours: tuple[SeasonHours, ...] = ()
    breaks: tuple[DateRange | AnnualRange, ...] = ()
    school_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    cycles: tuple[Cycle, ...] = ()
    holiday_names: Mapping[date, str] = field(default_factory=dict, hash=False)

    def local(self, instant: datetime) -> datetime:
        """The instant on the district's wall clock."""
        return instant.astimezone(self.zone)

    def midnight(self, day: date) -> datetime:
        """The first instant of a local day, aware."""
        return datetime.combine(day, time(), self.zone)

    def day_ends(self, first: date, last: date, as_of: datetime) -> list[datetime]:
        """The end of each local day from `first` to `last`, but not later than `as_of`."""
        days = (last - first).days + 1
        ends = (self.midnight(first + timedelta(days=n + 1)).astimezone(UTC) for n in range(days))
        return [min(end, as_of) for end in ends]

    def fiscal_year_of(self, day: date) -> NamedDays:
        """The fiscal year that contains a day, such as `FY2027`."""
        return year_containing(day, self.fiscal_year, self.irregular_fiscal_years, "FY")

    def school_year_of(self, day: date) -> NamedDays:
        """The school year that contains a day, such as `SY2027`; it includes the summer after it."""
        return year_containing(day, self.school_year, (), "SY")

    def is_school_day(self, day: date) -> bool:
        """Whether there is school."""
        is_out = day in self.holidays or any(day in each for each in self.breaks)
        return day.weekday() in self.school_days and not is_out

    def hours_on(self, day: date) -> Hours | None:
        """The working hours of a day, or None."""
        if day in self.holidays:
            return None
        week = next((season.hours for season in self.season_hours if day in season.days), self.working_hours)
        return week[day.weekday()]

    def is_working_day(self, day: date) -> bool:
        """Whether the department works on a day."""
        return self.hours_on(day) is not None

    def is_working_time(self, instant: datetime) -> bool:
        """Whether the department is at work at an instant."""
        day = self.local(instant).date()
        hours = self.hours_on(day)
        if hours is None:
            return False
        opens, closes = working_hours_in_utc(day, hours, self.zone)
        return opens <= instant < closes

    @property
    def working_day_seconds(self) -> float:
        """The length of the usual working day, to show working time in days: the most common one of the week, the
        longer of two. 24 hours without any working hours."""
        lengths = Counter(_length(hours) for hours in self.working_hours if hours)
        return max(lengths, key=lambda length: (lengths[length], length), default=ONE_DAY).total_seconds()

    def working_seconds(self, began: Floats, ended: Floats) -> Floats:
        """The working time between instants, in seconds; both are UTC epoch seconds.

        0 where `ended` is not after `began`, NaN where either is NaN. Time outside the years 1900 to 2199 does not
        count.
        """
        edges = [edge for times in (began, ended) if np.size(times) for edge in _extremes(times)]
        if not edges:
            return np.maximum(ended - began, 0.0)
        return _clock(self, _year(min(edges)), _year(max(edges))).between(began, ended)

    def earliest_day_within(self, today: date, age: int, working: bool) -> date:
        """The earliest day whose age on `today` is at most `age` days, or working days.

        What is older happened before its midnight. January 1, 1900 for a district without working days.
        """
        if not working:
            return today - timedelta(days=age)
        days = self._working_days(today, -1)
        return next((day for n, day in enumerate(days) if n == age), date(FIRST_YEAR, 1, 1))

    def working_days_ahead(self, today: date, days: int) -> date:
        """The working day that is `days` working days after `today`; `today` itself for 0."""
        ahead = self._working_days(today + ONE_DAY, 1)
        return next((day for n, day in enumerate(ahead, 1) if n == days), date(LAST_YEAR, 12, 31)) if days else today

    def _working_days(self, start: date, step: int) -> Iterator[date]:
        """The working days from `start` forward or backward, within the years of the calendar."""
        day = start
        while FIRST_YEAR <= day.year <= LAST_YEAR:
            if self.is_working_day(day):
                yield day
            day += timedelta(days=step)


def _length(hours: Hours) -> timedelta:
    opens, closes = (datetime.combine(date.min, at) for at in hours)
    return closes - opens


def _extremes(times: Floats) -> list[float]:
    """The minimum and maximum, without NaN."""
    edges = (float(np.fmin.reduce(times, axis=None)), float(np.fmax.reduce(times, axis=None)))
    return [edge for edge in edges if not np.isnan(edge)]


def _year(instant: float) -> int:
    """The UTC year of an epoch second, within the years of the calendar."""
    first, last = (datetime(year, 7, 1, tzinfo=UTC).timestamp() for year in (FIRST_YEAR, LAST_YEAR))
    return datetime.fromtimestamp(min(max(instant, first), last), UTC).year


@lru_cache(maxsize=16)
def _clock(calendar: Calendar, first_year: int, last_year: int) -> WorkingClock:
    """The working clock of whole years; cached, since a decade takes tens of milliseconds."""
    first, last = date(first_year, 1, 1) - ONE_DAY, date(last_year, 12, 31) + ONE_DAY
    return WorkingClock.of(first, last, calendar.hours_on, calendar.zone)
