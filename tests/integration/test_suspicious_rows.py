"""What `check` finds in the rows of a dataset: definitions that cannot be right, on databases that schools have."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from kpibot.catalog.model import Column
from kpibot.core.kpis.measures import Amount, Counted, Duration, Flow, OverRows, Stock
from kpibot.core.reports.inspection import DataIssue
from kpibot.sources.diagnostics.column_usage import column_usage
from kpibot.sources.diagnostics.inspector import DatasetCheck, SqlInspector
from tests.integration.tickets import DATASET, open_source

NOW = datetime(2026, 11, 12, 20, 30, tzinfo=UTC)
STOCK = Stock(dataset="tickets", since="opened", until="resolved")
FINE = "(1, 'T1', '101', 'a', '2026-11-02 10:00:00', '2026-11-03 10:00:00', '5')"
WAITING = "(2, 'T2', '101', 'a', '2026-11-02 10:00:00', NULL, '5')"

Check = Callable[..., DatasetCheck]


@pytest.fixture(params=["sqlite", "postgresql", "mariadb", "duckdb"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def check(kind: str, new_url: Callable[[str], str]) -> Iterator[Check]:
    """Looks at a table of these rows, as KPIs of these measures use it."""
    url = new_url(kind)
    time = "TEXT" if kind == "sqlite" else "DATETIME" if kind == "mariadb" else "TIMESTAMP"

    def over(
        *rows: str, measures: tuple[OverRows, ...] = (STOCK,), amount: str = "REAL", **changed: object
    ) -> DatasetCheck:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            if kind == "mariadb":
                connection.exec_driver_sql("SET sql_mode = ''")
            connection.exec_driver_sql("DROP TABLE IF EXISTS hd_tickets")
            connection.exec_driver_sql(
                "CREATE TABLE hd_tickets (ticket_id INTEGER, number VARCHAR(20), site_code VARCHAR(20), "
                f"kind VARCHAR(20), created_at {time}, resolved_at {time}, amount {amount})"
            )
            for row in rows:
                connection.exec_driver_sql(f"INSERT INTO hd_tickets VALUES {row}")  # noqa: S608
        engine.dispose()
        with closing(open_source(url, tickets=replace(DATASET, **changed))) as source:  # type: ignore[arg-type]
            return SqlInspector(source.database).check("tickets", column_usage(measures), NOW)

    yield over


def only(found: DatasetCheck) -> DataIssue:
    (issue,) = found.issues
    return issue


def ticket(number: int, opened: str, resolved: str | None = None) -> str:
    ends = "NULL" if resolved is None else f"'{resolved}'"
    return f"({number}, 'T', '101', 'a', '{opened}', {ends}, '5')"


def many(count: int) -> list[str]:
    return [ticket(n, "2026-11-02 10:00:00", "2026-11-03 10:00:00") for n in range(100, 100 + count)]


def test_sound_rows_raise_no_issue_and_are_counted(check: Check) -> None:
    assert check(FINE, WAITING) == DatasetCheck((), 2)
    assert check() == DatasetCheck((), 0)


def test_a_few_rows_that_end_before_they_begin_are_worth_knowing(check: Check) -> None:
    issue = only(check(*many(30), ticket(7, "2026-11-05 10:00:00", "2026-11-04 10:00:00")))
    assert issue == DataIssue(
        "columns.resolved",
        "1 of 31 rows end (`resolved`) before they begin (`opened`), for example id 7; they are left out",
        is_problem=False,
    )


def test_where_many_do_so_the_two_columns_are_the_wrong_way_round(check: Check) -> None:
    issue = only(check(*many(3), measures=(Duration(dataset="tickets", since="resolved", until="opened"),)))
    assert issue.is_problem
    assert issue.text.endswith("are the two the wrong way round?")


@pytest.mark.parametrize("date", ["1970-01-01 00:00:00", "1900-01-01 00:00:00"])
def test_an_end_that_stands_for_none_is_told_with_the_expression_that_mends_it(check: Check, date: str) -> None:
    issue = only(check(FINE, ticket(2, "2026-11-02 10:00:00", date)))
    assert issue.is_problem
    assert issue.key == "columns.resolved"
    assert f"1 of 2 rows lie long ago: {date}; write {{sql: \"nullif(resolved_at, '{date}')\"}}" in issue.text
    mended = {**DATASET.columns, "resolved": Column(sql=f"nullif(resolved_at, '{date}')")}
    assert check(FINE, ticket(2, "2026-11-02 10:00:00", date), columns=mended).issues == ()


def test_a_date_in_the_far_future_is_worth_knowing(check: Check) -> None:
    issue = only(check(FINE, ticket(2, "2026-11-02 10:00:00", "9999-12-31 00:00:00")))
    assert not issue.is_problem
    assert "lie in the far future: 9999-12-31 00:00:00" in issue.text


def test_rows_that_begin_in_the_future_are_told(check: Check) -> None:
    issue = only(check(FINE, ticket(2, "2027-11-02 10:00:00")))
    assert issue.key == "columns.opened"
    assert "1 of 2 rows begin in the future, for example 2027-11-02 10:00:00" in issue.text
    assert only(check(*many(30), ticket(2, "2027-11-02 10:00:00"))).is_problem is False


def test_ids_that_are_not_unique_are_told(check: Check) -> None:
    issue = only(check(FINE, FINE, WAITING))
    assert issue.key == "columns.id"
    assert issue.text.startswith("1 id stands on 2 rows, for example `1`")
    assert issue.is_problem


def test_an_end_that_is_always_empty_is_worth_knowing_and_a_beginning_is_a_problem(check: Check, kind: str) -> None:
    issue = only(check(WAITING))
    assert (issue.key, issue.is_problem) == ("columns.resolved", False)
    assert "nothing ever ends" in issue.text
    empty = "(2, 'T2', '101', 'a', NULL, NULL, '5')"
    assert [each.is_problem for each in check(empty).issues] == [True, False]


def test_text_where_a_number_belongs_is_told(check: Check) -> None:
    measure = Flow("tickets", "opened", amount=Amount(Counted.SUM, ("amount",)))
    row = "(3, 'T3', '101', 'a', '2026-11-02 10:00:00', NULL, 'ten')"
    issue = only(check(FINE, row, measures=(measure,), amount="VARCHAR(20)"))
    assert issue.key == "columns.amount"
    assert issue.is_problem
    assert "text where a number belongs" in issue.text
    assert check(FINE, measures=(measure,)).issues == ()


def test_a_column_that_no_kpi_uses_must_be_there_too(check: Check) -> None:
    issue = only(check(FINE, measures=(), columns={**DATASET.columns, "room": Column("kinds")}))
    assert issue == DataIssue(
        "columns.room", "`hd_tickets` has no column `kinds`; did you mean `kind`?", is_problem=True
    )
    wrong = only(check(FINE, columns={**DATASET.columns, "room": Column(sql="nosuch(kind)")}))
    assert wrong.key == "columns.room"
    assert "refuses the statement" in wrong.text


def test_a_table_that_is_not_there_is_told_with_the_one_that_is_near(check: Check) -> None:
    issue = only(check(FINE, table="hd_ticket"))
    assert issue.key == "table"
    assert issue.text.endswith("; did you mean `hd_tickets`?")


def test_a_select_that_fails_is_told(check: Check) -> None:
    issue = only(check(FINE, table=None, select="SELECT * FROM nowhere"))
    assert issue.key == "select"
    assert check(FINE, WAITING, table=None, select="SELECT * FROM hd_tickets") == DatasetCheck((), 2)


def test_a_column_that_holds_no_timestamps_is_told(check: Check) -> None:
    issue = only(check(FINE, columns={**DATASET.columns, "opened": Column("number")}))
    assert issue.key == "columns.opened"
    assert "`opened` holds 'T1', which is no timestamp that kpibot reads" in issue.text


def test_text_in_another_shape_than_the_first_is_told(new_url: Callable[[str], str]) -> None:
    """SQLite compares text as text: `11/02/2026` would lie before every date."""
    url = new_url("sqlite")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE hd_tickets (ticket_id, number, site_code, kind, created_at, resolved_at, amount)"
        )
        for at in ("2026-11-02 10:00:00", "11/02/2026 10:00"):
            connection.exec_driver_sql("INSERT INTO hd_tickets (ticket_id, created_at) VALUES (?, ?)", (at, at))
    with closing(open_source(url)) as source:
        found = SqlInspector(source.database).check("tickets", column_usage([Flow("tickets", "opened")]), NOW)
    says = [each.text for each in found.issues if "no timestamp" in each.text]
    assert says == [
        "1 of 2 rows hold what is no timestamp, or not in the shape of the others: 11/02/2026 10:00; "
        "write {sql: …} with an expression that makes `YYYY-MM-DD HH:MM:SS`"
    ]


@pytest.mark.parametrize("kind", ["mariadb"], indirect=True)
def test_the_zero_date_of_mysql_is_told(check: Check) -> None:
    issue = only(check(FINE, ticket(2, "2026-11-02 10:00:00", "0000-00-00 00:00:00")))
    assert issue.key == "columns.resolved"
    assert "zero date" in issue.text
