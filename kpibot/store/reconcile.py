"""What becomes of messages that will not be sent as they are: nobody needs them, or they have nothing to belong to.

An edit and a line in a thread belong to their group's message. Where that was not posted, or was deleted, they are
dropped and their group is marked, so that what is told next is a message of its own.
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
from kpibot.store.leases import is_over

log = logging.getLogger(__name__)


class OutboxState(StrEnum):
    """Where a row stands."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD_LETTER = "parked"  # a permanent error: somebody must mend something
    EXPIRED = "expired"  # of no use any more
    SUPERSEDED = "superseded"  # a later edit of the same message says more
    DROPPED = "dropped"  # its group's message is not in the channel
    DELETED = "deleted"  # it stood in the channel, until somebody deleted it


IS_WAITING = outbox.c.state == OutboxState.WAITING


def reconcile(connection: sa.Connection, now: datetime, lease: timedelta) -> None:
    """Takes what is not to be sent out of the way. What somebody is sending right now is left alone."""
    free = is_over(outbox.c.lease_until, now, lease)
    is_in_doubt = sa.and_(outbox.c.attempted_at.is_not(None), outbox.c.how != DeliveryKind.UPDATE)
    expire(connection, free, outbox.c.expires_at <= now, ~is_in_doubt)  # what may stand in the channel is looked up
    _become(connection, OutboxState.SUPERSEDED, free, _has_later_edit())
    if dropped := _become(connection, OutboxState.DROPPED, free, _belongs_to_nothing()):
        request_reposts(connection, [row.group_key for row in dropped])


def expire(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> None:
    """Gives up waiting rows that nobody needs any more, and that do not stand in their channels."""
    expired = _become(connection, OutboxState.EXPIRED, *which)
    for row in expired:
        log.warning("%s was never delivered, and is of no use any more", row.key)
    if lost := [row.group_key for row in expired if row.how == DeliveryKind.POST and row.group_key]:
        request_reposts(connection, lost)


def _become(connection: sa.Connection, state: OutboxState, *which: sa.ColumnElement[bool]) -> list[Any]:
    """Moves waiting rows to a state, but for those that another process has its hands on."""
    found = (
        sa.select(outbox.c.id, outbox.c.key, outbox.c.group_key, outbox.c.how)
        .where(IS_WAITING, *which)
        .order_by(outbox.c.id)
    )
    rows = list(connection.execute(found.with_for_update(skip_locked=True, of=outbox)))
    if rows:
        moved = sa.update(outbox).where(outbox.c.id.in_([row.id for row in rows]))
        connection.execute(moved.values(state=state, lease_owner=None, lease_until=None))
    return rows


@cache
def _has_later_edit() -> sa.ColumnElement[bool]:
    later = outbox.alias("later")
    same = sa.and_(
        later.c.group_key == outbox.c.group_key, later.c.id > outbox.c.id, later.c.how == DeliveryKind.UPDATE
    )
    return sa.and_(outbox.c.how == DeliveryKind.UPDATE, sa.exists().where(same, later.c.state == OutboxState.WAITING))


@cache
def _belongs_to_nothing() -> sa.ColumnElement[bool]:
    post = outbox.alias("post")
    same = sa.and_(post.c.group_key == outbox.c.group_key, post.c.id < outbox.c.id, post.c.how == DeliveryKind.POST)
    stands = post.c.state.in_([OutboxState.WAITING, OutboxState.SENT])
    return sa.and_(outbox.c.how != DeliveryKind.POST, ~sa.exists().where(same, stands))
