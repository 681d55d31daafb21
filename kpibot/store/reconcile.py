"""Reconciles the outbox: takes out messages that must not be sent any more.

Edits and thread replies need their group's message. If that was never posted, or was deleted, they are dropped and
their group is marked for a new message.
"""

import logging
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa

from kpibot.core.alerts.groups import DeliveryKind
from kpibot.store.alert_groups import request_reposts
from kpibot.store.database.schema import outbox
from kpibot.store.leases import is_expired

log = logging.getLogger(__name__)


class OutboxState(StrEnum):
    """The state of an outbox row."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD_LETTER = "dead_letter"  # a permanent error that a person has to fix
    EXPIRED = "expired"  # too late to be useful
    SUPERSEDED = "superseded"  # a later edit of the same message replaces it
    DROPPED = "dropped"  # its group's message is not in the channel
    DELETED = "deleted"  # was sent, then deleted in Slack


IS_WAITING = outbox.c.state == OutboxState.WAITING


def reconcile(connection: sa.Connection, now: datetime, lease: timedelta) -> None:
    """Expires, supersedes and drops waiting rows. Leased rows are left alone."""
    free = is_expired(outbox.c.lease_until, now, lease)
    is_in_doubt = sa.and_(outbox.c.attempted_at.is_not(None), outbox.c.kind != DeliveryKind.UPDATE)
    expire(connection, free, outbox.c.expires_at <= now, ~is_in_doubt)  # in doubt: looked up in the channel first
    _move(connection, OutboxState.SUPERSEDED, free, _has_later_edit())
    if dropped := _move(connection, OutboxState.DROPPED, free, _has_no_post()):
        request_reposts(connection, [row.group_key for row in dropped])


def expire(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> None:
    """Expires waiting rows that are too late to be useful and are not in their channels."""
    expired = _move(connection, OutboxState.EXPIRED, *conditions)
    for row in expired:
        log.warning("%s expired before it was delivered", row.key)
    if unposted := [row.group_key for row in expired if row.kind == DeliveryKind.POST and row.group_key]:
        request_reposts(connection, unposted)


def _move(connection: sa.Connection, state: OutboxState, *conditions: sa.ColumnElement[bool]) -> list[Any]:
    """Moves waiting rows to a state, except rows that another process has locked."""
    query = (
        sa.select(outbox.c.id, outbox.c.key, outbox.c.group_key, outbox.c.kind)
        .where(IS_WAITING, *conditions)
        .order_by(outbox.c.id)
    )
    rows = list(connection.execute(query.with_for_update(skip_locked=True, of=outbox)))
    if rows:
        moved = sa.update(outbox).where(outbox.c.id.in_([row.id for row in rows]))
        connection.execute(moved.values(state=state, lease_owner=None, lease_until=None))
    return rows


@cache
def _has_later_edit() -> sa.ColumnElement[bool]:
    later = outbox.alias("later")
    same = sa.and_(
        later.c.group_key == outbox.c.group_key, later.c.id > outbox.c.id, later.c.kind == DeliveryKind.UPDATE
    )
    return sa.and_(outbox.c.kind == DeliveryKind.UPDATE, sa.exists().where(same, later.c.state == OutboxState.WAITING))


@cache
def _has_no_post() -> sa.ColumnElement[bool]:
    post = outbox.alias("post")
    same = sa.and_(post.c.group_key == outbox.c.group_key, post.c.id < outbox.c.id, post.c.kind == DeliveryKind.POST)
    is_present = post.c.state.in_([OutboxState.WAITING, OutboxState.SENT])
    return sa.and_(outbox.c.kind != DeliveryKind.POST, ~sa.exists().where(same, is_present))
