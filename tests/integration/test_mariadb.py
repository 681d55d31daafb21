"""What only MariaDB and MySQL have: two kinds of timestamp, dates that are none, letters that are alike, bits."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kpibot.catalog.model import Column, Database, Dataset
from kpibot.core.kpis.conditions import ValueCondition
from kpibot.core.kpis.measures import Amount, Counted, Duration, Flow, Query, Statistic, Stock
from kpibot.core.kpis.series import DailyTotals, DistinctCounts, Window
from kpibot.core.time.periods import Period
from kpibot.sources.base import SourceDownError, SourceMisfitError
from kpibot.sources.circuit_breaker import BreakerRule, CircuitBreaker
from kpibot.sources.sql.source import SqlSource
from tests.integration.mariadb import programs, running
from tests.integration.tickets import CHICAGO, measured, open_source, series_of

NOVEMBER = Period(datetime(2026, 10, 31, tzinfo=CHICAGO), datetime(2026, 11, 3, tzinfo=CHICAGO), "")
DAYS = Window(
    days=tuple(datetime(2026, 11, day, tzinfo=CHICAGO).date() for day in (1, 2)),
    starts=tuple(datetime(2026, 11, day, tzinfo=CHICAGO) for day in (1, 2)),
    ends=tuple(datetime(2026, 11, day, tzinfo=CHICAGO) for day in (2, 3)),
)
NAMES = ("campus", "opened", "resolved", "number", "kind", "amount")


def dataset(**sql: str) -> Dataset:
    columns = {name: Column(name) for name in NAMES} | {name: Column(sql=text) for name, text in sql.items()}
    return Dataset(
        id="tickets", database="helpdesk", table="tickets", select=None, columns=columns, rows="tickets", zone=CHICAGO
    )


@pytest.fixture
def ask(new_url: Callable[[str], str]) -> Iterator[Callable[..., SqlSource]]:
    """Makes a table by a few statements, written in the lax mode of old installations, and a source that reads it."""
    made: list[SqlSource] = []

    def over(*statements: str, **columns: str) -> SqlSource:
        url = new_url("mariadb")
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            for statement in ("SET sql_mode = ''", "SET time_zone = '+00:00'", *statements):
                connection.exec_driver_sql(statement)
        engine.dispose()
        made.append(open_source(url, tickets=dataset(**columns)))
        return made[-1]

    yield over
    for source in made:
        source.close()


def table(opened: str = "DATETIME", resolved: str = "DATETIME", kind: str = "VARCHAR(20)") -> str:
    return (
        f"CREATE TABLE tickets (campus VARCHAR(20), opened {opened} NULL, resolved {resolved} NULL, "
        f"number VARCHAR(20), kind {kind}, amount DECIMAL(10,2))"
    )


def rows(*values: str) -> str:
    return f"INSERT INTO tickets (campus, opened, resolved, number, kind, amount) VALUES {', '.join(values)}"  # noqa: S608


def test_a_timestamp_is_an_instant_and_a_datetime_is_what_the_wall_clock_showed(ask: Callable[..., SqlSource]) -> None:
    """Both say half past five; in Chicago that is half an hour before midnight of the day before, for the instant."""
    source = ask(
        table(opened="TIMESTAMP", resolved="DATETIME"),
        rows("('101', '2026-11-02 05:30:00', '2026-11-02 05:30:00', NULL, NULL, NULL)"),
    )
    for column, expected in (
        ("opened", datetime(2026, 11, 2, 5, 30, tzinfo=UTC)),
        ("resolved", datetime(2026, 11, 2, 11, 30, tzinfo=UTC)),
    ):
        flow = Flow("tickets", column)
        assert source.newest(flow, NOVEMBER.end) == expected
        assert measured(source, flow, NOVEMBER)["101"].newest == expected
        series = series_of(source, flow, DAYS)["101"]
        assert isinstance(series, DailyTotals)
        local = expected.astimezone(CHICAGO).day
        assert list(series.numerator) == [1.0 if day.day == local else 0.0 for day in DAYS.days]
    for statistic in (Statistic.MEAN, Statistic.MEDIAN):
        took = measured(
            source, Duration(dataset="tickets", since="opened", until="resolved", statistic=statistic), NOVEMBER
        )["101"]
        assert took.numerator == 6 * 3_600


def test_timestamps_tell_the_two_hours_apart_that_a_wall_clock_shows_twice(ask: Callable[..., SqlSource]) -> None:
    """At 06:30 and at 07:30 UTC it is half past one in Chicago; a DATETIME means the first of the two."""
    source = ask(
        table(opened="TIMESTAMP", resolved="TIMESTAMP"),
        rows("('101', '2026-11-01 06:30:00', '2026-11-01 07:30:00', NULL, NULL, NULL)"),
    )
    for statistic in (Statistic.MEAN, Statistic.MEDIAN):
        took = measured(
            source, Duration(dataset="tickets", since="opened", until="resolved", statistic=statistic), NOVEMBER
        )["101"]
        assert took.numerator == 3_600
    naive = ask(table(), rows("('101', '2026-11-01 01:30:00', '2026-11-01 02:30:00', NULL, NULL, NULL)"))
    assert naive.newest(Flow("tickets", "opened"), NOVEMBER.end) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert (
        measured(
            naive, Duration(dataset="tickets", since="opened", until="resolved", statistic=Statistic.MEAN), NOVEMBER
        )["101"].numerator
        == 7_200
    )


@pytest.mark.parametrize("kind", ["DATETIME", "DATE", "DATETIME(6)", "TIMESTAMP"])
def test_a_date_that_is_none_is_explained_wherever_it_stands(ask: Callable[..., SqlSource], kind: str) -> None:
    """It would pass for a ticket that was resolved before it was opened."""
    real = "('101', '2026-11-01 10:00:00', '2026-11-02 10:00:00', NULL, NULL, NULL)"
    source = ask(
        table(resolved=kind), rows(real), rows("('101', '2026-11-01 10:00:00', '0000-00-00', NULL, NULL, NULL)")
    )
    measure = Stock(dataset="tickets", since="opened", until="resolved")
    with pytest.raises(SourceMisfitError, match=r"`resolved` holds '0000-00-00.*zero date.*\{sql: "):
        measured(source, measure, NOVEMBER)
    mended = SqlSource(
        source.database.config,
        {"tickets": dataset(resolved="CASE WHEN resolved > '1000-01-01' THEN resolved END")},
        CHICAGO,
    )
    assert measured(mended, measure, NOVEMBER)["101"].numerator == 1
    mended.close()


def test_keys_that_differ_only_in_case_are_one_key(ask: Callable[..., SqlSource]) -> None:
    """As MariaDB compares text, unless the column says otherwise; the series must agree with the reading."""
    source = ask(
        table(),
        rows(*(f"('101', '2026-11-0{day} 10:00:00', NULL, '{key}', 'a', 1)" for day, key in ((1, "t1"), (2, "T1")))),
    )
    flow = Flow("tickets", "opened", amount=Amount(Counted.DISTINCT, ("number",)))
    assert measured(source, flow, NOVEMBER)["101"].numerator == 1
    from_first = replace(DAYS, starts=(DAYS.starts[0],) * 2)
    series = series_of(source, flow, from_first)["101"]
    assert isinstance(series, DistinctCounts)
    assert list(series.counts()) == [1, 1]
    exact = SqlSource(source.database.config, {"tickets": dataset(number="BINARY number")}, CHICAGO)
    assert measured(exact, flow, NOVEMBER)["101"].numerator == 2
    exact.close()


@pytest.mark.parametrize("kind", ["BIT(1)", "TINYINT(1)", "BOOLEAN"])
def test_a_flag_is_a_flag_and_money_is_exact(ask: Callable[..., SqlSource], kind: str) -> None:
    source = ask(
        table(kind=kind),
        rows("('101', '2026-11-01 10:00:00', NULL, 'a', 1, 0.10)", "('101', '2026-11-01 11:00:00', NULL, 'b', 0, 7)"),
    )
    for flag, amount in ((True, 0.1), (False, 7.0), (1, 0.1), (0, 7.0)):
        flow = Flow("tickets", "opened", (ValueCondition("kind", (flag,)),), Amount(Counted.SUM, ("amount",)))
        assert measured(source, flow, NOVEMBER)["101"].numerator == amount
    by_flag = SqlSource(source.database.config, {"tickets": dataset(campus="kind")}, CHICAGO)
    assert set(measured(by_flag, Flow("tickets", "opened"), NOVEMBER)) == {0, 1}
    by_flag.close()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO tickets (campus) VALUES ('102')",
        "UPDATE tickets SET campus = '102'",
        "DELETE FROM tickets",
        "TRUNCATE TABLE tickets",
        "DROP TABLE tickets",
        "CREATE TABLE other (id INT)",
        "ALTER TABLE tickets ADD COLUMN other INT",
    ],
)
def test_a_session_only_reads(ask: Callable[..., SqlSource], statement: str) -> None:
    source = ask(table(), rows("('101', '2026-11-01 10:00:00', NULL, NULL, NULL, NULL)"))
    for _ in range(2):  # on a connection as it was made, and on one that was given back
        with pytest.raises(SourceMisfitError, match="READ ONLY"):
            source.select(statement)
    assert source.select("SELECT campus FROM tickets") == [{"campus": "101"}]


def test_a_session_is_on_utc_and_limited(ask: Callable[..., SqlSource]) -> None:
    said = ask(table()).select("SELECT @@session.time_zone AS zone, @@session.max_statement_time AS seconds")
    assert said == [{"zone": "+00:00", "seconds": 20.0}]


@pytest.mark.parametrize("written", ["mysql", "mariadb", "mariadb+pymysql"])
def test_a_url_need_not_name_the_driver_nor_know_which_of_the_two_it_is(
    new_url: Callable[[str], str], written: str
) -> None:
    source = open_source(new_url("mariadb").replace("mysql+pymysql", written))
    assert source.select("SELECT '50 %' AS share") == [{"share": "50 %"}]
    source.close()


def test_a_database_that_goes_away_is_spared_until_it_is_back(tmp_path: Path) -> None:
    found = programs()
    if found is None:
        pytest.skip("MariaDB's server is not installed (Debian: mariadb-server)")
    now = [0.0]
    query = Query("helpdesk", "SELECT '101' AS campus, 1 AS value")
    with running(*found, tmp_path) as port:
        database = Database("helpdesk", timedelta(seconds=20), f"mariadb://root@127.0.0.1:{port}/mysql")
        breaker = CircuitBreaker("helpdesk", BreakerRule(failures=2, pause=30), lambda: now[0], most=4, patience=20)
        source = SqlSource(database, {}, CHICAGO, breaker)
        assert measured(source, query, NOVEMBER)["101"].numerator == 1
    with closing(source):
        for _ in range(2):
            with pytest.raises(SourceDownError, match="cannot be reached"):
                measured(source, query, NOVEMBER)
        with running(*found, tmp_path, port):
            with pytest.raises(SourceDownError, match="asked again in 30 seconds"):
                measured(source, query, NOVEMBER)
            now[0] += 30
            assert measured(source, query, NOVEMBER)["101"].numerator == 1
