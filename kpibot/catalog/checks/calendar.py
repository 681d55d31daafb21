"""Whether the district's calendar makes sense: hours of each day once, years without gap or overlap, known cycles."""

import itertools
from collections.abc import Iterator
from datetime import date

from kpibot.catalog.checks.measures import component_schemas
from kpibot.catalog.checks.references import References
from kpibot.catalog.parse import time_values
from kpibot.catalog.problems import Path, suggestion
from kpibot.catalog.schema.config import DistrictSchema, KpiSchema
from kpibot.catalog.schema.measures import QuerySchema
from kpibot.core.kpis.conditions import StartOf, TimeCondition
from kpibot.core.time.calendar import YearStart
from kpibot.core.time.days import ONE_DAY, DateRange, plus_months
from kpibot.core.time.periods import PeriodRule, Unit

SHORTEST_YEAR = 28  # days


def check_calendar(district: DistrictSchema, references: References) -> None:
    """Reports everything that is wrong with the calendar."""
    path: Path = ("district", "working_hours")
    _check_week(list(district.working_hours), path, references)
    if not district.working_hours and references.sections.is_sound_below(path):
        hint = "write for example `{mon-fri: 07:30-16:30}`, or leave the key out"
        references.sections.report(path, "nobody ever works", hint)
    for season, week in district.summer_hours.items():
        _check_week(list(week), ("district", "summer_hours", season), references)
    _check_seasons(list(district.summer_hours), references)
    _check_years(district, references)


def check_cycles(references: References) -> None:
    """Reports the KPIs whose period, or a condition, is about a cycle that the district does not have."""
    cycles = references.sections.names("district", "cycles")
    for name, kpi in references.config.kpis.items():
        for path, period in _periods(kpi):
            if period.unit is Unit.CYCLE and period.cycle not in cycles:
                if_none = (
                    f"define it: `cycles: {{{period.cycle}: {{starts: 2025-07-01, every: 2 years}}}}` in `district`"
                )
                hint = suggestion(period.cycle, cycles, if_none)
                references.sections.report(("kpis", name, *path), f"no cycle `{period.cycle}`", hint)


def _periods(kpi: KpiSchema) -> Iterator[tuple[Path, PeriodRule]]:
    """Every period that a KPI speaks of, with its path from there."""
    if kpi.period is not None:
        yield ("period",), kpi.period
    for path, component in component_schemas(kpi.measure):
        if isinstance(component, QuerySchema):
            continue
        for column, conditions in component.where.items():
            ends = (end for each in conditions if isinstance(each, TimeCondition) for end in (each.since, each.until))
            yield from ((("measure", *path, "where", column), end.period) for end in ends if isinstance(end, StartOf))


def _check_week(keys: list[str], path: Path, references: References) -> None:
    key_of_day: dict[int, str] = {}
    for key in keys:
        for day in time_values.weekdays(key):
            if key_of_day.setdefault(day, key) != key:
                said = f"{time_values.DAYS[day]} is in `{key_of_day[day]}` already"
                references.sections.report((*path, key), said, "name each day once")


def _check_seasons(keys: list[str], references: References) -> None:
    """Of two seasons one must go before the other: dates do before those of every year."""
    leap_year = [date(2000, 1, 1) + n * ONE_DAY for n in range(366)]
    for one, other in itertools.combinations(keys, 2):
        here, there = time_values.season(one), time_values.season(other)
        if isinstance(here, DateRange) and isinstance(there, DateRange):
            overlap = here.first in there or there.first in here
        else:
            overlap = type(here) is type(there) and any(day in here and day in there for day in leap_year)
        if overlap:
            references.sections.report(
                ("district", "summer_hours", other), f"overlaps `{one}`", "let each day be in one"
            )


def _check_years(district: DistrictSchema, references: References) -> None:
    """One year must begin where the one before it ends."""
    years = sorted(district.irregular_fiscal_years.items(), key=lambda year: year[1].first)
    valid = [(name, year) for name, year in years if _is_year(name, year, references)]
    for (one, before), (other, year) in itertools.pairwise(valid):
        _check_next(one, before, other, year, references)
    if valid and len(valid) == len(years):
        _check_last(*valid[-1], district.fiscal_year_starts, references)


def _is_year(name: str, year: DateRange, references: References) -> bool:
    path: Path = ("district", "irregular_fiscal_years", name)
    said, hint = "", f"write for example `{name}: 2026-07-01..2027-08-31`"
    if (year.last - year.first).days + 1 < SHORTEST_YEAR:
        said = "is shorter than a month"
    elif int(name[2:6]) not in range(year.first.year, year.last.year + 1):
        said, hint = f"is not in {name[2:6]}", f"call it `FY{year.last.year}`, after the year it ends in"
    elif _is_leap_day(year.first) or _is_leap_day(year.last + ONE_DAY):
        said, hint = "a year cannot begin on February 29", "begin and end it with whole months"
    elif name[2:] == str((year.first - ONE_DAY).year):
        said, hint = f"the year before it is `{name}` as well", f"call this one `{name}b`"
    if said:
        references.sections.report(path, said, hint)
    return not said


def _check_next(one: str, before: DateRange, other: str, year: DateRange, references: References) -> None:
    path: Path = ("district", "irregular_fiscal_years", other)
    end = before.last + ONE_DAY
    if year.first < end:
        references.sections.report(path, f"overlaps `{one}`, which ends on {before.last}", f"let it begin on {end}")
    elif (year.first.month, year.first.day) != (end.month, end.day):
        ends = plus_months(end, 12 * ((year.first.year - end.year) or 1))
        said = f"begins on {year.first}, but the years before it begin on {YearStart(end.month, end.day)}"
        hint = f"they do since `{one}`: let this one begin on {ends}, or write down the year between"
        references.sections.report(path, said, hint)


def _check_last(name: str, year: DateRange, usual: YearStart, references: References) -> None:
    end = year.last + ONE_DAY
    if (end.month, end.day) != (usual.month, usual.day):
        starts = YearStart(end.month, end.day)
        said = f"ends on {year.last}, but the years after it begin on {usual}"
        hint = f"write `fiscal_year_starts: {starts}`, or let it end on the day before {usual}"
        references.sections.report(("district", "irregular_fiscal_years", name), said, hint)


def _is_leap_day(day: date) -> bool:
    return (day.month, day.day) == (2, 29)
