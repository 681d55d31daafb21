"""Watches the data itself: a database that is down, or data that is late or lacking, is no breach but a trouble.

        trouble                  it has lasted, people are at work
well ──────────► noticed ────────────────────────────────────────► told ◄─┐ what comes and goes
 ▲                  │ it was over before anybody was told            │ ───┘ is told once
 └──────────────────┴────────────────────────────────────────────────┘ told again: it has worked for a while
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

DATA = ":data"  # stands in the place of a campus where the health of a KPI's data is remembered
OF_USE_FOR = timedelta(days=1)
AT_ONCE = timedelta()
LACKS_FOR = timedelta(days=1)  # before it is told: a quiet morning has no rows, either
WORKS_FOR = timedelta(minutes=30)  # before it is told: a database that comes and goes would be told all day
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
    """The data of all KPIs after a measurement: the troubles by KPI, new states, and what is owed because of them."""

    incidents: Mapping[str, DataIncident]
    states: Mapping[AlertKey, AlertState]
    messages: tuple[OutboxMessage, ...]


class DataHealth:
    """Tells the administrators (a channel's id) of troubles, once, and once more when all is well again.

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
            each.id: frozenset(database_of(half) for half in components(each.measure))
            for each in district.kpis.values()
        }

    def check(
        self, taken: Mapping[str, Mapping[str, Reading]], known: Mapping[AlertKey, AlertState], now: datetime
    ) -> DataHealthReport:
        """How the data is, given the readings of each KPI. Outside of working hours nobody is told anything."""
        troubles = {
            kpi: trouble
            for kpi, readings in taken.items()
            if (trouble := self._trouble(self._kpis[kpi], readings)) is not None
        }
        may_tell = self._calendar.is_working_time(now)
        before = {kpi: known.get((kpi, DATA), AlertState()) for kpi in taken}
        after = {kpi: _next(before[kpi], troubles.get(kpi), now, may_tell) for kpi in taken}
        changed = {kpi: state for kpi, state in after.items() if state != before[kpi]}
        was, is_now = _told(before), _told(after)
        told = [kpi for kpi in taken if kpi in is_now - was]
        mended = [kpi for kpi in taken if kpi in was - is_now]
        states = {(kpi, DATA): state for kpi, state in changed.items()}
        return DataHealthReport(troubles, states, self._owed(told, mended, troubles, now))

    def _trouble(self, kpi: Kpi, readings: Mapping[str, Reading]) -> DataIncident | None:
        district = readings[DISTRICT]
        if district.detail is not None:
            return DataIncident(district.detail, is_down=district.missing is Missing.SOURCE_DOWN)
        if self._reporting.is_stale(kpi, readings):
            return DataIncident(STALE)
        if district.missing is Missing.NO_ROWS:
            return DataIncident(NO_ROWS, notify_after=LACKS_FOR)
        return None

    def _owed(
        self, told: list[str], mended: list[str], troubles: Mapping[str, DataIncident], now: datetime
    ) -> tuple[OutboxMessage, ...]:
        """One message for all that began to fail, or came back."""
        if self._administrators is None or not (told or mended):
            return ()
        zone = str(self._calendar.zone)
        notice = AdminNotice(now, zone, tuple(self._causes(told, troubles)), tuple(map(self._name, mended)))
        return (
            OutboxMessage(
                key=f"trouble:{now.isoformat()}", channel=self._administrators, body=notice, expires_at=now + OF_USE_FOR
            ),
        )

    def _causes(self, told: list[str], troubles: Mapping[str, DataIncident]) -> Iterator[tuple[str, str]]:
        """Each trouble with what to do: one for all KPIs of a database that is down, and for all that fail alike."""
        down = self._down(troubles)
        kpis_of: dict[tuple[str, str], list[str]] = {}
        for kpi in told:
            database = min(self._databases[kpi] & down, default="") if troubles[kpi].is_down else ""
            kpis_of.setdefault((database, "" if database else troubles[kpi].description), []).append(kpi)
        for (database, says), kpis in kpis_of.items():
            names = ", ".join(map(self._name, kpis))
            if database:
                yield f"Database {database}", f"{troubles[kpis[0]].description}. No data for {names}"
            else:
                yield names, says

    def _down(self, troubles: Mapping[str, DataIncident]) -> frozenset[str]:
        """The databases of which no KPI can be measured."""
        fails = {kpi for kpi, trouble in troubles.items() if trouble.is_down}
        answers = frozenset[str]().union(*(self._databases[kpi] for kpi in self._databases if kpi not in fails))
        return frozenset[str]().union(*(self._databases[kpi] for kpi in fails)) - answers

    def _name(self, kpi: str) -> str:
        return self._kpis[kpi].card.name


def _told(states: Mapping[str, AlertState]) -> set[str]:
    return {kpi for kpi, state in states.items() if state.phase is Phase.FIRING}


def _next(before: AlertState, trouble: DataIncident | None, now: datetime, may_tell: bool) -> AlertState:
    """The next state of a KPI's data: pending until it is told, firing until it is told that all is well.

    `since` is when a pending trouble began; of one that was told, since when all has been well again.
    """
    if before.phase is Phase.FIRING:
        return _next_of_told(before, trouble, now, may_tell)
    if trouble is None:
        return AlertState()
    since = before.since or now
    if may_tell and now - since >= trouble.notify_after:
        return AlertState(Phase.FIRING, notified_at=now)
    return AlertState(Phase.PENDING, since=since)


def _next_of_told(before: AlertState, trouble: DataIncident | None, now: datetime, may_tell: bool) -> AlertState:
    if trouble is not None:
        return replace(before, since=None)
    since = before.since or now
    is_over = may_tell and now - since >= WORKS_FOR
    return AlertState() if is_over else replace(before, since=since)
