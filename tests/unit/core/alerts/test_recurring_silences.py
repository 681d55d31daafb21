"""Silences that recur: by the calendar, by the week, by the year."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.alerts.silences import Recurrence, RecurringSilence, Silence, active_silence, next_occurrence
from kpibot.core.campuses.campus_tree import Campus, CampusTree
from kpibot.core.time.calendar import Calendar, YearStart
from kpibot.core.time.days import DateRange

ZONE = ZoneInfo("America/Chicago")
CALENDAR = Calendar(
    zone=ZONE,
    fiscal_year=YearStart(7, 1),
    school_year=YearStart(8, 15),
    working_hours=((time(8), time(16)),) * 5 + (None, None),
    holidays=frozenset({date(2026, 11, 26)}),
    breaks=(DateRange(date(2026, 12, 21), date(2027, 1, 1)),),
)
TREE = CampusTree(
    [
        Campus(slug="feeder-west", name="West feeder"),
        Campus(slug="west", name="West", parent="feeder-west"),
        Campus(slug="east", name="East"),
    ]
)
PATCH_NIGHT = RecurringSilence(name="Patch night", when=Recurrence.WEEKLY, weekdays=(2,), hours=(time(18), time(22)))
OVERNIGHT = RecurringSilence(name="Backup", when=Recurrence.WEEKLY, weekdays=(2,), hours=(time(22), time(2)))
SUNDAYS = RecurringSilence(name="Sundays", when=Recurrence.WEEKLY, weekdays=(6,))
SUNDAY_NIGHT = RecurringSilence(name="Restart", when=Recurrence.WEEKLY, weekdays=(6,), hours=(time(22), time(2)))
SUMMER = RecurringSilence(name="Summer", when=Recurrence.YEARLY, first=(6, 1), last=(8, 10))
HOLIDAYS = RecurringSilence(name="", when=Recurrence.HOLIDAYS)
BREAKS = RecurringSilence(name="", when=Recurrence.BREAKS)
ONE_DAY = RecurringSilence(name="One day", when=Recurrence.YEARLY, first=(12, 24), last=(12, 24))
WINTER = RecurringSilence(name="Winter", when=Recurrence.YEARLY, first=(12, 20), last=(1, 3))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("silence", "holds", "does_not"),
    [
        (PATCH_NIGHT, "2026-11-25T18:00 2026-11-25T21:59", "2026-11-25T17:59 2026-11-25T22:00 2026-11-26T19:00"),
        (OVERNIGHT, "2026-11-25T22:00 2026-11-26T01:59", "2026-11-25T01:00 2026-11-26T02:00 2026-11-26T22:30"),
        (SUNDAYS, "2026-11-22T00:00 2026-11-22T23:59", "2026-11-21T23:59 2026-11-23T00:00"),
        (HOLIDAYS, "2026-11-26T00:00 2026-11-26T23:59", "2026-11-25T23:59 2026-12-24T12:00"),
        (BREAKS, "2026-12-21T00:00 2026-12-26T12:00", "2026-12-20T12:00 2026-11-28T12:00"),
        (SUNDAY_NIGHT, "2026-11-22T22:00 2026-11-23T01:59", "2026-11-21T23:00 2026-11-23T02:00 2026-11-23T22:30"),
        (SUMMER, "2027-06-01T00:00 2027-08-10T23:59", "2027-05-31T23:59 2027-08-11T00:00 2026-12-24T12:00"),
        (ONE_DAY, "2026-12-24T00:00 2026-12-24T23:59", "2026-12-23T23:59 2026-12-25T00:00"),
        (RecurringSilence(name="Always", when=Recurrence.YEARLY), "2026-01-01T00:00 2026-12-31T23:59", ""),
        (WINTER, "2026-12-20T00:00 2027-01-03T23:59", "2026-12-19T23:59 2027-01-04T00:00"),
    ],
)  # fmt: skip
def test_when_it_holds(silence: RecurringSilence, holds: str, does_not: str) -> None:
    assert [silence.is_active(at(each), CALENDAR) for each in holds.split()] == [True, True]
    assert not any(silence.is_active(at(each), CALENDAR) for each in does_not.split())


def test_it_is_about_its_kpis_and_campuses_only() -> None:
    of_west = RecurringSilence(
        name="",
        when=Recurrence.WEEKLY,
        weekdays=tuple(range(7)),
        kpis=frozenset({"tickets"}),
        campuses=frozenset({"feeder-west", "gone"}),
    )
    now = at("2026-11-25T19:00")

    def silent(kpi: str, campus: str) -> bool:
        return active_silence([of_west], kpi, campus, now, TREE, CALENDAR) is of_west

    assert silent("tickets", "west")
    assert not silent("tickets", "east")
    assert not silent("utilization", "west")


@pytest.mark.parametrize(
    ("kpi", "campus", "silent"),
    [
        (None, None, "tickets@west tickets@east utilization@east"),
        ("tickets", None, "tickets@west tickets@east"),
        (None, "feeder-west", "tickets@west"),
        ("utilization", "west", ""),
        ("tickets", "gone", ""),
    ],
)
def test_a_mute_hides_its_kpi_at_its_campus_and_nothing_else(kpi: str | None, campus: str | None, silent: str) -> None:
    now = at("2026-11-25T19:00")
    mute = Silence(id="s1", start=now, end=now + timedelta(hours=1), kpi=kpi, campus=campus)
    asked = [("tickets", "west"), ("tickets", "east"), ("utilization", "east")]
    hidden = [f"{of}@{where}" for of, where in asked if active_silence([mute], of, where, now, TREE, CALENDAR)]
    assert hidden == silent.split()
    for outside in (now - timedelta(seconds=1), now + timedelta(hours=1)):
        assert active_silence([mute], "tickets", "west", outside, TREE, CALENDAR) is None


def test_a_preview_names_the_next_stretch() -> None:
    now = at("2026-11-24T09:00")
    assert next_occurrence(PATCH_NIGHT, now, CALENDAR) == (date(2026, 11, 25), date(2026, 11, 25))
    assert next_occurrence(WINTER, now, CALENDAR) == (date(2026, 12, 20), date(2027, 1, 3))
    assert next_occurrence(RecurringSilence(name="", when=Recurrence.BREAKS), now, CALENDAR) == (
        date(2026, 12, 21),
        date(2027, 1, 1),
    )
    assert next_occurrence(WINTER, now, CALENDAR, days=10) is None


@given(st.integers(0, 6), st.times(), st.times(), st.integers(0, 7 * 24 * 60 - 1))
def test_a_weekly_window_and_the_rest_of_the_week_are_all_of_the_week(
    day: int, one: time, other: time, minute: int
) -> None:
    if one == other:
        return
    window = RecurringSilence(name="", when=Recurrence.WEEKLY, weekdays=(day,), hours=(one, other))
    rest = [
        RecurringSilence(
            name="", when=Recurrence.WEEKLY, weekdays=(day if one < other else (day + 1) % 7,), hours=(other, time())
        ),
        RecurringSilence(
            name="", when=Recurrence.WEEKLY, weekdays=tuple({*range(7)} - {day, (day + 1) % 7 if one > other else day})
        ),
        *(
            [RecurringSilence(name="", when=Recurrence.WEEKLY, weekdays=(day,), hours=(time(), one))]
            if one != time()
            else []
        ),
    ]
    now = datetime(2026, 11, 16, tzinfo=ZONE) + timedelta(minutes=minute)
    assert window.is_active(now, CALENDAR) != any(each.is_active(now, CALENDAR) for each in rest)
