"""Ranges of local days: consecutive years, cycles, and the ranges of a calendar."""

import calendar as gregorian
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NamedDays:
    """The days from `first` up to but not including `end`, with a name: `FY2027`."""

    first: date
    end: date
    name: str

    def __contains__(self, day: date) -> bool:
        return self.first <= day < self.end


@dataclass(frozen=True, slots=True)
class DateRange:
    """The days from `first` to `last`, inclusive."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class AnnualRange:
    """The days between two (month, day) of every year, inclusive; November to February spans New Year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def __contains__(self, day: date) -> bool:
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


@dataclass(frozen=True, slots=True)
class YearStart:
    """The day on which a fiscal or school year begins."""

    month: int
    day: int

    def on_or_before(self, day: date) -> date:
        """The first day of the year that contains `day`."""
        start = date(day.year, self.month, self.day)
        return start if start <= day else date(day.year - 1, self.month, self.day)

    def __str__(self) -> str:
        return f"{self.month:02}-{self.day:02}"


@dataclass(frozen=True, slots=True)
class Cycle:
    """Consecutive ranges of `months` months, before `starts` as well: an audit every two years."""

    name: str
    starts: date
    months: int

    def at(self, day: date) -> NamedDays:
        """The range that contains `day`, named after its first day: `audit-2025-07-01`."""
        nth = months_into(self.starts, day) // self.months
        first = plus_months(self.starts, nth * self.months)
        return NamedDays(first, plus_months(self.starts, (nth + 1) * self.months), f"{self.name}-{first}")


def year_containing(day: date, usual: YearStart, irregular: Iterable[NamedDays], prefix: str) -> NamedDays:
    """The year that contains `day`, named after the calendar year in which it ends: FY2027 ends in June 2027.

    An irregular year has another length, as when a district moves its start. The years before it begin on the same day
    of the year as it does; those after the last irregular year begin on the usual day.
    """
    later = sorted((year for year in irregular if year.end > day), key=lambda year: year.first)
    if later and day in later[0]:
        return later[0]
    starts = YearStart(later[0].first.month, later[0].first.day) if later else usual
    first = starts.on_or_before(day)
    end = plus_months(first, 12)
    return NamedDays(first, end, f"{prefix}{(end - ONE_DAY).year}")


def quarter_containing(year: NamedDays, day: date) -> NamedDays:
    """The quarter of the year that contains `day`: `FY2027-Q2`.

    The last quarter of an irregular year is shorter: a year of 10 months has a fourth of one month, a year of 14
    months a fifth of two.
    """
    nth = months_into(year.first, day) // 3
    end = min(plus_months(year.first, 3 * nth + 3), year.end)
    return NamedDays(plus_months(year.first, 3 * nth), end, f"{year.name}-Q{nth + 1}")


def week_containing(day: date) -> NamedDays:
    """The week, Monday to Sunday, that contains `day`: `2026-W40`."""
    monday = day - timedelta(days=day.weekday())
    return NamedDays(monday, monday + timedelta(days=7), f"{monday:%G-W%V}")


def month_containing(day: date) -> NamedDays:
    """The month that contains `day`: `2026-10`."""
    first = day.replace(day=1)
    return NamedDays(first, plus_months(first, 1), f"{day:%Y-%m}")


def plus_months(day: date, months: int) -> date:
    """The same day `months` months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))


def months_into(first: date, day: date) -> int:
    """The number of whole months from `first` to the day; negative before it."""
    months = (day.year - first.year) * 12 + day.month - first.month
    return months if plus_months(first, months) <= day else months - 1
