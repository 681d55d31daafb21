"""Decides in which channel each breach is shown, and which are shown nowhere. Pure but for the log."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kpibot.core.alerts.groups import AlertGroup
from kpibot.core.alerts.routing import Route, find_route
from kpibot.core.alerts.silences import AnySilence, active_silence
from kpibot.core.alerts.states import Reason
from kpibot.core.campuses.campus_tree import DISTRICT, CampusTree
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.thresholds import Verdict
from kpibot.core.time.calendar import Calendar
from kpibot.services.alerts.evaluation import EvaluationResult

log = logging.getLogger(__name__)

WORST_FIRST = (Verdict.CRITICAL, Verdict.WARNING, None)


@dataclass(frozen=True, slots=True)
class DispatchPlan:
    """A KPI's breaches by channel: the severity of each campus, and the route that led there.

    `suppressed` says why campuses that fire are shown nowhere: they are muted, or inhibited by the district.
    """

    by_channel: Mapping[str, Mapping[str, Verdict]]
    routes: Mapping[str, Route]
    suppressed: Mapping[str, Reason]

    def firing_in(self, channel: str) -> Mapping[str, Verdict]:
        """The severities that are shown in a channel."""
        return self.by_channel.get(channel, {})

    def suppressed_in(self, channel: str) -> dict[str, Reason]:
        """Why campuses that fire are not shown in a channel."""
        moved = {campus: Reason.MOVED for campus, route in self.routes.items() if route.channel != channel}
        return {**self.suppressed, **moved}

    def owner(self, channel: str, otherwise: str) -> str:
        """Who is called in a channel: whom the route of its worst campus names, or the KPI's owner."""
        worst = min(self.firing_in(channel).items(), key=lambda each: WORST_FIRST.index(each[1]), default=None)
        return otherwise if worst is None else self.routes[worst[0]].mention or otherwise


class Dispatch:
    """Finds the channels of breaches.

    A breach goes where the routes say, and stays there until its severity changes: what the team was notified of during
    working hours is not sent to others when these end.
    """

    def __init__(self, routes: tuple[Route, ...], tree: CampusTree, calendar: Calendar) -> None:
        self._routes = routes
        self._tree = tree
        self._calendar = calendar

    def plan(
        self,
        kpi: Kpi,
        rule: AlertRule,
        evaluated: EvaluationResult,
        opened: Mapping[str, AlertGroup],
        silences: Iterable[AnySilence],
        now: datetime,
    ) -> DispatchPlan:
        """Where everything that fires is shown; `opened` are the KPI's groups by channel."""
        active_silences = tuple(silences)
        by_channel: dict[str, dict[str, Verdict]] = {}
        routes: dict[str, Route] = {}
        suppressed: dict[str, Reason] = {}
        for campus, severity in evaluated.firing.items():
            if active_silence(active_silences, kpi.id, campus, now, self._tree, self._calendar) is not None:
                suppressed[campus] = Reason.MUTED
            elif rule.inhibits and campus != DISTRICT and DISTRICT in evaluated.firing:
                suppressed[campus] = Reason.INHIBITED
            elif (route := self._route(kpi, campus, severity, opened, now)) is not None:
                by_channel.setdefault(route.channel, {})[campus] = severity
                routes[campus] = route
            elif campus in evaluated.newly_firing:
                log.warning("%s at %s: no route leads anywhere; add one under alerts", kpi.id, campus)
        return DispatchPlan(by_channel, routes, suppressed)

    def _route(
        self, kpi: Kpi, campus: str, severity: Verdict, opened: Mapping[str, AlertGroup], now: datetime
    ) -> Route | None:
        """Where a breach is shown already with this severity; otherwise where the routes lead now."""
        is_working = self._calendar.is_working_time(now)
        ways = [self._way(kpi, campus, severity, hours) for hours in (is_working, not is_working)]
        showing = {channel for channel, group in opened.items() if group.severities.get(campus) is severity}
        return next((each for each in ways if each is not None and each.channel in showing), ways[0])

    def _way(self, kpi: Kpi, campus: str, severity: Verdict, in_working_hours: bool) -> Route | None:
        return find_route(
            self._routes,
            kpi=kpi.id,
            category=kpi.card.category,
            campus=campus,
            severity=severity.value,
            in_working_hours=in_working_hours,
            tree=self._tree,
        )
