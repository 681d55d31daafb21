"""The outbox: messages to be delivered, each exactly once.

    waiting ──lease──► (attempted) ──► sent ──► deleted in Slack
       ▲                   │ ├───────► dead letter   a permanent error that a person has to fix
       └────── retry ──────┘ └───────► expired, superseded, dropped: see reconcile

`attempted_at` is written before a message is sent. A row that has it and is not sent is in doubt: the message may be in
the channel, and is looked up there before it is sent again.
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
from kpibot.store.leases import is_expired
from kpibot.store.reconcile import IS_WAITING, OutboxState, expire, reconcile

log = logging.getLogger(__name__)

LONGEST_WAIT = timedelta(minutes=15)  # a later `due_at` was written before the clock was set back
ANY_WAITING = sa.select(outbox.c.id).where(IS_WAITING).limit(1)
NO_LEASE: dict[str, Any] = {"lease_owner": None, "lease_from": None, "lease_until": None}

_bodies: TypeAdapter[Message] = TypeAdapter(Message, config=ConfigDict(defer_build=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """A message to a channel (an id of the configuration). Its key stays the same however often it is tried.

    What belongs to an alert group has the group's key: the group's message (POST), an edit of it (UPDATE), or a reply
    in its thread (REPLY), which may be shown `in_channel` too.
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
    """An outbox row that this process may send until its lease expires. `in_doubt_since` is its last attempt.

    `parent_ts` is the `ts` of the group's message, for an edit or a reply.
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
        """Leases the oldest waiting row of each channel, if it is due and free.

        Rows behind one that has to wait also wait: messages arrive in a channel in order.
        """
        with writing(self._engine) as connection:
            if connection.scalar(ANY_WAITING) is None:
                return []
            reconcile(connection, now, lease)
            oldest = connection.scalars(_oldest_by_channel(now, lease)).all()
            if not oldest:
                return []
            # The oldest rows were read without a lock: whether they are still free is checked again once they are.
            is_free = sa.and_(IS_WAITING, _is_due(now), is_expired(outbox.c.lease_until, now, lease))
            still_free = (
                sa.select(outbox.c.id).where(is_free, outbox.c.id.in_(oldest)).with_for_update(skip_locked=True)
            )
            ids = connection.scalars(still_free).all()
            if not ids:
                return []
            leased = {"lease_owner": owner, "lease_from": now, "lease_until": now + lease}
            update = sa.update(outbox).where(outbox.c.id.in_(ids)).values(leased).returning(*outbox.c)
            rows = connection.execute(update).all()
            return _leased(connection, sorted(rows, key=lambda row: row.id))

    def begin_attempt(self, row: int, now: datetime, owner: str, lease: timedelta) -> bool:
        """Records that the message is about to be sent, and renews the lease: from now on it is in doubt.

        False where the lease is lost: the row must be left alone.
        """
        attempt = {"attempted_at": now, "attempts": outbox.c.attempts + 1, "lease_until": now + lease}
        return self._update(_is_leased(row, owner), outbox.c.lease_until > now, **attempt)

    def mark_sent(self, row: int, ts: str) -> None:
        """Slack returned a `ts`: the message is in the channel."""
        self._update(outbox.c.id == row, state=OutboxState.SENT, ts=ts, error=None, **NO_LEASE)

    def retry(self, row: int, at: datetime, error: str, in_doubt: bool, owner: str) -> None:
        """Schedules another attempt, if the lease is not lost. Only a message in doubt needs to be looked up."""
        cleared = {} if in_doubt else {"attempted_at": None}
        self._update(_is_leased(row, owner), due_at=at, error=error, **NO_LEASE, **cleared)

    def dead_letter(self, row: int, error: str, complaints: Iterable[OutboxMessage], now: datetime, owner: str) -> None:
        """Gives up until a person fixes the cause, and enqueues the complaints about it."""
        with writing(self._engine) as connection:
            update = sa.update(outbox).where(_is_leased(row, owner))
            if connection.execute(update.values(state=OutboxState.DEAD_LETTER, error=error, **NO_LEASE)).rowcount:
                enqueue(connection, complaints, now)

    def drop(self, row: int, error: str, owner: str) -> None:
        """The group's message was deleted from the channel: the next notification is a new message."""
        with writing(self._engine) as connection:
            dropped = sa.update(outbox).where(_is_leased(row, owner)).returning(outbox.c.group_key)
            key = connection.scalar(dropped.values(state=OutboxState.DROPPED, error=error, **NO_LEASE))
            if key:
                deleted = sa.and_(
                    outbox.c.group_key == key, outbox.c.kind == DeliveryKind.POST, outbox.c.state == OutboxState.SENT
                )
                connection.execute(sa.update(outbox).where(deleted).values(state=OutboxState.DELETED))
                request_reposts(connection, [key])

    def expire(self, row: int, owner: str) -> None:
        """Expires a row, once it is certain that its message is not in the channel."""
        with writing(self._engine) as connection:
            expire(connection, _is_leased(row, owner))

    def release(self, owner: str) -> None:
        """Releases the leases of this owner on rows whose sending has not begun."""
        not_begun = sa.or_(outbox.c.attempted_at.is_(None), outbox.c.attempted_at < outbox.c.lease_from)
        self._update(IS_WAITING, outbox.c.lease_owner == owner, not_begun, **NO_LEASE)

    def latest_body(self, group: str) -> Message | None:
        """The group's message as it is, or will be once all waiting rows are sent; None where there is none."""
        of_group = sa.and_(outbox.c.group_key == group, outbox.c.kind != DeliveryKind.REPLY)
        latest = sa.select(outbox.c.body).where(of_group).order_by(outbox.c.id.desc()).limit(1)
        with self._engine.connect() as connection:
            body = connection.scalar(latest)
        return None if body is None else _bodies.validate_json(body)

    def counts(self) -> dict[str, int]:
        """The number of rows by state."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state))
            return {state: count for state, count in rows}

    def _update(self, *conditions: sa.ColumnElement[bool], **values: Any) -> bool:
        with writing(self._engine) as connection:
            return connection.execute(sa.update(outbox).where(*conditions).values(**values)).rowcount > 0


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(outbox.c.due_at.is_(None), outbox.c.due_at <= now, outbox.c.due_at > now + LONGEST_WAIT)


def _oldest_by_channel(now: datetime, lease: timedelta) -> sa.Select[Any]:
    """The oldest waiting row of each channel in which no row is leased."""
    has_no_lease = is_expired(sa.func.max(outbox.c.lease_until), now, lease)
    oldest = sa.select(sa.func.min(outbox.c.id)).where(IS_WAITING)
    return oldest.group_by(outbox.c.channel).having(has_no_lease)


def _is_leased(row: int, owner: str) -> sa.ColumnElement[bool]:
    return sa.and_(outbox.c.id == row, outbox.c.lease_owner == owner, IS_WAITING)


def _leased(connection: sa.Connection, rows: Sequence[Any]) -> list[LeasedMessage]:
    """The rows, ready to be sent. One that cannot be read becomes a dead letter, so that it does not block others."""
    posts = _posts(connection, {row.group_key for row in rows if row.kind != DeliveryKind.POST})
    leased = []
    for row in rows:
        try:
            message = _message(row)
        except ValidationError as error:
            _dead_letter_unreadable(connection, row, error)
            continue
        parent_ts = None if message.kind is DeliveryKind.POST else posts.get(row.group_key)
        leased.append(LeasedMessage(row.id, message, row.attempts, row.attempted_at, parent_ts))
    return leased


def _message(row: Any) -> OutboxMessage:
    return OutboxMessage(
        key=row.key,
        channel=row.channel,
        body=_bodies.validate_json(row.body),
        expires_at=row.expires_at,
        kind=DeliveryKind(row.kind),
        group=row.group_key,
        in_channel=row.in_channel,
    )


def _posts(connection: sa.Connection, groups: set[str]) -> dict[str, str]:
    """The `ts` of each group's message."""
    is_post = sa.and_(
        outbox.c.kind == DeliveryKind.POST, outbox.c.state == OutboxState.SENT, outbox.c.group_key.in_(groups)
    )
    query = sa.select(outbox.c.group_key, outbox.c.ts).where(is_post).order_by(outbox.c.id)
    return {key: ts for key, ts in connection.execute(query)} if groups else {}


def _dead_letter_unreadable(connection: sa.Connection, row: Any, error: ValidationError) -> None:
    log.error("%s cannot be read: %s", row.key, error)
    values = {"state": OutboxState.DEAD_LETTER, "error": "its message cannot be read", **NO_LEASE}
    connection.execute(sa.update(outbox).where(outbox.c.id == row.id).values(values))


def enqueue(connection: sa.Connection, messages: Iterable[OutboxMessage], now: datetime) -> None:
    """Adds messages to the outbox, in the transaction that decided on them."""
    rows = [
        {
            "key": message.key,
            "channel": message.channel,
            "kind": message.kind,
            "group_key": message.group,
            "in_channel": message.in_channel,
            "body": _bodies.dump_json(message.body).decode(),
            "state": OutboxState.WAITING,
            "created_at": now,
            "expires_at": message.expires_at,
            "attempts": 0,
        }
        for message in messages
    ]
    if rows:
        connection.execute(sa.insert(outbox), rows)
