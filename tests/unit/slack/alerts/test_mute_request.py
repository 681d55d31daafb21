"""What the form of a mute says, and what is wrong with it. It is Monday, November 16, 2026, 10:00 in Chicago."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kpibot.core.time.calendar import Calendar, YearStart
from kpibot.slack.alerts.mute_form import ANY
from kpibot.slack.alerts.mute_request import MuteRequest, read_mute_request

CALENDAR = Calendar(
    zone=ZoneInfo("America/Chicago"),
    fiscal_year=YearStart(7, 1),
    school_year=YearStart(8, 15),
    working_hours=((time(7, 30), time(16, 30)),) * 5 + (None, None),
)
NOW = datetime(2026, 11, 16, 16, tzinfo=UTC)


def view(**held: str | None) -> dict[str, Any]:
    """The form as Slack sends it: what is empty is null."""
    options = {each: {"value": held[each]} if held.get(each) else None for each in ("kpi", "campus", "lasting")}
    values: dict[str, Any] = {name: {"it": {"selected_option": option}} for name, option in options.items()}
    values["day"] = {"it": {"selected_date": held.get("day")}}
    values["reason"] = {"it": {"value": held.get("reason")}}
    return {"state": {"values": values}}


def filled(**held: str | None) -> dict[str, Any]:
    return view(**{"kpi": "tickets", "campus": "campus-west", "reason": "exam week", **held})


@pytest.mark.parametrize(
    ("held", "end"),
    [
        ({"lasting": "1h"}, NOW + timedelta(hours=1)),
        ({"lasting": "tomorrow"}, datetime(2026, 11, 17, 13, 30, tzinfo=UTC)),
        ({"lasting": "monday"}, datetime(2026, 11, 23, 13, 30, tzinfo=UTC)),
        ({"lasting": "3d"}, NOW + timedelta(days=3)),
        ({"lasting": "1w"}, NOW + timedelta(days=7)),
        ({"day": "2026-12-18"}, datetime(2026, 12, 19, 6, tzinfo=UTC)),
        ({"day": "2026-11-16"}, datetime(2026, 11, 17, 6, tzinfo=UTC)),
    ],
)
def test_how_long_is_chosen_or_a_day_that_is_included(held: dict[str, str], end: datetime) -> None:
    assert read_mute_request(filled(**held), NOW, CALENDAR) == MuteRequest("tickets", "campus-west", end, "exam week")


def test_everything_and_everywhere_can_be_chosen() -> None:
    wish = read_mute_request(filled(kpi=ANY, campus=ANY, lasting="1h"), NOW, CALENDAR)
    assert wish == MuteRequest(None, None, NOW + timedelta(hours=1), "exam week")


@pytest.mark.parametrize(
    ("held", "errors"),
    [
        ({}, {"lasting": "Choose either how long or a day"}),
        ({"lasting": "1h", "day": "2026-12-18"}, {"day": "Choose either how long or a day"}),
        ({"day": "2026-11-15"}, {"day": "Choose today or a later day, at most a year ahead"}),
        ({"day": "2028-01-01"}, {"day": "Choose today or a later day, at most a year ahead"}),
        ({"lasting": "1h", "reason": "  "}, {"reason": "Say why, so that nobody has to ask"}),
        ({"lasting": "1h", "reason": None}, {"reason": "Say why, so that nobody has to ask"}),
    ],
)
def test_what_is_wrong_is_said_below_the_input_that_it_is_about(held: dict[str, str], errors: dict[str, str]) -> None:
    assert read_mute_request(filled(**held), NOW, CALENDAR) == errors
