"""Slots of work: each is done by exactly one process, and by another where that one dies on the way.

(free) ──claim──► under way ──finish──► done
   ▲                  │
   └── give back, or its lease ends
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from kpibot.store.database.engine import upserting, writing
from kpibot.store.database.errors import SlotLostError
from kpibot.store.database.schema import leases

LEASE = timedelta(minutes=2)
RENEWED_FOR = timedelta(hours=1)  # what takes longer hangs: somebody else may try

DONE = sa.select(leases.c.work).where(
    leases.c.work == sa.bindparam("work"), leases.c.slot == sa.bindparam("slot"), leases.c.done_at.is_not(None)
)


class Leases:
    """The claims of a state database, as `owner`, who names this process, makes them."""

    def __init__(self, engine: sa.Engine, owner: str) -> None:
        self._engine = engine
        self._owner = owner
        self._new = upserting(engine.dialect.name)(leases)

    def claim(self, work: str, slot: datetime, now: datetime) -> bool:
        """Takes a slot for as long as the lease; False where it is done, or under way."""
        mine = {"claimed_at": now, "owner": self._owner, "lease_until": now + LEASE}
        new = self._new.values(work=work, slot=slot, **mine)
        taken = new.on_conflict_do_update(index_elements=leases.primary_key, set_=mine, where=_is_left_behind(now))
        with writing(self._engine) as connection:
            return connection.execute(taken.execution_options(preserve_rowcount=True)).rowcount == 1

    def finish(self, connection: sa.Connection, work: str, slot: datetime, now: datetime) -> None:
        """Marks a slot done, in the transaction that keeps what came of it.

        Raises:
            SlotLostError: it is somebody else's by now.
        """
        done = sa.update(leases).where(self._is_mine(), leases.c.work == work, leases.c.slot == slot)
        if connection.execute(done.values(done_at=now, lease_until=None)).rowcount != 1:
            raise SlotLostError(work)

    def give_back(self, work: str, slot: datetime) -> None:
        """Whoever claims the slot next gets it."""
        self._free(sa.and_(leases.c.work == work, leases.c.slot == slot))

    def release(self) -> None:
        """Gives back everything that is under way."""
        self._free(sa.true())

    def renew(self, now: datetime) -> None:
        """Says that this process lives, so that what is under way is not taken over."""
        lives = sa.and_(self._is_mine(), leases.c.claimed_at > now - RENEWED_FOR)
        with writing(self._engine) as connection:
            connection.execute(sa.update(leases).where(lives).values(lease_until=now + LEASE))

    def is_done(self, work: str, slot: datetime) -> bool:
        """Whether nothing is left to do."""
        with self._engine.connect() as connection:
            return connection.execute(DONE, {"work": work, "slot": slot}).first() is not None

    def _free(self, which: sa.ColumnElement[bool]) -> None:
        with writing(self._engine) as connection:
            connection.execute(sa.delete(leases).where(self._is_mine(), which))

    def _is_mine(self) -> sa.ColumnElement[bool]:
        return sa.and_(leases.c.owner == self._owner, leases.c.done_at.is_(None))


def _is_left_behind(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(leases.c.done_at.is_(None), is_over(leases.c.lease_until, now, LEASE))


def is_over(lease_until: sa.ColumnElement[datetime | None], now: datetime, lease: timedelta) -> sa.ColumnElement[bool]:
    """Whether a lease has ended. One that seems to last for longer than any was begun by a clock that was set back."""
    return sa.or_(lease_until.is_(None), lease_until <= now, lease_until > now + 2 * lease)
