"""How long rows are kept. Daily readings are kept forever."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from kpibot.core.alerts.groups import DeliveryKind
from kpibot.store.database.engine import writing
from kpibot.store.database.schema import alert_groups, audit_log, leases, outbox, readings, silences
from kpibot.store.reconcile import OutboxState

READINGS = timedelta(days=90)
MESSAGES = timedelta(days=30)
DEAD_LETTERS = timedelta(days=365)  # administrators were notified of each
LEASES = timedelta(days=90)
GROUPS = timedelta(days=365)
SILENCES = timedelta(days=365)
AUDIT_LOG = timedelta(days=2 * 365)
BATCH = 500  # rows per transaction, so that other writers do not wait long


def prune(engine: sa.Engine, now: datetime) -> dict[str, int]:
    """Deletes rows that are past their retention time. Returns the number of rows by table."""
    return {table.name: _prune(engine, table, outdated) for table, outdated in _outdated(now)}


def _outdated(now: datetime) -> Iterator[tuple[sa.Table, sa.ColumnElement[bool]]]:
    yield readings, readings.c.as_of < now - READINGS
    yield outbox, sa.and_(sa.or_(_is_finished(now), _is_old_dead_letter(now)), ~_may_be_edited())
    yield leases, leases.c.slot < now - LEASES
    yield alert_groups, alert_groups.c.closed_at < now - GROUPS
    yield silences, silences.c.end < now - SILENCES
    yield audit_log, audit_log.c.at < now - AUDIT_LOG


def _is_finished(now: datetime) -> sa.ColumnElement[bool]:
    unfinished = (OutboxState.WAITING, OutboxState.DEAD_LETTER)
    return sa.and_(outbox.c.state.not_in(unfinished), outbox.c.created_at < now - MESSAGES)


def _is_old_dead_letter(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(outbox.c.state == OutboxState.DEAD_LETTER, outbox.c.created_at < now - DEAD_LETTERS)


def _may_be_edited() -> sa.ColumnElement[bool]:
    """The message of an open group: edits and replies need its `ts`."""
    is_open = sa.and_(alert_groups.c.key == outbox.c.group_key, alert_groups.c.closed_at.is_(None))
    return sa.and_(outbox.c.kind == DeliveryKind.POST, sa.exists().where(is_open))


def _prune(engine: sa.Engine, table: sa.Table, outdated: sa.ColumnElement[bool]) -> int:
    keys = tuple(table.primary_key)
    batch = sa.select(*keys).where(outdated).limit(BATCH)
    deleted, last = 0, BATCH
    while last == BATCH:
        with writing(engine) as connection:
            last = connection.execute(sa.delete(table).where(sa.tuple_(*keys).in_(batch))).rowcount
        deleted += last
    return deleted
