"""Periods: half-open, local, and one after the other through clock changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.time.calendar import Calendar, YearStart
from kpibot.core.time.days import AnnualRange, Cycle, DateRange, NamedDays
from kpibot.core.time.periods import Period, PeriodError, PeriodRule, Unit, same_week_last_school_year, share_elapsed

ZONE = ZoneInfo("America/Chicago")
AUDIT = Cycle("audit", date(2025, 7, 1), 24)
CALENDAR = Calendar(
    zone=ZONE, fiscal_year=YearStart(7, 1), school_year=YearStart(8, 15), working_hours=(None,) * 7, cycles=(AUDIT,)
)
IRREGULAR = st.sampled_from(
    [
        (YearStart(7, 1), ()),
        (YearStart(9, 1), ()),
        (YearStart(1, 1), ()),
        (YearStart(9, 1), (NamedDays(date(2020, 7, 1), date(2021, 9, 1), "FY2021"),)),  # 14 months
        (YearStart(7, 1), (NamedDays(date(2020, 9, 1), date(2021, 7, 1), "FY2021"),)),  # 10 months
        (
            YearStart(7, 1),
            (
                NamedDays(date(2012, 7, 1), date(2013, 9, 1), "FY2013"),
                NamedDays(date(2025, 9, 1), date(2026, 7, 1), "FY2026"),
            ),
        ),
    ]
)
ZONES = ["America/Chicago", "America/Phoenix", "Europe/Berlin", "Australia/Lord_Howe", "UTC"]
CALENDARS = st.builds(
    lambda zone, years, school, cycle: Calendar(
        zone=zone,
        fiscal_year=years[0],
        school_year=school,
        working_hours=(None,) * 7,
        irregular_fiscal_years=years[1],
        cycles=(cycle,),
    ),
    st.sampled_from(ZONES).map(ZoneInfo),
    IRREGULAR,
    st.sampled_from([YearStart(8, 15), YearStart(8, 1)]),
    st.builds(Cycle, st.just("audit"), st.dates(date(2020, 1, 1), date(2026, 12, 31)), st.integers(1, 36)),
)
DETAILS = {Unit.DAYS: {"days": st.integers(1, 400)}, Unit.CYCLE: {"cycle": st.just("audit")}}
RULES = st.sampled_from(list(Unit)).flatmap(lambda unit: st.builds(PeriodRule, st.just(unit), **DETAILS.get(unit, {})))
INSTANTS = st.datetimes(datetime(2001, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
TO_DATE = RULES.filter(lambda rule: rule.unit is not Unit.DAYS)


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("30 days", PeriodRule(Unit.DAYS, 30)),
        ("1 day", PeriodRule(Unit.DAYS, 1)),
        ("week to date", PeriodRule(Unit.WEEK)),
        ("Month  To Date", PeriodRule(Unit.MONTH)),
        ("quarter to date", PeriodRule(Unit.QUARTER)),
        ("fiscal year to date", PeriodRule(Unit.FISCAL_YEAR)),
        ("school year to date", PeriodRule(Unit.SCHOOL_YEAR)),
        ("audit cycle to date", PeriodRule(Unit.CYCLE, cycle="audit")),
        ("Device-Refresh cycle to date", PeriodRule(Unit.CYCLE, cycle="device-refresh")),
    ],
)
def test_words_for_periods(words: str, rule: PeriodRule) -> None:
    assert PeriodRule.parse(words) == rule


@pytest.mark.parametrize(
    "words", ["", "0 days", "30", "month", "days to date", "year to date", "-1 days", "99999 d", "cycle to date"]
)
def test_words_for_no_period(words: str) -> None:
    with pytest.raises(PeriodError, match="is not a period; write for example `30 days`"):
        PeriodRule.parse(words)


@given(RULES)
def test_a_rule_reads_what_it_writes(rule: PeriodRule) -> None:
    assert PeriodRule.parse(str(rule)) == rule


def ending(words: str, local: datetime) -> tuple[datetime, str]:
    period = PeriodRule.parse(words).ending(local.replace(tzinfo=ZONE), CALENDAR)
    return period.start.replace(tzinfo=None), period.key


@pytest.mark.parametrize(
    ("words", "start", "key"),
    [
        ("1 day", datetime(2026, 11, 22), "1d-2026-11-22"),
        ("30 days", datetime(2026, 10, 24), "30d-2026-11-22"),
        ("week to date", datetime(2026, 11, 16), "2026-W47"),
        ("month to date", datetime(2026, 11, 1), "2026-11"),
        ("quarter to date", datetime(2026, 10, 1), "FY2027-Q2"),
        ("fiscal year to date", datetime(2026, 7, 1), "FY2027"),
        ("school year to date", datetime(2026, 8, 15), "SY2027"),
        ("audit cycle to date", datetime(2025, 7, 1), "audit-2025-07-01"),
    ],
)
def test_a_period_begins_at_a_local_midnight(words: str, start: datetime, key: str) -> None:
    assert ending(words, datetime(2026, 11, 22, 12)) == (start, key)


def test_at_midnight_the_day_just_over_is_still_the_current_one() -> None:
    assert ending("month to date", datetime(2026, 12, 1)) == (datetime(2026, 11, 1), "2026-11")
    assert ending("month to date", datetime(2026, 12, 1, 0, 0, 1)) == (datetime(2026, 12, 1), "2026-12")


def test_a_fiscal_year_that_is_the_calendar_year_has_its_name() -> None:
    calendar = Calendar(zone=ZONE, fiscal_year=YearStart(1, 1), school_year=YearStart(8, 15), working_hours=(None,) * 7)
    period = PeriodRule(Unit.FISCAL_YEAR).ending(datetime(2026, 11, 22, tzinfo=UTC), calendar)
    assert period.key == "FY2026"


@given(RULES, INSTANTS, CALENDARS)
def test_a_period_is_not_empty_ends_at_its_instant_and_begins_at_midnight(
    rule: PeriodRule, as_of: datetime, calendar: Calendar
) -> None:
    period = rule.ending(as_of, calendar)
    assert period.start.astimezone(UTC) < period.end == as_of
    assert period.start.timetz().replace(tzinfo=None) == time()


@given(TO_DATE, INSTANTS, CALENDARS)
def test_periods_follow_each_other_without_gap_or_overlap(
    rule: PeriodRule, as_of: datetime, calendar: Calendar
) -> None:
    """The period that ends where this one begins has another key, and holds everything up to there."""
    current = rule.ending(as_of, calendar)
    begins = current.start.astimezone(UTC)
    before = rule.ending(begins, calendar)
    assert before.end == begins
    assert before.key != current.key
    assert rule.ending(begins + timedelta(microseconds=1), calendar).key == current.key


@given(TO_DATE, INSTANTS, st.timedeltas(timedelta(), timedelta(days=500)), CALENDARS)
def test_instants_have_the_same_key_exactly_when_their_periods_begin_together(
    rule: PeriodRule, as_of: datetime, later: timedelta, calendar: Calendar
) -> None:
    one, other = rule.ending(as_of, calendar), rule.ending(as_of + later, calendar)
    assert (one.key == other.key) == (one.start == other.start)


@given(st.integers(1, 400), INSTANTS, CALENDARS)
def test_a_rolling_window_has_that_many_local_days(days: int, as_of: datetime, calendar: Calendar) -> None:
    period = PeriodRule(Unit.DAYS, days).ending(as_of, calendar)
    last = calendar.local(as_of - timedelta(microseconds=1)).date()
    assert (last - calendar.local(period.start).date()).days == days - 1


@given(RULES, INSTANTS, CALENDARS)
def test_stepping_back_goes_back(rule: PeriodRule, as_of: datetime, calendar: Calendar) -> None:
    assert rule.step_back(as_of, calendar).astimezone(UTC) < as_of


@pytest.mark.parametrize(
    ("words", "local", "earlier"),
    [
        ("week to date", datetime(2026, 11, 4, 9), datetime(2026, 10, 28, 9)),
        ("30 days", datetime(2026, 11, 22, 9), datetime(2026, 10, 23, 9)),
        ("month to date", datetime(2026, 3, 28, 9), datetime(2026, 2, 28, 9)),
        ("month to date", datetime(2026, 3, 31, 9), datetime(2026, 3, 1)),  # all of a shorter month
        ("month to date", datetime(2026, 3, 1), datetime(2026, 2, 1)),  # all of February and all of January
        ("month to date", datetime(2026, 1, 15, 9), datetime(2025, 12, 15, 9)),
        ("quarter to date", datetime(2026, 11, 22, 9), datetime(2026, 8, 22, 9)),
        ("fiscal year to date", datetime(2028, 2, 28, 9), datetime(2027, 2, 28, 9)),
        ("fiscal year to date", datetime(2028, 2, 29, 9), datetime(2027, 3, 1)),
        ("school year to date", datetime(2026, 11, 22, 9), datetime(2025, 11, 22, 9)),
        ("audit cycle to date", datetime(2026, 11, 22, 9), datetime(2024, 11, 22, 9)),
    ],
)
def test_the_same_point_of_the_period_before_is_on_the_same_wall_clock(
    words: str, local: datetime, earlier: datetime
) -> None:
    found = PeriodRule.parse(words).step_back(local.replace(tzinfo=ZONE), CALENDAR)
    assert found.replace(tzinfo=None) == earlier


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("1 day", "day before"),
        ("30 days", "30 days before"),
        ("week to date", "same point last week"),
        ("fiscal year to date", "same point last fiscal year"),
        ("audit cycle to date", "same point last audit cycle"),
    ],
)
def test_what_is_compared_with(words: str, said: str) -> None:
    assert PeriodRule.parse(words).before == said


def test_a_year_start_holds_in_leap_years() -> None:
    assert YearStart(3, 1).on_or_before(date(2028, 2, 29)) == date(2027, 3, 1)


@given(RULES, INSTANTS, CALENDARS)
def test_a_period_to_date_is_the_beginning_of_the_whole_one(
    rule: PeriodRule, as_of: datetime, calendar: Calendar
) -> None:
    ending, whole = rule.ending(as_of, calendar), rule.whole(as_of, calendar)
    assert (ending.start, ending.key) == (whole.start, whole.key)
    assert ending.end <= whole.end.astimezone(UTC)
    assert rule.whole(whole.end, calendar) == whole


@given(RULES, INSTANTS, CALENDARS)
def test_the_previous_period_ends_where_the_whole_one_begins(
    rule: PeriodRule, as_of: datetime, calendar: Calendar
) -> None:
    whole, previous = rule.whole(as_of, calendar), rule.previous(as_of, calendar)
    assert previous.end == whole.start
    assert previous.key != whole.key
    assert previous == rule.whole(previous.end, calendar)


@given(RULES, INSTANTS, st.timedeltas(timedelta(), timedelta(days=500)), CALENDARS)
def test_stepping_back_stays_in_the_previous_period_and_in_order(
    rule: PeriodRule, as_of: datetime, later: timedelta, calendar: Calendar
) -> None:
    one = rule.step_back(as_of, calendar).replace(tzinfo=None)
    other = rule.step_back(as_of + later, calendar).replace(tzinfo=None)
    assert one <= other or later < timedelta(hours=1)  # of an hour that the clock shows twice
    if rule.unit is not Unit.DAYS:
        previous = rule.previous(as_of, calendar)
        assert previous.start.replace(tzinfo=None) <= one <= previous.end.replace(tzinfo=None)


@given(TO_DATE, INSTANTS, CALENDARS)
def test_the_end_of_a_period_is_compared_with_an_end_not_beyond_the_previous_one(
    rule: PeriodRule, as_of: datetime, calendar: Calendar
) -> None:
    whole = rule.whole(as_of, calendar)
    assert rule.step_back(whole.end, calendar) <= whole.start


LONG = NamedDays(date(2026, 7, 1), date(2027, 9, 1), "FY2027")
FOURTEEN = replace(CALENDAR, fiscal_year=YearStart(9, 1), irregular_fiscal_years=(LONG,))
TEN = replace(CALENDAR, irregular_fiscal_years=(NamedDays(date(2026, 9, 1), date(2027, 7, 1), "FY2027"),))


def days(period: Period) -> tuple[date, date, str]:
    return period.start.date(), period.end.date(), period.key


def at(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZONE)


def test_a_fiscal_year_of_14_months_is_whole() -> None:
    rule = PeriodRule(Unit.FISCAL_YEAR)
    assert days(rule.whole(at(2027, 8, 1), FOURTEEN)) == (date(2026, 7, 1), date(2027, 9, 1), "FY2027")
    assert days(rule.previous(at(2027, 8, 1), FOURTEEN)) == (date(2025, 7, 1), date(2026, 7, 1), "FY2026")
    assert days(rule.previous(at(2027, 10, 1), FOURTEEN)) == (date(2026, 7, 1), date(2027, 9, 1), "FY2027")


@pytest.mark.parametrize(
    ("calendar", "as_of", "earlier"),
    [
        (FOURTEEN, at(2027, 1, 15), at(2026, 1, 15)),
        (FOURTEEN, at(2027, 8, 15), at(2026, 7, 1, 0)),  # the year before was over by then
        (FOURTEEN, at(2027, 9, 15), at(2026, 7, 15)),  # two weeks into either
        (TEN, at(2027, 6, 15), at(2026, 6, 15)),
        (TEN, at(2027, 7, 15), at(2026, 9, 15)),
        (TEN, at(2028, 6, 15), at(2027, 7, 1, 0)),
    ],
)
def test_stepping_back_over_an_irregular_year_goes_as_far_from_its_beginning(
    calendar: Calendar, as_of: datetime, earlier: datetime
) -> None:
    assert PeriodRule(Unit.FISCAL_YEAR).step_back(as_of, calendar) == earlier


def test_the_quarters_of_irregular_years() -> None:
    rule = PeriodRule(Unit.QUARTER)
    assert days(rule.whole(at(2027, 8, 1), FOURTEEN)) == (date(2027, 7, 1), date(2027, 9, 1), "FY2027-Q5")
    assert days(rule.whole(at(2027, 9, 1), FOURTEEN)) == (date(2027, 9, 1), date(2027, 12, 1), "FY2028-Q1")
    assert days(rule.whole(at(2027, 6, 30), TEN)) == (date(2027, 6, 1), date(2027, 7, 1), "FY2027-Q4")


def test_an_unknown_cycle_is_told_with_those_that_there_are() -> None:
    with pytest.raises(PeriodError, match="no cycle `audti`; did you mean `audit`"):
        PeriodRule.parse("audti cycle to date").ending(at(2026, 1, 1), CALENDAR)
    with pytest.raises(PeriodError, match=r"no cycle `refresh`; there is nothing; define it under `district\.cycles`"):
        PeriodRule.parse("refresh cycle to date").whole(at(2026, 1, 1), replace(CALENDAR, cycles=()))


WORKING = replace(CALENDAR, working_hours=(*[(time(8), time(16))] * 5, None, None))


@pytest.mark.parametrize(
    ("as_of", "share"),
    [
        (at(2026, 11, 16, 0), 0.0),
        (at(2026, 11, 16, 12), 0.1),
        (at(2026, 11, 18, 12), 0.5),
        (at(2026, 11, 20, 16), 1.0),
        (at(2026, 11, 22, 12), 1.0),
    ],
)
def test_the_pace_of_a_week_is_its_working_time(as_of: datetime, share: float) -> None:
    week = PeriodRule(Unit.WEEK).whole(at(2026, 11, 18), WORKING)
    assert share_elapsed(week, as_of, WORKING) == share


def test_a_period_without_working_time_passes_as_time_does() -> None:
    day = PeriodRule(Unit.DAYS, 1).ending(at(2026, 11, 22, 18), WORKING)
    assert share_elapsed(day, at(2026, 11, 22, 9), WORKING) == 0.5


def test_nothing_has_passed_before_a_period_and_all_of_it_afterwards() -> None:
    week = PeriodRule(Unit.WEEK).whole(at(2026, 11, 18), WORKING)
    assert share_elapsed(week, at(2026, 1, 1), WORKING) == 0
    assert share_elapsed(week, at(2027, 1, 1), WORKING) == 1


@given(RULES, INSTANTS, st.timedeltas(timedelta(), timedelta(days=40)), CALENDARS)
def test_the_pace_of_a_period_only_rises(
    rule: PeriodRule, as_of: datetime, later: timedelta, calendar: Calendar
) -> None:
    pace, afterwards = rule.pace(as_of, calendar), rule.pace(as_of + later, calendar)
    assert 0 <= pace <= 1
    same = rule.whole(as_of, calendar).key == rule.whole(as_of + later, calendar).key
    assert not same or pace <= afterwards


SCHOOL = replace(CALENDAR, breaks=(AnnualRange((5, 25), (8, 11)),), school_year=YearStart(8, 12))


@pytest.mark.parametrize(
    ("as_of", "earlier"),
    [
        (at(2026, 8, 12), at(2025, 8, 13)),  # school began on a Wednesday here, on a Tuesday there
        (at(2026, 8, 10), at(2025, 8, 11)),  # the Monday of the first week
        (at(2026, 9, 15, 9), at(2025, 9, 16, 9)),
        (at(2024, 8, 12), at(2023, 8, 14)),  # August 12, 2023 is a Saturday: school begins on Monday
        (at(2024, 11, 5), at(2023, 11, 7)),
        (at(2026, 8, 17, 0), at(2025, 8, 18, 0)),  # midnight: the end of the Sunday before
    ],
)
def test_the_same_week_of_last_school_year(as_of: datetime, earlier: datetime) -> None:
    assert same_week_last_school_year(as_of, SCHOOL) == earlier


def test_the_last_week_of_a_school_year_that_was_longer_has_no_like() -> None:
    late = replace(SCHOOL, breaks=(*SCHOOL.breaks, DateRange(date(2024, 8, 12), date(2024, 8, 25))))
    assert same_week_last_school_year(at(2026, 7, 22), late) == at(2025, 8, 6)
    assert same_week_last_school_year(at(2026, 7, 29), late) is None  # the week in which school began in 2025


@given(INSTANTS, CALENDARS)
def test_the_same_school_week_is_a_year_of_whole_weeks_earlier(as_of: datetime, calendar: Calendar) -> None:
    found = same_week_last_school_year(as_of, calendar)
    if found is not None:
        local = calendar.local(as_of).replace(tzinfo=None)
        weeks, rest = divmod(local - found.replace(tzinfo=None), timedelta(weeks=1))
        assert (weeks in (51, 52, 53), rest) == (True, timedelta())
