"""A KPI, and the thresholds that hold where."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kpibot.core.campuses.campus_tree import DISTRICT, NO_CAMPUS, Campus, CampusTree
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.budget import Budget, Pace
from kpibot.core.kpis.conditions import Ago, DaysAgo, StartOf, TimeCondition
from kpibot.core.kpis.conditions import ValueCondition as Where
from kpibot.core.kpis.kpi import Format, Kpi, KpiInfo, format_of, required_age
from kpibot.core.kpis.measures import (
    Amount,
    Counted,
    Duration,
    Flow,
    Measure,
    Query,
    Ratio,
    Simple,
    Statistic,
    Stock,
    components,
    measure_columns,
    time_columns,
)
from kpibot.core.kpis.readings import Reading
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict
from kpibot.core.time.periods import PeriodRule, Unit

TREE = CampusTree(
    [
        Campus(slug="feeder", name="Feeder"),
        Campus(slug="west", name="West", parent="feeder"),
        Campus(slug="east", name="East", parent="feeder"),
        Campus(slug="north", name="North"),
    ]
)
NOW = datetime(2026, 11, 18, 18, tzinfo=UTC)
OWN, WEST = Thresholds(Better.LOWER, 20, 40, 80), Thresholds(Better.LOWER, 20, 60, 100)
STOCK, FLOW, DURATION = (
    Stock(dataset="t", since="a", until="b"),
    Flow("t", "a"),
    Duration(dataset="t", since="a", until="b"),
)
RATIO, QUERY = Ratio(STOCK, STOCK), Query("d", "SELECT 1")


OLD, LATELY = (
    TimeCondition("a", until=DaysAgo(10, working=True)),
    TimeCondition("c", since=StartOf(PeriodRule(Unit.SCHOOL_YEAR))),
)


def kpi(measure: Measure = STOCK, shown_as: Format = Format.NUMBER, **overrides: Thresholds) -> Kpi:
    return Kpi(
        card=KpiInfo(id="tickets", name="Tickets", objective="", owner="", format=shown_as),
        measure=measure,
        thresholds=OWN,
        overrides=overrides,
    )


@pytest.mark.parametrize(
    ("measure", "shown_as", "additive"),
    [
        (STOCK, Format.NUMBER, True),
        (FLOW, Format.CURRENCY, True),
        (DURATION, Format.HOURS, False),
        (RATIO, Format.NUMBER, False),
        (QUERY, Format.NUMBER, True),
        (QUERY, Format.PERCENT, False),
    ],
)
def test_what_adds_up(measure: Measure, shown_as: Format, additive: bool) -> None:
    assert kpi(measure, shown_as).additive is additive


@pytest.mark.parametrize(
    ("measure", "has_past"),
    [
        (STOCK, True),
        (Stock(dataset="t"), False),
        (FLOW, True),
        (DURATION, True),
        (QUERY, False),
        (RATIO, True),
        (Ratio(STOCK, Stock(dataset="t")), False),
        (Ratio(QUERY, STOCK), False),
        (replace(STOCK, amount=Amount(Counted.DISTINCT, ("n",))), False),
        (replace(STOCK, amount=Amount(Counted.MEAN, ("n",))), True),
        (replace(FLOW, amount=Amount(Counted.DISTINCT, ("n",))), True),
        (replace(STOCK, average=True), True),
        (replace(STOCK, where=(OLD,)), True),
        (replace(STOCK, where=(OLD, LATELY)), False),
        (replace(STOCK, where=(LATELY,)), False),
        (replace(STOCK, where=(OLD,), average=True), False),
        (replace(FLOW, where=(OLD,)), False),
        (Ratio(replace(STOCK, where=(OLD,)), STOCK), True),
    ],
)
def test_whose_past_the_databases_know(measure: Measure, has_past: bool) -> None:
    assert kpi(measure).has_past is has_past


def test_a_campus_has_its_own_levels_or_the_kpis() -> None:
    assert kpi(west=WEST).thresholds_of("west", TREE) == WEST
    assert kpi(west=WEST).thresholds_of("east", TREE) == OWN


def test_a_groups_levels_are_the_sum_of_its_campuses() -> None:
    assert kpi(west=WEST).thresholds_of("feeder", TREE) == Thresholds(Better.LOWER, 40, 100, 180)
    assert kpi(west=WEST).thresholds_of(DISTRICT, TREE) == Thresholds(Better.LOWER, 60, 140, 260)


def test_a_groups_own_levels_come_first() -> None:
    own = Thresholds(Better.LOWER, 1, 2, 3)
    assert kpi(feeder=own).thresholds_of("feeder", TREE) == own
    assert kpi(feeder=own).thresholds_of(DISTRICT, TREE) == OWN + OWN + OWN


def test_what_does_not_add_up_is_judged_alike_everywhere() -> None:
    assert kpi(RATIO, Format.PERCENT, west=WEST).thresholds_of("feeder", TREE) == OWN
    assert kpi(RATIO, Format.PERCENT, west=WEST).thresholds_of("west", TREE) == WEST


TYPED = CampusTree(
    [
        Campus(slug="feeder", name="Feeder"),
        Campus(slug="west", name="West", parent="feeder", type="High"),
        Campus(slug="east", name="East", parent="feeder", type="High"),
        Campus(slug="north", name="North", type="middle"),
    ]
)
OF_HIGH = {"high": Thresholds(Better.LOWER, warning=60)}


def with_types(measure: Measure = STOCK, shown_as: Format = Format.NUMBER, **types: Thresholds) -> Kpi:
    west = {"west": Thresholds(Better.LOWER, critical=200)}
    return Kpi(
        card=KpiInfo(id="tickets", name="Tickets", objective="", owner="", format=shown_as),
        measure=measure,
        thresholds=OWN,
        overrides=west,
        type_overrides=types or OF_HIGH,
    )


def test_a_campus_comes_before_its_type_and_the_type_before_the_kpi() -> None:
    made = with_types()
    assert made.thresholds_of("west", TYPED) == Thresholds(Better.LOWER, 20, 60, 200)
    assert made.thresholds_of("east", TYPED) == Thresholds(Better.LOWER, 20, 60, 80)
    assert made.thresholds_of("north", TYPED) == OWN


def test_a_group_sums_the_levels_of_its_campuses_types() -> None:
    assert with_types().thresholds_of("feeder", TYPED) == Thresholds(Better.LOWER, 40, 120, 280)
    assert with_types().thresholds_of(DISTRICT, TYPED) == Thresholds(Better.LOWER, 60, 160, 360)
    assert with_types(RATIO, Format.PERCENT).thresholds_of("feeder", TYPED) == OWN


def test_a_groups_own_type_comes_before_the_sum() -> None:
    tree = CampusTree(
        [Campus(slug="feeder", name="Feeder", type="feeder"), Campus(slug="west", name="West", parent="feeder")]
    )
    made = with_types(feeder=Thresholds(Better.LOWER, 100, 300, 500))
    assert made.thresholds_of("feeder", tree) == Thresholds(Better.LOWER, 100, 300, 500)


def test_a_part_of_a_count_is_judged_by_no_levels_of_a_type_either() -> None:
    part = with_types().narrowed([()], "priority high")
    assert part.thresholds_of("east", TYPED) == Thresholds()
    assert part.thresholds_of("west", TYPED) == Thresholds()


def test_the_levels_of_a_budget_are_percentages_and_not_added_up() -> None:
    spending = replace(kpi(FLOW), budget=Budget({"FY2027": 1_000.0}))
    assert spending.thresholds_of("feeder", TREE) == spending.thresholds_of(DISTRICT, TREE) == OWN


def test_spending_without_a_budget_for_the_year_is_not_judged() -> None:
    spending = replace(kpi(FLOW), budget=Budget({"FY2027": 1_000.0}))
    known = Reading(kpi="x", campus=DISTRICT, as_of=NOW, value=90.0, pace=Pace(1_000.0, 0.5, 500.0, 18.0))
    assert spending.thresholds_for(known, TREE) == OWN
    without = spending.thresholds_for(replace(known, pace=None), TREE)
    assert without.verdict_of(90.0) is Verdict.NOT_EVALUATED


def test_rows_without_a_campus_are_not_judged() -> None:
    assert kpi().thresholds_of(NO_CAMPUS, TREE) == Thresholds(Better.NEUTRAL)


def test_a_stock_is_compared_with_a_week_ago() -> None:
    assert kpi().comparison_period == PeriodRule(Unit.WEEK)
    with_period = Kpi(
        card=KpiInfo(id="x", name="X", objective="", owner=""), measure=FLOW, period=PeriodRule(Unit.DAYS, 30)
    )
    assert with_period.comparison_period == PeriodRule(Unit.DAYS, 30)


@pytest.mark.parametrize(
    ("shown_as", "measured", "value"),
    [(Format.NUMBER, 7, 7), (Format.PERCENT, 0.5, 50), (Format.HOURS, 5_400, 1.5), (Format.DAYS, 43_200, 0.5)],
)
def test_units(shown_as: Format, measured: float, value: float) -> None:
    assert measured * shown_as.scale == pytest.approx(value)


def test_the_columns_of_a_measure_with_the_words_of_the_configuration() -> None:
    amount, where = Amount(Counted.DISTINCT, ("n", "o")), (Where("s", ("x",)),)
    assert list(measure_columns(Stock(dataset="t", since="a", until="b", where=where, amount=amount))) == [
        ("from", "a"), ("until", "b"), ("where", "s"), ("distinct", "n"), ("distinct", "o"),
    ]  # fmt: skip
    assert list(measure_columns(Flow("t", "a", amount=Amount(Counted.SUM, ("m",))))) == [("at", "a"), ("sum", "m")]
    assert list(measure_columns(Duration(dataset="t", since="a", until="b", where=where))) == [
        ("from", "a"),
        ("to", "b"),
        ("where", "s"),
    ]
    assert list(measure_columns(Stock(dataset="t"))) == list(measure_columns(QUERY)) == []
    assert time_columns(Stock(dataset="t", since="a", until="b", where=where, amount=amount)) == ("a", "b")


def test_halves() -> None:
    assert components(STOCK) == (STOCK,)
    assert components(Ratio(STOCK, FLOW)) == (STOCK, FLOW)


@pytest.mark.parametrize(
    ("measure", "age"),
    [
        (replace(STOCK, where=(OLD,)), DaysAgo(10, working=True)),
        (replace(STOCK, where=(OLD, Where("s", ("x",)))), DaysAgo(10, working=True)),
        (STOCK, None),
        (replace(STOCK, where=(replace(OLD, or_empty=True),)), None),
        (replace(STOCK, where=(replace(OLD, column="c"),)), None),
        (replace(STOCK, where=(TimeCondition("a", until=Ago(timedelta(hours=4))),)), None),
        (replace(STOCK, where=(OLD, LATELY)), None),
        (QUERY, None),
    ],
)
def test_a_stock_of_old_rows_can_be_walked_back_where_age_is_all_that_moves(
    measure: Simple, age: DaysAgo | None
) -> None:
    assert required_age(measure) == age


@pytest.mark.parametrize(
    ("statistic", "shown", "format_"),
    [
        (Statistic.WITHIN, Format.HOURS, Format.PERCENT),
        (Statistic.MEDIAN, Format.DAYS, Format.DAYS),
        (Statistic.P90, Format.PERCENT, Format.HOURS),
    ],
)
def test_a_statistic_beside_the_kpi_s_own_is_shown_in_its_unit(
    statistic: Statistic, shown: Format, format_: Format
) -> None:
    assert format_of(statistic, shown) is format_


def test_each_half_is_narrowed_by_conditions_of_its_own_and_a_query_by_none() -> None:
    one, other = Where("s", ("x",)), Where("t", ("y",))
    narrow = kpi(Ratio(replace(STOCK, where=(OLD,)), FLOW), Format.PERCENT).narrowed([(one,), (other,)], "type x")
    assert narrow.measure == Ratio(replace(STOCK, where=(OLD, one)), replace(FLOW, where=(other,)))
    assert narrow.card.only == "type x"
    assert kpi(QUERY).narrowed([(one,)], "type x").measure == QUERY


def test_a_part_of_a_rate_keeps_its_levels_but_nobody_is_alerted_of_it() -> None:
    whole = replace(kpi(RATIO, Format.PERCENT), alert=AlertRule(), budget=Budget())
    part = whole.narrowed([(), ()], "type x")
    assert (part.thresholds, part.alert, part.budget) == (OWN, None, None)
