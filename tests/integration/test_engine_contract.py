"""What every engine must do, on each database that can run here. For the others, `tests/unit/sources` reads their SQL.

A new engine joins by its name in `place` of `conftest.py`, or in `test_statements_elsewhere.py`: see docs/engines.md.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
import sqlalchemy as sa

from kpibot.core.kpis.conditions import ValueCondition
from kpibot.core.kpis.measures import Flow, Query
from kpibot.core.time.periods import Period
from kpibot.sources.base import SourceDownError, SourceError, SourceMisfitError
from kpibot.sources.sql import statements
from kpibot.sources.sql.source import SqlSource
from tests.integration.tickets import CHICAGO, DATASET, FILES, Place, Ticket, measured, open_place, open_source

YEAR = Period(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), "")
FLOW = Flow("tickets", "opened")
TIMES = (
    datetime(1970, 1, 1),
    datetime(1970, 1, 1, 23, 59, 59),
    datetime(2000, 2, 29, 12),
    datetime(2026, 3, 8, 2, 30),  # which no clock in Chicago shows
    datetime(2026, 11, 1, 1, 30),  # which they show twice
    datetime(2038, 1, 19, 3, 14, 8),  # one second more than 32 bits hold
    datetime(2105, 12, 31, 23, 59, 59),
)
TEXTS = ("", None, "T1", "0")


def ticket(number: int, text: str | None = None, opened: datetime = TIMES[3]) -> Ticket:
    return Ticket(
        id=number, number=text, site="a campus", kind=opened.isoformat(" "), opened=opened, resolved=None, amount=1.5
    )


@pytest.fixture
def placed(
    place: Place, new_url: Callable[[str], str], tmp_path: Path
) -> Iterator[Callable[[Sequence[Ticket]], SqlSource]]:
    """A source over tickets of the test's own, in the same kind of database as `place`."""
    sources: list[SqlSource] = []

    def over(tickets: Sequence[Ticket]) -> SqlSource:
        sources.append(open_place(place.name, new_url, tmp_path, tickets).source)
        return sources[-1]

    yield over
    for source in sources:
        source.close()


WRITES = (
    "DELETE FROM hd_tickets",
    "UPDATE hd_tickets SET site_code = '102'",
    "INSERT INTO hd_tickets (ticket_id) VALUES (100000)",
    "CREATE TABLE other (id INTEGER)",
    "DROP TABLE hd_tickets",
)


@pytest.mark.parametrize("statement", WRITES)
def test_a_write_is_refused_or_the_administrator_is_told(place: Place, statement: str) -> None:
    count = "SELECT count(*) AS n FROM hd_tickets"
    if place.source.database.engine.caveat() is None:
        with pytest.raises(SourceMisfitError, match="refuses the statement"):
            place.source.select(statement)
    else:
        with suppress(SourceError):  # it gives no rows
            place.source.select(statement)
    assert place.source.select(count) == [{"n": len(place.tickets)}]


@pytest.mark.parametrize("kind", ["duckdb", *FILES])
@pytest.mark.parametrize("words", ["COPY hd_tickets TO '{}'", "SELECT 1; COPY hd_tickets TO '{}'"])
def test_duckdb_exports_no_file(new_url: Callable[[str], str], tmp_path: Path, kind: str, words: str) -> None:
    """It would do so even from a database that is opened read-only."""
    file = tmp_path / "exported.csv"
    refused = pytest.raises(SourceMisfitError, match="`helpdesk` refuses the statement: it is no SELECT")
    with closing(open_place(kind, new_url, tmp_path, [ticket(1)]).source) as source, refused:
        source.select(words.format(file))
    assert not file.exists()


ENDLESS = "SELECT 'x' AS campus, sum(a.range * b.range) AS value FROM range(1000000000) a, range(1000000000) b"
ASLEEP = "SELECT 'x' AS campus, 1 AS value FROM pg_sleep(30)"
SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'x' AS campus, count(*) AS value "
    "FROM n",
    "duckdb": ENDLESS,
    "csv": ENDLESS,
    "parquet": ENDLESS,
    "postgresql": ASLEEP,
    "elsewhere": ASLEEP,
    "mariadb": "SELECT 'x' AS campus, sleep(30) AS value FROM hd_tickets",
}


def test_a_slow_statement_ends_in_time_and_the_next_one_is_answered(place: Place) -> None:
    impatient = replace(place.source.database.config, timeout=timedelta(seconds=0.3))
    with closing(SqlSource(impatient, {"tickets": DATASET}, CHICAGO)) as source:
        began = monotonic()
        with pytest.raises(SourceDownError, match=r"did not answer within 0\.3 s"):
            measured(source, Query("helpdesk", SLOW[place.name]), YEAR)
        assert monotonic() - began < 10
    assert place.source.select("SELECT 1 AS one") == [{"one": 1}]


@pytest.mark.parametrize(
    ("url", "error", "words"),
    [
        ("sqlite:////nowhere/at/all.db", SourceDownError, "cannot be reached: unable to open database file"),
        ("duckdb:////nowhere/at/all.db", SourceMisfitError, "no DuckDB file `/nowhere/at/all.db`"),
        ("postgresql://user:s3cret@127.0.0.1:1/none", SourceDownError, "cannot be reached: "),
        ("mysql://user:s3cret@127.0.0.1:1/none", SourceDownError, "cannot be reached: "),
        ("elsewhere://user:s3cret@127.0.0.1:1/none", SourceDownError, "cannot be reached: "),
    ],
)
def test_a_database_that_is_gone_is_said_to_be_so_without_its_password(
    url: str, error: type[SourceError], words: str
) -> None:
    with closing(open_source(url)) as source, pytest.raises(error, match=words) as caught:
        measured(source, FLOW, YEAR)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM no_such_table", "SELECT no_such_column FROM hd_tickets", "SELEKT 1", "SELECT 1 AS"]
)
def test_a_statement_that_does_not_fit_is_refused_with_the_reason_on_one_line(place: Place, statement: str) -> None:
    with pytest.raises(SourceMisfitError, match=r"^database `helpdesk` refuses the statement: .+$"):
        place.source.select(statement)


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_server_whose_connections_are_all_in_use_is_busy(new_url: Callable[[str], str], kind: str) -> None:
    one = replace(open_source(new_url(kind)).database.config, connections=1, timeout=timedelta(seconds=1))
    with closing(SqlSource(one, {}, CHICAGO)) as source, pytest.raises(SourceDownError, match="is busy: all its conn"):
        source.database.ask(lambda _connection: source.select("SELECT 1"))


def test_a_locked_sqlite_file_is_busy(new_url: Callable[[str], str], tmp_path: Path) -> None:
    patient = open_place("sqlite", new_url, tmp_path, []).source.database.config
    hasty = replace(patient, timeout=timedelta(seconds=0.2))
    writing = sa.create_engine(hasty.url or "", poolclass=sa.NullPool)
    with closing(SqlSource(hasty, {"tickets": DATASET}, CHICAGO)) as source:
        with writing.connect() as connection:
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            with pytest.raises(SourceDownError, match="`helpdesk` is busy: database is locked"):
                measured(source, FLOW, YEAR)
        assert measured(source, FLOW, YEAR) == {}
    writing.dispose()


def test_seconds_and_days_are_exact(placed: Callable[[Sequence[Ticket]], SqlSource]) -> None:
    source = placed([ticket(n, opened=opened) for n, opened in enumerate(TIMES)])
    engine, created, text = source.database.engine, sa.column("created_at"), sa.column("kind")
    columns = {
        "seconds": engine.seconds(created),
        "days": engine.days(created),
        "whole_days": engine.whole_days(engine.seconds(created)),
        "of_text": engine.seconds_of_text(text),
    }
    labeled = [column.label(name) for name, column in columns.items()]
    table = source.database.fetch(
        sa.select(*labeled).select_from(sa.table("hd_tickets")).order_by(sa.column("ticket_id"))
    )
    seconds = [int(opened.replace(tzinfo=UTC).timestamp()) for opened in TIMES]
    days = [second // 86_400 for second in seconds]
    assert {name: list(map(int, table[name])) for name in columns} == {
        "seconds": seconds,
        "days": days,
        "whole_days": days,
        "of_text": seconds,
    }


def test_sums_and_products_do_not_overflow(place: Place) -> None:
    engine = place.source.database.engine
    large = sa.cast(sa.literal_column("999999999999"), sa.BigInteger)
    total = sa.func.sum(engine.summable(large)).label("total")
    product = sa.func.max(engine.multiplied(large, sa.literal_column("31536000"))).label("product")
    statement = sa.select(total, product).select_from(sa.table("hd_tickets"))
    ((summed, multiplied),) = place.source.database.fetch(statement).rows
    assert float(summed) == 999_999_999_999.0 * len(place.tickets)
    assert float(multiplied) == pytest.approx(999_999_999_999 * 31_536_000)


def test_the_plan_says_how_the_table_is_read_where_indexes_help(place: Place) -> None:
    database = place.source.database
    statement = statements.for_measure(FLOW, database.rows_of(FLOW), YEAR)
    plan = database.ask(lambda connection: database.engine.plan(connection, statement))
    if not database.engine.has_indexes:
        assert plan is None
        return
    assert plan is not None
    assert [(step.table, step.index, step.is_whole) for step in plan] == [("hd_tickets", None, True)]


def test_an_empty_text_is_a_text_unless_the_database_keeps_none(
    place: Place, placed: Callable[[Sequence[Ticket]], SqlSource]
) -> None:
    """In a CSV file nothing tells an empty text from an empty cell."""
    source = placed([ticket(n, text) for n, text in enumerate(TEXTS)])

    def rows(values: tuple[str | None, ...], negated: bool = False) -> int:
        flow = Flow("tickets", "opened", (ValueCondition("number", values, negated),))
        return sum(parts.rows for parts in measured(source, flow, YEAR).values())

    texts = [None if place.name == "csv" else "", None, "T1", "0"]
    assert rows(("",)) == texts.count("")
    assert rows((None,)) == texts.count(None)
    assert rows(("", None)) == 2
    assert rows(("", None), negated=True) == 2
    assert rows(("T1",), negated=True) == 3
