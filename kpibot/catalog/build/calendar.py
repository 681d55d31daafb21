"""From the shape of a district to its calendar."""

from collections.abc import Mapping
from types import MappingProxyType

from kpibot.catalog.feeds.holiday_feed import Holidays
from kpibot.catalog.parse import time_values
from kpibot.catalog.schema.config import DistrictSchema
from kpibot.core.time.calendar import Calendar, SeasonHours, Week
from kpibot.core.time.days import ONE_DAY, Cycle, DateRange, NamedDays
from kpibot.core.time.working_clock import Hours


def build_calendar(schema: DistrictSchema, feed: Holidays) -> Calendar:
    """The calendar, its holidays those of the file and of the feed; where both name one, the file's name counts."""
    written = {day: name or feed.get(day, "") for each in schema.holidays for days, name in each for day in days}
    holidays = {**feed, **written}
    return Calendar(
        zone=schema.zone,
        fiscal_year=schema.fiscal_year_starts,
        school_year=schema.school_year_starts,
        working_hours=_week(schema.working_hours),
        holidays=frozenset(holidays),
        irregular_fiscal_years=tuple(
            NamedDays(year.first, year.last + ONE_DAY, name) for name, year in schema.irregular_fiscal_years.items()
        ),
        season_hours=_seasons(schema),
        breaks=tuple(days for each in schema.breaks for days, _ in each),
        school_days=time_values.weekdays(schema.school_days),
        cycles=tuple(Cycle(name, each.starts, each.every) for name, each in schema.cycles.items()),
        holiday_names=MappingProxyType({day: name for day, name in holidays.items() if name}),
    )


def _week(hours: Mapping[str, Hours]) -> Week:
    by_day = {day: each for key, each in hours.items() for day in time_values.weekdays(key)}
    return tuple(by_day.get(day) for day in range(7))


def _seasons(schema: DistrictSchema) -> tuple[SeasonHours, ...]:
    """Dates before what is said of every year: the exception counts."""
    seasons = [SeasonHours(time_values.season(days), _week(hours)) for days, hours in schema.summer_hours.items()]
    return tuple(sorted(seasons, key=lambda season: not isinstance(season.days, DateRange)))
