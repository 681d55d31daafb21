"""DuckDB: its own files, and CSV and Parquet files that it reads as they are."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa
from duckdb_engine import ConnectionWrapper
from sqlalchemy.pool import NullPool

from kpibot.catalog.model import Database, FileTable
from kpibot.sources.base import SourceDownError, SourceMisfitError
from kpibot.sources.engines.base import AS_TIMES, DAY, SINCE_1970, Engine, Expression
from kpibot.sources.engines.embedded import EmbeddedEngine

# A session would otherwise be in the machine's zone, and so would a cast of an instant to a date.
ON_UTC = "SET TimeZone = 'UTC'"
PATTERN = frozenset("*?[")
Version = tuple[tuple[str, int, int], ...]  # path, time of the last change and size of each file


class DuckDB(EmbeddedEngine):
    """A file that is opened read-only, or files as tables. Columns are scanned, without indexes."""

    gone_words = (*Engine.gone_words, "cannot open file")

    def create(self, url: sa.URL, database: Database) -> sa.Engine:
        """An engine that runs nothing but SELECT: even a database that is opened read-only could export to a file."""
        engine = engine_over_files(database) if database.url is None else _engine_over_database(url)

        def refuse_writes(connection: sa.Connection, _cursor: Any, statement: str, *_: Any) -> None:
            if not _only_reads(connection, statement):
                raise SourceMisfitError(f"database `{database.name}` refuses the statement: it is no SELECT")

        sa.event.listen(engine, "before_cursor_execute", refuse_writes)
        return engine

    def seconds(self, column: Expression) -> Expression:
        """`epoch` gives a float."""
        return sa.cast(sa.func.floor(sa.func.epoch(column)), sa.BigInteger)

    def whole_days(self, seconds: Expression) -> Expression:
        """`/` gives a fraction even of whole numbers."""
        return seconds.op("//", precedence=AS_TIMES, return_type=sa.BigInteger())(DAY)

    def days(self, column: Expression) -> Expression:
        """A date minus a date is a whole number, and costs less than seconds."""
        return sa.cast(column, sa.Date()).op("-")(sa.literal_column(SINCE_1970))


def _only_reads(connection: sa.Connection, statement: str) -> bool:
    driver: Any = connection.connection.dbapi_connection
    try:
        parts = driver.extract_statements(statement)
    except duckdb.Error:  # running it says better what is wrong
        return True
    return all(part.type == duckdb.StatementType.SELECT for part in parts)


def _engine_over_database(url: sa.URL) -> sa.Engine:
    """Opens a file that must exist: DuckDB would otherwise make an empty database of a misspelled path."""
    if not Path(url.database or "").exists():
        raise SourceMisfitError(f"no DuckDB file `{url.database}`; correct the path in databases")
    engine = sa.create_engine(url, connect_args={"read_only": True}, poolclass=NullPool)
    sa.event.listen(engine, "connect", lambda connection, _record: connection.execute(ON_UTC))
    return engine


def engine_over_files(database: Database) -> sa.Engine:
    """An engine in which each file, or all that match a pattern, is a table. What was exported anew is read anew."""
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
        self._database.execute(ON_UTC)
        self._read: dict[str, Version] = {}
        self._lock = threading.Lock()

    def connect(self) -> ConnectionWrapper:
        with self._lock:
            for name, file in self._files.items():
                version = self._version(file)
                if self._read.get(name) != version:
                    self._database.execute(_statement(name, file, [path for path, _, _ in version]))
                    self._read[name] = version
            return ConnectionWrapper(self._database.cursor().execute(ON_UTC))

    def close(self, _engine: sa.Engine) -> None:
        self._database.close()

    def _version(self, file: FileTable) -> Version:
        return tuple((path, *self._changed(path)) for path in self._paths(file))

    def _paths(self, file: FileTable) -> Sequence[str]:
        if not _is_pattern(file):
            return [file.path]
        paths = self._database.execute("SELECT file FROM glob(?) ORDER BY file", [file.path]).fetchall()
        if not paths:
            raise SourceMisfitError(
                f"database `{self._name}`: no file matches the pattern {file.path!r}; correct it or put files there"
            )
        return [path for (path,) in paths]

    def _changed(self, path: str) -> tuple[int, int]:
        try:
            stat = Path(path).stat()
        except OSError as error:
            raise SourceDownError(
                f"database `{self._name}`: the file {path!r} cannot be read ({error.strerror}); correct its path"
            ) from error
        return stat.st_mtime_ns, stat.st_size


def _is_pattern(file: FileTable) -> bool:
    return not PATTERN.isdisjoint(file.path)


def _statement(name: str, file: FileTable, paths: Sequence[str]) -> str:
    """Makes the table. DuckDB takes no parameters here, so the words are quoted.

    Several files need not have their columns in the same order, nor have all of them.
    """
    is_parquet = ".parquet" in Path(file.path).suffixes
    reader, kind = ("read_parquet", "VIEW") if is_parquet else ("read_csv", "TABLE")
    chosen = {"union_by_name": True, **file.options} if _is_pattern(file) else file.options
    options = "".join(f", {_identifier(key)}={_literal(value)}" for key, value in chosen.items())
    source = f"{reader}([{', '.join(map(_literal, paths))}]{options})"
    return f"CREATE OR REPLACE {kind} {_identifier(name)} AS SELECT * FROM {source}"  # noqa: S608 - quoted above


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str | float | bool) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


ENGINE = DuckDB
