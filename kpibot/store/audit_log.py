"""The audit trail: who did what, and when."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from kpibot.store.database.schema import audit_trail


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody (`by`, a person's id in Slack) did something about something: a group's key, or a silence's id."""

    at: datetime
    by: str
    did: str
    about: str
    detail: str = ""


NAMES = tuple(each.name for each in fields(Entry))


def record(connection: sa.Connection, entry: Entry) -> None:
    """Adds to the trail, in the transaction that does what is told."""
    connection.execute(sa.insert(audit_trail).values(asdict(entry)))


def since(connection: sa.Connection, first: datetime, most: int) -> list[Entry]:
    """What was done from an instant on, the latest first."""
    found = sa.select(*(audit_trail.c[name] for name in NAMES)).where(audit_trail.c.at >= first)
    rows = connection.execute(found.order_by(audit_trail.c.at.desc(), audit_trail.c.id.desc()).limit(most))
    return [Entry(*row) for row in rows]
