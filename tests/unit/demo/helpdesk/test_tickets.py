"""The help desk's tickets."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kpibot.demo.common.campuses import CAMPUSES
from kpibot.demo.common.seasons import build_work_calendar
from kpibot.demo.common.timeline import ZONE, date_of, seconds_of
from kpibot.demo.district import SEED
from kpibot.demo.helpdesk.tickets import write_helpdesk
from kpibot.demo.helpdesk.workload import workload
from kpibot.demo.inventory.fleet import fleet
from kpibot.demo.inventory.lending import lend

Ask = Callable[..., list[tuple[Any, ...]]]

OUTSTANDING = """
    SELECT site_code, count(*) FROM hd_tickets
    WHERE created_at <= ?1 AND (resolved_at IS NULL OR resolved_at > ?1) AND status NOT IN ('merged', 'deleted')
    GROUP BY site_code
"""


def outstanding(helpdesk: Ask, at: str) -> dict[str, int]:
    counts = dict(helpdesk(OUTSTANDING, at))
    return {campus.slug: counts.get(campus.site_code, 0) for campus in CAMPUSES}


def test_there_are_about_200_000_in_five_years(helpdesk: Ask) -> None:
    ((count, first, last),) = helpdesk("SELECT count(*), min(created_at), max(created_at) FROM hd_tickets")
    assert 190_000 < count < 210_000
    assert first < "2021-11-30" and "2026-11-20" < last <= "2026-11-24 10:00:00"


def test_nothing_happens_after_until(helpdesk: Ask) -> None:
    ((latest,),) = helpdesk(
        "SELECT max(max(created_at), max(replied_at), max(resolved_at), max(closed_at)) FROM hd_tickets"
    )
    assert "2026-11-20" < latest <= "2026-11-24 10:00:00"


def test_things_happen_in_order(helpdesk: Ask) -> None:
    assert helpdesk(
        "SELECT count(*) FROM hd_tickets"
        " WHERE replied_at < created_at OR resolved_at < replied_at OR closed_at < resolved_at"
    ) == [(0,)]


def test_most_are_closed_five_days_after_they_were_resolved(helpdesk: Ask) -> None:
    ((share,),) = helpdesk(
        "SELECT avg(julianday(closed_at) - julianday(resolved_at) BETWEEN 4.999 AND 5.001) FROM hd_tickets"
        " WHERE closed_at IS NOT NULL AND resolved_at IS NOT NULL"
    )
    assert 0.8 < share < 0.95


def test_the_status_says_how_far_a_ticket_has_come(helpdesk: Ask) -> None:
    rows = helpdesk(
        "SELECT status, count(*), count(replied_at), count(resolved_at), count(closed_at)"
        " FROM hd_tickets GROUP BY status"
    )
    seen = {status: (n, replied, resolved, closed) for status, n, replied, resolved, closed in rows}
    assert set(seen) == {"new", "open", "waiting", "solved", "closed", "merged", "deleted"}
    assert seen["new"][1:] == (0, 0, 0)
    assert seen["solved"][2] == seen["solved"][0] and seen["solved"][3] == 0
    assert seen["closed"][3] == seen["closed"][0]


def test_about_2_percent_were_merged_or_deleted_and_never_resolved(helpdesk: Ask) -> None:
    ((share, resolved),) = helpdesk(
        "SELECT count(*) * 1.0 / (SELECT count(*) FROM hd_tickets), count(resolved_at) FROM hd_tickets"
        " WHERE status IN ('merged', 'deleted')"
    )
    assert 0.015 < share < 0.025 and resolved == 0


def test_september_is_busy_july_is_not(helpdesk: Ask) -> None:
    months = dict(helpdesk("SELECT substr(created_at, 6, 2), count(*) FROM hd_tickets GROUP BY 1"))
    assert months["07"] == min(months.values())
    assert 3 * months["07"] < months["09"] < months["08"] * 1.2


def test_few_tickets_come_outside_school_hours(helpdesk: Ask) -> None:
    ((weekend, by_day),) = helpdesk(
        "SELECT avg(strftime('%w', created_at) IN ('0', '6')), avg(substr(created_at, 12, 2) BETWEEN '07' AND '16')"
        " FROM hd_tickets"
    )
    assert 0 < weekend < 0.03 and by_day > 0.97


def test_about_1_percent_name_no_campus(helpdesk: Ask) -> None:
    ((missing, unknown),) = helpdesk("SELECT avg(site_code IS NULL), avg(site_code IS '999') FROM hd_tickets")
    assert 0.004 < missing < 0.008 and 0.002 < unknown < 0.006


def test_about_15_percent_name_an_asset_that_exists_and_stood_at_the_same_campus(helpdesk: Ask, assets: Ask) -> None:
    named = helpdesk("SELECT asset_tag, site_code FROM hd_tickets WHERE asset_tag IS NOT NULL AND site_code <> '999'")
    places = dict(assets("SELECT asset_tag, location FROM assets"))
    codes = {campus.location: campus.site_code for campus in CAMPUSES}
    assert 24_000 < len(named) < 36_000
    assert all(codes[places[tag]] == site for tag, site in named)


def test_a_ticket_says_what_the_inventory_says_of_its_device(helpdesk: Ask, assets: Ask) -> None:
    devices = {tag: rest for tag, *rest in assets("SELECT asset_tag, type, model FROM assets")}
    named = helpdesk("SELECT asset_tag, asset_type, asset_model FROM hd_tickets WHERE created_at > '2026-11-01'")
    assert all(rest == devices.get(tag, [None, None]) for tag, *rest in named)
    assert any(tag for tag, *_ in named)


def test_urgent_tickets_are_answered_sooner(helpdesk: Ask) -> None:
    waits = helpdesk(
        "SELECT avg(julianday(replied_at) - julianday(created_at)) FROM hd_tickets GROUP BY priority ORDER BY priority"
    )
    assert all(urgent[0] < other[0] for urgent, other in pairwise(waits))


def test_today_campus_west_and_a_few_others_are_in_trouble(helpdesk: Ask) -> None:
    now = outstanding(helpdesk, "2026-11-22 12:00:00")
    assert now["campus-west"] > 100
    assert 2 <= sum(count > 40 for count in now.values()) <= 5
    assert sum(count <= 24 for count in now.values()) >= 14


def test_campus_west_has_been_slipping_for_three_weeks(helpdesk: Ask) -> None:
    before, now = (outstanding(helpdesk, f"2026-{day} 12:00:00")["campus-west"] for day in ("11-01", "11-22"))
    assert now > 1.15 * before


def test_campus_west_answers_more_slowly_than_the_district(helpdesk: Ask) -> None:
    rows = helpdesk(
        "SELECT site_code = '101', avg(julianday(replied_at) - julianday(created_at)) FROM hd_tickets"
        " WHERE created_at BETWEEN '2026-10-01' AND '2026-11-15' AND site_code IS NOT NULL GROUP BY 1"
    )
    waits = dict(rows)
    assert waits[1] > 2 * waits[0]


def test_a_middle_school_had_an_outage_last_week(helpdesk: Ask) -> None:
    ((site, count),) = helpdesk(
        "SELECT site_code, count(*) FROM hd_tickets WHERE category = 'network'"
        " AND created_at BETWEEN '2026-11-16' AND '2026-11-21' GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    )
    kinds = {campus.site_code: campus.kind for campus in CAMPUSES}
    assert kinds[site] == "middle" and count > 60


@pytest.mark.parametrize("year", [2022, 2023, 2024, 2025, 2026])
@pytest.mark.parametrize("day", ["03-02 06:00", "05-22 15:00", "07-15 10:00", "08-24 06:00", "10-04 12:00"])
def test_campus_west_is_critical_and_another_campus_in_trouble_whenever_one_looks(
    helpdesk: Ask, year: int, day: str
) -> None:
    now = outstanding(helpdesk, f"{year}-{day}:00")
    assert now["campus-west"] > 80
    assert sum(count > 40 for slug, count in now.items() if slug != "campus-west") >= 1


def test_a_district_built_in_july_shows_the_same_trouble(tmp_path: Path) -> None:
    at = "2026-07-15T06:00"
    until = seconds_of(datetime.fromisoformat(at).replace(tzinfo=ZONE))
    days = build_work_calendar(date_of(until // 86_400))
    devices, _ = lend(SEED, fleet(SEED, until), until)
    write_helpdesk(
        tmp_path / "helpdesk.db",
        SEED,
        until,
        calendar=days,
        load=workload(SEED, days),
        fleet=devices,
        progress=lambda _done: None,
    )
    with closing(sqlite3.connect(tmp_path / "helpdesk.db")) as connection:
        counts = outstanding(lambda sql, *v: connection.execute(sql, v).fetchall(), at.replace("T", " ") + ":00")
    assert counts["campus-west"] > 80
    assert sum(count > 40 for count in counts.values()) >= 2


def test_the_workload_of_a_day_does_not_depend_on_the_last_day() -> None:
    one, other = (workload(SEED, build_work_calendar(day)) for day in (date_of(9000), date_of(9400)))
    assert np.array_equal(one.arrivals[:, :9000], other.arrivals[:, :9000])
    assert np.array_equal(one.stay[:, :9000], other.stay[:, :9000])
