"""The working clock, against one that looks at every minute."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpibot.core.time.calendar import Calendar, SeasonHours, YearStart
from kpibot.core.time.days import AnnualRange, DateRange
from kpibot.core.time.working_clock import first_instant_at

CHICAGO = ZoneInfo("America/Chicago")
MINUTE = timedelta(minutes=1)
EIGHT_HOURS = (time(8), time(16))
SEVEN_DAYS = ((time(8), time(16)),) * 7
USUAL = Calendar(
    zone=CHICAGO,
    fiscal_year=YearStart(7, 1),
    school_year=YearStart(8, 15),
    working_hours=(*[EIGHT_HOURS] * 5, None, None),
)
CLOCK_CHANGES = {
    "America/Chicago": [date(2026, 3, 8), date(2026, 11, 1)],
    "Europe/London": [date(2026, 3, 29), date(2026, 10, 25)],
    "Australia/Lord_Howe": [date(2026, 4, 5), date(2026, 10, 4)],  # by half an hour
    "America/Havana": [date(2026, 3, 8), date(2026, 11, 1)],  # at midnight
}
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
EARLY = st.builds(time, st.integers(0, 3), st.sampled_from([0, 15, 30, 59]))  # when clocks change
HOURS = st.tuples(TIMES | EARLY, TIMES | EARLY).filter(lambda hours: hours[0] < hours[1])
WEEKS = st.tuples(*[st.none() | HOURS] * 7)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, date]:
    """A calendar, and a day around which it is interesting."""
    zone = draw(st.sampled_from(list(CLOCK_CHANGES)))
    middle = draw(st.sampled_from(CLOCK_CHANGES[zone]))
    near = st.integers(-3, 3).map(lambda days: middle + timedelta(days=days))
    spans = st.tuples(near, near).map(sorted)
    seasons = spans.map(lambda span: DateRange(*span)) | spans.map(
        lambda span: AnnualRange(*((day.month, day.day) for day in span))
    )
    calendar = replace(
        USUAL,
        zone=ZoneInfo(zone),
        working_hours=draw(WEEKS),
        holidays=draw(st.frozensets(near, max_size=2)),
        season_hours=tuple(draw(st.lists(st.builds(SeasonHours, seasons, WEEKS), max_size=2))),
    )
    return calendar, middle


def minutes(calendar: Calendar, until: datetime, since: datetime) -> Iterator[tuple[datetime, bool]]:
    """Every minute and whether the department is at work: it comes when the clock on the wall says so, and when that
    says that the day's work is over, it goes and does not come back that day."""
    instant, today, is_over, offset = since, None, False, None
    while instant < until:
        if offset is None or instant.minute % 15 == 0:  # within a quarter of an hour no zone changes its clocks
            offset = instant.astimezone(calendar.zone).utcoffset()
        wall = instant + offset
        if wall.date() != today:
            today, is_over = wall.date(), False
            hours, has_come = calendar.hours_on(today), False
        has_come = has_come or (hours is not None and wall.time() >= hours[0])
        is_over = is_over or (hours is not None and wall.time() >= hours[1])
        yield instant, has_come and not is_over
        instant += MINUTE


def worked(calendar: Calendar, began: datetime, ended: datetime) -> float:
    return float(calendar.working_seconds(np.array([began.timestamp()]), np.array([ended.timestamp()]))[0])


@settings(deadline=None, max_examples=150)
@given(calendars(), st.integers(-3_000, 3_000), st.integers(-600, 4_000))
def test_working_time_is_that_of_every_minute(made: tuple[Calendar, date], offset: int, length: int) -> None:
    calendar, middle = made
    began = datetime.combine(middle, time(), UTC) + offset * MINUTE
    ended = began + length * MINUTE
    slow = list(minutes(calendar, ended, began - timedelta(days=2)))
    assert worked(calendar, began, ended) == 60 * sum(at_work for instant, at_work in slow if instant >= began)


@settings(deadline=None, max_examples=50)
@given(calendars(), st.integers(-3_000, 3_000))
def test_an_instant_is_working_time_or_not_as_every_minute_is(made: tuple[Calendar, date], offset: int) -> None:
    calendar, middle = made
    since = datetime.combine(middle, time(), UTC) + offset * MINUTE
    days = list(minutes(calendar, since + timedelta(hours=12), since - timedelta(days=2)))[2 * 24 * 60 :: 7]
    assert [calendar.is_working_time(instant) for instant, _ in days] == [at_work for _, at_work in days]


INSTANTS = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@settings(deadline=None)
@given(st.lists(INSTANTS, min_size=3, max_size=3).map(sorted))
def test_working_time_adds_up_and_runs_no_faster_than_time(instants: list[datetime]) -> None:
    first, middle, last = instants
    whole = worked(USUAL, first, last)
    assert whole == pytest.approx(worked(USUAL, first, middle) + worked(USUAL, middle, last), abs=1e-4)
    assert 0 <= whole <= (last - first).total_seconds() + 1e-4
    assert worked(USUAL, last, first) == worked(USUAL, first, first) == 0


@pytest.mark.parametrize(
    ("began", "ended", "hours"),
    [
        (datetime(2026, 11, 13, 16), datetime(2026, 11, 16, 16), 8),  # Friday to Monday
        (datetime(2026, 11, 13, 15), datetime(2026, 11, 16, 9), 2),
        (datetime(2026, 11, 14, 9), datetime(2026, 11, 15, 9), 0),  # over a weekend
        (datetime(2026, 11, 12, 20), datetime(2026, 11, 13, 6), 0),  # overnight
        (datetime(2026, 11, 25, 16), datetime(2026, 11, 30, 8), 0),  # two holidays
        (datetime(2026, 6, 4, 16), datetime(2026, 6, 8, 7, 30), 0.5),  # a summer without Fridays
        (datetime(2026, 10, 30, 16), datetime(2026, 11, 2, 16), 8),  # the clock is set back on Sunday
    ],
)
def test_working_hours_of_a_ticket(began: datetime, ended: datetime, hours: float) -> None:
    summer = SeasonHours(AnnualRange((6, 1), (7, 31)), (*[(time(7), time(16))] * 4, None, None, None))
    closed = frozenset({date(2026, 11, 26), date(2026, 11, 27)})
    calendar = replace(USUAL, season_hours=(summer,), holidays=closed)
    assert worked(calendar, began.replace(tzinfo=CHICAGO), ended.replace(tzinfo=CHICAGO)) == hours * 3_600


def test_a_night_shift_loses_and_gains_the_hour_of_a_clock_change() -> None:
    calendar = replace(USUAL, working_hours=((time(0), time(8)),) * 7)
    lengths = [
        worked(calendar, calendar.midnight(day), calendar.midnight(day + timedelta(days=1))) / 3_600
        for day in (date(2026, 3, 7), date(2026, 3, 8), date(2026, 11, 1))
    ]
    assert lengths == [8, 7, 9]


def test_many_rows_at_once_some_of_them_unknown() -> None:
    monday = datetime(2026, 11, 16, 8, tzinfo=CHICAGO).timestamp()
    began = np.array([monday, np.nan, monday, monday + 3_600, monday])
    ended = np.array([monday + 1_800.5, monday, np.nan, monday, monday])
    np.testing.assert_array_equal(USUAL.working_seconds(began, ended), [1_800.5, np.nan, np.nan, 0, 0])


def test_no_rows_and_rows_without_times() -> None:
    assert USUAL.working_seconds(np.array([]), np.array([])).tolist() == []
    assert np.isnan(USUAL.working_seconds(np.array([np.nan]), np.array([np.nan]))).all()


def test_placeholders_for_unknown_times_do_not_stop_the_clock() -> None:
    monday = datetime(2026, 11, 16, 8, tzinfo=CHICAGO).timestamp()
    began = np.array([-np.inf, datetime(1, 1, 1, tzinfo=UTC).timestamp(), monday, monday])
    ended = np.array([monday, monday, datetime(9999, 12, 31, tzinfo=UTC).timestamp(), monday + 60])
    long_ago, as_long_ago, ever_after, minute = USUAL.working_seconds(began, ended)
    assert long_ago == as_long_ago > 0
    assert ever_after > 0
    assert minute == 60


def test_who_never_works_has_no_working_time() -> None:
    idle = replace(USUAL, working_hours=(None,) * 7)
    assert worked(idle, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)) == 0


@pytest.mark.parametrize(
    ("zone", "day", "at", "instant"),
    [
        ("America/Chicago", date(2026, 3, 8), time(1, 59), datetime(2026, 3, 8, 7, 59)),
        ("America/Chicago", date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 8)),  # skipped
        ("America/Chicago", date(2026, 3, 8), time(3), datetime(2026, 3, 8, 8)),
        ("America/Chicago", date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 6, 30)),  # the first of two
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), datetime(2026, 10, 3, 15, 30)),
        ("America/Havana", date(2026, 3, 8), time(0, 10), datetime(2026, 3, 8, 5)),
    ],
)
def test_the_first_instant_at_which_a_clock_has_come_so_far(zone: str, day: date, at: time, instant: datetime) -> None:
    assert first_instant_at(day, at, ZoneInfo(zone)) == instant.replace(tzinfo=UTC)
