"""The tables of a made-up district, filled by the database itself: tickets of five years, and a fleet of devices."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
BEGAN = datetime(2021, 11, 20, 18, tzinfo=UTC)
SECONDS = int((NOW - BEGAN).total_seconds())
ASSETS = 500_000
Connection = Any  # psycopg's or sqlite3's, which are alike enough here
# How many rows of each table, in the order of COLUMNS. `n` counts from 1; `t` is its second since 1970.
# `at(x)` makes a timestamp of seconds, NULL where they lie in the future: nobody knows yet.
COLUMNS = {
    "tickets": {
        "id": "n",
        "campus": "campus(n)",
        "priority": "n * 17 % 4 + 1",
        "status": "CASE WHEN n * 37 % 100 < 3 THEN 'merged' ELSE 'done' END",
        "asset": "CASE WHEN n * 29 % 8 = 0 THEN n % 500000 + 1 END",
        "opened": "at(t)",
        "replied": "CASE WHEN n * 13 % 1000 < 985 THEN at(t + 600 + n * 104729 % 90000) END",
        "resolved": "CASE WHEN n * 31 % 1000 < 988 THEN at(t + 3600 + n * 15485863 % 700000) END",
    },
    "assets": {
        "id": "n",
        "campus": "campus(n)",
        "received": "at(t)",
        "deployed": "CASE WHEN n * 13 % 100 < 95 THEN at(t + 86400 + n * 104729 % 2600000) END",
        "gone": "CASE WHEN n * 31 % 100 < 20 THEN at(t + 40000000 + n * 15485863 % 90000000) END",
        "cost": "CASE WHEN n * 41 % 100 < 95 THEN 250 + n * 7 % 900 END",
    },
    "checkouts": {
        "asset": "n % 500000 + 1",
        "campus": "campus(n)",
        "taken": "at(t)",
        "due": "at(t + 25000000)",
        "returned": "CASE WHEN n * 31 % 100 < 60 THEN at(t + 20000000 + n * 15485863 % 9000000) END",
    },
    "losses": {"asset": "n * 23 % 500000 + 1", "campus": "campus(n)", "happened": "at(t)"},
    "audits": {
        "asset": "n",
        "campus": "campus(n)",
        "listed": "at(t)",
        "verified": "CASE WHEN n * 13 % 100 < 90 THEN at(t + 20000000) END",
    },
    "orders": {"number": "n / 2", "campus": "campus(n / 2)", "approved": "at(t)", "value": "100 + n * 7919 % 40000"},
    "licenses": {"campus": "campus(n)", "starts": "at(t)", "owned": "50", "used": "n * 31 % 52"},
    "training": {
        "person": "n",
        "campus": "campus(n)",
        "begins": "at(t)",
        "completed": "CASE WHEN n * 13 % 100 < 85 THEN at(t + 20000000) END",
    },
}
SHARES = {"assets": 1, "checkouts": 1, "losses": 25, "audits": 2, "orders": 10, "licenses": 250, "training": 10}
TIMES = frozenset(
    {"opened", "replied", "resolved", "received", "deployed", "gone", "taken", "due", "returned", "happened", "listed"}
    | {"verified", "approved", "starts", "begins", "completed"}
)
# What `check` advises: for a stock one index for the rows still open and one for those that end later, for a flow or a
# duration a covering one. SQLite would take an index on the end with its empty values for those still open, too.
INDEXES = {
    "postgresql": """
        CREATE INDEX ON tickets (campus, opened) WHERE resolved IS NULL; CREATE INDEX ON tickets (resolved);
        CREATE INDEX ON tickets (opened, campus) INCLUDE (replied, resolved, asset);
        CREATE INDEX ON assets (campus, received) WHERE gone IS NULL; CREATE INDEX ON assets (gone);
        CREATE INDEX ON assets (received, campus) INCLUDE (deployed, gone);
        CREATE INDEX ON checkouts (campus, taken) WHERE returned IS NULL; CREATE INDEX ON checkouts (returned);
        CREATE INDEX ON checkouts (due, campus) INCLUDE (returned);
        CREATE INDEX ON losses (happened, campus); CREATE INDEX ON orders (approved, campus)""",
    "sqlite": """
        CREATE INDEX t1 ON tickets (campus, opened) WHERE resolved IS NULL;
        CREATE INDEX t2 ON tickets (resolved) WHERE resolved IS NOT NULL;
        CREATE INDEX t3 ON tickets (opened, campus, replied, resolved, asset);
        CREATE INDEX a1 ON assets (campus, received) WHERE gone IS NULL;
        CREATE INDEX a2 ON assets (gone) WHERE gone IS NOT NULL;
        CREATE INDEX a3 ON assets (received, campus, deployed, gone);
        CREATE INDEX c1 ON checkouts (campus, taken) WHERE returned IS NULL;
        CREATE INDEX c2 ON checkouts (returned) WHERE returned IS NOT NULL;
        CREATE INDEX c3 ON checkouts (due, campus, returned);
        CREATE INDEX l1 ON losses (happened, campus); CREATE INDEX o1 ON orders (approved, campus)""",
}
# `n` is as wide as a product of it: PostgreSQL would count in 32 bits.
ROWS = {
    "postgresql": "SELECT n::bigint AS n FROM generate_series(1, {rows}) AS n",
    "sqlite": "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {rows}) SELECT n FROM c",
}
TIMESTAMP = {"postgresql": "timestamp '1970-01-01' + interval '1 second' * ({})", "sqlite": "datetime({}, 'unixepoch')"}


def fill(connection: Connection, dialect: str, tickets: int, campuses: int = 200, assets: int = ASSETS) -> None:
    """Makes every table, with its indexes; the larger half of a minute for ten million tickets."""
    for table, columns in COLUMNS.items():
        rows = tickets if table == "tickets" else assets // SHARES[table]
        for statement in _filling(table, columns, dialect, rows, campuses):
            connection.execute(statement)
    for statement in INDEXES[dialect].split(";"):
        connection.execute(statement)
    connection.execute("ANALYZE")
    connection.commit()
    if dialect == "postgresql":  # an index alone answers only where pages are known to be visible to all
        connection.autocommit = True
        connection.execute("VACUUM")


def _filling(table: str, columns: dict[str, str], dialect: str, rows: int, campuses: int) -> Iterator[str]:
    kinds = (f"{name} {_kind(name)}" for name in columns)
    yield f"CREATE TABLE {table} ({', '.join(kinds)})"
    step = SECONDS / rows
    begin = int(BEGAN.timestamp())
    numbers = ROWS[dialect].format(rows=rows)
    values = (_written(expression, dialect, campuses) for expression in columns.values())
    numbered = f"SELECT n, {begin} + CAST(n * {step} AS BIGINT) AS t FROM ({numbers}) AS counted"
    yield f"INSERT INTO {table} SELECT {', '.join(values)} FROM ({numbered}) AS timed ORDER BY n"


def _kind(name: str) -> str:
    if name in TIMES:
        return "TIMESTAMP"
    return "VARCHAR(20)" if name in ("campus", "status") else "BIGINT"


def _written(expression: str, dialect: str, campuses: int) -> str:
    """The expression in the words of the database."""
    before, at, rest = expression.partition("at(")
    if at:
        seconds, _, after = rest.rpartition(")")
        known = f"CASE WHEN {seconds} < {int(NOW.timestamp())} THEN {TIMESTAMP[dialect].format(seconds)} END"
        return f"{before}{known}{after}"
    before, campus, rest = expression.partition("campus(")
    if campus:
        return f"'C' || (({rest.rpartition(')')[0]}) * 7919 % {campuses})"
    return expression
