"""Watches the KPIs: measures everything, judges it, and owes a notice to whoever must know."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from kpibot.catalog.model import District
from kpibot.core.alerts import AT_REST, AlertRule, AlertState, Judgement, Phase, Reason, step
from kpibot.core.campus import DISTRICT, CampusTree
from kpibot.core.kpi import Kpi
from kpibot.core.readings import Reading
from kpibot.core.reports import AlertNotice, Change, Report, TroubleNotice
from kpibot.core.routing import Route
from kpibot.core.series import held_since
from kpibot.core.thresholds import Thresholds, Verdict
from kpibot.services.reporting import Reporting
from kpibot.store.outbox import Owed
from kpibot.store.store import AlertKey, Store

log = logging.getLogger(__name__)

WORK = "watch"
DATA = ":data"  # stands in the place of a campus where the health of a KPI's data is remembered
OF_USE_FOR = timedelta(days=1)
SERIES_DAYS = 90
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CALLS_FOR_ACTION = frozenset({Reason.FIRING, Reason.WORSE, Reason.STILL_FIRING})


@dataclass(frozen=True, slots=True)
class Transition:
    """A campus whose alert changed, or is due for a reminder."""

    campus: str
    state: AlertState
    reason: Reason


class Watch:
    """Measures on schedule and notices breaches. Its methods block."""

    def __init__(
        self,
        kpis: Mapping[str, Kpi],
        routes: tuple[Route, ...],
        reporting: Reporting,
        store: Store,
        district: District,
    ) -> None:
        self._kpis = kpis
        self._routes = routes
        self._reporting = reporting
        self._store = store
        self._every = district.measure_every
        self._administrators = district.administrators
        self._tree = reporting.measuring.tree
        self._levels = {kpi.id: _levels(kpi, self._tree) for kpi in kpis.values() if kpi.alert is not None}

    def run(self, now: datetime) -> bool:
        """Measures everything, unless this or another process did so in the current interval; whether it did."""
        slot = now - (now - EPOCH) % self._every
        with self._store.claimed(WORK, slot, now) as is_mine:
            if is_mine:
                self.measure(now, (WORK, slot))
        return is_mine

    def measure(self, now: datetime, slot: tuple[str, datetime] | None = None) -> list[Reading]:
        """Measures every KPI for every campus and group, and keeps readings, alert states and notices together."""
        known = self._store.alert_states()
        self._reporting.readings_of(list(self._kpis.values()), now)
        readings: list[Reading] = []
        states: dict[AlertKey, AlertState] = {}
        owed: list[Owed] = []
        for kpi in self._kpis.values():
            taken = self._reporting.readings(kpi, now)
            readings += taken.values()
            states |= self._health(kpi, taken, known, now)
            if kpi.alert is None:
                continue
            after, transitions = self._judge(kpi, kpi.alert, taken, known, now)
            changes = self._changes(kpi, transitions, now)
            states |= after | _dated(kpi.id, after, changes)
            owed += self._notices(kpi, changes, known | after, now)
        owed += self._trouble(states, readings, now)
        self._store.record_watch(readings, states, owed, now, slot=slot)
        return readings

    def _health(
        self, kpi: Kpi, taken: Mapping[str, Reading], known: Mapping[AlertKey, AlertState], now: datetime
    ) -> dict[AlertKey, AlertState]:
        """The new state of the KPI's data, if it changed: a database that is down is no breach, but a trouble."""
        before, is_failing = (kpi.id, DATA) in known, taken[DISTRICT].detail is not None
        if before == is_failing:
            return {}
        return {(kpi.id, DATA): AlertState(Phase.FIRING, since=now, told=now) if is_failing else AlertState()}

    def _trouble(self, states: Mapping[AlertKey, AlertState], readings: Iterable[Reading], now: datetime) -> list[Owed]:
        """One message to the administrators for all KPIs whose data began to fail, or came back."""
        changed = {kpi: state.phase is Phase.FIRING for (kpi, about), state in states.items() if about == DATA}
        if self._administrators is None or not changed:
            return []
        says = {each.kpi: each.detail or "" for each in readings if each.campus == DISTRICT}
        notice = TroubleNotice(
            as_of=now,
            zone=str(self._reporting.measuring.calendar.zone),
            troubles=tuple((self._kpis[kpi].card.name, says[kpi]) for kpi, failing in changed.items() if failing),
            mended=tuple(self._kpis[kpi].card.name for kpi, failing in changed.items() if not failing),
        )
        return [Owed(f"trouble:{now.isoformat()}", self._administrators, notice, now + OF_USE_FOR)]

    def _judge(
        self,
        kpi: Kpi,
        rule: AlertRule,
        taken: Mapping[str, Reading],
        known: Mapping[AlertKey, AlertState],
        now: datetime,
    ) -> tuple[dict[AlertKey, AlertState], list[Transition]]:
        """The alert states that changed, and what should be told."""
        stale = self._reporting.is_stale(kpi, taken)
        states: dict[AlertKey, AlertState] = {}
        transitions = []
        for campus, usual in self._levels[kpi.id].items():
            before = known.get((kpi.id, campus), AT_REST)
            levels = usual if kpi.budget is None else kpi.thresholds_for(taken[campus], self._tree)
            judged = judgement(levels, None if stale else taken[campus].judged, rule)
            after, reason = step(before, judged, rule, now)
            if after is not before and after != before:
                states[kpi.id, campus] = after
            if reason is not None:
                told_of = before if reason is Reason.RECOVERED else after
                transitions.append(Transition(campus, told_of, reason))
        return states, transitions

    def _changes(self, kpi: Kpi, transitions: list[Transition], now: datetime) -> list[Change]:
        """What is to be told, with the series that shows it."""
        if not transitions:
            return []
        reports = self._reporting.reports(kpi, [each.campus for each in transitions], now, SERIES_DAYS)
        return [
            Change(report, each.reason, self._since(report, each.state, now))
            for report, each in zip(reports, transitions, strict=True)
        ]

    def _notices(
        self, kpi: Kpi, changes: list[Change], states: Mapping[AlertKey, AlertState], now: datetime
    ) -> list[Owed]:
        """One message for each channel, however many campuses it is about."""
        by_channel: dict[str, list[Change]] = {}
        for change in changes:
            channel = route(self._routes, kpi.id, change.report.campus, self._tree)
            if channel is None:
                log.warning("%s at %s: no route leads anywhere; add one under alerts", kpi.id, change.report.campus)
            else:
                by_channel.setdefault(channel, []).append(change)
        return [self._owed(kpi, channel, told, states, now) for channel, told in by_channel.items()]

    def _owed(
        self, kpi: Kpi, channel: str, told: list[Change], states: Mapping[AlertKey, AlertState], now: datetime
    ) -> Owed:
        firing = {
            campus
            for (kpi_id, campus), state in states.items()
            if kpi_id == kpi.id
            and campus != DATA
            and state.phase is Phase.FIRING
            and route(self._routes, kpi.id, campus, self._tree) == channel
        }
        notice = AlertNotice(
            card=kpi.card,
            as_of=now,
            zone=str(self._reporting.measuring.calendar.zone),
            mention=kpi.card.owner if any(each.reason in CALLS_FOR_ACTION for each in told) else "",
            changes=tuple(told),
            still_firing=len(firing - {each.report.campus for each in told}),
        )
        return Owed(f"alert:{kpi.id}:{channel}:{now.isoformat()}", channel, notice, now + OF_USE_FOR)

    def _since(self, report: Report, state: AlertState, now: datetime) -> datetime:
        """When the threshold was crossed: the bot may have seen it later than it happened, but the series knows."""
        seen = state.since or now
        if report.series is None or report.reading.pace is not None:  # a series is of amounts, not of their pace
            return seen
        calendar = self._reporting.measuring.calendar
        day = held_since(report.series, lambda value: report.thresholds.judge(value) in BREACHES)
        return seen if day is None or day >= calendar.local(seen).date() else calendar.midnight(day)


def _levels(kpi: Kpi, tree: CampusTree) -> dict[str, Thresholds]:
    """The thresholds at every campus that is judged; of what belongs to no campus, the district is."""
    campuses = tree.leaves(DISTRICT) if kpi.by_campus else (DISTRICT,)
    return {campus: kpi.thresholds_of(campus, tree) for campus in campuses}


BREACHES = frozenset({Verdict.WARNING, Verdict.CRITICAL})


def _dated(kpi: str, states: Mapping[AlertKey, AlertState], changes: list[Change]) -> dict[AlertKey, AlertState]:
    """The firing states with the beginning that people were told, so that the recovery says the same."""
    begun = {(kpi, change.report.campus): change.since for change in changes}
    return {
        key: replace(state, since=begun[key])
        for key, state in states.items()
        if key in begun and state.phase is Phase.FIRING
    }


def judgement(thresholds: Thresholds, value: float | None, rule: AlertRule) -> Judgement:
    """A measurement as the alert rule sees it."""
    return Judgement(thresholds.judge(value), value is not None and thresholds.recovered(value, rule.recovers_at))


def route(routes: Iterable[Route], kpi: str, campus: str, tree: CampusTree) -> str | None:
    """The channel of the first route that a breach of this KPI at this campus matches."""
    for each in routes:
        kpi_matches = each.kpis is None or kpi in each.kpis
        if kpi_matches and (each.campuses is None or any(campus in tree.covered(one) for one in each.campuses)):
            return each.channel
    return None
