"""Index advice in the words of databases that no test can run, and where none can be given."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
import sqlglot
from sqlalchemy.dialects import mssql, oracle

from kpibot.catalog.model import Column, Dataset
from kpibot.core.kpis.measures import Amount, Counted, Duration, Flow, OverRows, Stock
from kpibot.sources.diagnostics.index_advice import Index, create_index, merged, useful
from kpibot.sources.engines.registry import engine_named
from kpibot.sources.sql.indexes import TableIndex

NAMES = {"campus": "site_code", "opened": "created_at", "resolved": "resolved_at", "amount": "Cost"}
COLUMNS = {word: Column(name) for word, name in NAMES.items()}
DATASET = Dataset(
    id="tickets",
    database="helpdesk",
    table="dbo.hd_tickets",
    select=None,
    columns=COLUMNS,
    rows="tickets",
    zone=ZoneInfo("America/Chicago"),
)
STOCK = Stock(dataset="tickets", since="opened", until="resolved")
FLOW = Flow("tickets", "opened", amount=Amount(Counted.SUM, ("amount",)))


def test_sql_server_is_told_of_a_filtered_index() -> None:
    said = [
        create_index(index, engine_named("mssql"), mssql.dialect())
        for index in useful(STOCK, DATASET, engine_named("mssql"))
    ]
    assert said == [
        "CREATE INDEX kpi_hd_tickets_site_code_created_at_open ON dbo.hd_tickets (site_code, created_at) "
        "WHERE resolved_at IS NULL;",
        "CREATE INDEX kpi_hd_tickets_resolved_at ON dbo.hd_tickets (resolved_at);",
    ]
    (index,) = useful(FLOW, DATASET, engine_named("mssql"))
    text = create_index(index, engine_named("mssql"), mssql.dialect())
    assert text.endswith("ON dbo.hd_tickets (created_at, site_code) INCLUDE ([Cost]);")
    assert all(sqlglot.parse_one(each.rstrip(";"), dialect="tsql") for each in [*said, text])


def test_oracle_has_no_partial_index() -> None:
    (index,) = useful(STOCK, DATASET, engine_named("oracle"))
    assert create_index(index, engine_named("oracle"), oracle.dialect()).endswith(
        "(resolved_at, site_code, created_at);"
    )


def test_a_long_name_is_cut_and_stays_a_name_of_its_own() -> None:
    table = "a_table_with_quite_a_long_name_for_a_table"
    names = {
        create_index(Index(table, (f"a_column_with_a_long_name_{n}",)), engine_named("mssql"), mssql.dialect()).split()[
            2
        ]
        for n in range(2)
    }
    assert len(names) == 2
    assert all(len(name) == 60 for name in names)


@pytest.mark.parametrize(
    "measure",
    [
        Stock(dataset="tickets"),
        Stock(dataset="tickets", since="opened"),
        replace(STOCK, average=True),
        replace(STOCK, amount=Amount(Counted.DISTINCT, ("amount",))),
    ],
    ids=["snapshot", "without an end", "average", "distinct"],
)
def test_what_looks_at_most_rows_anyway_is_told_of_no_index(measure: OverRows) -> None:
    assert useful(measure, DATASET, engine_named("postgresql")) == []


def test_columns_that_go_into_no_index_are_left_out_or_rule_it_out() -> None:
    (index,) = useful(FLOW, DATASET, engine_named("mysql"), frozenset({"Cost"}))
    assert index == Index("dbo.hd_tickets", ("created_at", "site_code"))
    assert useful(FLOW, DATASET, engine_named("mysql"), frozenset({"created_at"})) == []


def test_indexes_that_are_ordered_alike_become_one() -> None:
    duration = Duration(dataset="tickets", since="opened", until="resolved")
    wanted = [*useful(FLOW, DATASET, engine_named("sqlite")), *useful(duration, DATASET, engine_named("sqlite"))]
    assert merged(wanted) == [Index("dbo.hd_tickets", ("created_at", "site_code"), ("Cost", "resolved_at"))]


def test_an_index_that_begins_alike_is_there_in_effect_but_a_partial_one_is_not_a_whole_one() -> None:
    whole, partial = Index("t", ("a", "b")), Index("t", ("a", "b"), open="c")
    existing = TableIndex("x", ("a", "b", "d"))
    assert whole.is_among([existing])
    assert not partial.is_among([existing])
    assert partial.is_among([replace(existing, is_partial=True)])
    assert not whole.is_among([replace(existing, columns=("b", "a"))])
