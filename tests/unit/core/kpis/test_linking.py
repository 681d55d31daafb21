"""How many of the rows counted name what they are about."""

from kpibot.core.kpis.conditions import ValueCondition
from kpibot.core.kpis.kpi import Format, Kpi, KpiInfo
from kpibot.core.kpis.measures import Amount, Counted, Duration, Flow, Query, Ratio, Stock

OPEN = ValueCondition("status", ("open",))
HAS_ASSET = ValueCondition("asset", (None,), negated=True)


def rate(measure: Stock | Flow | Duration | Ratio | Query) -> object:
    found = Kpi(card=KpiInfo(id="k", name="K", objective="", owner=""), measure=measure, linked="asset").link_rate
    return None if found is None else (found.card.format, found.measure)


def test_the_rows_of_a_count_with_a_link_over_all_of_them() -> None:
    stock, flow = (
        Stock(dataset="tickets", since="opened", where=(OPEN,)),
        Flow("tickets", "opened", amount=Amount(Counted.SUM, ("x",))),
    )
    assert rate(stock) == (
        Format.PERCENT,
        Ratio(Stock(dataset="tickets", since="opened", where=(OPEN, HAS_ASSET)), stock),
    )
    assert rate(flow) == (
        Format.PERCENT,
        Ratio(Flow("tickets", "opened", (HAS_ASSET,)), Flow("tickets", "opened")),
    )


def test_where_only_linked_rows_are_counted_the_others_are_looked_at_as_well() -> None:
    """Incidents per asset: only those with an asset are divided, and how many that are of all is told."""
    of = Flow("tickets", "opened", (OPEN, HAS_ASSET))
    both = Ratio(of, Flow("tickets", "opened", (OPEN,)))
    assert rate(Ratio(of, Stock(dataset="assets"))) == (Format.PERCENT, both)


def test_of_durations_those_that_began_and_of_a_query_nothing() -> None:
    every = Flow("tickets", "opened")
    assert rate(Duration(dataset="tickets", since="opened", until="resolved")) == (
        Format.PERCENT,
        Ratio(Flow("tickets", "opened", (HAS_ASSET,)), every),
    )
    assert rate(Query("helpdesk", "SELECT 1")) is None
