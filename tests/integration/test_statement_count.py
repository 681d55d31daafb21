"""How many statements a measurement takes, whatever the number of campuses, and how SQLite goes about them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from kpibot.catalog.model import Column, Database, Dataset
from kpibot.core.campuses.campus_tree import Campus, CampusTree
from kpibot.core.kpis.conditions import ValueCondition
from kpibot.core.kpis.district import District
from kpibot.core.kpis.kpi import Kpi, KpiInfo
from kpibot.core.kpis.measures import Amount, Counted, Duration, Flow, Measure, Ratio, Statistic, Stock
from kpibot.core.time.calendar import Calendar, YearStart
from kpibot.core.time.periods import PeriodRule
from kpibot.services.measurement.measurement import Measurement
from kpibot.sources.sql.source import SqlSource

NOW = datetime(2026, 11, 18, 18, tzinfo=UTC)
CALENDAR = Calendar(
    zone=ZoneInfo("UTC"), fiscal_year=YearStart(7, 1), school_year=YearStart(8, 15), working_hours=(None,) * 7
)
DATASET = Dataset(
    id="tickets",
    database="helpdesk",
    table="tickets",
    select=None,
    columns={name: Column(name) for name in ("campus", "kind", "opened", "resolved", "amount")},
    rows="tickets",
    zone=ZoneInfo("UTC"),
)
OPEN = Stock(dataset="tickets", since="opened", until="resolved")
REPAIRS = (ValueCondition("kind", ("repair",)),)
SPENT, USUAL = Amount(Counted.SUM, ("amount",)), Amount(Counted.MEAN, ("amount",))
TEN: tuple[tuple[Measure, int], ...] = (  # each with the statements that no measure before it asks already
    (OPEN, 1),
    (Stock(dataset="tickets", since="opened", until="resolved", amount=SPENT), 0),
    (Stock(dataset="tickets", since="opened", until="resolved", where=REPAIRS), 1),
    (Ratio(Stock(dataset="tickets", since="opened", until="resolved", where=REPAIRS), OPEN), 0),
    (Flow("tickets", "opened"), 1),
    (Flow("tickets", "opened", amount=SPENT), 0),
    (Flow("tickets", "opened", amount=USUAL), 0),
    (Duration(dataset="tickets", since="opened", until="resolved", statistic=Statistic.MEAN), 1),
    (Duration(dataset="tickets", since="opened", until="resolved", statistic=Statistic.MEDIAN), 1),
    (Duration(dataset="tickets", since="opened", until="resolved", statistic=Statistic.P90), 0),
)


def kpi(measure: Measure) -> Kpi:
    return Kpi(
        card=KpiInfo(id="kpi", name="A KPI", objective="", owner=""),
        measure=measure,
        period=PeriodRule.parse("30 days"),
    )


def written(folder: Path, campuses: int) -> str:
    """An SQLite database with two tickets a campus, one of them open; its only index is on the campus."""
    url = f"sqlite:///{folder / 'helpdesk.db'}"
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    rows = [
        (str(campus), "repair", f"2026-11-{1 + campus % 15:02} 08:00:00", resolved, 10.0)
        for campus in range(campuses)
        for resolved in (None, "2026-11-16 09:00:00")
    ]
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE tickets (campus TEXT, kind TEXT, opened TEXT, resolved TEXT, amount REAL)"
        )
        connection.exec_driver_sql("INSERT INTO tickets VALUES (?, ?, ?, ?, ?)", rows)
        connection.exec_driver_sql("CREATE INDEX by_campus ON tickets (campus)")
    engine.dispose()
    return url


@contextmanager
def asked(url: str) -> Iterator[tuple[SqlSource, list[tuple[str, tuple[object, ...]]]]]:
    """A source that has looked at its tables before, and the statements that it asks from now on."""
    statements: list[tuple[str, tuple[object, ...]]] = []

    def note(_c: object, _k: object, statement: str, parameters: tuple[object, ...], _x: object, _m: bool) -> None:
        if statement.startswith("SELECT") and "sqlite_master" not in statement:
            statements.append((statement, parameters))

    source = SqlSource(Database("helpdesk", timedelta(seconds=20), url), {"tickets": DATASET}, CALENDAR.zone)
    measurement(source, 1).measure([kpi(OPEN)], NOW)[0]
    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield source, statements
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
        source.close()


def measurement(source: SqlSource, campuses: int) -> Measurement:
    tree = CampusTree(Campus(slug=f"campus-{n}", name=f"Campus {n}", aliases=(str(n),)) for n in range(campuses))
    return Measurement(District(tree, CALENDAR), lambda _: source)


@pytest.mark.parametrize("campuses", [1, 200, 1_000])
def test_ten_kpis_take_as_many_statements_for_any_number_of_campuses(tmp_path: Path, campuses: int) -> None:
    with asked(written(tmp_path, campuses)) as (source, statements):
        readings = measurement(source, campuses).measure([kpi(measure) for measure, _ in TEN], NOW)
    assert len(statements) == sum(new for _, new in TEN)
    assert [len(each) for each in readings] == [campuses + 2] * len(TEN)  # with the district and "no campus"


def test_kpis_over_the_same_rows_and_filter_share_a_statement(tmp_path: Path) -> None:
    with asked(written(tmp_path, 3)) as (source, statements):
        for count in range(1, len(TEN) + 1):
            statements.clear()
            measurement(source, 3).measure([kpi(measure) for measure, _ in TEN[:count]], NOW)
            assert len(statements) == sum(new for _, new in TEN[:count])


def test_a_series_takes_one_statement_for_all_campuses(tmp_path: Path) -> None:
    with asked(written(tmp_path, 200)) as (source, statements):
        measurement(source, 200).series(kpi(OPEN), [f"campus-{n}" for n in range(200)], NOW, 90)
    assert len(statements) == 1


@pytest.mark.parametrize("measure", [each for each, _ in TEN if isinstance(each, Stock | Flow)])
def test_sqlite_does_not_walk_an_index_on_the_campus_for_the_order_of_groups(tmp_path: Path, measure: Measure) -> None:
    url = written(tmp_path, 200)
    with asked(url) as (source, statements):
        measurement(source, 200).measure([kpi(measure)], NOW)[0]
    assert plan(url, *statements) == ["SCAN tickets", "USE TEMP B-TREE FOR GROUP BY"]


def test_sqlite_takes_the_index_on_the_end_for_what_ends_later(tmp_path: Path) -> None:
    url = written(tmp_path, 200)
    indexes = {
        "covering": "(opened, campus, resolved)",
        "still_open": "(campus, opened) WHERE resolved IS NULL",
        "ended": "(resolved) WHERE resolved IS NOT NULL",
    }
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX by_campus")
        for name, columns in indexes.items():
            connection.exec_driver_sql(f"CREATE INDEX {name} ON tickets {columns}")
    with asked(url) as (source, statements):
        measurement(source, 200).measure([kpi(OPEN)], NOW)[0]
    steps = " ".join(plan(url, *statements))
    assert "INDEX still_open" in steps
    assert "INDEX ended (resolved>?)" in steps
    assert "INDEX covering" not in steps


def plan(url: str, *statements: tuple[str, tuple[object, ...]]) -> list[str]:
    """The steps of SQLite's plan for the only statement."""
    ((statement, parameters),) = statements
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
