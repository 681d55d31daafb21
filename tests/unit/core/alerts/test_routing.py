"""Where a breach goes, and why there."""

from typing import TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.alerts.routing import TAKES_IT, TOO_LATE, Route, evaluate_routes, find_route
from kpibot.core.campuses.campus_tree import Campus, CampusTree

TREE = CampusTree(
    [
        Campus(slug="feeder-west", name="West feeder"),
        Campus(slug="west", name="West HS", parent="feeder-west"),
        Campus(slug="east", name="East HS"),
    ]
)


class Breach(TypedDict):
    """What a route is asked about."""

    kpi: str
    category: str
    campus: str
    severity: str
    in_working_hours: bool


AT_WEST = Breach(kpi="tickets", category="operational", campus="west", severity="warning", in_working_hours=True)
EVERYWHERE = Route(channel="tech-leads")


def some(names: list[str]) -> st.SearchStrategy[frozenset[str] | None]:
    return st.none() | st.frozensets(st.sampled_from(names), min_size=1)


ROUTES = st.lists(
    st.builds(
        Route,
        channel=st.sampled_from(["a", "b", "c"]),
        kpis=some(["tickets", "utilization"]),
        campuses=some(["feeder-west", "west", "east", "district", "a-campus-that-is-gone"]),
        categories=some(["operational", "lifecycle"]),
        severities=some(["warning", "critical"]),
        in_working_hours=st.none() | st.booleans(),
    ),
    max_size=5,
)
BREACHES = st.fixed_dictionaries(
    {
        "kpi": st.sampled_from(["tickets", "utilization"]),
        "category": st.sampled_from(["operational", "lifecycle", ""]),
        "campus": st.sampled_from(["west", "east", "feeder-west", "district"]),
        "severity": st.sampled_from(["warning", "critical"]),
        "in_working_hours": st.booleans(),
    }
)


@pytest.mark.parametrize(
    ("route", "says"),
    [
        (EVERYWHERE, TAKES_IT),
        (Route(channel="a", kpis=frozenset({"utilization"})), "is about `utilization` only"),
        (Route(channel="a", kpis=frozenset({"tickets", "utilization"})), TAKES_IT),
        (Route(channel="a", campuses=frozenset({"feeder-west"})), TAKES_IT),
        (Route(channel="a", campuses=frozenset({"east", "gone"})), "is about `east` or `gone` only"),
        (
            Route(channel="a", categories=frozenset({"security"})),
            "is about `security` KPIs only, and this one is operational",
        ),
        (Route(channel="a", categories=frozenset({"security", "operational"})), TAKES_IT),
        (Route(channel="a", severities=frozenset({"critical"})), "is for `critical` alerts only"),
        (Route(channel="a", severities=frozenset({"warning", "critical"})), TAKES_IT),
        (Route(channel="a", in_working_hours=True), TAKES_IT),
        (Route(channel="a", in_working_hours=False), "is for other hours only"),
        (
            Route(channel="a", kpis=frozenset({"x"}), severities=frozenset({"critical"})),
            "is about `x` only; is for `critical` alerts only",
        ),
    ],
)
def test_a_rule_takes_a_breach_or_says_everything_that_is_against_it(route: Route, says: str) -> None:
    assert evaluate_routes([route], **AT_WEST, tree=TREE) == [(route, says)]
    assert find_route([route], **AT_WEST, tree=TREE) == (route if says == TAKES_IT else None)


def test_a_kpi_without_a_category_is_in_none() -> None:
    route = Route(channel="a", categories=frozenset({"security"}))
    ((_, says),) = evaluate_routes([route], **{**AT_WEST, "category": ""}, tree=TREE)
    assert says == "is about `security` KPIs only, and this one is in no category"


def test_a_rule_about_campuses_does_not_take_what_is_the_districts() -> None:
    at_district: Breach = {**AT_WEST, "campus": "district"}
    assert (
        find_route([Route(channel="a", campuses=frozenset({"feeder-west", "east"}))], **at_district, tree=TREE) is None
    )
    assert find_route([Route(channel="a", campuses=frozenset({"district"}))], **at_district, tree=TREE) is not None


@given(ROUTES, BREACHES)
def test_the_first_rule_that_takes_a_breach_by_itself_wins(routes: list[Route], breach: Breach) -> None:
    alone = [each for each in routes if find_route([each], **breach, tree=TREE) is not None]
    assert find_route(routes, **breach, tree=TREE) == (alone[0] if alone else None)


@given(ROUTES, BREACHES)
def test_the_explanation_agrees_with_the_route(routes: list[Route], breach: Breach) -> None:
    told = evaluate_routes(routes, **breach, tree=TREE)
    assert [route for route, _ in told] == routes
    assert [route for route, says in told if says == TAKES_IT] == [
        route for route in [find_route(routes, **breach, tree=TREE)] if route is not None
    ]
    said = [says for _, says in told]
    if TOO_LATE in said:
        assert said.index(TAKES_IT) < said.index(TOO_LATE)


@given(ROUTES, BREACHES)
def test_no_breach_is_lost_where_the_last_rule_takes_everything(routes: list[Route], breach: Breach) -> None:
    assert find_route([*routes, EVERYWHERE], **breach, tree=TREE) is not None


@given(ROUTES, BREACHES)
def test_a_breach_is_lost_only_where_every_rule_says_why(routes: list[Route], breach: Breach) -> None:
    if find_route(routes, **breach, tree=TREE) is None:
        assert all(says not in (TAKES_IT, TOO_LATE) for _, says in evaluate_routes(routes, **breach, tree=TREE))
