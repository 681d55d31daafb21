"""Runs a statement in a bounded time, and says what to do where it fails."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from kpibot.catalog.model import Database
from kpibot.sources.base import SourceDownError, SourceError, SourceMisfitError

STOP_THEMSELVES = frozenset({"sqlite", "duckdb", "postgresql", "mysql", "mariadb", "mssql"})
TIMED_OUT = (
    "statement timeout",
    "interrupt",
    "max_statement_time",
    "maximum statement execution time",
    "timed out",
    "timeout expired",
    "lock request time out",
)
NOISE = "DB-Lib error message"  # with which FreeTDS, behind pymssql, begins a line or ends one
CANNOT_CONNECT = (
    "unable to open",
    "connection refused",
    "could not connect",
    "connection failed",
    "cannot open file",
    "can't connect",
    "unable to connect",
)

Result = TypeVar("Result")


def ask(engine: sa.Engine, database: Database, question: Callable[[sa.Connection], Result]) -> Result:
    """What comes of a question that needs a connection, within the database's time-out.

    Raises:
        SourceDownError: the database is unreachable or too slow.
        SourceMisfitError: it refuses the statement.
    """

    def work(has_been_given_up: threading.Event) -> Result:
        with _explaining(database), engine.connect() as connection, _interrupting(connection, database.timeout):
            try:
                return question(connection)
            finally:
                if has_been_given_up.is_set():  # its pool may be gone by now, and would not close it
                    connection.invalidate()

    return work(threading.Event()) if engine.dialect.name in STOP_THEMSELVES else _at_most(database, work)


def _at_most(database: Database, work: Callable[[threading.Event], Result]) -> Result:
    """Gives up waiting for a database that cannot be told to stop. Its connection is in use until it ends by itself."""
    future: Future[Result] = Future()
    has_been_given_up = threading.Event()

    def settle() -> None:
        try:
            future.set_result(work(has_been_given_up))
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is waited for
            future.set_exception(error)

    threading.Thread(target=settle, daemon=True, name=f"asks {database.name}").start()
    try:
        return future.result(database.timeout.total_seconds())
    except TimeoutError:
        has_been_given_up.set()
        raise _too_slow(database) from None


@contextmanager
def _interrupting(connection: sa.Connection, timeout: timedelta) -> Iterator[None]:
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


@contextmanager
def _explaining(database: Database) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise explained(error, database) from error
    except PoolTimeoutError as error:
        raise SourceDownError(f"database `{database.name}` is busy: all its connections are in use") from error
    except SQLAlchemyError as error:
        raise SourceMisfitError(f"database `{database.name}` cannot run the statement: {_unrun(error)}") from error


def explained(error: DBAPIError, database: Database) -> SourceError:
    """A driver's error as ours: which kind it is, and what happened, on one line without a secret."""
    reason = _first_line(error)
    lowered = reason.casefold()
    connecting = isinstance(error, OperationalError) and error.statement is None
    if not connecting and any(sign in lowered for sign in TIMED_OUT):
        return _too_slow(database)
    if connecting or error.connection_invalidated or any(sign in lowered for sign in CANNOT_CONNECT):
        return SourceDownError(f"database `{database.name}` cannot be reached: {reason}")
    return SourceMisfitError(f"database `{database.name}` refuses the statement: {reason}")


def _too_slow(database: Database) -> SourceDownError:
    return SourceDownError(f"database `{database.name}` did not answer within {database.timeout.total_seconds():g} s")


def _unrun(error: SQLAlchemyError) -> str:
    """Why a statement did not get as far as the driver: mostly a colon that seems to begin a parameter."""
    reason = _first_line(error).partition(" (Background on this error")[0]
    return f"{reason}; write \\: for a colon that begins no parameter" if "bind parameter" in reason else reason


def _first_line(error: SQLAlchemyError) -> str:
    """What the driver says, on one line. Drivers name host, file, table or column there, never the password."""
    said = error.orig if isinstance(error, StatementError) else error
    lines = (line.partition(NOISE)[0].strip() for line in _driver_words(said).splitlines())
    return next(filter(None, lines), type(said).__name__)[:200]


def _driver_words(said: BaseException | None) -> str:
    """The words of a driver's error. Those of MySQL and SQL Server raise a code and words, the latter as bytes."""
    match said.args if said else ():
        case (int(code), str(words)) | ((int(code), str(words)),):
            return f"{words} ({code})"
        case (int(), bytes(raw)) | ((int(), bytes(raw)),):
            return raw.decode(errors="replace")
    return str(said)
