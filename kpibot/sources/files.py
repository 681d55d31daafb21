"""CSV and Parquet files as a database, read by DuckDB as they are."""

import threading
from collections.abc import Mapping
from pathlib import Path

import duckdb
import sqlalchemy as sa
from duckdb_engine import ConnectionWrapper
from sqlalchemy.pool import NullPool

from kpibot.catalog.model import Database, FileTable
from kpibot.sources.base import SourceDownError
from kpibot.sources.dialects import DUCKDB_ON_UTC


def engine_over_files(database: Database) -> sa.Engine:
    """An engine in which each file is a table. A file that was exported anew is read anew."""
    tables = _Tables(database.name, database.files)
    engine = sa.create_engine("duckdb://", creator=tables.connect, poolclass=NullPool)
    sa.event.listen(engine, "engine_disposed", tables.close)
    return engine


class _Tables:
    """The files of one database, in one DuckDB in memory.

    A CSV file is read once and kept, since unpacking and parsing takes most of a statement's time; a Parquet file is
    only looked at, since DuckDB reads no more of it than a statement needs.
    """

    def __init__(self, name: str, files: Mapping[str, FileTable]) -> None:
        self._name = name
        self._files = files
        self._database = duckdb.connect(":memory:")
        self._database.execute(DUCKDB_ON_UTC)
        self._read: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def connect(self) -> ConnectionWrapper:
        with self._lock:
            for name, file in self._files.items():
                version = self._version(file)
                if self._read.get(name) != version:
                    self._database.execute(_statement(name, file))
                    self._read[name] = version
            return ConnectionWrapper(self._database.cursor().execute(DUCKDB_ON_UTC))

    def close(self, _engine: sa.Engine) -> None:
        self._database.close()

    def _version(self, file: FileTable) -> tuple[int, int]:
        try:
            found = Path(file.path).stat()
        except OSError as error:
            raise SourceDownError(
                f"database `{self._name}`: the file {file.path!r} cannot be read ({error.strerror}); correct its path"
            ) from error
        return found.st_mtime_ns, found.st_size


def _statement(name: str, file: FileTable) -> str:
    """Makes the table. DuckDB takes no parameters here, so the words are quoted."""
    is_parquet = ".parquet" in Path(file.path).suffixes
    reader, kind = ("read_parquet", "VIEW") if is_parquet else ("read_csv", "TABLE")
    options = "".join(f", {_identifier(key)}={_literal(value)}" for key, value in file.options.items())
    source = f"{reader}({_literal(file.path)}{options})"
    return f"CREATE OR REPLACE {kind} {_identifier(name)} AS SELECT * FROM {source}"  # noqa: S608 - quoted above


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str | float | bool) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
