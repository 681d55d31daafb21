"""What people do about alerts: each deed happens once, and is told to whoever should know. Its methods block.

A deed changes the group, enters the audit trail and owes an edit of the message and a line in its thread, in one
transaction. Whoever comes second is told who was first.
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

OF_USE_FOR = timedelta(days=1)
REMEMBERED = timedelta(days=30)
TRAIL = 1_000  # entries in which the former deed is looked for


class AlertActions:
    """Handles alerts for people. `by` and `to` are their names with an @, `key` is a group's; instants are aware.

    Mutes of everything, and long ones, are for the channel of the `administrators`, and are announced there.
    """

    def __init__(
        self, district: District, standing: ActiveAlerts, store: Store, administrators: Channel | None
    ) -> None:
        self._kpis = district.kpis
        self._calendar = district.calendar
        self._standing = standing
        self._store = store
        self._administrators = administrators
        self._zone = district.zone

    def acknowledge(self, key: str, by: str, now: datetime) -> ActionResult:
        """Somebody sees to an alert: no reminders until the rule's time is over."""
        if (group := self._store.group(key)) is None:
            return ActionResult(by, now, self._zone)
        lasting = (self._kpis[group.kpi].alert or AlertRule()).acknowledged_for
        deed = Action(
            kind=ActionKind.ACKNOWLEDGED,
            by=by,
            at=now,
            scope=self._standing.scope(group.kpi, None),
            until=now + lasting,
        )
        return self._act(group, deed, lambda found: acknowledge(found, by, now, lasting))

    def snooze(self, key: str, until: datetime, by: str, now: datetime) -> ActionResult:
        """People want to hear of an alert later, unless it becomes critical."""
        if (group := self._store.group(key)) is None:
            return ActionResult(by, now, self._zone)
        deed = Action(kind=ActionKind.SNOOZED, by=by, at=now, scope=self._standing.scope(group.kpi, None), until=until)
        return self._act(group, deed, lambda found: snooze(found, until))

    def assign(self, key: str, to: str, by: str, now: datetime) -> ActionResult:
        """An alert is somebody's own, who is called for it from now on."""
        if (group := self._store.group(key)) is None:
            return ActionResult(by, now, self._zone)
        deed = Action(kind=ActionKind.ASSIGNED, by=by, at=now, scope=self._standing.scope(group.kpi, None), to=to)
        return self._act(group, deed, lambda found: assign(found, to))

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
        """Nobody is told of a KPI (None: of any) at a campus or group (None: at any) until `end`.

        `channels` are the configuration's ids of the channel in which it was asked for.

        Raises:
            QueryError: such a mute is for the administrators' channel; the message says where that is.
        """
        campus = None if campus == DISTRICT else campus
        is_announced = needs_administrators(kpi, campus, end, now, self._calendar)
        if is_announced:
            self._check_channel(channels)
        again = 0  # tells it from a mute of the same that was ended before its time
        while (former := self._muted(kpi, campus, end, now)) is None:
            name = sha256(repr((kpi, campus, end.isoformat(), again)).encode()).hexdigest()
            silence = Silence(id=name, start=now, end=end, kpi=kpi, campus=campus, reason=reason, by=by)
            deed = self._deed_of(silence)
            messages = [*self._lines(deed, silence), *(self._announcements(deed, silence) if is_announced else ())]
            if self._store.add_silence(silence, AuditEntry(now, by, deed.kind, name, reason), messages, now):
                return ActionResult(by, now, self._zone, (deed,), is_announced=is_announced)
            again += 1
        return ActionResult(by, now, self._zone, (self._deed_of(former),), is_new=False)

    def unmute(self, name: str, by: str, now: datetime) -> ActionResult:
        """A mute, by its silence's id, is over before its time."""
        silence = next((each for each in self._store.silences(now) if each.id == name), None)
        if silence is None:
            return ActionResult(by, now, self._zone)
        deed = Action(kind=ActionKind.UNMUTED, by=by, at=now, scope=self._standing.scope(silence.kpi, silence.campus))
        entry = AuditEntry(now, by, deed.kind, name)
        is_ended = self._store.end_silence(name, entry, self._lines(deed, silence), now) is not None
        return ActionResult(by, now, self._zone, (deed,) if is_ended else ())

    def _act(self, group: AlertGroup, deed: Action, change: Callable[[AlertGroup], AlertGroup | None]) -> ActionResult:
        """Changes a group, unless somebody did the same before or it is over by now."""

        def owe(after: AlertGroup) -> list[OutboxMessage]:
            return [*self._edits(deed, after), self._line(deed, after, after.revision)]

        entry = AuditEntry(deed.at, deed.by, deed.kind, group.key, deed.to or (deed.until or deed.at).isoformat())
        if self._store.update_group(group.key, change, owe, entry, deed.at) is not None:
            return ActionResult(deed.by, deed.at, self._zone, (deed,))
        stands = self._store.group(group.key)
        return ActionResult(
            deed.by, deed.at, self._zone, self._former(deed, stands) if stands is not None else (), is_new=False
        )

    def _former(self, deed: Action, group: AlertGroup) -> tuple[Action, ...]:
        """The same deed by whoever came first, as the audit trail knows it."""
        until = group.snoozed_until if deed.kind is ActionKind.SNOOZED else deed.until
        trail = self._store.audit_entries(deed.at - REMEMBERED, TRAIL)
        found = [each for each in trail if (each.action, each.subject) == (deed.kind, group.key)]
        return tuple(replace(deed, by=each.by, at=each.at, until=until) for each in found[:1])

    def _edits(self, deed: Action, group: AlertGroup) -> list[OutboxMessage]:
        """What the message says of the numbers stays as it is, with what people did now; nothing where it is gone."""
        says = self._store.outbox.latest_body(group.key)
        if not isinstance(says, AlertNotice):
            return []
        notice = replace(with_actions(says, group, deed.at), kind=DeliveryKind.UPDATE, mention="", keeps_picture=True)
        key, until = f"edit:{group.key}:{group.revision}", deed.at + EDIT_LIFETIME
        return [
            OutboxMessage(
                key=key, channel=group.channel, body=notice, expires_at=until, kind=DeliveryKind.UPDATE, group=group.key
            )
        ]

    def _line(self, deed: Action, group: AlertGroup, what: object) -> OutboxMessage:
        """A line in the thread. It calls whoever the alert was given to, but nobody for what they did themselves.

        `what` tells it from other deeds about the same group.
        """
        notice = ActionNotice(deed, self._zone, deed.to if deed.to != deed.by else "")
        key = f"deed:{group.key}:{what}"
        return OutboxMessage(
            key=key,
            channel=group.channel,
            body=notice,
            expires_at=deed.at + OF_USE_FOR,
            kind=DeliveryKind.REPLY,
            group=group.key,
        )

    def _lines(self, deed: Action, silence: Silence) -> list[OutboxMessage]:
        """A line in the thread of every alert that shows what a silence is about."""
        what = f"{silence.id}:{deed.kind}"
        return [self._line(deed, group, what) for group in self._standing.affected_by(silence)]

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

    def _announcements(self, deed: Action, silence: Silence) -> list[OutboxMessage]:
        """Who muted so much, until when and why, for the administrators."""
        if self._administrators is None:
            return []
        notice = ActionNotice(deed, self._zone)
        return [
            OutboxMessage(
                key=f"mute:{silence.id}",
                channel=self._administrators.id,
                body=notice,
                expires_at=deed.at + REMEMBERED,
            )
        ]

    def _muted(self, kpi: str | None, campus: str | None, end: datetime, now: datetime) -> Silence | None:
        """The mute of exactly this that lasts as long or longer."""
        return next(
            (
                each
                for each in self._store.silences(now)
                if (each.kpi, each.campus) == (kpi, campus) and each.end >= end
            ),
            None,
        )

    def _deed_of(self, silence: Silence) -> Action:
        about = self._standing.scope(silence.kpi, silence.campus)
        return Action(
            kind=ActionKind.MUTED,
            by=silence.by,
            at=silence.start,
            scope=about,
            until=silence.end,
            reason=silence.reason,
        )
