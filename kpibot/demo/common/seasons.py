"""The school calendar: which days are worked, and how busy each day of the year is."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypedDict

import numpy as np

from kpibot.demo.common.draws import Bools, Floats, Ints
from kpibot.demo.common.timeline import DAY, HOUR, date_of, day_of

OPENS = 7 * HOUR + HOUR // 2
SHIFT = 9 * HOUR

# (month, day, level): 1.0 is an ordinary school week; levels in between are interpolated
_DEMAND = (
    (1, 1, 0.9), (1, 8, 1.05), (2, 10, 0.95), (3, 20, 0.95), (4, 15, 1.05), (5, 20, 1.0), (6, 1, 0.62), (6, 12, 0.38),
    (7, 1, 0.17), (7, 22, 0.18), (8, 1, 0.65), (8, 12, 1.9), (9, 5, 1.75), (9, 25, 1.3), (10, 15, 1.08), (11, 10, 1.0),
    (12, 31, 0.9),
)  # fmt: skip
_BACKLOG = (
    (1, 1, 0.66), (1, 6, 0.68), (1, 22, 0.95), (3, 1, 0.92), (4, 20, 1.02), (5, 22, 1.05), (6, 12, 0.6), (7, 1, 0.4),
    (7, 25, 0.42), (8, 12, 0.95), (8, 28, 1.65), (9, 12, 1.6), (10, 10, 1.15), (11, 1, 1.0), (12, 17, 1.0), (12, 31,
    0.5),
)  # fmt: skip
_BY_WEEKDAY = np.array([1.18, 1.08, 1.02, 0.98, 0.74, 0.012, 0.012])
_BREAK_LEVEL = 0.07
_CLOSED_LEVEL = 0.015


@dataclass(frozen=True, kw_only=True)
class WorkCalendar:
    """One value for every day since the epoch."""

    demand: Floats
    backlog: Floats
    on_break: Bools
    worked: Bools
    worked_before: Ints
    worked_days: Ints

    def lessons_only(self) -> "WorkCalendar":
        """The calendar of somebody who takes the breaks off as well."""
        return replace(self, **_shifts(self.worked & ~self.on_break))

    def working_time(self, seconds: Ints) -> Floats:
        """Working days since the epoch, with fractions, at local instants."""
        day = seconds // DAY
        within = np.clip(seconds - day * DAY - OPENS, 0, SHIFT) * self.worked[day]
        worked: Floats = self.worked_before[day] + within / SHIFT
        return worked

    def instant(self, working_time: Floats) -> Ints:
        """The local instants at which that much working time has passed; the last day represents anything later."""
        whole_days = np.minimum(np.floor(working_time).astype(np.int64), len(self.worked_days) - 1)
        within = np.clip(working_time - whole_days, 0, 0.9999)
        return self.worked_days[whole_days] * DAY + OPENS + np.floor(within * SHIFT).astype(np.int64)


def build_work_calendar(last: date) -> WorkCalendar:
    """The calendar from the epoch to the end of the second year after `last`."""
    years = range(2001, last.year + 3)
    days = np.arange(day_of(date(last.year + 3, 1, 1)), dtype=np.int64)
    closed = _marked(days, [day for year in years for day in holidays(year)])
    on_break = _marked(days, [day for year in years for day in breaks(year)])
    weekday = days % 7
    demand = _yearly(_DEMAND, years) * _BY_WEEKDAY[weekday]
    demand = np.where(on_break, demand * _BREAK_LEVEL, demand)
    demand = np.where(closed, np.minimum(demand, _CLOSED_LEVEL), demand)
    worked = (weekday < 5) & ~closed
    return WorkCalendar(
        demand=demand.round(6), backlog=_yearly(_BACKLOG, years).round(6), on_break=on_break, **_shifts(worked)
    )


class _Shifts(TypedDict):
    worked: Bools
    worked_before: Ints
    worked_days: Ints


def _shifts(worked: Bools) -> _Shifts:
    upto: Ints = np.cumsum(worked, dtype=np.int64)
    return {"worked": worked, "worked_before": upto - worked, "worked_days": np.flatnonzero(worked)}


def _marked(days: Ints, marked: list[date]) -> Bools:
    positions = np.array([day_of(day) for day in marked])
    flags = np.zeros(len(days), dtype=np.bool_)
    flags[positions[positions < len(days)]] = True
    return flags


def _yearly(anchors: tuple[tuple[int, int, float], ...], years: range) -> Floats:
    knots = [(day_of(date(year, month, day)), level) for year in years for month, day, level in anchors]
    days = np.arange(day_of(date(years.stop, 1, 1)), dtype=np.float64)
    return np.interp(days, [float(day) for day, _ in knots], [level for _, level in knots])


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _observed(day: date) -> date:
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


def holidays(year: int) -> dict[date, str]:
    """Days on which the whole district is closed, and their names."""
    thanksgiving = _nth_weekday(year, 11, 3, 4)
    memorial = _nth_weekday(year, 6, 0, 1) - timedelta(days=7)
    return {
        _observed(date(year, 1, 1)): "New Year's Day",
        _nth_weekday(year, 1, 0, 3): "Martin Luther King Jr. Day",
        _nth_weekday(year, 2, 0, 3): "Presidents' Day",
        memorial: "Memorial Day",
        _observed(date(year, 6, 19)): "Juneteenth",
        _observed(date(year, 7, 4)): "Independence Day",
        _nth_weekday(year, 9, 0, 1): "Labor Day",
        thanksgiving: "Thanksgiving",
        thanksgiving + timedelta(days=1): "Day after Thanksgiving",
        date(year, 12, 24): "Christmas Eve",
        date(year, 12, 25): "Christmas Day",
    }


def breaks(year: int) -> list[date]:
    """Days without lessons on which the technology department works all the same."""
    spring = _nth_weekday(year, 3, 0, 2)
    winter = date(year, 12, 18) + timedelta(days=-date(year, 12, 18).weekday() % 7)
    days = [spring + timedelta(days=i) for i in range(5)] + [winter + timedelta(days=i) for i in range(14)]
    return [*days, _nth_weekday(year, 11, 3, 4) - timedelta(days=1)]


def last_school_day(year: int) -> date:
    """The day on which pupils hand their devices in: the Friday before Memorial Day."""
    return _nth_weekday(year, 6, 0, 1) - timedelta(days=10)


def school_year_of(day: int) -> int:
    """The calendar year in which the school year (July 1 to June 30) of a day since the epoch began."""
    on = date_of(day)
    return on.year if on.month >= 7 else on.year - 1
