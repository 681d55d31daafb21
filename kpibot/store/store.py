"""The state database: one transaction for what belongs together."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from kpibot.core.alerts import AlertState, Phase
from kpibot.core.readings import Reading
from kpibot.core.thresholds import Verdict
from kpibot.store import outbox
from kpibot.store.readings import ReadingTables
from kpibot.store.schema import alert_states, claims, metadata

BUSY_SECONDS = 30
AlertKey = tuple[str, str]  # KPI, campus


def open_engine(url: str) -> sa.Engine:
    """The engine of a state database, its tables made where they are missing. SQLite's folder is made too.

    Raises:
        StoreError: it cannot be opened.
    """
    try:
        engine = _engine(sa.make_url(url))
        metadata.create_all(engine)
    except ValueError:  # a malformed port: what it says may hold a part of the password
        raise StoreError("KPIBOT_STATE_URL cannot be read; quote special characters (%40 for @, %2F for /)") from None
    except (SQLAlchemyError, OSError, ImportError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise StoreError(f"the bot's own database cannot be opened ({reason}); correct KPIBOT_STATE_URL") from error
    return engine


def _engine(parsed: sa.URL) -> sa.Engine:
    if parsed.get_backend_name() == "sqlite":
        Path(parsed.database or "").absolute().parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
        sa.event.listen(engine, "connect", _write_ahead)
        return engine
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return sa.create_engine(parsed, pool_pre_ping=True)


def _write_ahead(connection: Any, _record: Any) -> None:
    """Readers and the writer do not wait for each other."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


class StoreError(Exception):
    """The state database cannot be used; the message says what to change, and holds no secret."""


class Store:
    """What the bot remembers. Its methods block. A day's readings are those of a day in `zone`."""

    def __init__(self, engine: sa.Engine, zone: tzinfo = UTC) -> None:
        self._engine = engine
        self._readings = ReadingTables(engine, zone)
        self.outbox = outbox.Outbox(engine)

    def save_readings(self, taken: Iterable[Reading]) -> None:
        """Keeps readings; one of the same KPI, campus and instant replaces the former."""
        prepared = self._readings.prepare(taken)
        with self._engine.begin() as connection:
            self._readings.save(connection, prepared)

    def alert_states(self) -> dict[AlertKey, AlertState]:
        """What is remembered of every alert that is not at rest."""
        with self._engine.connect() as connection:
            return {(row.kpi, row.campus): _state(row) for row in connection.execute(sa.select(alert_states))}

    def record_watch(
        self,
        taken: Iterable[Reading],
        states: Mapping[AlertKey, AlertState],
        owed: Iterable[outbox.Owed],
        now: datetime,
    ) -> None:
        """One measurement's readings, new alert states and notices, together or not at all."""
        prepared = self._readings.prepare(taken)
        with self._engine.begin() as connection:
            self._readings.save(connection, prepared)
            _save_states(connection, states)
            outbox.add(connection, owed, now)

    def claim(self, work: str, slot: datetime, now: datetime, owed: Iterable[outbox.Owed] = ()) -> bool:
        """Claims a slot of some work and puts its messages into the outbox; False where it was claimed before."""
        try:
            with self._engine.begin() as connection:
                connection.execute(sa.insert(claims).values(work=work, slot=slot, claimed_at=now))
                outbox.add(connection, owed, now)
        except IntegrityError:
            return False
        return True

    def is_claimed(self, work: str, slot: datetime) -> bool:
        """Whether a slot is done, so that its work need not be prepared."""
        with self._engine.connect() as connection:
            found = sa.select(claims.c.work).where(claims.c.work == work, claims.c.slot == slot)
            return connection.execute(found).first() is not None

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


def _save_states(connection: sa.Connection, states: Mapping[AlertKey, AlertState]) -> None:
    """The new states replace the former ones; one at rest is only forgotten."""
    if not states:
        return
    former = sa.and_(alert_states.c.kpi == sa.bindparam("of_kpi"), alert_states.c.campus == sa.bindparam("at"))
    connection.execute(sa.delete(alert_states).where(former), [{"of_kpi": kpi, "at": at} for kpi, at in states])
    active = [{"kpi": kpi, "campus": at, **_columns(state)} for (kpi, at), state in states.items() if _is_active(state)]
    if active:
        connection.execute(sa.insert(alert_states), active)


def _is_active(state: AlertState) -> bool:
    return state.phase is not Phase.OK


def _columns(state: AlertState) -> dict[str, Any]:
    return {name: getattr(state, name) for name in ("phase", "severity", "since", "streak", "told")}


def _state(row: Any) -> AlertState:
    severity = None if row.severity is None else Verdict(row.severity)
    return AlertState(Phase(row.phase), severity, row.since, row.streak, row.told)
