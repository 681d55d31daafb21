"""The state database as an onlooker sees it: what is left to do."""

from collections.abc import Container, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kpibot.catalog import Catalog
from kpibot.core.alerts.groups import DeliveryKind
from kpibot.services.digests.digests import latest_slot
from kpibot.store.database.schema import leases, outbox
from kpibot.store.outbox import Outbox
from tests.chaos import steps


class Ledger:
    """Reads the state database of a district. Whoever has not the catalog cannot tell what is left to do."""

    def __init__(self, url: str, catalog: Catalog | None = None) -> None:
        self._engine = sa.create_engine(url, poolclass=sa.NullPool)
        self._catalog = catalog

    def needs(self, now: datetime, stands: Container[str] = ()) -> set[str]:
        """What is left to do: names of `steps.NEEDS`. `stands` are the keys of the messages that Slack has."""
        if not sa.inspect(self._engine).has_table("kpibot_version"):
            return {steps.FIRST, "a measurement", "a digest", "pruning"}
        return {*self._work(now), *(need for row in self._reachable(now) for need in _needs_of(row, stands))}

    def measured(self) -> list[datetime]:
        """The instants of all measurements."""
        done = sa.select(leases.c.done_at).where(leases.c.work == "watch", leases.c.done_at.is_not(None))
        with self._engine.connect() as connection:
            return list(connection.scalars(done.order_by(leases.c.done_at)))

    def counts(self) -> dict[str, int]:
        """How many rows of the outbox stand in each state."""
        return Outbox(self._engine).counts()

    def places(self) -> dict[str, str]:
        """Where each message stands that was sent, as the outbox knows it: its `ts` by its key, in the order owed."""
        sent = sa.select(outbox.c.key, outbox.c.ts).where(
            outbox.c.state == "sent", outbox.c.kind != DeliveryKind.UPDATE
        )
        with self._engine.connect() as connection:
            return {key: ts for key, ts in connection.execute(sent.order_by(outbox.c.id))}

    def _work(self, now: datetime) -> Iterator[str]:
        assert self._catalog is not None
        district, digests = self._catalog.district, self._catalog.digests.values()
        with self._engine.connect() as connection:
            done = sa.select(leases.c.work, leases.c.slot).where(leases.c.done_at.is_not(None))
            over = {(work, slot) for work, slot in connection.execute(done)}
        if ("watch", now.replace(minute=0, second=0, microsecond=0)) not in over:
            yield "a measurement"
        if ("prune", now.replace(hour=0, minute=0, second=0, microsecond=0)) not in over:
            yield "pruning"
        for digest in digests:
            slot = latest_slot(digest, now, district.calendar)
            if now < slot + digest.useful_for and (f"digest:{digest.id}", slot) not in over:
                yield "a digest"

    def _reachable(self, now: datetime) -> list[Any]:
        """What waits in each channel whose oldest row is due and nobody's: one life may deliver all of it."""
        channels: dict[str, list[Any]] = {}
        with self._engine.connect() as connection:
            waiting = sa.select(outbox).where(outbox.c.state == "waiting").order_by(outbox.c.id)
            for row in connection.execute(waiting):
                channels.setdefault(row.channel, []).append(row)
        return [row for rows in channels.values() if _is_free(rows[0], now) for row in rows]


def _is_free(row: Any, now: datetime) -> bool:
    return all(each is None or each <= now for each in (row.due_at, row.lease_until))


def _needs_of(row: Any, stands: Container[str]) -> Iterator[str]:
    yield "a row"
    if row.attempted_at is not None and row.kind != DeliveryKind.UPDATE:
        yield "a row in doubt"
    if row.key not in stands:
        yield {DeliveryKind.POST: "a post", DeliveryKind.UPDATE: "an edit", DeliveryKind.REPLY: "a reply"}[
            DeliveryKind(row.kind)
        ]
        if row.kind != DeliveryKind.REPLY:
            yield "a row with a picture"
