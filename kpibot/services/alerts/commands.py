"""Does what people type about alerts: shows, acknowledges, mutes and unmutes them. Its methods block."""

from collections.abc import Collection, Iterable
from datetime import datetime

from kpibot.core.alerts.actions import Action, ActionResult
from kpibot.core.alerts.active_alerts import AlertList, MuteList
from kpibot.core.alerts.groups import AlertGroup
from kpibot.core.alerts.silences import Silence
from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.kpis.district import District
from kpibot.core.questions.commands import Acknowledge, AlertCommand, Mute, ShowAlerts, ShowMutes, Unmute
from kpibot.core.questions.parser import ACK, ALERTS, EVERYTHING, EVERYWHERE, MUTES, UNMUTE
from kpibot.core.text import QueryError, alternatives
from kpibot.services.alerts.actions import AlertActions
from kpibot.services.alerts.active_alerts import ActiveAlerts
from kpibot.store.store import Store

AlertCommandReply = AlertList | MuteList | ActionResult


class AlertCommands:
    """Does what people type. Everybody who can see a channel may handle its alerts."""

    def __init__(
        self, district: District, active_alerts: ActiveAlerts, alert_actions: AlertActions, store: Store
    ) -> None:
        self._tree = district.tree
        self._active_alerts = active_alerts
        self._alert_actions = alert_actions
        self._store = store

    def reply(
        self, command: AlertCommand, now: datetime, by: str, channels: Collection[str] = (), here: str = DISTRICT
    ) -> AlertCommandReply:
        """Does what somebody typed; the reply.

        Args:
            command: what is to be done.
            now: the instant, aware.
            by: who typed it, as a name with an @.
            channels: the configuration's ids of the channel in which it was typed.
            here: the campus or group that is meant where none is named.

        Raises:
            QueryError: there is no such alert or mute, or several; the message says what to type.
        """
        match command:
            case ShowAlerts(campus):
                return self._active_alerts.alerts(campus or here, now)
            case ShowMutes():
                return self._active_alerts.mutes(now)
            case Acknowledge() as wanted:
                return self._acknowledge(wanted, by, channels, now)
            case Mute(kpi, campus, end, reason):
                return self._alert_actions.mute(kpi, campus or here, end, reason, by, now, channels)
            case Unmute() as wanted:
                return self._unmute(wanted, by, now)

    def _acknowledge(self, wanted: Acknowledge, by: str, channels: Collection[str], now: datetime) -> ActionResult:
        results = [self._alert_actions.acknowledge(each.key, by, now) for each in self._meant(wanted, channels)]
        is_new = any(each.is_done for each in results)
        return ActionResult(
            asker=by, now=now, zone=self._active_alerts.zone, actions=tuple(_actions(results, is_new)), is_new=is_new
        )

    def _meant(self, wanted: Acknowledge, channels: Collection[str]) -> list[AlertGroup]:
        """The alerts of this channel that are meant; those of other channels are for people who see them there."""
        matching = [each for each in self._store.alert_groups().values() if self._is_meant(wanted, each)]
        groups = [each for each in matching if each.channel in channels]
        if not groups:
            elsewhere = sorted({each.channel for each in matching})
            where = (
                f"there is one in {alternatives(elsewhere)}: type it there"
                if elsewhere
                else f"type `{ALERTS}` to see all"
            )
            raise QueryError(f"there is no such alert in this channel; {where}")
        is_named = wanted.everything or wanted.kpi is not None or wanted.campus is not None
        if len(groups) > 1 and not is_named:
            kpis = (f"{ACK} {kpi}" for kpi in sorted({each.kpi for each in groups}))
            raise QueryError(f"which one? Type {alternatives([*kpis, f'{ACK} {EVERYTHING}'])}")
        return groups

    def _is_meant(self, wanted: Acknowledge, group: AlertGroup) -> bool:
        if wanted.kpi not in (None, group.kpi):
            return False
        return wanted.campus is None or not group.severities.keys().isdisjoint(self._tree.covered(wanted.campus))

    def _unmute(self, wanted: Unmute, by: str, now: datetime) -> ActionResult:
        silences = [each for each in self._store.silences(now) if _is_of(each, wanted)]
        if not silences:
            raise QueryError(f"no such mute; type `{MUTES}` to see what is muted")
        scopes = dict.fromkeys((each.kpi, each.campus) for each in silences)
        if len(scopes) > 1:
            choices = (f"{UNMUTE} {kpi or EVERYTHING} {campus or EVERYWHERE}" for kpi, campus in scopes)
            raise QueryError(f"which one? Type {alternatives(choices)}")
        results = [self._alert_actions.unmute(each.id, by, now) for each in silences]
        return ActionResult(
            asker=by, now=now, zone=self._active_alerts.zone, actions=tuple(dict.fromkeys(_actions(results, True)))
        )


def _is_of(silence: Silence, wanted: Unmute) -> bool:
    if wanted.everything and silence.kpi is not None:
        return False
    if wanted.kpi is not None and silence.kpi != wanted.kpi:
        return False
    return wanted.campus in (None, silence.campus or DISTRICT)


def _actions(results: Iterable[ActionResult], is_new: bool) -> list[Action]:
    return [action for each in results if each.is_new is is_new for action in each.actions]
