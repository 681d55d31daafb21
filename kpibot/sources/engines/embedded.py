"""Databases that run in kpibot's own process: a slow statement is interrupted from another thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from kpibot.sources.engines.base import Engine


class EmbeddedEngine(Engine):
    """An engine whose driver has `connection.interrupt()`."""

    ends_slow_statements = True
    slow_words = ("interrupt",)

    @contextmanager
    def limited(self, connection: sa.Connection, timeout: timedelta) -> Iterator[None]:
        """Interrupts what takes longer than the time-out."""
        driver: Any = connection.connection.dbapi_connection
        timer = threading.Timer(timeout.total_seconds(), driver.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
