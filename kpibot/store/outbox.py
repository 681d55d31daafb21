"""The outbox: messages that are owed to a channel, each sent exactly once.

    waiting ──claimed──► (attempted) ──► sent ──► deleted, by somebody in Slack
       ▲                     │ ├───────► parked    a permanent error: somebody must mend something
       └──── retry ──────────┘ └───────► expired, superseded, dropped: see settling

`attempted_at` is written before a message leaves. A row that has it and is not sent is in doubt: it may stand in the
channel already, and is looked up there before it is sent again.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import ConfigDict, TypeAdapter, ValidationError

from kpibot.core.alerts.groups import DeliveryKind
from kpibot.core.reports.messages import Message
from kpibot.store.alert_groups import request_reposts
from kpibot.store.database.engine import writing
from kpibot.store.database.schema import outbox
from kpibot.store.leases import is_over
from kpibot.store.reconcile import IS_WAITING, OutboxState, expire, reconcile

log = logging.getLogger(__name__)

LONGEST_WAIT = timedelta(minutes=15)  # what seems due later was put off by a clock that has been set back since
ANY_WAITING = sa.select(outbox.c.id).where(IS_WAITING).limit(1)
NO_LEASE: dict[str, Any] = {"lease_owner": None, "lease_from": None, "lease_until": None}

_bodies: TypeAdapter[Message] = TypeAdapter(Message, config=ConfigDict(defer_build=True))


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message for a channel (an id of the configuration). The key is the same however often it is tried.

    What belongs to an alert group names it by its key: the group's message itself (POST), an edit of it (UPDATE), a
    line in its thread (REPLY), which may be shown `in_channel` too.
    """

    key: str
    channel: str
    body: Message
    expires_at: datetime
    kind: DeliveryKind = DeliveryKind.POST
    group: str = ""
    in_channel: bool = False


@dataclass(frozen=True, slots=True)
class LeasedMessage:
    """A row of the outbox that this process may send until its lease ends. `in_doubt_since` is its last attempt.

    `base_ts` is the `ts` of the group's message, for an edit or a line in its thread.
    """

    id: int
    message: OutboxMessage
    attempts: int
    in_doubt_since: datetime | None
    parent_ts: str | None = None


class Outbox:
    """The outbox of a state database. Its methods block. `owner` names a process."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def lease(self, now: datetime, owner: str, lease: timedelta) -> list[LeasedMessage]:
        """The oldest waiting row of each channel, if due and nobody else's; this owner's while the lease lasts.

        What comes after a row that must wait waits too: a channel reads its messages in their order.
        """
        with writing(self._engine) as connection:
            if connection.scalar(ANY_WAITING) is None:
                return []
            reconcile(connection, now, lease)
            heads = connection.scalars(_heads(now, lease)).all()
            if not heads:
                return []
            # The heads are those of a moment ago: whether a row is still free is asked again once it is locked.
            free = sa.and_(IS_WAITING, _is_due(now), is_over(outbox.c.lease_until, now, lease))
            still = sa.select(outbox.c.id).where(free, outbox.c.id.in_(heads)).with_for_update(skip_locked=True)
            locked = connection.scalars(still).all()
            if not locked:
                return []
            leased = {"lease_owner": owner, "lease_from": now, "lease_until": now + lease}
            mine = sa.update(outbox).where(outbox.c.id.in_(locked)).values(leased).returning(*outbox.c)
            rows = connection.execute(mine).all()
            return _claimed(connection, sorted(rows, key=lambda row: row.id))

    def begin_attempt(self, row: int, now: datetime, owner: str, lease: timedelta) -> bool:
        """Notes that the message is about to leave, and renews the lease: from here on the message is in doubt.

        False where the lease is lost: the row may be somebody else's by now, and must be left alone.
        """
        noted = {"attempted_at": now, "attempts": outbox.c.attempts + 1, "lease_until": now + lease}
        return self._update(_held(row, owner), outbox.c.lease_until > now, **noted)

    def mark_sent(self, row: int, ts: str) -> None:
        """Slack returned a `ts`: the message stands in the channel."""
        self._update(outbox.c.id == row, state=OutboxState.SENT, ts=ts, error=None, **NO_LEASE)

    def retry(self, row: int, at: datetime, error: str, in_doubt: bool, owner: str) -> None:
        """Tries again later. What certainly did not arrive need not be looked up. Whose lease is lost has no say."""
        kept = {} if in_doubt else {"attempted_at": None}
        self._update(_held(row, owner), due_at=at, error=error, **NO_LEASE, **kept)

    def dead_letter(self, row: int, error: str, complaints: Iterable[OutboxMessage], now: datetime, owner: str) -> None:
        """Gives up until somebody mends the cause, and owes word of it to whoever can."""
        with writing(self._engine) as connection:
            parked = sa.update(outbox).where(_held(row, owner))
            if connection.execute(parked.values(state=OutboxState.DEAD_LETTER, error=error, **NO_LEASE)).rowcount:
                enqueue(connection, complaints, now)

    def drop(self, row: int, error: str, owner: str) -> None:
        """The message that this edits or answers is gone from the channel: the group's next one is a POST."""
        with writing(self._engine) as connection:
            dropped = sa.update(outbox).where(_held(row, owner)).returning(outbox.c.group_key)
            key = connection.scalar(dropped.values(state=OutboxState.DROPPED, error=error, **NO_LEASE))
            if key:
                gone = sa.and_(
                    outbox.c.group_key == key, outbox.c.how == DeliveryKind.POST, outbox.c.state == OutboxState.SENT
                )
                connection.execute(sa.update(outbox).where(gone).values(state=OutboxState.DELETED))
                request_reposts(connection, [key])

    def expire(self, row: int, owner: str) -> None:
        """Gives up what nobody needs any more, once it is known not to stand in the channel."""
        with writing(self._engine) as connection:
            expire(connection, _held(row, owner))

    def release(self, owner: str) -> None:
        """Gives back what this owner has claimed and not begun to send."""
        not_begun = sa.or_(outbox.c.attempted_at.is_(None), outbox.c.attempted_at < outbox.c.lease_from)
        self._update(IS_WAITING, outbox.c.lease_owner == owner, not_begun, **NO_LEASE)

    def latest_body(self, group: str) -> Message | None:
        """What the message of a group says, or will say once all that waits has been sent; None where it has none."""
        of_group = sa.and_(outbox.c.group_key == group, outbox.c.how != DeliveryKind.REPLY)
        latest = sa.select(outbox.c.body).where(of_group).order_by(outbox.c.id.desc()).limit(1)
        with self._engine.connect() as connection:
            body = connection.scalar(latest)
        return None if body is None else _bodies.validate_json(body)

    def counts(self) -> dict[str, int]:
        """How many rows stand in each state."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state))
            return {state: count for state, count in rows}

    def _update(self, *which: sa.ColumnElement[bool], **values: Any) -> bool:
        with writing(self._engine) as connection:
            return connection.execute(sa.update(outbox).where(*which).values(**values)).rowcount > 0


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(outbox.c.due_at.is_(None), outbox.c.due_at <= now, outbox.c.due_at > now + LONGEST_WAIT)


def _heads(now: datetime, lease: timedelta) -> sa.Select[Any]:
    """The oldest waiting row of each channel of which nobody is sending anything."""
    nobody_sends = is_over(sa.func.max(outbox.c.lease_until), now, lease)
    each = sa.select(sa.func.min(outbox.c.id)).where(IS_WAITING)
    return each.group_by(outbox.c.channel).having(nobody_sends)


def _held(row: int, owner: str) -> sa.ColumnElement[bool]:
    return sa.and_(outbox.c.id == row, outbox.c.lease_owner == owner, IS_WAITING)


def _claimed(connection: sa.Connection, rows: Sequence[Any]) -> list[LeasedMessage]:
    """The rows as they can be sent. One that cannot be read is parked, so that it costs nobody else's message."""
    posts = _posts(connection, {row.group_key for row in rows if row.how != DeliveryKind.POST})
    claimed = []
    for row in rows:
        try:
            message = _bodies.validate_json(row.body)
        except ValidationError as error:
            _park_unreadable(connection, row, error)
            continue
        owed = OutboxMessage(
            row.key, row.channel, message, row.expires_at, DeliveryKind(row.how), row.group_key, row.in_channel
        )
        base_ts = None if owed.kind is DeliveryKind.POST else posts.get(row.group_key)
        claimed.append(LeasedMessage(row.id, owed, row.attempts, row.attempted_at, base_ts))
    return claimed


def _posts(connection: sa.Connection, groups: set[str]) -> dict[str, str]:
    """The `ts` of each group's message."""
    stands = sa.and_(
        outbox.c.how == DeliveryKind.POST, outbox.c.state == OutboxState.SENT, outbox.c.group_key.in_(groups)
    )
    found = sa.select(outbox.c.group_key, outbox.c.ts).where(stands).order_by(outbox.c.id)
    return {key: ts for key, ts in connection.execute(found)} if groups else {}


def _park_unreadable(connection: sa.Connection, row: Any, error: ValidationError) -> None:
    log.error("%s cannot be read: %s", row.key, error)
    parked = {"state": OutboxState.DEAD_LETTER, "error": "its message cannot be read", **NO_LEASE}
    connection.execute(sa.update(outbox).where(outbox.c.id == row.id).values(parked))


def enqueue(connection: sa.Connection, owed: Iterable[OutboxMessage], now: datetime) -> None:
    """Puts messages into the outbox, in the transaction that decided on them."""
    rows = [
        {
            "key": each.key,
            "channel": each.channel,
            "how": each.kind,
            "group_key": each.group,
            "in_channel": each.in_channel,
            "body": _bodies.dump_json(each.body).decode(),
            "state": OutboxState.WAITING,
            "created_at": now,
            "expires_at": each.expires_at,
            "attempts": 0,
        }
        for each in owed
    ]
    if rows:
        connection.execute(sa.insert(outbox), rows)
