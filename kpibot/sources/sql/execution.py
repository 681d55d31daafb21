"""Runs statements in a bounded time, and says what to do where they fail."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from kpibot.catalog.model import Database
from kpibot.sources.base import SourceDownError, SourceError, SourceMisfitError
from kpibot.sources.engines.base import Engine
from kpibot.sources.engines.failures import Failure

Result = TypeVar("Result")


def run_in_time(
    connections: sa.Engine, engine: Engine, database: Database, question: Callable[[sa.Connection], Result]
) -> Result:
    """The answer to a question that needs a connection, within the database's time-out.

    Raises:
        SourceDownError: the database is unreachable, too slow or busy.
        SourceMisfitError: it refuses the statement.
    """

    def work(is_abandoned: threading.Event) -> Result:
        with (
            _explaining(engine, database),
            connections.connect() as connection,
            engine.limited(connection, database.timeout),
        ):
            try:
                return question(connection)
            finally:
                if is_abandoned.is_set():  # its pool may be gone by now, and would not close it
                    connection.invalidate()

    return work(threading.Event()) if engine.ends_slow_statements else _at_most(database, work)


def _at_most(database: Database, work: Callable[[threading.Event], Result]) -> Result:
    """Stops waiting for a database that cannot be stopped. Its connection stays in use until it ends."""
    future: Future[Result] = Future()
    is_abandoned = threading.Event()

    def run() -> None:
        try:
            future.set_result(work(is_abandoned))
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is waited for
            future.set_exception(error)

    threading.Thread(target=run, daemon=True, name=f"asks {database.name}").start()
    try:
        return future.result(database.timeout.total_seconds())
    except TimeoutError:
        is_abandoned.set()
        raise _too_slow(database) from None


@contextmanager
def _explaining(engine: Engine, database: Database) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise source_error(error, engine, database) from error
    except PoolTimeoutError as error:
        raise SourceDownError(f"database `{database.name}` is busy: all its connections are in use") from error
    except SQLAlchemyError as error:
        reason = _reason_not_run(engine.reason(error))
        raise SourceMisfitError(f"database `{database.name}` cannot run the statement: {reason}") from error


def source_error(error: DBAPIError, engine: Engine, database: Database) -> SourceError:
    """A driver's error as ours: which kind it is, and what happened, on one line without a secret."""
    reason = engine.reason(error)
    match engine.failure(error):
        case Failure.SLOW:
            return _too_slow(database)
        case Failure.GONE:
            return SourceDownError(f"database `{database.name}` cannot be reached: {reason}")
        case Failure.BUSY:
            return SourceDownError(f"database `{database.name}` is busy: {reason}")
    return SourceMisfitError(f"database `{database.name}` refuses the statement: {reason}")


def _too_slow(database: Database) -> SourceDownError:
    return SourceDownError(f"database `{database.name}` did not answer within {database.timeout.total_seconds():g} s")


def _reason_not_run(reason: str) -> str:
    """Why a statement did not get as far as the driver: mostly a colon that seems to begin a parameter."""
    reason = reason.partition(" (Background on this error")[0]
    return f"{reason}; write \\: for a colon that begins no parameter" if "bind parameter" in reason else reason
