"""What people do about alerts: each action happens once, and the channel sees it. Its methods block.

An action changes the group, enters the audit log and queues an edit of the message and a reply in its thread, in one
transaction. The person who comes second learns who was first.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from kpibot.catalog.model import Channel
from kpibot.core.alerts.actions import Action, ActionKind, ActionNotice, ActionResult
from kpibot.core.alerts.groups import AlertGroup, DeliveryKind, acknowledge, assign, snooze
from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.alerts.silences import LONGEST_ANYWHERE, Silence, needs_administrators
from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.district import District
from kpibot.core.text import QueryError
from kpibot.services.alerts.active_alerts import ActiveAlerts
from kpibot.services.alerts.notifications import EDIT_LIFETIME, with_actions
from kpibot.store.audit_log import AuditEntry
from kpibot.store.outbox import OutboxMessage
from kpibot.store.store import Store

RELEVANT_FOR = timedelta(days=1)
REMEMBERED = timedelta(days=30)
AUDIT_ENTRIES = 1_000  # in which the former action is looked for


class AlertActions:
    """Handles alerts for people. `by` and `to` are their names with an @, `key` is a group's; instants are aware.

    Mutes of everything, and long ones, are for the channel of the `administrators`, and are announced there.
    """

    def __init__(
        self, district: District, active_alerts: ActiveAlerts, store: Store, administrators: Channel | None
    ) -> None:
        self._kpis = district.kpis
        self._calendar = district.calendar
        self._active_alerts = active_alerts
        self._store = store
        self._administrators = administrators
        self._zone = district.zone

    def acknowledge(self, key: str, by: str, now: datetime) -> ActionResult:
        """Somebody handles an alert: no reminders until the rule's time is over."""
        if (group := self._store.group(key)) is None:
            return ActionResult(asker=by, now=now, zone=self._zone)
        lasting = (self._kpis[group.kpi].alert or AlertRule()).acknowledged_for
        action = Action(
            kind=ActionKind.ACKNOWLEDGED,
            by=by,
            at=now,
            scope=self._active_alerts.scope(group.kpi, None),
            until=now + lasting,
        )
        return self._act(group, action, lambda current: acknowledge(current, by, now, lasting))

    def snooze(self, key: str, until: datetime, by: str, now: datetime) -> ActionResult:
        """People want to be notified of an alert later, unless it becomes critical."""
        if (group := self._store.group(key)) is None:
            return ActionResult(asker=by, now=now, zone=self._zone)
        action = Action(
            kind=ActionKind.SNOOZED, by=by, at=now, scope=self._active_alerts.scope(group.kpi, None), until=until
        )
        return self._act(group, action, lambda current: snooze(current, until))

    def assign(self, key: str, to: str, by: str, now: datetime) -> ActionResult:
        """Assigns an alert to somebody, who is called for it from now on."""
        if (group := self._store.group(key)) is None:
            return ActionResult(asker=by, now=now, zone=self._zone)
        action = Action(
            kind=ActionKind.ASSIGNED, by=by, at=now, scope=self._active_alerts.scope(group.kpi, None), to=to
        )
        return self._act(group, action, lambda current: assign(current, to))

    def mute(
        self,
        kpi: str | None,
        campus: str | None,
        end: datetime,
        reason: str,
        by: str,
        now: datetime,
        channels: Collection[str] = (),
    ) -> ActionResult:
        """Mutes a KPI (None: all) at a campus or group (None: everywhere) until `end`.

        `channels` are the configuration's ids of the channel in which it was asked for.

        Raises:
            QueryError: such a mute is for the administrators' channel; the message says where that is.
        """
        campus = None if campus == DISTRICT else campus
        is_announced = needs_administrators(kpi, campus, end, now, self._calendar)
        if is_announced:
            self._check_channel(channels)
        again = 0  # differs from that of the same mute, ended early
        while (former := self._muted(kpi, campus, end, now)) is None:
            name = sha256(repr((kpi, campus, end.isoformat(), again)).encode()).hexdigest()
            silence = Silence(id=name, start=now, end=end, kpi=kpi, campus=campus, reason=reason, by=by)
            action = self._action_of(silence)
            messages = [*self._lines(action, silence), *(self._announcements(action, silence) if is_announced else ())]
            if self._store.add_silence(silence, AuditEntry(now, by, action.kind, name, reason), messages, now):
                return ActionResult(asker=by, now=now, zone=self._zone, actions=(action,), is_announced=is_announced)
            again += 1
        return ActionResult(asker=by, now=now, zone=self._zone, actions=(self._action_of(former),), is_new=False)

    def unmute(self, name: str, by: str, now: datetime) -> ActionResult:
        """Ends a mute early, by its silence's id."""
        silence = next((each for each in self._store.silences(now) if each.id == name), None)
        if silence is None:
            return ActionResult(asker=by, now=now, zone=self._zone)
        action = Action(
            kind=ActionKind.UNMUTED, by=by, at=now, scope=self._active_alerts.scope(silence.kpi, silence.campus)
        )
        entry = AuditEntry(now, by, action.kind, name)
        is_ended = self._store.end_silence(name, entry, self._lines(action, silence), now) is not None
        return ActionResult(asker=by, now=now, zone=self._zone, actions=(action,) if is_ended else ())

    def _act(
        self, group: AlertGroup, action: Action, change: Callable[[AlertGroup], AlertGroup | None]
    ) -> ActionResult:
        """Changes a group, unless somebody did the same before or it is over."""

        def messages_for(after: AlertGroup) -> list[OutboxMessage]:
            return [*self._edits(action, after), self._line(action, after, after.revision)]

        entry = AuditEntry(
            action.at, action.by, action.kind, group.key, action.to or (action.until or action.at).isoformat()
        )
        if self._store.update_group(group.key, change, messages_for, entry, action.at) is not None:
            return ActionResult(asker=action.by, now=action.at, zone=self._zone, actions=(action,))
        current = self._store.group(group.key)
        return ActionResult(
            asker=action.by,
            now=action.at,
            zone=self._zone,
            actions=self._former(action, current) if current is not None else (),
            is_new=False,
        )

    def _former(self, action: Action, group: AlertGroup) -> tuple[Action, ...]:
        """The same action by the person who came first, as the audit log has it."""
        until = group.snoozed_until if action.kind is ActionKind.SNOOZED else action.until
        entries = self._store.audit_entries(action.at - REMEMBERED, AUDIT_ENTRIES)
        same = [each for each in entries if (each.action, each.subject) == (action.kind, group.key)]
        return tuple(replace(action, by=each.by, at=each.at, until=until) for each in same[:1])

    def _edits(self, action: Action, group: AlertGroup) -> list[OutboxMessage]:
        """An edit that keeps the numbers of the message and adds the action; none if the message is gone."""
        latest = self._store.outbox.latest_body(group.key)
        if not isinstance(latest, AlertNotice):
            return []
        notice = replace(
            with_actions(latest, group, action.at), kind=DeliveryKind.UPDATE, mention="", keeps_picture=True
        )
        key, until = f"edit:{group.key}:{group.revision}", action.at + EDIT_LIFETIME
        return [
            OutboxMessage(
                key=key, channel=group.channel, body=notice, expires_at=until, kind=DeliveryKind.UPDATE, group=group.key
            )
        ]

    def _line(self, action: Action, group: AlertGroup, what: object) -> OutboxMessage:
        """A reply in the thread. It calls the person who was assigned, but nobody for what they did themselves.

        `what` makes its key differ from those of other actions on the same group.
        """
        notice = ActionNotice(action, self._zone, action.to if action.to != action.by else "")
        key = f"deed:{group.key}:{what}"
        return OutboxMessage(
            key=key,
            channel=group.channel,
            body=notice,
            expires_at=action.at + RELEVANT_FOR,
            kind=DeliveryKind.REPLY,
            group=group.key,
        )

    def _lines(self, action: Action, silence: Silence) -> list[OutboxMessage]:
        """A reply in the thread of every alert that shows what a silence is about."""
        what = f"{silence.id}:{action.kind}"
        return [self._line(action, group, what) for group in self._active_alerts.affected_by(silence)]

    def _check_channel(self, channels: Collection[str]) -> None:
        administrators = self._administrators
        if administrators is not None and administrators.id in channels:
            return
        refused = f"a mute of everything everywhere, or for more than {LONGEST_ANYWHERE.days} days, can only be made in"
        if administrators is None:
            raise QueryError(
                f"{refused} the administrators' channel, and there is none; "
                "the person who runs kpibot can set it as `administrators` under `district`"
            )
        name = administrators.slack if administrators.slack.startswith("#") else administrators.id
        raise QueryError(f"{refused} `{name}`; type it there")

    def _announcements(self, action: Action, silence: Silence) -> list[OutboxMessage]:
        """Who muted so much, until when and why, for the administrators."""
        if self._administrators is None:
            return []
        notice = ActionNotice(action, self._zone)
        return [
            OutboxMessage(
                key=f"mute:{silence.id}",
                channel=self._administrators.id,
                body=notice,
                expires_at=action.at + REMEMBERED,
            )
        ]

    def _muted(self, kpi: str | None, campus: str | None, end: datetime, now: datetime) -> Silence | None:
        """The mute of exactly this that lasts as long or longer."""
        return next(
            (
                silence
                for silence in self._store.silences(now)
                if (silence.kpi, silence.campus) == (kpi, campus) and silence.end >= end
            ),
            None,
        )

    def _action_of(self, silence: Silence) -> Action:
        about = self._active_alerts.scope(silence.kpi, silence.campus)
        return Action(
            kind=ActionKind.MUTED,
            by=silence.by,
            at=silence.start,
            scope=about,
            until=silence.end,
            reason=silence.reason,
        )
