"""A replica that works off the outbox of a state database, and may be killed at any step.

What stands in for Slack is a table of its own beside the state database: what was posted stays posted, whoever dies.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from kpibot.store.outbox import LeasedMessage
from kpibot.store.store import Store

LEASE = timedelta(minutes=1)

posted = sa.Table(
    "posted",
    sa.MetaData(),
    sa.Column("ts", sa.Integer, primary_key=True),
    sa.Column("channel", sa.String),
    sa.Column("key", sa.String),
)


class Channels:
    """Takes every message that is posted, as often as it is posted."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def post(self, row: LeasedMessage) -> str:
        with self._engine.begin() as connection:
            new = sa.insert(posted).values(channel=row.message.channel, key=row.message.key)
            return str(connection.execute(new).inserted_primary_key[0])

    def find(self, row: LeasedMessage) -> str | None:
        with self._engine.connect() as connection:
            found = connection.scalar(sa.select(posted.c.ts).where(posted.c.key == row.message.key))
            return None if found is None else str(found)

    def shown(self) -> list[tuple[str, str]]:
        """Channel and key of everything that was posted, in its order."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(posted.c.channel, posted.c.key).order_by(posted.c.ts))
            return [(row.channel, row.key) for row in rows]


def work_off(
    store: Store, channels: Channels, now: datetime, reached: Callable[[str], None] = lambda _step: None
) -> None:
    """Delivers until nothing can be claimed. `reached` is told of every step, and may make it the last."""
    while rows := store.outbox.lease(now, store.owner, LEASE):
        reached("claimed")
        for row in rows:
            deliver(store, channels, row, now, reached)


def deliver(
    store: Store, channels: Channels, row: LeasedMessage, now: datetime, reached: Callable[[str], None]
) -> None:
    ts = channels.find(row) if row.in_doubt_since is not None else None
    reached("looked up")
    if ts is None:
        if not store.outbox.begin_attempt(row.id, now, store.owner, LEASE):
            return
        reached("attempted")
        ts = channels.post(row)
        reached("posted")
    store.outbox.mark_sent(row.id, ts)
    reached("marked")
