"""Writing one SQLite file quickly: no journal while it is made, indexes last."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Report = Callable[[float], None]


@dataclass(frozen=True)
class DemoTable:
    """A table of known definition and its rows, given as columns of equal length."""

    name: str
    definition: str
    columns: Sequence[Sequence[Any]]


def write(path: Path, tables: Iterable[DemoTable], indexes: Iterable[str]) -> None:
    """Makes the file, which must not exist yet."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        for table in tables:
            _fill(connection, table)
        for index in indexes:
            connection.execute(index)
        connection.execute("ANALYZE")
        connection.execute("COMMIT")


def _fill(connection: sqlite3.Connection, table: DemoTable) -> None:
    connection.execute(f"CREATE TABLE {table.name} ({table.definition})")
    marks = ", ".join("?" for _ in table.columns)
    connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", zip(*table.columns, strict=True))  # noqa: S608
