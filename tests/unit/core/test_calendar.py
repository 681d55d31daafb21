"""The district's calendar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from kpibot.core.calendar import Calendar, YearStart

ZONE = ZoneInfo("America/Chicago")
OPEN = (time(7, 30), time(16, 30))
CALENDAR = Calendar(ZONE, YearStart(7, 1), YearStart(8, 15), (*[OPEN] * 5, None, None), frozenset({date(2026, 11, 26)}))


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
