"""The engine of a state database. Every failure of a statement or connection is raised as a StoreError.

Everything that writes does so in `writing`, which takes SQLite's only writing lock at its beginning: what a
transaction reads before it writes cannot be changed by somebody else in between. PostgreSQL locks rows instead.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

from kpibot.store.database.errors import unusable

BUSY_SECONDS = 30
PATIENCE = {"connect_timeout": 10, "tcp_user_timeout": 30_000}  # s, ms: a server that vanished is not waited for
OUR_MISTAKES = (IntegrityError, DataError, ProgrammingError)  # the database is sound


def new_engine(url: sa.URL) -> sa.Engine:
    """An engine that is set up as the store needs it. SQLite's folder is made."""
    engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _server(url)
    sa.event.listen(engine, "handle_error", _as_store_error, retval=True)
    return engine


def _sqlite(url: sa.URL) -> sa.Engine:
    Path(url.database or "").absolute().parent.mkdir(parents=True, exist_ok=True)
    waits = {} if "timeout" in url.query else {"timeout": BUSY_SECONDS}
    engine = sa.create_engine(url, connect_args=waits)
    sa.event.listen(engine, "connect", _set_up)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _server(url: sa.URL) -> sa.Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    patience = PATIENCE if url.get_driver_name() in {"psycopg", "psycopg2"} else {}
    waits = {name: value for name, value in patience.items() if name not in url.query}
    return sa.create_engine(url, pool_pre_ping=True, connect_args=waits)


def _as_store_error(context: sa.engine.ExceptionContext) -> BaseException | None:
    """The failure as a StoreError, which says what to do; None for what is no failure of the database."""
    error = context.sqlalchemy_exception
    if error is None or context.is_pre_ping or isinstance(error, OUR_MISTAKES):
        return None
    return unusable(error)


def _set_up(connection: Any, _record: Any) -> None:
    """Readers and the writer do not wait for each other, and what is committed outlasts a power cut.

    The latter is for `attempted_at`, and costs every transaction a third of a millisecond on a solid-state disk.
    """
    connection.isolation_level = None  # the driver would begin late, and only for some statements
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that writes: wholly kept, or not at all."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def upserting(dialect: str) -> Callable[[sa.Table], Any]:
    """The database's insert that knows of conflicts. The other database's code is never loaded."""
    return cast(Callable[[sa.Table], Any], import_module(f"sqlalchemy.dialects.{dialect}").insert)
