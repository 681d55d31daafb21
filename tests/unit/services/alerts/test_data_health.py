"""Trouble with the data is no breach: it fires nothing, ends nothing, and is told once."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.conditions import Ago
from tests.unit.services.watching import CALENDAR, HOUR, QUARTER, Watched, kpi

RULE = AlertRule(remind=HOUR)
DAY = timedelta(days=1)
NIGHT = datetime(2026, 11, 16, 21, tzinfo=CALENDAR.zone)


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """Two KPIs on the helpdesk's database, one on the inventory's."""
    return Watched(tmp_path, kpi("tickets", RULE), kpi("backlog", None), kpi("devices", RULE, "assets"))


def test_a_database_that_is_down_is_one_cause_that_names_its_kpis_and_is_told_once(watched: Watched) -> None:
    watched.measure()
    watched.database.is_down = True
    (notice,) = watched.troubles()
    ((what, says),) = notice.problems
    assert what == "Database helpdesk"
    assert says == "database `helpdesk` did not answer within 2 s. No data for Tickets, Backlog"
    assert [watched.troubles() for _ in range(5)] == [[]] * 5
    watched.database.is_down = False
    assert [watched.troubles() for _ in range(2)] == [[], []]
    (mended,) = watched.troubles()
    assert (mended.problems, mended.resolved) == ((), ("Tickets", "Backlog"))
    assert watched.troubles() == []


def test_a_database_that_comes_and_goes_is_told_once_and_once_when_it_has_stayed(watched: Watched) -> None:
    watched.measure()
    told = []
    for is_down in (True, False, True, False, False, True, False, False, False):
        watched.database.is_down = is_down
        told.append([bool(notice.resolved) for notice in watched.troubles()])
    assert told == [[False], [], [], [], [], [], [], [], [True]]


def test_a_database_that_is_down_fires_nothing_ends_nothing_and_reminds_of_nothing(watched: Watched) -> None:
    watched.measure(oak=50)
    before = watched.store.alert_groups()
    watched.database.is_down = True
    assert [watched.told() for _ in range(6)] == [[]] * 6
    assert watched.store.alert_groups() == before
    watched.database.is_down = False
    assert [reason for _, _, reason, _ in watched.told()] == ["still firing"]


def test_other_databases_go_on(watched: Watched) -> None:
    watched.measure()
    watched.database.is_down = True
    watched.other.counts["birch"] = 50
    assert [channel for channel, *_ in watched.told()] == ["leads"]


def test_stale_data_is_told_and_judged_no_more(tmp_path: Path) -> None:
    watched = Watched(tmp_path, kpi("tickets", RULE), fresh_within={"tickets": Ago(DAY)})
    watched.database.newest_row = watched.now - 2 * DAY
    (trouble, *alerts) = watched.measure(oak=50)
    assert alerts == []
    assert trouble.channel == "admins"
    assert "older than fresh_within allows" in str(trouble.body)


def test_data_that_is_lacking_is_told_when_it_has_lacked_for_a_day(watched: Watched) -> None:
    watched.database.counts = {}
    assert watched.troubles() == []
    assert watched.troubles(DAY - QUARTER) == []
    (notice,) = watched.troubles()
    assert "no rows" in notice.problems[0][1]


def test_a_lack_that_passes_at_night_begins_anew(watched: Watched) -> None:
    watched.measure()
    watched.database.counts = {}
    assert watched.troubles(NIGHT - watched.now) == []
    assert watched.troubles(HOUR, oak=5) == []
    watched.database.counts = {}
    assert watched.troubles(10 * HOUR) == []  # eight in the morning
    assert watched.troubles(DAY - HOUR) == []
    assert watched.troubles(HOUR) != []


def test_what_is_late_is_not_put_down_to_the_database_which_answers(tmp_path: Path) -> None:
    fresh = {"tickets": Ago(DAY), "chats": Ago(DAY)}
    watched = Watched(tmp_path, kpi("tickets", RULE), kpi("chats", RULE, "chats"), fresh_within=fresh)
    watched.database.newest_row = watched.now - 2 * DAY
    (notice,) = watched.troubles()
    assert [what for what, _ in notice.problems] == ["Tickets, Chats"]


def test_outside_working_hours_a_trouble_waits_and_is_forgotten_if_it_passes(watched: Watched) -> None:
    watched.measure()
    watched.database.is_down = True
    assert watched.troubles(NIGHT - watched.now) == []
    watched.database.is_down = False
    assert watched.troubles() == []
    assert watched.troubles(11 * HOUR) == []
    watched.database.is_down = True
    assert len(watched.troubles()) == 1
    watched.database.is_down = False
    assert watched.troubles() == []
    assert watched.troubles(11 * HOUR) == []  # in the evening
    assert watched.troubles(13 * HOUR)[0].resolved == ("Tickets", "Backlog")


def test_without_administrators_nobody_is_told(tmp_path: Path) -> None:
    watched = Watched(tmp_path, kpi("tickets", RULE))
    district = replace(watched.catalog.district, administrators=None)
    silent = Watched(tmp_path, kpi("tickets", RULE), district=district)
    silent.database.is_down = True
    assert silent.measure() == []
