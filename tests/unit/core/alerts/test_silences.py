"""Which mutes are for the administrators' channel only."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from kpibot.core.alerts.silences import needs_administrators
from kpibot.core.time.calendar import Calendar, YearStart
from kpibot.core.time.time_phrases import read_end

CALENDAR = Calendar(
    zone=ZoneInfo("America/Chicago"),
    fiscal_year=YearStart(7, 1),
    school_year=YearStart(8, 15),
    working_hours=((time(7, 30), time(16, 30)),) * 5 + (None, None),
)
NOW = datetime(2026, 10, 16, 16, 0, 30, tzinfo=UTC)  # two weeks before the clocks are set back


def needs(kpi: str | None, campus: str | None, typed: str) -> bool:
    found = read_end(typed.split(), NOW, CALENDAR)
    assert found is not None
    return needs_administrators(kpi, campus, found[0], NOW, CALENDAR)


@pytest.mark.parametrize("typed", ["30d", "30 days", "4w", "720h", "until 2026-11-14"])
def test_up_to_thirty_days_of_something_are_for_anybody(typed: str) -> None:
    assert not needs("tickets", None, typed)
    assert not needs(None, "campus-west", typed)
    assert not needs("tickets", "campus-west", typed)


@pytest.mark.parametrize("typed", ["31d", "5w", "52w", "722h", "through 2026-11-15"])
def test_longer_mutes_are_for_administrators_whatever_they_are_of(typed: str) -> None:
    assert needs("tickets", "campus-west", typed)


def test_everything_everywhere_is_for_administrators_however_short() -> None:
    assert needs(None, None, "2h")


def test_a_minute_more_than_thirty_days_is_too_long() -> None:
    end = CALENDAR.local(NOW) + timedelta(days=30, minutes=2)
    assert needs_administrators("tickets", None, end, NOW, CALENDAR)
