"""Budgets: whose they are, and where spending should stand by now."""

import pytest

from kpibot.core.campuses.campus_tree import DISTRICT, Campus, CampusTree
from kpibot.core.kpis.budget import Budget, spending_pace

TREE = CampusTree(
    [
        Campus(slug="feeder", name="Feeder"),
        Campus(slug="west", name="West", parent="feeder"),
        Campus(slug="east", name="East", parent="feeder"),
    ]
)
WEST, EAST = {"FY2027": 100.0}, {"FY2027": 50.0}


def test_a_campus_has_the_budget_of_its_year_or_none() -> None:
    budget = Budget(campuses={"west": WEST})
    assert (budget.amount("west", "FY2027", TREE), budget.amount("west", "FY2026", TREE)) == (100.0, None)
    assert budget.amount("east", "FY2027", TREE) is None


def test_a_group_has_the_sum_of_its_campuses_only_where_none_is_lacking() -> None:
    assert Budget(campuses={"west": WEST, "east": EAST}).amount("feeder", "FY2027", TREE) == 150.0
    assert Budget(campuses={"west": WEST}).amount("feeder", "FY2027", TREE) is None


def test_a_budget_of_its_own_comes_before_the_sum_of_the_campuses() -> None:
    budget = Budget({"FY2027": 1_000.0}, {"west": WEST, "east": EAST, "feeder": {"FY2027": 200.0}})
    assert (budget.amount(DISTRICT, "FY2027", TREE), budget.amount("feeder", "FY2027", TREE)) == (1_000.0, 200.0)


@pytest.mark.parametrize(
    ("elapsed", "expected", "percent"), [(0.5, 500.0, 150.0), (1.0, 1_000.0, 75.0), (0.0, 0.0, None)]
)
def test_the_pace_is_what_has_been_spent_of_what_would_be_by_now(
    elapsed: float, expected: float, percent: float | None
) -> None:
    found = spending_pace(750.0, 1_000.0, elapsed)
    assert (found.expected, found.percent) == (expected, percent)
