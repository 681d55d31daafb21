"""The silences that people asked for."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kpibot.core.alerts.silences import Silence
from kpibot.store.database.engine import upserting
from kpibot.store.database.schema import silences

NAMES = tuple(field.name for field in fields(Silence))


def current_silences(connection: sa.Connection, now: datetime) -> list[Silence]:
    """Silences that have not ended, the next to end first. Some may not have started."""
    rows = connection.execute(sa.select(silences).where(silences.c.end > now).order_by(silences.c.end, silences.c.id))
    return [_silence(row) for row in rows]


def insert_silence(connection: sa.Connection, silence: Silence) -> bool:
    """Adds a silence; False where it exists."""
    new = upserting(connection.dialect.name)(silences).on_conflict_do_nothing().values(asdict(silence))
    return connection.execute(new.execution_options(preserve_rowcount=True)).rowcount == 1


def end_silence(connection: sa.Connection, silence_id: str, now: datetime) -> Silence | None:
    """Ends a silence. Returns it as it was, or None where it had ended."""
    is_current = sa.and_(silences.c.id == silence_id, silences.c.end > now)
    row = connection.execute(sa.select(silences).where(is_current).with_for_update()).first()
    if row is None:
        return None
    connection.execute(sa.update(silences).where(silences.c.id == silence_id).values(end=now))
    return _silence(row)


def _silence(row: Any) -> Silence:
    return Silence(**{name: getattr(row, name) for name in NAMES})
