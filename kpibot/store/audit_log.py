"""The audit log: who did what, and when."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from kpibot.store.database.schema import audit_log


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An action of a person (`by`, their id in Slack). `subject` is a group's key or a silence's id."""

    at: datetime
    by: str
    action: str
    subject: str
    detail: str = ""


NAMES = tuple(field.name for field in fields(AuditEntry))


def insert_entry(connection: sa.Connection, entry: AuditEntry) -> None:
    """Adds an entry, in the transaction of the action."""
    connection.execute(sa.insert(audit_log).values(asdict(entry)))


def entries_since(connection: sa.Connection, first: datetime, limit: int) -> list[AuditEntry]:
    """The entries from an instant on, the latest first."""
    query = sa.select(*(audit_log.c[name] for name in NAMES)).where(audit_log.c.at >= first)
    rows = connection.execute(query.order_by(audit_log.c.at.desc(), audit_log.c.id.desc()).limit(limit))
    return [AuditEntry(*row) for row in rows]
