"""When two systems disagree about a KPI."""

import pytest

from kpibot.core.kpis.cross_check import Conflict, CrossCheck
from kpibot.core.kpis.measures import Stock

CHECK = CrossCheck(Stock(dataset="requests"), within=0.2, own="helpdesk", other="portal")


@pytest.mark.parametrize(
    ("value", "other"), [(104, 104), (100, 80), (80, 100), (0, 0), (-80, -100), (None, 5), (5, None)]
)
def test_what_lies_near_enough_is_no_conflict(value: float | None, other: float | None) -> None:
    assert CHECK.conflict(value, other) is None


@pytest.mark.parametrize(("value", "other"), [(100, 79), (79, 100), (0, 1), (5, -5)])
def test_a_conflict_says_what_each_of_the_two_says(value: float, other: float) -> None:
    assert CHECK.conflict(value, other) == Conflict("helpdesk", value, "portal", other)
