"""The whole demo district: the same everywhere, and stable as time goes on."""

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from kpibot.demo.district import FILES, build_demo_databases
from tests.demo import UNTIL

STABLE = (
    ("helpdesk", "SELECT ticket_id, site_code, room, kind, category, priority, subject, created_at, asset_tag"
     " FROM hd_tickets WHERE created_at BETWEEN '2021-12-05' AND '2026-11-24 10:00:00'"),
    ("helpdesk", "SELECT ticket_id, replied_at FROM hd_tickets"
     " WHERE replied_at <= '2026-11-24 10:00:00' AND created_at > '2021-12-05'"),
    ("helpdesk", "SELECT ticket_id, resolved_at FROM hd_tickets"
     " WHERE resolved_at <= '2026-11-24 10:00:00' AND created_at > '2021-12-05'"),
    ("purchasing", "SELECT po_number, org, vendor, category, approved_at, fiscal_year FROM po_headers"
     " WHERE approved_at <= '2026-11-22'"),
    ("assets", "SELECT asset_tag, serial, type, model, location, purchased_at, cost FROM assets"
     " WHERE purchased_at BETWEEN '2018-01-01' AND '2026-11-22'"),
    ("assets", "SELECT id, asset_tag, location, person, checked_out_at FROM checkouts"
     " WHERE checked_out_at BETWEEN '2020-01-01' AND '2026-11-24 10:00:00' AND asset_tag > 'T0660000'"),
    ("assets", "SELECT id, asset_tag, location, at, type, cost FROM asset_events"
     " WHERE at <= '2026-11-24 10:00:00' AND asset_tag > 'T0660000'"),
    ("assets", "SELECT asset_tag, retired_at FROM assets"
     " WHERE retired_at < '2026-11-22' AND purchased_at > '2018-01-01'"),
    ("training", "SELECT * FROM pd_attendance WHERE completed_at <= '2026-11-24 10:00:00'"),
)  # fmt: skip


def asked(folder: Path, name: str, sql: str) -> list[Any]:
    with closing(sqlite3.connect(folder / f"{name}.db")) as connection:
        return connection.execute(sql).fetchall()


def fingerprint(folder: Path) -> list[str]:
    return [sha256((folder / name).read_bytes()).hexdigest() for name in FILES]


def test_built_twice_it_is_the_same(demo_district: Path, tmp_path: Path) -> None:
    build_demo_databases(tmp_path, UNTIL)
    assert fingerprint(tmp_path) == fingerprint(demo_district)


@pytest.mark.parametrize(("name", "sql"), STABLE)
def test_the_past_stays_as_it_was_when_until_moves_on(
    demo_district: Path, next_week: Path, name: str, sql: str
) -> None:
    before, after = Counter(asked(demo_district, name, sql)), Counter(asked(next_week, name, sql))
    assert before.total() > 500
    assert before == after


def test_only_the_four_databases_are_left_in_the_folder(demo_district: Path) -> None:
    assert sorted(path.name for path in demo_district.iterdir()) == sorted(FILES)


def test_every_database_is_sound(demo_district: Path) -> None:
    for name in FILES:
        assert asked(demo_district, name.removesuffix(".db"), "PRAGMA quick_check") == [("ok",)]


def test_a_naive_instant_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="time zone"):
        build_demo_databases(tmp_path, datetime(2026, 11, 22))


def test_an_instant_before_the_district_began_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2015"):
        build_demo_databases(tmp_path, datetime(2012, 1, 1, tzinfo=UTC))


def test_a_build_that_breaks_off_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "helpdesk.db").write_text("the old one")

    def stop(_label: str, fraction: float) -> None:
        if fraction > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_demo_databases(tmp_path, UNTIL, progress=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["helpdesk.db"]
    assert (tmp_path / "helpdesk.db").read_text() == "the old one"


def test_progress_grows_from_nothing_to_done(reports: list[tuple[str, float]], next_week: Path) -> None:
    fractions = [fraction for _, fraction in reports]
    assert fractions == sorted(fractions) and fractions[0] == 0 and reports[-1] == ("done", 1.0)
    assert next_week.is_dir()
