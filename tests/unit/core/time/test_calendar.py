"""The district's calendar."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.time.calendar import Calendar, SeasonHours, YearStart
from kpibot.core.time.days import AnnualRange, Cycle, DateRange, NamedDays

ZONE = ZoneInfo("America/Chicago")
OPEN = (time(7, 30), time(16, 30))
HALF = (time(7, 30), time(12))
SHORT = (time(7), time(12))
THANKSGIVING = date(2026, 11, 26)
CALENDAR = Calendar(
    zone=ZONE,
    fiscal_year=YearStart(7, 1),
    school_year=YearStart(8, 15),
    working_hours=(*[OPEN] * 5, None, None),
    holidays=frozenset({THANKSGIVING}),
)
SUMMER = SeasonHours(AnnualRange((6, 1), (7, 31)), (*[SHORT] * 4, None, None, None))
DAYS = st.dates(date(2015, 1, 1), date(2035, 1, 1))


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 7, 1), date(2026, 7, 1)),
        (date(2026, 6, 30), date(2025, 7, 1)),
        (date(2026, 12, 31), date(2026, 7, 1)),
        (date(2027, 1, 1), date(2026, 7, 1)),
    ],
)
def test_a_year_begins_on_or_before(day: date, first: date) -> None:
    assert YearStart(7, 1).on_or_before(day) == first


def test_midnight_is_local() -> None:
    assert CALENDAR.midnight(date(2026, 11, 22)).astimezone(UTC) == datetime(2026, 11, 22, 6, tzinfo=UTC)
    assert CALENDAR.midnight(date(2026, 7, 1)).astimezone(UTC) == datetime(2026, 7, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 11, 22), 24)])
def test_a_day_with_a_clock_change_has_its_own_length(day: date, hours: int) -> None:
    end = CALENDAR.day_ends(day, day, datetime(2030, 1, 1, tzinfo=UTC))[0]
    assert end - CALENDAR.midnight(day).astimezone(UTC) == timedelta(hours=hours)


def test_no_day_ends_after_the_instant() -> None:
    as_of = datetime(2026, 11, 22, 18, tzinfo=UTC)
    ends = CALENDAR.day_ends(date(2026, 11, 20), date(2026, 11, 22), as_of)
    assert ends == [datetime(2026, 11, 21, 6, tzinfo=UTC), datetime(2026, 11, 22, 6, tzinfo=UTC), as_of]


def test_hours_are_those_of_the_weekday_of_the_season_and_none_on_a_holiday() -> None:
    calendar = replace(CALENDAR, season_hours=(SUMMER,))
    days = {
        date(2026, 11, 25): OPEN,
        THANKSGIVING: None,
        date(2026, 11, 28): None,  # Saturday
        date(2026, 5, 29): OPEN,
        date(2026, 6, 1): SHORT,
        date(2026, 6, 5): None,  # a Friday in summer
        date(2027, 7, 29): SHORT,
        date(2026, 8, 3): OPEN,
    }
    assert {day: calendar.hours_on(day) for day in days} == days
    assert [calendar.is_working_day(day) for day in days] == [hours is not None for hours in days.values()]


def test_of_two_seasons_the_first_counts() -> None:
    once = SeasonHours(DateRange(date(2026, 6, 15), date(2026, 6, 19)), (HALF,) * 7)
    calendar = replace(CALENDAR, season_hours=(once, SUMMER))
    assert calendar.hours_on(date(2026, 6, 15)) == HALF
    assert calendar.hours_on(date(2026, 6, 22)) == SHORT


def test_a_season_may_run_over_new_year() -> None:
    winter = AnnualRange((11, 15), (2, 1))
    held = [date(2026, 11, 15), date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 1)]
    assert all(day in winter for day in held)
    assert not any(day in winter for day in (date(2026, 11, 14), date(2027, 2, 2)))


def test_in_a_break_there_is_no_school_but_work() -> None:
    calendar = replace(
        CALENDAR, breaks=(DateRange(date(2027, 3, 15), date(2027, 3, 19)), AnnualRange((5, 25), (8, 14)))
    )
    assert not calendar.is_school_day(date(2027, 3, 17))
    assert calendar.is_working_day(date(2027, 3, 17))
    assert not calendar.is_school_day(date(2030, 7, 1))
    assert calendar.is_school_day(date(2027, 3, 22))
    assert not calendar.is_school_day(THANKSGIVING)
    assert not calendar.is_school_day(date(2027, 3, 20))  # Saturday


def test_school_keeps_its_own_weekdays() -> None:
    calendar = replace(CALENDAR, school_days=(6, 0, 1, 2, 3))
    assert calendar.is_school_day(date(2026, 11, 22))  # Sunday
    assert not calendar.is_school_day(date(2026, 11, 20))  # Friday


@pytest.mark.parametrize(
    ("week", "hours"),
    [
        ((*[OPEN] * 4, HALF, None, None), 9),
        ((OPEN, OPEN, HALF, HALF, HALF, None, None), 4.5),
        ((OPEN, HALF, None, None, None, None, None), 9),
        ((None,) * 7, 24),
    ],
)
def test_the_usual_working_day_is_the_commonest(week: tuple[tuple[time, time] | None, ...], hours: float) -> None:
    assert replace(CALENDAR, working_hours=week).working_day_seconds == hours * 3_600


def age(first: date, last: date) -> int:
    """The age in working days, on `last`, of what happened on `first`: working days after it, up to `last`."""
    return sum(CALENDAR.is_working_day(first + timedelta(days=n + 1)) for n in range((last - first).days))


def test_weekend_and_holiday_make_nothing_older() -> None:
    friday = date(2026, 11, 27)  # the day after Thanksgiving
    earliest = [CALENDAR.earliest_day_within(friday, days, working=True).day for days in range(5)]
    assert earliest == [27, 25, 24, 23, 20]


@given(DAYS, st.integers(0, 60), st.booleans())
def test_the_earliest_day_within_an_age_is_as_old_and_the_day_before_older(
    today: date, oldest: int, working: bool
) -> None:
    earliest = CALENDAR.earliest_day_within(today, oldest, working)
    before = earliest - timedelta(days=1)
    ages = [age(day, today) if working else (today - day).days for day in (earliest, before)]
    assert ages == [oldest, oldest + 1]


@given(DAYS, st.integers(1, 60))
def test_so_many_working_days_ahead(today: date, days: int) -> None:
    ahead = CALENDAR.working_days_ahead(today, days)
    assert CALENDAR.is_working_day(ahead)
    assert age(today, ahead) == days


def test_no_working_days_ahead_is_today() -> None:
    assert CALENDAR.working_days_ahead(THANKSGIVING, 0) == THANKSGIVING


def test_where_nobody_works_nothing_grows_old() -> None:
    idle = replace(CALENDAR, working_hours=(None,) * 7)
    assert idle.earliest_day_within(THANKSGIVING, 10, working=True) == date(1900, 1, 1)
    assert idle.working_days_ahead(THANKSGIVING, 1) == date(2199, 12, 31)


LONG = NamedDays(date(2026, 7, 1), date(2027, 9, 1), "FY2027")
CHANGED = replace(CALENDAR, fiscal_year=YearStart(9, 1), irregular_fiscal_years=(LONG,))


@pytest.mark.parametrize(
    ("day", "first", "end", "name"),
    [
        (date(2026, 6, 30), date(2025, 7, 1), date(2026, 7, 1), "FY2026"),  # the former beginning
        (date(2026, 7, 1), date(2026, 7, 1), date(2027, 9, 1), "FY2027"),
        (date(2027, 8, 31), date(2026, 7, 1), date(2027, 9, 1), "FY2027"),
        (date(2027, 9, 1), date(2027, 9, 1), date(2028, 9, 1), "FY2028"),
        (date(2030, 1, 1), date(2029, 9, 1), date(2030, 9, 1), "FY2030"),
    ],
)
def test_a_year_of_14_months_moves_the_beginning(day: date, first: date, end: date, name: str) -> None:
    assert CHANGED.fiscal_year_of(day) == NamedDays(first, end, name)


def test_a_year_of_10_months_moves_it_back() -> None:
    short = NamedDays(date(2026, 9, 1), date(2027, 7, 1), "FY2027")
    calendar = replace(CALENDAR, irregular_fiscal_years=(short,))
    days = (date(2026, 8, 31), date(2026, 9, 1), date(2027, 7, 1))
    assert [calendar.fiscal_year_of(day) for day in days] == [
        NamedDays(date(2025, 9, 1), date(2026, 9, 1), "FY2026"),
        short,
        NamedDays(date(2027, 7, 1), date(2028, 7, 1), "FY2028"),
    ]


def test_a_district_may_change_its_mind() -> None:
    back = NamedDays(date(2029, 9, 1), date(2030, 7, 1), "FY2030")
    calendar = replace(CALENDAR, irregular_fiscal_years=(LONG, back))
    found = [calendar.fiscal_year_of(date(year, 8, 15)) for year in range(2026, 2032)]
    assert [each.name for each in found] == ["FY2027", "FY2027", "FY2028", "FY2029", "FY2031", "FY2032"]
    assert calendar.fiscal_year_of(date(2030, 6, 30)) == back


@pytest.mark.parametrize(
    ("day", "first", "end"),
    [
        (date(2025, 7, 1), date(2025, 7, 1), date(2027, 7, 1)),
        (date(2027, 6, 30), date(2025, 7, 1), date(2027, 7, 1)),
        (date(2030, 1, 1), date(2029, 7, 1), date(2031, 7, 1)),
        (date(2025, 6, 30), date(2023, 7, 1), date(2025, 7, 1)),
    ],
)
def test_a_cycle_repeats_after_and_before_its_first(day: date, first: date, end: date) -> None:
    assert Cycle("audit", date(2025, 7, 1), 24).at(day) == NamedDays(first, end, f"audit-{first}")


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(1, 36), DAYS)
def test_cycles_follow_each_other(starts: date, months: int, day: date) -> None:
    cycle = Cycle("x", starts, months)
    here = cycle.at(day)
    assert day in here
    assert cycle.at(here.end).first == here.end
    assert cycle.at(here.first - timedelta(days=1)).end == here.first


def test_names_of_holidays_do_not_keep_a_calendar_from_being_remembered() -> None:
    named = replace(CALENDAR, holiday_names={THANKSGIVING: "Thanksgiving"})
    assert len({CALENDAR, named, replace(CALENDAR)}) == 2
