"""Where the rows of a made-up district are kept: tables with an index on each end and others without.

A table has a column for every way to keep a time, so that no table has to be made for an example.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from kpibot.catalog.model import Column, Dataset

TABLES = ("left_plain", "left_indexed", "right_plain", "right_indexed")
TEXTS = ("text", "text_t", "text_utc", "text_date")
NATIVE = {"sqlite": (), "duckdb": ("naive", "aware", "date"), "postgresql": ("naive", "aware", "date")}
STAMP = mysql.TIMESTAMP().with_variant(sa.DateTime(timezone=True), "postgresql", "duckdb", "sqlite")
TYPES: Mapping[str, Any] = {"naive": sa.DateTime(), "aware": STAMP, "date": sa.Date(), "seconds": sa.BigInteger()}
OTHERS: Mapping[str, Any] = {
    "site": sa.String(40),
    "site_number": sa.Integer(),
    "kind": sa.String(20),
    "number": sa.String(20),
    "dept": sa.Integer(),
    "priority_whole": sa.Integer(),
    "priority_text": sa.String(20),
    "amount_float": sa.Double(),
    "amount_decimal": sa.Numeric(18, 2),
    "amount_whole": sa.BigInteger(),
    "size": sa.Double(),
}


def kinds_of(database: str) -> tuple[str, ...]:
    """The ways in which a database can keep a time."""
    return (*TEXTS, "seconds", *NATIVE.get(database, ("naive", "aware", "date")))


@dataclass(frozen=True)
class Kept:
    """How a dataset is kept: in which kind of database, and in which column what a word means."""

    name: str
    database: str
    indexed: bool
    zone: ZoneInfo
    columns: Mapping[str, str]

    @property
    def table(self) -> str:
        side = "left" if self.name.startswith("left") else "right"
        return f"{side}_indexed" if self.indexed else f"{side}_plain"

    def dataset(self) -> Dataset:
        """What the configuration would say of it."""
        columns = {word: Column(name) for word, name in self.columns.items()}
        return Dataset(
            id=self.name,
            database="helpdesk",
            table=self.table,
            select=None,
            columns=columns,
            rows="rows",
            zone=self.zone,
        )


class Shelf:
    """A database with the two tables, which is written to between two measurements."""

    def __init__(self, url: str, kind: str) -> None:
        self.url, self.kind = url, kind
        self._engine = sa.create_engine(url, poolclass=sa.NullPool if kind == "duckdb" else sa.StaticPool)
        metadata = sa.MetaData()
        self._tables = {name: self._table(name, metadata) for name in TABLES}
        for name, table in self._tables.items():
            for column in table.columns:
                if name.endswith("indexed") and column.name.startswith("resolved_"):
                    sa.Index(f"{name}_{column.name}", column)
        self._filled: set[str] = set()
        metadata.create_all(self._engine)

    def _table(self, name: str, metadata: sa.MetaData) -> sa.Table:
        times = (
            sa.Column(f"{word}_{kind}", TYPES.get(kind, sa.String(40)), nullable=True)
            for word in ("opened", "resolved", "seen")
            for kind in kinds_of(self.kind)
        )
        return sa.Table(name, metadata, *(sa.Column(each, type_) for each, type_ in OTHERS.items()), *times)

    def hold(self, kept: Iterable[tuple[Kept, Sequence[Mapping[str, object]]]]) -> None:
        """From now on the tables hold these rows and no others."""
        with self._engine.begin() as connection:
            if self.kind == "mariadb":
                connection.exec_driver_sql("SET time_zone = '+00:00'")
            for name in self._filled:
                connection.execute(self._tables[name].delete())
            self._filled.clear()
            for each, rows in kept:
                if rows:
                    connection.execute(self._tables[each.table].insert(), [self._values(each, row) for row in rows])
                    self._filled.add(each.table)

    def _values(self, kept: Kept, row: Mapping[str, object]) -> dict[str, object]:
        return {name: self._plain(row[word]) for word, name in kept.columns.items()}

    def _plain(self, value: object) -> object:
        return float(value) if isinstance(value, Decimal) and self.kind == "sqlite" else value

    def close(self) -> None:
        self._engine.dispose()
