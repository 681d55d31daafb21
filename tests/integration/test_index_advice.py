"""`check` says which index would make a measure fast, having looked at the plan; once it is there, it says nothing."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from kpibot.catalog.model import Column
from kpibot.core.kpis.conditions import ValueCondition
from kpibot.core.kpis.measures import Amount, Counted, Duration, Flow, Limit, OverRows, Statistic, Stock
from kpibot.core.time.periods import Period
from kpibot.sources.base import Request
from kpibot.sources.diagnostics.inspector import IndexAdvice, SqlInspector, TimedRequest
from kpibot.sources.engines.plans import PlanStep
from kpibot.sources.sql import statements
from kpibot.sources.sql.source import SqlSource
from tests.integration.tickets import CHICAGO, DATASET, Ticket, fill, measured, open_source

COUNT = 60_000
NOW = datetime(2026, 11, 12, 20, 30, tzinfo=UTC)
WEEK = Period(datetime(2026, 11, 5, tzinfo=CHICAGO), NOW, "")
STOCK = Stock(dataset="tickets", since="opened", until="resolved")
FLOW = Flow("tickets", "opened", amount=Amount(Counted.SUM, ("amount",)))
DURATION = Duration(dataset="tickets", since="opened", until="resolved", statistic=Statistic.MEAN)
LISTED = Duration(
    dataset="tickets", since="opened", until="resolved", limit=Limit(3_600.0), also=(Statistic.WITHIN,)
)  # the rows themselves
OPEN = Stock(dataset="tickets", since="opened", until="resolved", where=(ValueCondition("kind", ("ticket",)),))
PLACES = ["sqlite", "postgresql", "mariadb"]


def five_years() -> list[Ticket]:
    """Tickets of five years; one in a hundred is open."""
    first, minutes = datetime(2021, 11, 12), 5 * 365 * 24 * 60
    opened = [first + timedelta(minutes=n * minutes // COUNT) for n in range(COUNT)]
    return [
        Ticket(n, f"T{n}", f"{100 + n % 50}", "ticket", at, None if n % 100 == 7 else at + timedelta(hours=n % 90), 1.5)
        for n, at in enumerate(opened)
    ]


@pytest.fixture(scope="module", params=PLACES)
def filled(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> str:
    url = new_url(request.param)
    fill(url, five_years())
    return url


@pytest.fixture
def url(filled: str) -> Iterator[str]:
    """A big table without indexes but for its primary key, and without them again afterwards."""
    run(filled)
    yield filled
    engine = sa.create_engine(filled, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        names = [each["name"] for each in sa.inspect(connection).get_indexes("hd_tickets")]
        for name in names:
            on = " ON hd_tickets" if engine.dialect.name == "mysql" else ""
            connection.exec_driver_sql(f"DROP INDEX {name}{on}")
    engine.dispose()


def run(url: str, *written: str) -> None:
    """Runs statements as an administrator would, and lets the database take stock."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        look = "ANALYZE TABLE hd_tickets" if engine.dialect.name == "mysql" else "ANALYZE hd_tickets"
        for each in (*written, look):
            connection.exec_driver_sql(each)
    engine.dispose()


def advised(url: str, *measures: OverRows, rows: int | None = COUNT) -> list[IndexAdvice]:
    with closing(open_source(url)) as source:
        asked = [TimedRequest(Request(measure, WEEK), 0.0) for measure in measures]
        return SqlInspector(source.database).advice("tickets", asked, rows)


def steps(url: str, measure: OverRows) -> list[PlanStep]:
    """How a measure reads the table of tickets."""
    with closing(open_source(url)) as source:
        database = source.database
        statement = statements.for_measure(measure, database.rows_of(measure), WEEK)
        found = database.ask(lambda connection: database.engine.plan(connection, statement))
    assert found is not None
    return [each for each in found if each.table == "hd_tickets"]


@pytest.mark.parametrize(
    "measure", [STOCK, FLOW, DURATION, LISTED, OPEN], ids=["stock", "flow", "mean", "median", "filtered"]
)
def test_the_advised_index_is_used_and_not_advised_again(url: str, measure: OverRows) -> None:
    assert [each.is_whole for each in steps(url, measure)] == [True]
    advice = advised(url, measure)
    assert advice
    run(url, *(each.statement for each in advice))
    assert advised(url, measure) == []
    read = steps(url, measure)
    assert read
    assert all(each.index is not None and each.index.startswith("kpi_hd_tickets") for each in read)


def test_what_is_advised_in_each_databases_words(url: str) -> None:
    said = [each.statement for each in advised(url, STOCK, FLOW, DURATION)]
    expected = {
        "sqlite": [
            "CREATE INDEX kpi_hd_tickets_site_code_created_at_open ON hd_tickets (site_code, created_at) "
            "WHERE resolved_at IS NULL;",
            "CREATE INDEX kpi_hd_tickets_resolved_at ON hd_tickets (resolved_at);",
            "CREATE INDEX kpi_hd_tickets_created_at_site_code ON hd_tickets "
            "(created_at, site_code, amount, resolved_at);",
        ],
        "postgresql": [
            "CREATE INDEX CONCURRENTLY kpi_hd_tickets_site_code_created_at_open ON hd_tickets "
            "(site_code, created_at) WHERE resolved_at IS NULL;",
            "CREATE INDEX CONCURRENTLY kpi_hd_tickets_resolved_at ON hd_tickets (resolved_at);",
            "CREATE INDEX CONCURRENTLY kpi_hd_tickets_created_at_site_code ON hd_tickets "
            "(created_at, site_code) INCLUDE (amount, resolved_at);",
        ],
        "mysql": [
            "CREATE INDEX kpi_hd_tickets_resolved_at_site_code_created_at ON hd_tickets "
            "(resolved_at, site_code, created_at);",
            "CREATE INDEX kpi_hd_tickets_created_at_site_code ON hd_tickets "
            "(created_at, site_code, amount, resolved_at);",
        ],
    }
    assert said == expected[sa.make_url(url).get_backend_name()]


def test_kpis_over_the_same_rows_are_told_of_one_index(url: str) -> None:
    stock, *_ = advised(url, STOCK, OPEN)
    assert [each.measure for each in stock.requests] == [STOCK, OPEN]
    assert "kind" in stock.statement


def test_a_small_table_needs_no_index(url: str) -> None:
    assert advised(url, STOCK, rows=500) == []
    assert advised(url, STOCK, rows=None) != []  # too big to be counted in time


def test_nothing_is_advised_that_cannot_be_made(url: str) -> None:
    by_expression = {**DATASET.columns, "opened": Column(sql="coalesce(created_at, resolved_at)")}
    datasets = (
        replace(DATASET, columns=by_expression),
        replace(DATASET, table=None, select="SELECT * FROM hd_tickets"),
        replace(DATASET, table="open_tickets"),
    )
    run(url, "CREATE VIEW open_tickets AS SELECT * FROM hd_tickets")
    for dataset in datasets:
        with closing(open_source(url, tickets=dataset)) as source:
            assert (
                SqlInspector(source.database).advice("tickets", [TimedRequest(Request(STOCK, WEEK), 0.0)], COUNT) == []
            )
    run(url, "DROP VIEW open_tickets")


def test_an_ordinary_index_on_the_campus_column_is_not_walked_for_grouping(url: str) -> None:
    """SQLite would read the rows in its order, at random: fifteen to twenty-five times slower than a scan.

    MariaDB decides for itself. Either way it is no index that makes a measure fast.
    """
    run(url, "CREATE INDEX by_site ON hd_tickets (site_code)")
    for measure in (STOCK, OPEN, FLOW, DURATION):
        assert advised(url, measure)
        if sa.make_url(url).get_backend_name() != "mysql":
            assert [each.index for each in steps(url, measure)] == [None]


def test_an_index_that_the_helpdesk_has_anyway_is_enough(url: str) -> None:
    run(url, "CREATE INDEX of_the_helpdesk ON hd_tickets (created_at)")
    assert advised(url, FLOW) == []


def test_a_measure_is_the_same_with_the_index_as_without(url: str) -> None:
    def taken(source: SqlSource) -> list[object]:
        with closing(source):
            return [measured(source, measure, WEEK) for measure in (STOCK, FLOW, DURATION, OPEN)]

    before = taken(open_source(url))
    run(url, *(each.statement for each in advised(url, STOCK, FLOW, DURATION, OPEN)))
    assert taken(open_source(url)) == before
