"""Leases on slots of work: exactly one process does each slot, and another takes over if it dies.

(free) ──acquire──► leased ──complete──► done
   ▲                  │
   └── released, or the lease expires
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa

from kpibot.store.database.engine import upserting, writing
from kpibot.store.database.errors import SlotLostError
from kpibot.store.database.schema import leases

LEASE = timedelta(minutes=2)
RENEWED_FOR = timedelta(hours=1)  # work that takes longer is stuck: another process may try

DONE = sa.select(leases.c.work).where(
    leases.c.work == sa.bindparam("work"), leases.c.slot == sa.bindparam("slot"), leases.c.done_at.is_not(None)
)


class Leases:
    """The leases of a state database. `owner` names this process."""

    def __init__(self, engine: sa.Engine, owner: str) -> None:
        self._engine = engine
        self._owner = owner
        self._insert = upserting(engine.dialect.name)(leases)

    def acquire(self, work: str, slot: datetime, now: datetime) -> bool:
        """Leases a slot of some work; False where it is done, or leased by another process."""
        if self.is_done(work, slot):  # a read does not wait for the write lock
            return False
        lease = {"acquired_at": now, "owner": self._owner, "lease_until": now + LEASE}
        new = self._insert.values(work=work, slot=slot, **lease)
        upsert = new.on_conflict_do_update(index_elements=leases.primary_key, set_=lease, where=_is_abandoned(now))
        with writing(self._engine) as connection:
            return connection.execute(upsert.execution_options(preserve_rowcount=True)).rowcount == 1

    @contextmanager
    def hold(self, work: str, slot: datetime, now: datetime) -> Iterator[bool]:
        """Whether this process got the slot. The lease is released if the work in the `with` block fails."""
        is_mine = self.acquire(work, slot, now)
        try:
            yield is_mine
        except BaseException:
            if is_mine:
                self._release(sa.and_(leases.c.work == work, leases.c.slot == slot))
            raise

    def complete(self, connection: sa.Connection, work: str, slot: datetime, now: datetime) -> None:
        """Marks a slot as done, in the transaction that saves its results.

        Raises:
            SlotLostError: another process has taken the slot over.
        """
        done = sa.update(leases).where(self._is_mine(), leases.c.work == work, leases.c.slot == slot)
        if connection.execute(done.values(done_at=now, lease_until=None)).rowcount != 1:
            raise SlotLostError(work)

    def release_all(self) -> None:
        """Releases every lease of this process."""
        self._release(sa.true())

    def renew(self, now: datetime) -> None:
        """Extends the leases of this process; to be called more often than a lease lasts."""
        is_current = sa.and_(self._is_mine(), leases.c.acquired_at > now - RENEWED_FOR)
        with writing(self._engine) as connection:
            connection.execute(sa.update(leases).where(is_current).values(lease_until=now + LEASE))

    def is_done(self, work: str, slot: datetime) -> bool:
        """Whether a slot is done."""
        with self._engine.connect() as connection:
            return connection.execute(DONE, {"work": work, "slot": slot}).first() is not None

    def _release(self, condition: sa.ColumnElement[bool]) -> None:
        with writing(self._engine) as connection:
            connection.execute(sa.delete(leases).where(self._is_mine(), condition))

    def _is_mine(self) -> sa.ColumnElement[bool]:
        return sa.and_(leases.c.owner == self._owner, leases.c.done_at.is_(None))


def _is_abandoned(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(leases.c.done_at.is_(None), is_expired(leases.c.lease_until, now, LEASE))


def is_expired(
    lease_until: sa.ColumnElement[datetime | None], now: datetime, lease: timedelta
) -> sa.ColumnElement[bool]:
    """Whether a lease has expired. One that ends impossibly late was taken before the clock was set back."""
    return sa.or_(lease_until.is_(None), lease_until <= now, lease_until > now + 2 * lease)
