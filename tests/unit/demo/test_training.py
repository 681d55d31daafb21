"""Professional development."""

from collections.abc import Callable
from typing import Any

from kpibot.demo.common.campuses import CAMPUSES

Ask = Callable[..., list[tuple[Any, ...]]]

DONE = """
    SELECT r.site_code, avg(coalesce(h.hours, 0) >= hours_required) FROM pd_required r
    LEFT JOIN (SELECT person_id, school_year, sum(hours) AS hours FROM pd_attendance GROUP BY 1, 2) h
    USING (person_id, school_year) WHERE school_year = ? GROUP BY 1
"""


def test_every_person_has_requirements_in_each_of_three_school_years(training: Ask) -> None:
    rows = training("SELECT school_year, count(*) FROM pd_required GROUP BY 1 ORDER BY 1")
    assert [year for year, _ in rows] == ["2024-25", "2025-26", "2026-27"]
    assert all(1_400 < people < 1_600 for _, people in rows)


def test_nobody_attends_without_being_required_to(training: Ask) -> None:
    assert training(
        "SELECT count(*) FROM pd_attendance LEFT JOIN pd_required USING (person_id, school_year)"
        " WHERE hours_required IS NULL"
    ) == [(0,)]


def test_nothing_is_attended_after_until(training: Ask) -> None:
    ((last,),) = training("SELECT max(completed_at) FROM pd_attendance")
    assert "2026-11-15" < last <= "2026-11-24 10:00:00"


def test_most_have_done_their_hours_by_november_and_nearly_all_by_july(training: Ask) -> None:
    now, before = (dict(training(DONE, year)) for year in ("2026-27", "2025-26"))
    shares = [now[campus.site_code] for campus in CAMPUSES]
    assert 0.8 < sum(shares) / len(shares) < 0.95
    assert min(shares) < 0.8
    assert sum(before.values()) > sum(now.values())
