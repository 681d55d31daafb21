"""Opens a state database: made where there is none, migrated where it is an earlier version's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from kpibot.store.database.engine import new_engine
from kpibot.store.database.errors import StoreError, first_line
from kpibot.store.database.upgrade import bring_up_to_date, refuse_if_upgraded


def open_engine(url: str) -> sa.Engine:
    """The engine of a state database that has the tables of this version. SQLite's folder is made too.

    Raises:
        StoreError: it cannot be opened.
    """
    try:
        engine = new_engine(sa.make_url(url))
        with _disposing_if_it_fails(engine):
            bring_up_to_date(engine)
    except ValueError:  # a malformed port: what it says may hold a part of the password
        raise StoreError("KPIBOT_STATE_URL cannot be read; quote special characters (%40 for @, %2F for /)") from None
    except (SQLAlchemyError, OSError, ImportError) as error:
        raise StoreError(
            f"the bot's own database cannot be opened ({first_line(error)}); correct KPIBOT_STATE_URL"
        ) from error
    sa.event.listen(engine, "begin", refuse_if_upgraded)
    if (file := file_of(engine.url)) is not None:
        looks = _still_there(file)
        sa.event.listen(engine, "do_connect", looks)
        sa.event.listen(engine, "checkout", looks)
    return engine


@contextmanager
def _disposing_if_it_fails(engine: sa.Engine) -> Iterator[None]:
    try:
        yield
    except BaseException:
        engine.dispose()
        raise


def file_of(url: sa.URL) -> Path | None:
    """The file of a SQLite database; None for a server, and for a database in memory."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def _still_there(file: Path) -> Callable[..., None]:
    """Looks whether the file is the one that was opened: SQLite writes to a deleted one, and makes one that is away."""
    opened = file.stat().st_ino

    def look(*_: Any) -> None:
        if not file.exists():
            raise StoreError(f"the bot's own database {file} has vanished; put it back, and kpibot goes on by itself")
        if file.stat().st_ino != opened:
            raise StoreError(f"the bot's own database {file} was replaced while kpibot ran; start kpibot again")

    return look
