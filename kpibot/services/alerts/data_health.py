"""Watches the data itself: a database that is down, or data that is late or missing, is an incident, not a breach.

        incident                 it has lasted, people are at work
OK ────────────► pending ─────────────────────────────────────► reported ◄─┐ what comes and goes
 ▲                  │ it was over before it was reported           │ ──────┘ is reported once
 └──────────────────┴──────────────────────────────────────────────┘ reported as resolved: it has worked for a while
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kpibot.core.alerts.states import AlertState, Phase
from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.kpis.district import District
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.measures import Simple, components
from kpibot.core.kpis.readings import Missing, Reading
from kpibot.core.reports.messages import AdminNotice
from kpibot.services.measurement.reporting import Reporting
from kpibot.store.outbox import OutboxMessage
from kpibot.store.store import AlertKey

DATA = ":data"  # in place of a campus in the alert state of a KPI's data
RELEVANT_FOR = timedelta(days=1)
AT_ONCE = timedelta()
LACKS_FOR = timedelta(days=1)  # before it is reported: a quiet morning has no rows, either
WORKS_FOR = timedelta(minutes=30)  # before it is reported as resolved: a database may come and go all day
STALE = "the newest row of its dataset is older than fresh_within allows; check what writes it"
NO_ROWS = "its dataset has no rows for it; check the table and the filters"


@dataclass(frozen=True, slots=True)
class DataIncident:
    """What is wrong with a KPI's data. `is_down` says that its database does not answer."""

    description: str
    is_down: bool = False
    notify_after: timedelta = AT_ONCE


@dataclass(frozen=True, slots=True)
class DataHealthReport:
    """The data of all KPIs after a measurement: the incidents by KPI, new states, and the messages about them."""

    incidents: Mapping[str, DataIncident]
    states: Mapping[AlertKey, AlertState]
    messages: tuple[OutboxMessage, ...]


class DataHealth:
    """Reports each incident to the administrators (a channel's id) once, and once more when it is resolved.

    `database_of` names the database of a measure.
    """

    def __init__(
        self,
        district: District,
        reporting: Reporting,
        database_of: Callable[[Simple], str],
        administrators: str | None,
    ) -> None:
        self._kpis = district.kpis
        self._reporting = reporting
        self._calendar = district.calendar
        self._administrators = administrators
        self._databases = {
            kpi.id: frozenset(database_of(half) for half in components(kpi.measure)) for kpi in district.kpis.values()
        }

    def check(
        self, readings_of: Mapping[str, Mapping[str, Reading]], remembered: Mapping[AlertKey, AlertState], now: datetime
    ) -> DataHealthReport:
        """The state of the data, from the readings of each KPI. Outside of working hours nothing is reported."""
        incidents = {
            kpi: incident
            for kpi, readings in readings_of.items()
            if (incident := self._incident(self._kpis[kpi], readings)) is not None
        }
        may_notify = self._calendar.is_working_time(now)
        before = {kpi: remembered.get((kpi, DATA), AlertState()) for kpi in readings_of}
        after = {kpi: _next(before[kpi], incidents.get(kpi), now, may_notify) for kpi in readings_of}
        changed = {kpi: state for kpi, state in after.items() if state != before[kpi]}
        was_reported, is_reported = _reported(before), _reported(after)
        reported = [kpi for kpi in readings_of if kpi in is_reported - was_reported]
        resolved = [kpi for kpi in readings_of if kpi in was_reported - is_reported]
        states = {(kpi, DATA): state for kpi, state in changed.items()}
        return DataHealthReport(incidents, states, self._messages(reported, resolved, incidents, now))

    def _incident(self, kpi: Kpi, readings: Mapping[str, Reading]) -> DataIncident | None:
        district = readings[DISTRICT]
        if district.detail is not None:
            return DataIncident(district.detail, is_down=district.missing is Missing.SOURCE_DOWN)
        if self._reporting.is_stale(kpi, readings):
            return DataIncident(STALE)
        if district.missing is Missing.NO_ROWS:
            return DataIncident(NO_ROWS, notify_after=LACKS_FOR)
        return None

    def _messages(
        self, reported: list[str], resolved: list[str], incidents: Mapping[str, DataIncident], now: datetime
    ) -> tuple[OutboxMessage, ...]:
        """One message for all that began to fail, or came back."""
        if self._administrators is None or not (reported or resolved):
            return ()
        zone = str(self._calendar.zone)
        notice = AdminNotice(now, zone, tuple(self._causes(reported, incidents)), tuple(map(self._name, resolved)))
        return (
            OutboxMessage(
                key=f"trouble:{now.isoformat()}",
                channel=self._administrators,
                body=notice,
                expires_at=now + RELEVANT_FOR,
            ),
        )

    def _causes(self, reported: list[str], incidents: Mapping[str, DataIncident]) -> Iterator[tuple[str, str]]:
        """Each incident with what to do: one for all KPIs of a database that is down, and for all that fail alike."""
        down = self._down(incidents)
        kpis_of: dict[tuple[str, str], list[str]] = {}
        for kpi in reported:
            database = min(self._databases[kpi] & down, default="") if incidents[kpi].is_down else ""
            kpis_of.setdefault((database, "" if database else incidents[kpi].description), []).append(kpi)
        for (database, says), kpis in kpis_of.items():
            names = ", ".join(map(self._name, kpis))
            if database:
                yield f"Database {database}", f"{incidents[kpis[0]].description}. No data for {names}"
            else:
                yield names, says

    def _down(self, incidents: Mapping[str, DataIncident]) -> frozenset[str]:
        """The databases of which no KPI can be measured."""
        fails = {kpi for kpi, trouble in incidents.items() if trouble.is_down}
        answers = frozenset[str]().union(*(self._databases[kpi] for kpi in self._databases if kpi not in fails))
        return frozenset[str]().union(*(self._databases[kpi] for kpi in fails)) - answers

    def _name(self, kpi: str) -> str:
        return self._kpis[kpi].card.name


def _reported(states: Mapping[str, AlertState]) -> set[str]:
    return {kpi for kpi, state in states.items() if state.phase is Phase.FIRING}


def _next(before: AlertState, incident: DataIncident | None, now: datetime, may_notify: bool) -> AlertState:
    """The next state of a KPI's data: pending until it is reported, firing until it is reported as resolved.

    `since` is when a pending incident began; of a reported one, since when the data has been fine again.
    """
    if before.phase is Phase.FIRING:
        return _next_of_reported(before, incident, now, may_notify)
    if incident is None:
        return AlertState()
    since = before.since or now
    if may_notify and now - since >= incident.notify_after:
        return AlertState(Phase.FIRING, notified_at=now)
    return AlertState(Phase.PENDING, since=since)


def _next_of_reported(before: AlertState, incident: DataIncident | None, now: datetime, may_notify: bool) -> AlertState:
    if incident is not None:
        return replace(before, since=None)
    since = before.since or now
    is_over = may_notify and now - since >= WORKS_FOR
    return AlertState() if is_over else replace(before, since=since)
