"""Watches the KPIs: measures everything, evaluates it, and queues the notifications."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from kpibot.catalog.model import Catalog
from kpibot.core.alerts.groups import AlertGroup
from kpibot.core.alerts.silences import AnySilence
from kpibot.core.alerts.states import AlertState
from kpibot.core.kpis.district import District
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.measures import Simple
from kpibot.core.kpis.readings import Reading
from kpibot.services.alerts.data_health import DATA, DataHealth, DataHealthReport
from kpibot.services.alerts.evaluation import Evaluation, EvaluationResult, watched_campuses
from kpibot.services.alerts.notifications import NotificationPlan, NotificationPlanner
from kpibot.services.measurement.reporting import Reporting
from kpibot.store.outbox import OutboxMessage
from kpibot.store.store import AlertGroupKey, AlertKey, Store

WORK = "watch"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TRIES = 3  # to notify of a group that people act on at the same moment

Slot = tuple[str, datetime]
AlertStates = Mapping[AlertKey, AlertState]
Groups = Mapping[AlertGroupKey, AlertGroup]


class AlertMonitor:
    """Measures on schedule and notices breaches. Its methods block. `database_of` names the database of a measure."""

    def __init__(
        self,
        district: District,
        catalog: Catalog,
        reporting: Reporting,
        store: Store,
        database_of: Callable[[Simple], str],
    ) -> None:
        self._kpis = district.kpis
        self._recurring = catalog.silences
        self._reporting = reporting
        self._store = store
        self._every = catalog.district.measure_every
        self._watched = {
            kpi.id: watched_campuses(kpi, kpi.alert, district.tree)
            for kpi in district.kpis.values()
            if kpi.alert is not None
        }
        self._health = DataHealth(district, reporting, database_of, catalog.district.administrators)
        self._evaluation = Evaluation(district, reporting)
        self._planner = NotificationPlanner(district, catalog.routes, catalog.channels, reporting)

    def run(self, now: datetime) -> bool:
        """Measures everything, unless this or another process did so in the current interval; whether it did."""
        slot = now - (now - EPOCH) % self._every
        with self._store.leases.hold(WORK, slot, now) as is_mine:
            if is_mine:
                self.measure(now, (WORK, slot))
        return is_mine

    def measure(self, now: datetime, slot: Slot | None = None) -> list[Reading]:
        """Measures every KPI for every campus and group, and keeps readings, alert states and notices together.

        While the data of a KPI has an incident its alerts do not change, and only the incident is reported.
        """
        remembered = self._store.alert_states()
        watched = {key: state for key, state in remembered.items() if self._is_watched(*key)}
        kpis = list(self._kpis.values())
        readings_of = {
            kpi.id: readings for kpi, readings in zip(kpis, self._reporting.readings(kpis, now), strict=True)
        }
        health = self._health.check(readings_of, watched, now)
        evaluated = self._evaluate(readings_of, watched, health, now)
        groups = self._store.alert_groups()
        decisions = self._decide(evaluated, groups, now)
        readings = [each for by_campus in readings_of.values() for each in by_campus.values()]
        gone = {key: AlertState() for key in remembered if key not in watched}
        states = {**health.states, **_changed(evaluated), **gone}
        groups_after = {**decisions.groups, **self._abandoned(groups)}
        messages = (*health.messages, *decisions.messages)
        outdated = self._store.save_evaluation(readings, states, messages, now, groups_after, slot)
        self._decide_anew(evaluated, outdated, now)
        return readings

    def _evaluate(
        self,
        readings_of: Mapping[str, Mapping[str, Reading]],
        states: AlertStates,
        health: DataHealthReport,
        now: datetime,
    ) -> dict[str, EvaluationResult]:
        """The alerts of every KPI whose data is sound, by KPI."""
        return {
            kpi.id: self._evaluation.evaluate(kpi, kpi.alert, readings_of[kpi.id], _states_of(kpi, states), now)
            for kpi in self._kpis.values()
            if kpi.alert is not None and kpi.id not in health.incidents
        }

    def _decide(self, evaluated: Mapping[str, EvaluationResult], groups: Groups, now: datetime) -> NotificationPlan:
        """The notifications of all KPIs."""
        silences: tuple[AnySilence, ...] = (*self._store.silences(now), *self._recurring)
        changed: dict[AlertGroupKey, AlertGroup | None] = {}
        messages: list[OutboxMessage] = []
        for kpi_id, result in evaluated.items():
            kpi = self._kpis[kpi_id]
            if kpi.alert is not None:
                of_kpi = self._planner.plan(kpi, kpi.alert, result, groups, silences, now)
                changed |= of_kpi.groups
                messages += of_kpi.messages
        return NotificationPlan(changed, tuple(messages))

    def _decide_anew(
        self, evaluated: Mapping[str, EvaluationResult], outdated: set[AlertGroupKey], now: datetime
    ) -> None:
        """Decides again what was decided while somebody acted on the same alert; the next measurement does the rest."""
        for _ in range(TRIES):
            if not outdated:
                return
            groups = self._store.alert_groups()
            decisions = self._decide({kpi: evaluated[kpi] for kpi, _ in outdated}, groups, now)
            changed = {key: group for key, group in decisions.groups.items() if key in outdated}
            affected = [groups.get(key) for key in outdated] + list(changed.values())
            names = {group.key for group in affected if group is not None}
            messages = [each for each in decisions.messages if each.group in names]
            outdated = self._store.save_evaluation([], {}, messages, now, changed)

    def _is_watched(self, kpi: str, about: str) -> bool:
        """Whether the configuration still knows an alert or the data that a state is about."""
        return kpi in self._kpis and (about == DATA or about in self._watched.get(kpi, ()))

    def _abandoned(self, groups: Groups) -> dict[AlertGroupKey, None]:
        """The groups of KPIs that are not watched any more: they get no more notifications."""
        return dict.fromkeys(key for key in groups if key[0] not in self._watched)


def _states_of(kpi: Kpi, states: AlertStates) -> dict[str, AlertState]:
    """The alert states of a KPI, by campus."""
    return {campus: state for (of, campus), state in states.items() if of == kpi.id and campus != DATA}


def _changed(evaluated: Mapping[str, EvaluationResult]) -> dict[AlertKey, AlertState]:
    return {(kpi, campus): state for kpi, found in evaluated.items() for campus, state in found.changed.items()}
