"""The outbox: messages that are owed to a channel, each sent exactly once.

    waiting ──claimed──► (attempted) ──► sent
       ▲                     │ ├───────► parked    a permanent error: somebody must mend something
       └──── retry ──────────┘ └───────► expired   of no use any more

`attempted_at` is written before a message leaves. A row that has it and is not sent is in doubt: it may stand in the
channel already, and is looked up there before it is sent again.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from pydantic import ConfigDict, TypeAdapter, ValidationError

from kpibot.core.reports import Message
from kpibot.store.schema import outbox

log = logging.getLogger(__name__)

_bodies: TypeAdapter[Message] = TypeAdapter(Message, config=ConfigDict(defer_build=True))


class OutboxState(StrEnum):
    """Where a row stands."""

    WAITING = "waiting"
    SENT = "sent"
    PARKED = "parked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Owed:
    """A message for a channel (an id of the configuration). The key is the same however often it is tried."""

    key: str
    channel: str
    message: Message
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row of the outbox that this process may send until its lease ends. `in_doubt_since` is its last attempt."""

    id: int
    owed: Owed
    attempts: int
    in_doubt_since: datetime | None


class Outbox:
    """The outbox of a state database. Its methods block."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def claim(self, now: datetime, owner: str, lease: timedelta) -> list[Claimed]:
        """The oldest waiting row of each channel, if due and nobody else's; this owner's while the lease lasts.

        What comes after a row that must wait waits too: a channel reads its messages in their order.
        """
        due = _due(now)
        with self._engine.begin() as connection:
            _expire(connection, now)
            heads = connection.scalars(sa.select(outbox.c.id).where(due, ~_is_behind_another())).all()
            mine = sa.update(outbox).values(lease_owner=owner, lease_until=now + lease).returning(*outbox.c)
            taken = [connection.execute(mine.where(outbox.c.id == each, due)).first() for each in heads]
            return [claimed for row in taken if row is not None and (claimed := _read(connection, row)) is not None]

    def attempt(self, row: int, now: datetime, owner: str, lease: timedelta) -> bool:
        """Notes that the message is about to leave, and renews the lease: from here on the message is in doubt.

        False where the lease is lost: the row may be somebody else's by now, and must be left alone.
        """
        held = sa.and_(outbox.c.id == row, outbox.c.lease_owner == owner, outbox.c.lease_until > now)
        noted = {"attempted_at": now, "attempts": outbox.c.attempts + 1, "lease_until": now + lease}
        with self._engine.begin() as connection:
            return connection.execute(sa.update(outbox).where(held).values(noted)).rowcount == 1

    def sent(self, row: int, ts: str) -> None:
        """Slack returned a `ts`: the message stands in the channel."""
        self._update(row, state=OutboxState.SENT, ts=ts, error=None, lease_owner=None, lease_until=None)

    def retry(self, row: int, at: datetime, error: str, in_doubt: bool) -> None:
        """Tries again later. What certainly did not arrive need not be looked up."""
        kept = {} if in_doubt else {"attempted_at": None}
        self._update(row, due_at=at, error=error, lease_owner=None, lease_until=None, **kept)

    def park(self, row: int, error: str, complaints: Iterable[Owed], now: datetime) -> None:
        """Gives up until somebody mends the cause, and owes word of it to whoever can."""
        parked = {"state": OutboxState.PARKED, "error": error, "lease_owner": None, "lease_until": None}
        with self._engine.begin() as connection:
            connection.execute(sa.update(outbox).where(outbox.c.id == row).values(parked))
            add(connection, complaints, now)

    def counts(self) -> dict[str, int]:
        """How many rows stand in each state."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state))
            return {state: count for state, count in rows}

    def _update(self, row: int, **values: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.update(outbox).where(outbox.c.id == row).values(**values))


def _due(now: datetime) -> sa.ColumnElement[bool]:
    free = sa.or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= now)
    return sa.and_(outbox.c.state == OutboxState.WAITING, outbox.c.due_at <= now, free)


def _is_behind_another() -> sa.ColumnElement[bool]:
    """An earlier message to the same channel still waits."""
    earlier = outbox.alias("earlier")
    return sa.exists().where(
        earlier.c.channel == outbox.c.channel, earlier.c.id < outbox.c.id, earlier.c.state == OutboxState.WAITING
    )


def _expire(connection: sa.Connection, now: datetime) -> None:
    late = sa.and_(outbox.c.state == OutboxState.WAITING, outbox.c.expires_at <= now)
    expired = sa.update(outbox).where(late).values(state=OutboxState.EXPIRED).returning(outbox.c.key)
    for key in connection.scalars(expired):
        log.warning("%s was never delivered, and is of no use any more", key)


def _read(connection: sa.Connection, row: Any) -> Claimed | None:
    """The row as it can be sent. One that cannot be read is parked, so that it costs nobody else's message."""
    try:
        owed = Owed(row.key, row.channel, _bodies.validate_json(row.body), row.expires_at)
    except ValidationError as error:
        log.error("%s cannot be read: %s", row.key, error)
        parked = {"state": OutboxState.PARKED, "error": "its message cannot be read", "lease_until": None}
        connection.execute(sa.update(outbox).where(outbox.c.id == row.id).values(parked))
        return None
    return Claimed(row.id, owed, row.attempts, row.attempted_at)


def add(connection: sa.Connection, owed: Iterable[Owed], now: datetime) -> None:
    """Puts messages into the outbox, in the transaction that decided on them."""
    rows = [
        {
            "key": each.key,
            "channel": each.channel,
            "body": _bodies.dump_json(each.message).decode(),
            "state": OutboxState.WAITING,
            "created_at": now,
            "due_at": now,
            "expires_at": each.expires_at,
            "attempts": 0,
        }
        for each in owed
    ]
    if rows:
        connection.execute(sa.insert(outbox), rows)
