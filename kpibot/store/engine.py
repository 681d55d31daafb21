"""The engine of a state database. Every failure of a statement or connection is told as a StoreError.

Everything that writes does so in `writing`, which takes SQLite's only writing lock at its beginning: what a
transaction reads before it writes cannot be changed by somebody else in between. PostgreSQL locks rows instead.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError

from kpibot.store.errors import StoreError, first_line
from kpibot.store.schema import metadata

BUSY_SECONDS = 30
OUR_MISTAKES = (IntegrityError, DataError, ProgrammingError)  # the database is sound


def open_engine(url: str) -> sa.Engine:
    """The engine of a state database that has the tables of this version. SQLite's folder is made too.

    Raises:
        StoreError: it cannot be opened.
    """
    try:
        engine = _engine(sa.make_url(url))
        metadata.create_all(engine)
    except ValueError:  # a malformed port: what it says may hold a part of the password
        raise StoreError("KPIBOT_STATE_URL cannot be read; quote special characters (%40 for @, %2F for /)") from None
    except (SQLAlchemyError, OSError, ImportError) as error:
        raise _not_opened(error) from error
    return engine


def _not_opened(error: Exception) -> StoreError:
    return StoreError(f"the bot's own database cannot be opened ({first_line(error)}); correct KPIBOT_STATE_URL")


def _engine(parsed: sa.URL) -> sa.Engine:
    if parsed.get_backend_name() == "sqlite":
        Path(parsed.database or "").absolute().parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
        sa.event.listen(engine, "connect", _set_up)
        sa.event.listen(engine, "begin", _begin)
        return engine
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return sa.create_engine(parsed, pool_pre_ping=True)


def _set_up(connection: Any, _record: Any) -> None:
    """Readers and the writer do not wait for each other, and what is committed outlasts a power cut."""
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
