"""Engines for the district's databases: read-only, with a statement time-out, made when they are first needed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import NullPool

from kpibot.catalog.model import Database
from kpibot.sources.base import SourceDownError, SourceError, SourceMisfitError
from kpibot.sources.dialects import DUCKDB_ON_UTC

CONNECT_SECONDS = 10
SUPPORTED = ("sqlite", "postgresql", "duckdb")
TIMED_OUT = ("statement timeout", "interrupt")
CANNOT_CONNECT = ("unable to open", "connection refused", "could not connect", "connection failed", "cannot open file")


def build_engine(database: Database) -> sa.Engine:
    """An engine that only reads.

    Raises:
        SourceMisfitError: the URL is of no database that kpibot knows.
    """
    if database.url is None:
        # DuckDB is slow to import, and chatty when the process ends: only who has files should meet it.
        from kpibot.sources.files import engine_over_files  # noqa: PLC0415

        return engine_over_files(database)
    url = _url(database.name, database.url)
    makers = {"sqlite": _sqlite, "postgresql": _postgresql, "duckdb": _duckdb}
    backend = url.get_backend_name()
    if backend not in makers:
        raise SourceMisfitError(f"database `{database.name}` is `{backend}`; kpibot reads {', '.join(SUPPORTED)}")
    try:
        return makers[backend](url, database.timeout)
    except (NoSuchModuleError, ImportError) as error:
        raise SourceMisfitError(f"database `{database.name}`: the driver for `{url.drivername}` is missing") from error


def _url(name: str, text: str) -> sa.URL:
    """The URL in its parts. An @ in the password would leave the rest of it in the host, which drivers name."""
    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is None or "@" in (url.host or ""):
        # Raised out of the handler: what was caught may quote a part of the password.
        raise SourceMisfitError(
            f"database `{name}`: its URL cannot be read; "
            "quote special characters of the password (%40 for @, %2F for /)"
        )
    return url


def _sqlite(url: sa.URL, timeout: timedelta) -> sa.Engine:
    # Opened as a file that must exist: SQLite would otherwise make an empty database of a misspelt path.
    path = url.database or ":memory:"
    read_only = url.set(database=f"file:{Path(path).absolute()}", query={"mode": "ro", "uri": "true"})
    return sa.create_engine(read_only, poolclass=NullPool, connect_args={"timeout": timeout.total_seconds()})


def _postgresql(url: sa.URL, timeout: timedelta) -> sa.Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    milliseconds = int(timeout.total_seconds() * 1000)
    options = f"-c default_transaction_read_only=on -c statement_timeout={milliseconds} -c timezone=UTC"
    arguments = {"options": options, "connect_timeout": CONNECT_SECONDS, "application_name": "kpibot"}
    return sa.create_engine(url, connect_args=arguments, pool_size=4, max_overflow=4, pool_pre_ping=True)


def _duckdb(url: sa.URL, timeout: timedelta) -> sa.Engine:
    if not Path(url.database or "").exists():
        raise SourceMisfitError(f"no DuckDB file `{url.database}`; correct the path in databases")
    engine = sa.create_engine(url, connect_args={"read_only": True}, poolclass=NullPool)
    sa.event.listen(engine, "connect", lambda connection, _record: connection.execute(DUCKDB_ON_UTC))
    return engine


@contextmanager
def reading(engine: sa.Engine, database: Database) -> Iterator[sa.Connection]:
    """A read-only connection whose errors say what to do.

    Raises:
        SourceDownError: the database is unreachable or too slow.
        SourceMisfitError: it refuses the statement.
    """
    try:
        with engine.connect() as connection, _deadline(connection, database.timeout):
            yield connection
    except DBAPIError as error:
        raise _explained(error, database) from error
    except PoolTimeoutError as error:
        raise SourceDownError(f"database `{database.name}` is busy: all its connections are in use") from error
    except SQLAlchemyError as error:
        raise SourceMisfitError(f"database `{database.name}` cannot run the statement: {_unrun(error)}") from error


@contextmanager
def _deadline(connection: sa.Connection, timeout: timedelta) -> Iterator[None]:
    """Interrupts an embedded database that takes too long; a server has a statement time-out of its own."""
    interrupt = getattr(connection.connection.dbapi_connection, "interrupt", None)
    if interrupt is None:
        yield
        return
    timer = threading.Timer(timeout.total_seconds(), interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _explained(error: DBAPIError, database: Database) -> SourceError:
    reason = _first_line(error)
    lowered = reason.casefold()
    if any(sign in lowered for sign in TIMED_OUT):
        seconds = database.timeout.total_seconds()
        return SourceDownError(f"database `{database.name}` did not answer within {seconds:g} s")
    connecting = isinstance(error, OperationalError) and error.statement is None
    if connecting or error.connection_invalidated or any(sign in lowered for sign in CANNOT_CONNECT):
        return SourceDownError(f"database `{database.name}` cannot be reached: {reason}")
    return SourceMisfitError(f"database `{database.name}` refuses the statement: {reason}")


def _unrun(error: SQLAlchemyError) -> str:
    """Why a statement did not get as far as the driver: mostly a colon that seems to begin a parameter."""
    reason = _first_line(error).partition(" (Background on this error")[0]
    return f"{reason}; write \\: for a colon that begins no parameter" if "bind parameter" in reason else reason


def _first_line(error: SQLAlchemyError) -> str:
    """What the driver says, on one line. Drivers name host, file, table or column there, never the password."""
    said = error.orig if isinstance(error, StatementError) else error
    lines = str(said).strip().splitlines() or [type(said).__name__]
    return lines[0][:200]
