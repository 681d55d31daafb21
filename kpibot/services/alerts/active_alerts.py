"""The active alerts, the mutes, and why an alert was sent. Nothing is measured for it: it reads the state database."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from kpibot.core.alerts.actions import Scope
from kpibot.core.alerts.active_alerts import (
    ActiveAlert,
    ActiveMute,
    AlertExplanation,
    AlertHistory,
    AlertList,
    MuteChoices,
    MuteList,
    RecurringMute,
)
from kpibot.core.alerts.groups import AlertGroup
from kpibot.core.alerts.routing import Route, evaluate_routes
from kpibot.core.alerts.silences import AnySilence, RecurringSilence, Silence, active_silence, covers, next_occurrence
from kpibot.core.alerts.states import AlertState, Phase
from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.district import District
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.readings import Missing, Reading
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Verdict
from kpibot.services.measurement.reporting import Reporting
from kpibot.store.store import Store

REMEMBERED = timedelta(days=7)  # a KPI that was not measured for longer has no number to show
VALUES = 5
EXPLAINED = 5  # campuses of one alert
DAYS_AHEAD = 366  # of which recurring mutes are previewed
WORST_FIRST = (Verdict.CRITICAL, Verdict.WARNING)


class ActiveAlerts:
    """Answers questions about active alerts and mutes. Its methods block."""

    def __init__(
        self,
        district: District,
        routes: tuple[Route, ...],
        recurring: tuple[RecurringSilence, ...],
        reporting: Reporting,
        store: Store,
    ) -> None:
        self._kpis = district.kpis
        self._routes = routes
        self._recurring = recurring
        self._reporting = reporting
        self._store = store
        self._tree = district.tree
        self._calendar = district.calendar

    @property
    def zone(self) -> str:
        """The name of the district's zone."""
        return str(self._calendar.zone)

    def alerts(self, campus: str, now: datetime) -> AlertList:
        """Every active breach at a campus or group, the worst and oldest first."""
        states, groups = self._store.alert_states(), self._store.alert_groups()
        silences = self._silences(now)
        covered = frozenset(self._tree.covered(campus))
        active = [
            self._active_alert(kpi, at, state, groups.values(), silences, now)
            for (kpi, at), state in states.items()
            if state.phase is Phase.FIRING and at in covered and kpi in self._kpis
        ]
        active.sort(key=lambda each: (WORST_FIRST.index(each.severity), each.since))
        return AlertList(self._tree[campus].name, now, self.zone, tuple(active))

    def mutes(self, now: datetime) -> MuteList:
        """What is muted now, the first to end first, and what recurs."""
        mutes = sorted(map(self.describe_mute, self._store.silences(now)), key=lambda each: each.end)
        return MuteList(now, self.zone, tuple(mutes), tuple(self._recurrences(self._recurring, now)))

    def explain(self, key: str, now: datetime) -> AlertExplanation | None:
        """Why an alert is in its channel, with its rule, its routes and the silences; None if it is over."""
        if (group := self._store.group(key)) is None:
            return None
        kpi, states, silences = self._kpis[group.kpi], self._store.alert_states(), self._silences(now)
        campuses = sorted(group.severities, key=lambda each: WORST_FIRST.index(group.severities[each]))
        histories = []
        for campus in campuses[:EXPLAINED]:
            state = states.get((kpi.id, campus), AlertState(Phase.FIRING, group.severities[campus], group.opened))
            alert = self._active_alert(kpi.id, campus, state, (group,), silences, now)
            history = self._store.readings.history(kpi.id, campus, now - REMEMBERED, now + timedelta(microseconds=1))
            histories.append(AlertHistory(alert, tuple(history[-VALUES:])))
        about = [each for each in silences if self._touches(each, group)]
        return AlertExplanation(
            card=kpi.card,
            as_of=now,
            zone=self.zone,
            opened=group.opened,
            histories=tuple(histories),
            further_campuses=max(len(campuses) - EXPLAINED, 0),
            rule=kpi.alert or AlertRule(),
            channel=group.channel,
            routes=self._routes_of(kpi, campuses[0], group.severities[campuses[0]], now) if campuses else (),
            mutes=tuple(self.describe_mute(each) for each in about if isinstance(each, Silence)),
            recurring=tuple(self._recurrences((each for each in about if isinstance(each, RecurringSilence)), now)),
        )

    def report(self, kpi: Kpi, campus: str, now: datetime) -> Report:
        """The last measurement of a KPI at a campus, evaluated."""
        readings = self._store.readings.latest(kpi.id, now - REMEMBERED, now)
        return self._reporting.report(
            kpi,
            readings.get(campus) or Reading(kpi=kpi.id, campus=campus, as_of=now, value=None, missing=Missing.NO_ROWS),
        )

    def describe_mute(self, silence: Silence) -> ActiveMute:
        """A silence in words."""
        return ActiveMute(silence.id, self.scope(silence.kpi, silence.campus), silence.by, silence.end, silence.reason)

    def scope(self, kpi: str | None, campus: str | None) -> Scope:
        """What a KPI (None: every KPI) at a campus (None: everywhere) is called."""
        kpi_name = "" if kpi is None else self._kpis[kpi].card.name if kpi in self._kpis else kpi
        if campus in (None, DISTRICT):
            return Scope(kpi_name)
        return Scope(kpi_name, self._tree[campus].name if campus in self._tree else str(campus))

    def question(self, key: str) -> str:
        """What somebody would type to see the KPI of an alert with its chart, where it is worst."""
        group = self._store.group(key)
        if group is None or not group.severities:
            return key.partition(":")[0]
        return f"{group.kpi} {min(group.severities, key=lambda each: WORST_FIRST.index(group.severities[each]))}"

    def mute_choices(self, key: str) -> MuteChoices | None:
        """What of an alert can be muted; None if it is over."""
        group = self._store.group(key)
        if group is None:
            return None
        places = self._places(group)
        return MuteChoices(
            group.kpi, self._kpis[group.kpi].card.name, places, bool(places) and len(group.severities) == 1
        )

    def affected_by(self, silence: Silence) -> list[AlertGroup]:
        """The alerts that show a campus which a silence is about."""
        return [each for each in self._store.alert_groups().values() if self._touches(silence, each)]

    def _places(self, group: AlertGroup) -> tuple[tuple[str, str], ...]:
        shown = [each for each in group.severities if each in self._tree and each != DISTRICT]
        above = [
            area.slug
            for area in self._tree
            if area.slug != DISTRICT and not group.severities.keys().isdisjoint(self._tree.covered(area.slug))
        ]
        return tuple((each, self._tree[each].name) for each in dict.fromkeys([*shown, *above]))

    def _active_alert(
        self,
        kpi: str,
        campus: str,
        state: AlertState,
        groups: Iterable[AlertGroup],
        silences: Iterable[AnySilence],
        now: datetime,
    ) -> ActiveAlert:
        group = next((each for each in groups if each.kpi == kpi and campus in each.severities), None)
        silence = active_silence(silences, kpi, campus, now, self._tree, self._calendar)
        alert = ActiveAlert(
            report=self.report(self._kpis[kpi], campus, now),
            severity=state.severity or Verdict.WARNING,
            since=state.since or now,
            is_muted=silence is not None,
            muted_until=silence.end if isinstance(silence, Silence) else None,
        )
        return alert if group is None else _with_actions(alert, group, now)

    def _silences(self, now: datetime) -> list[AnySilence]:
        return [*self._store.silences(now), *self._recurring]

    def _touches(self, silence: AnySilence, group: AlertGroup) -> bool:
        """Whether a silence is about any campus of an alert, whether or not it is active."""
        return any(covers(silence, group.kpi, campus, self._tree) for campus in group.severities)

    def _recurrences(self, silences: Iterable[RecurringSilence], now: datetime) -> Iterator[RecurringMute]:
        for silence in silences:
            days = next_occurrence(silence, now, self._calendar, DAYS_AHEAD)
            yield RecurringMute(silence.name, self._scopes(silence), silence.is_active(now, self._calendar), days)

    def _scopes(self, silence: RecurringSilence) -> Scope:
        kpis = (self.scope(each, None).kpi for each in sorted(silence.kpis or ()))
        campuses = (self.scope(None, each).campus for each in sorted(silence.campuses or ()))
        return Scope(", ".join(kpis), ", ".join(campuses))

    def _routes_of(self, kpi: Kpi, campus: str, severity: Verdict, now: datetime) -> tuple[tuple[str, str], ...]:
        says = evaluate_routes(
            self._routes,
            kpi=kpi.id,
            category=kpi.card.category,
            campus=campus,
            severity=severity.value,
            in_working_hours=self._calendar.is_working_time(now),
            tree=self._tree,
        )
        return tuple((route.channel, said) for route, said in says)


def _with_actions(alert: ActiveAlert, group: AlertGroup, now: datetime) -> ActiveAlert:
    """The alert with what people did about it."""
    if group.is_acknowledged(now):
        until = group.acknowledged_until
        alert = replace(alert, acknowledged_by=group.acknowledged_by, acknowledged_until=until)
    snoozed = group.snoozed_until if group.is_snoozed(now) else None
    return replace(alert, assigned_to=group.assigned_to, snoozed_until=snoozed)
