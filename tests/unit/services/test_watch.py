"""Where breaches go, and what the alert rule sees of a measurement."""

import pytest

from kpibot.core.alerts import AlertRule
from kpibot.core.campus import Campus, CampusTree
from kpibot.core.routing import Route
from kpibot.core.thresholds import Better, Thresholds, Verdict
from kpibot.services.watch import judgement, route

TREE = CampusTree(
    [Campus("feeder-west", "West"), Campus("campus-west", "CW", "feeder-west"), Campus("campus-north", "CN")]
)
ROUTES = (
    Route("west-tech", kpis=frozenset({"tickets"}), campuses=frozenset({"feeder-west"})),
    Route("assets", kpis=frozenset({"utilization"})),
)


@pytest.mark.parametrize(
    ("kpi", "campus", "channel"),
    [
        ("tickets", "campus-west", "west-tech"),
        ("tickets", "feeder-west", "west-tech"),
        ("utilization", "campus-west", "assets"),
        ("tickets", "campus-north", None),
    ],
)
def test_the_first_route_that_matches_wins_and_a_group_covers_its_campuses(
    kpi: str, campus: str, channel: str | None
) -> None:
    assert route(ROUTES, kpi, campus, TREE) == channel


def test_between_the_recovery_threshold_and_the_warning_a_breach_is_not_over() -> None:
    limits, rule = Thresholds(Better.LOWER, 20, 40, 80), AlertRule(recovers_at=35)
    assert [judgement(limits, value, rule).recovered for value in (35.0, 36.0, 40.0)] == [True, False, False]


def test_a_missing_value_is_neither_a_breach_nor_a_recovery() -> None:
    judged = judgement(Thresholds(Better.LOWER, 20, 40, 80), None, AlertRule())
    assert (judged.verdict, judged.breached, judged.recovered) == (Verdict.NO_DATA, False, False)
