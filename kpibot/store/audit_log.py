"""The audit trail: who did what, and when."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from kpibot.store.database.schema import audit_log


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Somebody (`by`, a person's id in Slack) did something about something: a group's key, or a silence's id."""

    at: datetime
    by: str
    did: str
    about: str
    detail: str = ""


NAMES = tuple(each.name for each in fields(AuditEntry))


def insert_entry(connection: sa.Connection, entry: AuditEntry) -> None:
    """Adds to the trail, in the transaction that does what is told."""
    connection.execute(sa.insert(audit_log).values(asdict(entry)))


def entries_since(connection: sa.Connection, first: datetime, most: int) -> list[AuditEntry]:
    """What was done from an instant on, the latest first."""
    found = sa.select(*(audit_log.c[name] for name in NAMES)).where(audit_log.c.at >= first)
    rows = connection.execute(found.order_by(audit_log.c.at.desc(), audit_log.c.id.desc()).limit(most))
    return [AuditEntry(*row) for row in rows]
