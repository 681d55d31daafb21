"""The state database: each method is one transaction for what belongs together."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, tzinfo

import sqlalchemy as sa

from kpibot.core.alerts.groups import AlertGroup
from kpibot.core.alerts.silences import Silence
from kpibot.core.alerts.states import AlertState
from kpibot.core.kpis.readings import Reading
from kpibot.store import alert_groups, alert_states, audit_log, outbox, retention, silences
from kpibot.store.alert_groups import AlertGroupKey
from kpibot.store.alert_states import AlertKey
from kpibot.store.audit_log import AuditEntry
from kpibot.store.database.engine import writing
from kpibot.store.database.errors import SlotLostError, StoreError, UpgradedError
from kpibot.store.database.opening import open_engine
from kpibot.store.leases import Leases
from kpibot.store.outbox import Outbox, OutboxMessage
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
    """The bot's memory: `readings`, `leases` and `outbox`, and what is written together. Its methods block.

    `owner` names this process and must be unique among the processes that share the database. A day's readings are
    those of a day in `zone`. Every method raises StoreError where the database cannot be used, and then has saved
    nothing.
    """

    def __init__(self, engine: sa.Engine, zone: tzinfo = UTC, owner: str = "kpibot") -> None:
        self._engine = engine
        self.owner = owner
        self.readings = ReadingTables(engine, zone)
        self.leases = Leases(engine, owner)
        self.outbox = Outbox(engine)

    def alert_states(self) -> dict[AlertKey, AlertState]:
        """Every alert state that is not OK."""
        with self._engine.connect() as connection:
            return alert_states.load_states(connection)

    def alert_groups(self) -> dict[AlertGroupKey, AlertGroup]:
        """The open groups."""
        with self._engine.connect() as connection:
            return alert_groups.open_groups(connection)

    def group(self, key: str) -> AlertGroup | None:
        """The open group with this key."""
        with self._engine.connect() as connection:
            return alert_groups.find_group(connection, key)

    def silences(self, now: datetime) -> list[Silence]:
        """Silences that have not ended, the next to end first. Some may not have started."""
        with self._engine.connect() as connection:
            return silences.current_silences(connection, now)

    def audit_entries(self, since: datetime, limit: int) -> list[AuditEntry]:
        """What people did from an instant on, the latest first."""
        with self._engine.connect() as connection:
            return audit_log.entries_since(connection, since, limit)

    def save_readings(self, readings: Iterable[Reading]) -> None:
        """Saves readings; one of the same KPI, campus and instant replaces the former."""
        measurements = self.readings.prepare(readings)
        with writing(self._engine) as connection:
            self.readings.save(connection, measurements)

    def save_evaluation(
        self,
        readings: Iterable[Reading],
        states: Mapping[AlertKey, AlertState],
        messages: Iterable[OutboxMessage],
        now: datetime,
        groups: Mapping[AlertGroupKey, AlertGroup | None] | None = None,
        slot: tuple[str, datetime] | None = None,
    ) -> set[AlertGroupKey]:
        """Saves the readings, alert states, groups and messages of one measurement together.

        None closes a group. `slot` is the leased work and slot that this completes.

        Returns:
            The groups that were changed since they were read. They and their messages are not saved.

        Raises:
            SlotLostError: another process has taken the slot over; nothing is saved.
        """
        measurements = self.readings.prepare(readings)
        updates = groups or {}
        with writing(self._engine) as connection:
            if slot is not None:
                self.leases.complete(connection, *slot, now)
            self.readings.save(connection, measurements)
            alert_states.save_states(connection, states)
            conflicts = alert_groups.save_groups(connection, updates, now)
            unsaved = {group.key for key in conflicts if (group := updates[key]) is not None}
            outbox.enqueue(connection, [message for message in messages if message.group not in unsaved], now)
        return conflicts

    def update_group(
        self,
        key: str,
        change: Callable[[AlertGroup], AlertGroup | None],
        messages_for: Callable[[AlertGroup], Iterable[OutboxMessage]],
        entry: AuditEntry,
        now: datetime,
    ) -> AlertGroup | None:
        """Changes an open group for a person, one person at a time, and returns the changed group.

        None where the group is not open, or `change` returns None: then nothing is saved.
        """
        with writing(self._engine) as connection:
            group = alert_groups.find_group(connection, key, locks=True)
            changed = None if group is None else change(group)
            if changed is None:
                return None
            alert_groups.update_group(connection, changed)
            outbox.enqueue(connection, messages_for(changed), now)
            audit_log.insert_entry(connection, entry)
        return changed

    def add_silence(
        self, silence: Silence, entry: AuditEntry, messages: Iterable[OutboxMessage], now: datetime
    ) -> bool:
        """Saves a silence with its messages; False, and nothing is saved, where it exists."""
        with writing(self._engine) as connection:
            if not silences.insert_silence(connection, silence):
                return False
            outbox.enqueue(connection, messages, now)
            audit_log.insert_entry(connection, entry)
        return True

    def end_silence(
        self, silence_id: str, entry: AuditEntry, messages: Iterable[OutboxMessage], now: datetime
    ) -> Silence | None:
        """Ends a silence and returns it as it was; None, and nothing is saved, where it had ended."""
        with writing(self._engine) as connection:
            ended = silences.end_silence(connection, silence_id, now)
            if ended is not None:
                outbox.enqueue(connection, messages, now)
                audit_log.insert_entry(connection, entry)
        return ended

    def record_action(self, entry: AuditEntry) -> None:
        """Adds to the audit log."""
        with writing(self._engine) as connection:
            audit_log.insert_entry(connection, entry)

    def complete(self, work: str, slot: datetime, now: datetime, messages: Iterable[OutboxMessage] = ()) -> None:
        """Marks a leased slot as done, and enqueues its messages.

        Raises:
            SlotLostError: another process has taken the slot over; nothing is saved.
        """
        with writing(self._engine) as connection:
            self.leases.complete(connection, work, slot, now)
            outbox.enqueue(connection, messages, now)

    def release(self) -> None:
        """Releases all leases of this process: slots that are not done, messages whose sending has not begun."""
        self.leases.release_all()
        self.outbox.release(self.owner)

    def prune(self, now: datetime) -> dict[str, int]:
        """Deletes rows that are past their retention time, in batches. Returns the number of rows by table."""
        return retention.prune(self._engine, now)

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()
