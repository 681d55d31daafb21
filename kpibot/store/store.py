"""The state database: one transaction for what belongs together."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, tzinfo

import sqlalchemy as sa

from kpibot.core.alerts.groups import AlertGroup
from kpibot.core.alerts.silences import Silence
from kpibot.core.alerts.states import AlertState
from kpibot.core.kpis.readings import Reading
from kpibot.store import alert_groups as kept_groups
from kpibot.store import alert_states as kept_states
from kpibot.store import audit_log, outbox, retention, silences
from kpibot.store.alert_groups import AlertGroupKey
from kpibot.store.alert_states import AlertKey
from kpibot.store.audit_log import AuditEntry
from kpibot.store.database.engine import writing
from kpibot.store.database.errors import SlotLostError, StoreError, UpgradedError
from kpibot.store.database.opening import open_engine
from kpibot.store.leases import Leases
from kpibot.store.readings import ReadingTables

__all__ = [
    "AlertGroupKey",
    "AlertKey",
    "AuditEntry",
    "SlotLostError",
    "Store",
    "StoreError",
    "UpgradedError",
    "open_engine",
]


class Store:
    """What the bot remembers. Its methods block. A day's readings are those of a day in `zone`.

    `owner` names this process where several share the work: no other one may have the same. Every method raises
    StoreError where the database cannot be used, and has kept nothing then.
    """

    def __init__(self, engine: sa.Engine, zone: tzinfo = UTC, owner: str = "kpibot") -> None:
        self._engine = engine
        self._readings = ReadingTables(engine, zone)
        self._claims = Leases(engine, owner)
        self.owner = owner
        self.outbox = outbox.Outbox(engine)

    def save_readings(self, taken: Iterable[Reading]) -> None:
        """Keeps readings; one of the same KPI, campus and instant replaces the former."""
        prepared = self._readings.prepare(taken)
        with writing(self._engine) as connection:
            self._readings.save(connection, prepared)

    def alert_states(self) -> dict[AlertKey, AlertState]:
        """What is remembered of every alert that is not at rest."""
        with self._engine.connect() as connection:
            return kept_states.load_states(connection)

    def alert_groups(self) -> dict[AlertGroupKey, AlertGroup]:
        """The open groups."""
        with self._engine.connect() as connection:
            return kept_groups.open_groups(connection)

    def group(self, key: str) -> AlertGroup | None:
        """The open group with this key."""
        with self._engine.connect() as connection:
            return kept_groups.find_group(connection, key)

    def record_watch(
        self,
        taken: Iterable[Reading],
        states: Mapping[AlertKey, AlertState],
        owed: Iterable[outbox.OutboxMessage],
        now: datetime,
        groups: Mapping[AlertGroupKey, AlertGroup | None] | None = None,
        slot: tuple[str, datetime] | None = None,
    ) -> set[AlertGroupKey]:
        """One measurement's readings, new alert states, groups and notices, together or not at all.

        None closes a group. `slot` is the claimed work and instant that this finishes.

        Returns:
            The groups that somebody has changed since they were read. Nothing of them is kept, nor of what is owed of
            them: the next measurement decides anew.

        Raises:
            SlotLostError: somebody else does the slot by now; nothing is kept.
        """
        prepared = self._readings.prepare(taken)
        decided = groups or {}
        with writing(self._engine) as connection:
            if slot is not None:
                self._claims.finish(connection, *slot, now)
            self._readings.save(connection, prepared)
            kept_states.save_states(connection, states)
            changed = kept_groups.save_groups(connection, decided, now)
            outdated = {group.key for key in changed if (group := decided[key]) is not None}
            outbox.enqueue(connection, [each for each in owed if each.group not in outdated], now)
        return changed

    def act(
        self,
        key: str,
        change: Callable[[AlertGroup], AlertGroup | None],
        owe: Callable[[AlertGroup], Iterable[outbox.OutboxMessage]],
        entry: AuditEntry,
        now: datetime,
    ) -> AlertGroup | None:
        """Changes an open group as somebody asks; the changed group. Of two people at once, one comes after the other.

        None where the group is not open, or `change` finds nothing to do: then nothing is kept.
        """
        with writing(self._engine) as connection:
            group = kept_groups.find_group(connection, key, locks=True)
            after = None if group is None else change(group)
            if after is None:
                return None
            kept_groups.update_group(connection, after)
            outbox.enqueue(connection, owe(after), now)
            audit_log.insert_entry(connection, entry)
        return after

    def silences(self, now: datetime) -> list[Silence]:
        """The silences that have not ended, the next to end first; some may not have begun."""
        with self._engine.connect() as connection:
            return silences.current_silences(connection, now)

    def add_silence(
        self, silence: Silence, entry: AuditEntry, owed: Iterable[outbox.OutboxMessage], now: datetime
    ) -> bool:
        """Keeps a silence and what is owed because of it; False, and nothing happens, where it is kept already."""
        with writing(self._engine) as connection:
            if not silences.insert_silence(connection, silence):
                return False
            outbox.enqueue(connection, owed, now)
            audit_log.insert_entry(connection, entry)
        return True

    def end_silence(
        self, wanted: str, entry: AuditEntry, owed: Iterable[outbox.OutboxMessage], now: datetime
    ) -> Silence | None:
        """Ends a silence, by its id, and keeps what is owed because of it; what it was. None where it was over already:
        then nothing happens.
        """
        with writing(self._engine) as connection:
            ended = silences.end_silence(connection, wanted, now)
            if ended is not None:
                outbox.enqueue(connection, owed, now)
                audit_log.insert_entry(connection, entry)
        return ended

    def record(self, entry: AuditEntry) -> None:
        """Adds to the audit trail."""
        with writing(self._engine) as connection:
            audit_log.insert_entry(connection, entry)

    def trail(self, since: datetime, most: int) -> list[AuditEntry]:
        """What people did from an instant on, the latest first."""
        with self._engine.connect() as connection:
            return audit_log.entries_since(connection, since, most)

    def claim(self, work: str, slot: datetime, now: datetime) -> bool:
        """Takes a slot of some work for a lease; False where it is done, or somebody is at it."""
        return not self.is_done(work, slot) and self._claims.claim(work, slot, now)  # to look costs no writing lock

    @contextmanager
    def claimed(self, work: str, slot: datetime, now: datetime) -> Iterator[bool]:
        """Whether the slot is ours. It is given back where its work fails."""
        is_mine = self.claim(work, slot, now)
        try:
            yield is_mine
        except BaseException:
            if is_mine:
                self._claims.give_back(work, slot)
            raise

    def finish(self, work: str, slot: datetime, now: datetime, owed: Iterable[outbox.OutboxMessage] = ()) -> None:
        """Marks a claimed slot done, and puts its messages into the outbox.

        Raises:
            SlotLostError: it is somebody else's by now; nothing is kept.
        """
        with writing(self._engine) as connection:
            self._claims.finish(connection, work, slot, now)
            outbox.enqueue(connection, owed, now)

    def is_done(self, work: str, slot: datetime) -> bool:
        """Whether a slot is done."""
        return self._claims.is_done(work, slot)

    def renew(self, now: datetime) -> None:
        """Keeps this process's claims from being taken over; to be called more often than a lease lasts."""
        self._claims.renew(now)

    def release(self) -> None:
        """Gives back what this process has claimed: slots that are not done, messages that are not on their way."""
        self._claims.release()
        self.outbox.release(self.owner)

    def prune(self, now: datetime) -> dict[str, int]:
        """Deletes what has been kept for long enough, a few rows at a time; how many of each table."""
        return retention.prune(self._engine, now)

    def history(self, kpi: str, campus: str, since: datetime, until: datetime) -> list[tuple[datetime, float | None]]:
        """The readings of a KPI at a campus in the half-open stretch, oldest first."""
        return self._readings.history(kpi, campus, since, until)

    def latest(self, kpi: str, after: datetime, until: datetime) -> dict[str, Reading]:
        """The last readings of a KPI after one instant, up to and with another, by campus; empty if there are none."""
        return self._readings.latest(kpi, after, until)

    def daily(self, kpi: str, first: date, until: datetime) -> dict[str, list[float | None]]:
        """The last value of each local day, from `first` to the one in which `until` lies, for every campus with any.

        What was measured after `until` is left out; None stands for a day without a value.
        """
        return self._readings.daily(kpi, first, until)

    def close(self) -> None:
        """Gives back all connections."""
        self._engine.dispose()
