"""How long things are kept. What a day came to is kept for ever."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from kpibot.core.alerts.groups import DeliveryKind
from kpibot.store.database.engine import writing
from kpibot.store.database.schema import alert_groups, audit_log, leases, outbox, readings, silences
from kpibot.store.reconcile import OutboxState

READINGS = timedelta(days=90)
MESSAGES = timedelta(days=30)
PARKED = timedelta(days=365)  # whoever could mend the cause was told when the message was parked
CLAIMS = timedelta(days=90)
GROUPS = timedelta(days=365)
SILENCES = timedelta(days=365)
TRAIL = timedelta(days=2 * 365)
BATCH = 500  # rows of one transaction: whoever wants to write in between waits for no more


def prune(engine: sa.Engine, now: datetime) -> dict[str, int]:
    """Deletes what has been kept for long enough; how many rows of each table."""
    return {table.name: _prune(engine, table, outdated) for table, outdated in _outdated(now)}


def _outdated(now: datetime) -> Iterator[tuple[sa.Table, sa.ColumnElement[bool]]]:
    yield readings, readings.c.as_of < now - READINGS
    yield outbox, sa.and_(sa.or_(_is_settled(now), _is_given_up(now)), ~_is_edited_still())
    yield leases, leases.c.slot < now - CLAIMS
    yield alert_groups, alert_groups.c.closed_at < now - GROUPS
    yield silences, silences.c.end < now - SILENCES
    yield audit_log, audit_log.c.at < now - TRAIL


def _is_settled(now: datetime) -> sa.ColumnElement[bool]:
    unsettled = (OutboxState.WAITING, OutboxState.DEAD_LETTER)
    return sa.and_(outbox.c.state.not_in(unsettled), outbox.c.created_at < now - MESSAGES)


def _is_given_up(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(outbox.c.state == OutboxState.DEAD_LETTER, outbox.c.created_at < now - PARKED)


def _is_edited_still() -> sa.ColumnElement[bool]:
    """The message of an open group: its row knows where it stands in the channel."""
    is_open = sa.and_(alert_groups.c.key == outbox.c.group_key, alert_groups.c.closed_at.is_(None))
    return sa.and_(outbox.c.how == DeliveryKind.POST, sa.exists().where(is_open))


def _prune(engine: sa.Engine, table: sa.Table, outdated: sa.ColumnElement[bool]) -> int:
    keys = tuple(table.primary_key)
    batch = sa.select(*keys).where(outdated).limit(BATCH)
    deleted, last = 0, BATCH
    while last == BATCH:
        with writing(engine) as connection:
            last = connection.execute(sa.delete(table).where(sa.tuple_(*keys).in_(batch))).rowcount
        deleted += last
    return deleted
