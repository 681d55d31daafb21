"""Periods: half-open, local, and one after the other through clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.calendar import Calendar, YearStart
from kpibot.core.periods import PeriodError, PeriodRule, Unit

ZONE = ZoneInfo("America/Chicago")
CALENDAR = Calendar(ZONE, YearStart(7, 1), YearStart(8, 15), (None,) * 7)
CALENDARS = st.builds(
    Calendar,
    st.sampled_from(["America/Chicago", "America/Phoenix", "Europe/Berlin", "Australia/Lord_Howe", "UTC"]).map(
        ZoneInfo
    ),
    st.sampled_from([YearStart(7, 1), YearStart(9, 1), YearStart(1, 1)]),
    st.sampled_from([YearStart(8, 15), YearStart(8, 1)]),
    st.just((None,) * 7),
)
RULES = st.sampled_from(list(Unit)).flatmap(
    lambda unit: st.builds(PeriodRule, st.just(unit), st.integers(1, 400) if unit is Unit.DAYS else st.just(0))
)
INSTANTS = st.datetimes(datetime(2001, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
TO_DATE = RULES.filter(lambda rule: rule.unit is not Unit.DAYS)


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("30 days", PeriodRule(Unit.DAYS, 30)),
        ("1 day", PeriodRule(Unit.DAYS, 1)),
        ("week to date", PeriodRule(Unit.WEEK)),
        ("Month  To Date", PeriodRule(Unit.MONTH)),
        ("fiscal year to date", PeriodRule(Unit.FISCAL_YEAR)),
        ("school year to date", PeriodRule(Unit.SCHOOL_YEAR)),
    ],
)
def test_words_for_periods(words: str, rule: PeriodRule) -> None:
    assert PeriodRule.parse(words) == rule


@pytest.mark.parametrize("words", ["", "0 days", "30", "month", "days to date", "year to date", "-1 days", "99999 d"])
def test_words_for_no_period(words: str) -> None:
    with pytest.raises(PeriodError, match="is no period; write for example `30 days`"):
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
        ("fiscal year to date", datetime(2026, 7, 1), "FY2027"),
        ("school year to date", datetime(2026, 8, 15), "SY2027"),
    ],
)
def test_a_period_begins_at_a_local_midnight(words: str, start: datetime, key: str) -> None:
    assert ending(words, datetime(2026, 11, 22, 12)) == (start, key)


def test_at_midnight_the_day_just_over_is_still_the_current_one() -> None:
    assert ending("month to date", datetime(2026, 12, 1)) == (datetime(2026, 11, 1), "2026-11")
    assert ending("month to date", datetime(2026, 12, 1, 0, 0, 1)) == (datetime(2026, 12, 1), "2026-12")


def test_a_fiscal_year_that_is_the_calendar_year_has_its_name() -> None:
    calendar = Calendar(ZONE, YearStart(1, 1), YearStart(8, 15), (None,) * 7)
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
        ("month to date", datetime(2026, 3, 31, 9), datetime(2026, 2, 28, 9)),
        ("month to date", datetime(2026, 1, 15, 9), datetime(2025, 12, 15, 9)),
        ("fiscal year to date", datetime(2028, 2, 29, 9), datetime(2027, 2, 28, 9)),
        ("school year to date", datetime(2026, 11, 22, 9), datetime(2025, 11, 22, 9)),
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
    ],
)
def test_what_is_compared_with(words: str, said: str) -> None:
    assert PeriodRule.parse(words).before == said


def test_a_year_start_holds_in_leap_years() -> None:
    assert YearStart(3, 1).on_or_before(date(2028, 2, 29)) == date(2027, 3, 1)
