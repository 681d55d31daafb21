"""One bot on a SQLite file: two would fight for it, and a file knows no leases between machines.

The lock is the operating system's, on a file beside the database: whoever dies has let go of it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from kpibot.store.database.errors import StoreError
from kpibot.store.database.opening import file_of


@contextmanager
def instance_lock(url: str) -> Iterator[None]:
    """Keeps every other bot away from a state database that is a SQLite file. Servers are shared.

    Raises:
        StoreError: another bot uses it.
    """
    file = _file(url)
    if file is None:
        yield
        return
    try:
        file.absolute().parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f"{file.name}.lock").open("a+", encoding="ascii")
    except OSError as error:
        raise StoreError(f"{file} cannot be written ({error.strerror}); correct KPIBOT_STATE_URL") from error
    with beside:
        _lock(beside, file)
        yield


def _file(url: str) -> Path | None:
    """A URL that cannot be read is reported where it is opened."""
    try:
        return file_of(sa.make_url(url))
    except (ArgumentError, ValueError):
        return None


def _lock(beside: TextIO, file: Path) -> None:
    import fcntl  # noqa: PLC0415 - where there is none, PostgreSQL still works

    try:
        fcntl.flock(beside, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        beside.seek(0)
        raise StoreError(
            f"another kpibot (pid {beside.read().strip() or 'unknown'}) is using {file}; "
            "stop it, or use PostgreSQL for several"
        ) from error
    beside.truncate(0)
    beside.write(str(os.getpid()))
    beside.flush()
