"""Every form of statement, in the SQL of databases that no test can run, read by a parser of that SQL.

A parser knows grammar, not meaning: what each dialect's functions give is said in its manual.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import sqlglot
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql
from sqlglot import exp

from kpibot.catalog.model import Column, Dataset
from kpibot.core.kpis.conditions import NumberCondition, Relation, TimeCondition, ValueCondition
from kpibot.core.kpis.dimensions import GroupBy
from kpibot.core.kpis.measures import Amount, Counted, Duration, Flow, Limit, Statistic, Stock
from kpibot.core.kpis.series import Window
from kpibot.core.time.periods import Period
from kpibot.sources.engines.registry import engine_named
from kpibot.sources.sql import series_sql, statements
from kpibot.sources.sql.dataset_rows import Rows, from_clause
from kpibot.sources.sql.timestamps import TimeKind

CHICAGO = ZoneInfo("America/Chicago")
YEAR = Period(datetime(2026, 8, 1, tzinfo=CHICAGO), datetime(2026, 11, 12, 20, 30, tzinfo=UTC), "")
ADDED = (Amount(), Amount(Counted.SUM, ("amount",)), Amount(Counted.MEAN, ("amount",)))
DISTINCT = Amount(Counted.DISTINCT, ("number", "kind"))
SEVEN = [datetime(2026, 11, day, tzinfo=CHICAGO) for day in range(1, 9)]
WEEK = Window(tuple(day.date() for day in SEVEN[:7]), tuple(SEVEN[:7]), tuple(SEVEN[1:]), tuple(SEVEN[:7]))
WHERE = (
    ValueCondition("kind", ("ticket", None)),
    ValueCondition("kind", (None,)),
    ValueCondition("kind", (None,), negated=True),
    NumberCondition("amount", Relation.ABOVE, than=3.0),
    NumberCondition("amount", Relation.AT_MOST, other="number", or_empty=True),
    TimeCondition("opened", since=YEAR.start, until=YEAR.end, or_empty=True),
)
STOCK = Stock(dataset="tickets", since="opened", until="resolved", where=WHERE)
KNOWN = {
    "mssql": (mssql.dialect(), "tsql"),
    "oracle": (oracle.dialect(), "oracle"),
    "mysql": (mysql.dialect(), "mysql"),
}
# Dialects that SQLAlchemy does not bring differ from PostgreSQL's in what `sources.engines.generic` says of them.
OTHERS = {
    "postgresql": "postgres",
    "redshift": "redshift",
    "cockroachdb": "postgres",
    "trino": "trino",
    "snowflake": "snowflake",
    "bigquery": "bigquery",
    "clickhousedb": "clickhouse",
    "databricks": "databricks",
}
DIALECTS: dict[str, tuple[sa.Dialect, str]] = {
    **KNOWN,
    **{name: (postgresql.dialect(), parser) for name, parser in OTHERS.items()},
}


def dataset(by_campus: bool) -> Dataset:
    columns = {
        "number": Column("number"),
        "kind": Column(sql="CASE WHEN kind = 'x' THEN 'ticket' ELSE kind END"),
        "opened": Column("created_at"),
        "resolved": Column("resolved_at"),
        "amount": Column("amount"),
    }
    campus = {"campus": Column("site_code")} if by_campus else {}
    return Dataset(
        id="tickets",
        database="helpdesk",
        table="dbo.hd_tickets",
        select=None,
        columns=campus | columns,
        rows="tickets",
        zone=CHICAGO,
    )


def every_statement(name: str) -> Iterator[sa.Select[Any] | sa.CompoundSelect[Any]]:
    kinds = [(True, kind) for kind in (TimeKind.NAIVE, TimeKind.SECONDS, TimeKind.TEXT)]
    for by_campus, kind in [*kinds, (False, TimeKind.AWARE)]:
        rows = Rows(dataset=dataset(by_campus), engine=engine_named(name), kinds={"opened": kind, "resolved": kind})
        for each in (
            rows,
            replace(rows, by=GroupBy("kind")),
            replace(rows, by=GroupBy("opened", (YEAR.end, YEAR.start))),
        ):
            yield from parts(each)
            yield statements.stock_parts(STOCK, replace(each, indexed=frozenset({"resolved"})), YEAR, ADDED)
        yield from series(rows)
        open_ended = replace(rows, kinds={"opened": kind, "resolved": None})
        yield from parts(open_ended)
        yield from series(open_ended)
        yield statements.newest(rows, "opened", YEAR.end)
        yield statements.values(rows, "kind", 20)
        yield sa.select(sa.literal_column("1")).select_from(from_clause(rows.dataset)).limit(1)
    for by_campus in (True, False):
        kinds_that_differ = {"opened": TimeKind.NAIVE, "resolved": TimeKind.SECONDS}
        mixed = Rows(dataset=dataset(by_campus), engine=engine_named(name), kinds=kinds_that_differ)
        yield from parts(mixed)
        yield from series(mixed)


def parts(rows: Rows) -> Iterator[sa.Select[Any] | sa.CompoundSelect[Any]]:
    flow = Flow("tickets", "opened", WHERE)
    for measure in (STOCK, Stock(dataset="tickets", since=None, until=None, where=WHERE)):
        yield statements.stock_parts(measure, rows, YEAR, ADDED)
        yield statements.distinct(replace(measure, amount=DISTINCT), rows, YEAR)
    for amount in ADDED[:2]:
        yield statements.stock_parts(replace(STOCK, average=True, amount=amount), rows, YEAR, [amount])
    yield statements.flow_parts(flow, rows, YEAR, ADDED)
    yield statements.distinct(replace(flow, amount=DISTINCT), rows, YEAR)
    duration = Duration(dataset="tickets", since="opened", until="resolved", statistic=Statistic.MEAN, where=WHERE)
    within = replace(duration, statistic=Statistic.WITHIN, limit=Limit(60.0, "kind", (("ticket", 90.0),)))
    yield statements.mean_parts(duration, rows, YEAR)
    yield statements.mean_parts(within, rows, YEAR)
    yield statements.mean_parts(replace(within, limit=Limit(60.0)), rows, YEAR)
    yield statements.spans(within, rows, YEAR)


def series(rows: Rows) -> Iterator[sa.Select[Any] | sa.CompoundSelect[Any]]:
    days = series_sql.DayOf(CHICAGO, YEAR)
    for amount in ADDED:
        stock, flow = (
            Stock(dataset="tickets", since="opened", until="resolved", where=WHERE, amount=amount),
            Flow("tickets", "opened", WHERE, amount),
        )
        yield series_sql.stock_series(stock, "opened", rows, YEAR, days)
        yield series_sql.aged_series(stock, "opened", rows, WEEK, is_last=True)
        yield series_sql.flow_series(flow, rows, YEAR, days)
    yield series_sql.stock_series(
        Stock(dataset="tickets", since="opened", until="resolved", where=WHERE, average=True),
        "opened",
        rows,
        YEAR,
        days,
    )
    yield series_sql.distinct_series(Flow("tickets", "opened", WHERE, DISTINCT), rows, YEAR, days)


@cache
def written(name: str) -> tuple[str, ...]:
    dialect, _ = DIALECTS.get(name, DIALECTS["postgresql"])
    literal = {"literal_binds": True}
    return tuple(str(each.compile(dialect=dialect, compile_kwargs=literal)) for each in every_statement(name))


@pytest.mark.parametrize("name", DIALECTS)
def test_every_statement_is_grammatical_and_groups_by_columns(name: str) -> None:
    """SQL Server refuses to group by a constant; elsewhere a number would be taken for a column's position."""
    for sql in set(written(name)):
        parsed = sqlglot.parse_one(sql, dialect=DIALECTS[name][1])
        assert isinstance(parsed, exp.Select | exp.Union)
        for group in parsed.find_all(exp.Group):
            assert group.expressions
            assert all(_meant(each, group.parent, name).find(exp.Column) for each in group.expressions), sql


def _meant(group: exp.Expr, select: exp.Expr | None, name: str) -> exp.Expr:
    """What a group is, which MySQL is told by the place of a column."""
    is_place = name == "mysql" and isinstance(group, exp.Literal) and isinstance(select, exp.Select)
    return select.expressions[int(group.this) - 1] if is_place else group


def test_sql_server_is_spoken_to_in_its_own_words() -> None:
    said = "\n".join(written("mssql"))
    assert "DATEDIFF_BIG(second, '1970-01-01', created_at)" in said
    assert "SELECT TOP 1 1" in said
    assert "dbo.hd_tickets" in said
    assert not re.search(r"\b(true|false|LIMIT|EXTRACT|FLOOR|MOD)\b|//", said)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mysql", "(to_seconds(created_at) - 62167219200"),
        ("mysql", " DIV 86400"),
        ("oracle", "DATE '1970-01-01'"),
        ("trino", "date_diff('second', TIMESTAMP '1970-01-01 00:00:00', created_at)"),
        ("snowflake", "date_part(epoch_second, created_at)"),
        ("bigquery", "unix_seconds(timestamp(created_at))"),
        ("clickhousedb", "toUnixTimestamp(created_at)"),
        ("databricks", "unix_timestamp(created_at)"),
        ("redshift", "EXTRACT(epoch FROM created_at)"),
        ("unheard-of", "EXTRACT(epoch FROM created_at)"),
    ],
)
def test_seconds_are_asked_for_in_words_that_the_database_knows(name: str, words: str) -> None:
    assert words in "\n".join(written(name))


@pytest.mark.parametrize(
    ("name", "negated", "words"),
    [
        ("oracle", False, "kind IS NULL"),
        ("oracle", True, "kind IS NOT NULL"),
        ("mssql", False, "kind IN ('')"),
        ("mssql", True, "(kind NOT IN ('')) OR kind IS NULL"),
    ],
)
def test_an_empty_text_is_looked_for_as_the_database_keeps_it(name: str, negated: bool, words: str) -> None:
    """Oracle keeps it as NULL, so that nothing is ever equal to it."""
    plain = replace(dataset(by_campus=True), columns={"kind": Column("kind")})
    rows = Rows(dataset=plain, engine=engine_named(name), kinds={})
    (condition,) = rows.conditions([ValueCondition("kind", ("",), negated)])
    assert str(condition.compile(compile_kwargs={"literal_binds": True})) == words
