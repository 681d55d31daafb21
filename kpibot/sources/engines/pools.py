"""Connections to database servers: few stay open, and none longer than firewalls allow."""

from typing import Any

import sqlalchemy as sa

from kpibot.catalog.model import Database

CONNECT_SECONDS = 10
KEPT_OPEN = 2  # connections that wait for the next question; more are closed once they have answered
RECYCLE_SECONDS = 900  # firewalls and servers drop connections that are silent for long


def pooled(url: sa.URL, database: Database, arguments: dict[str, Any], **options: Any) -> sa.Engine:
    """A SQLAlchemy engine with as many connections as the database may have. The driver gets `arguments`."""
    kept = min(KEPT_OPEN, database.connections)
    return sa.create_engine(
        url,
        connect_args=arguments,
        pool_size=kept,
        max_overflow=database.connections - kept,
        pool_timeout=database.timeout.total_seconds(),
        pool_recycle=RECYCLE_SECONDS,
        pool_pre_ping=True,
        pool_use_lifo=True,
        **options,
    )


def milliseconds(database: Database) -> int:
    """The time-out of a database."""
    return int(database.timeout.total_seconds() * 1_000)
