"""One message for one KPI's breaches in one channel: what it says, when, and why. One pure decision: `transition`.

        first campus fires                     others join, worsen, ease, recover
    no group ───────────► open: POST ──────────────────────────────────────────► open: UPDATE and REPLY
        ▲                    │  nobody has acknowledged: REPLY still firing, REPLY to the next owner
        └──── all are over: UPDATE and REPLY

What people were shown is compared with what is firing now, so that a decision that was lost is made again, and one
that was made is not. In quiet hours only what has become critical is sent, and the next owner is called if nobody
acknowledges it. Everything else is sent when they end, if it is still active.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from kpibot.core.alerts.states import Reason
from kpibot.core.kpis.thresholds import Verdict

A_MINUTE = timedelta(minutes=1)  # two people who press the same button mean the same
NO_REASONS: Mapping[str, Reason] = MappingProxyType({})
WHOLE_DISTRICT = 0.8  # the share of campuses from which on a breach has one cause for all


class DeliveryKind(StrEnum):
    """How a notification is sent: a message of its own, an edit of that message, or a line in its thread."""

    POST = "post"
    UPDATE = "update"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification for the channel. `changes` say why, by campus; `mention` is whom it calls by name."""

    kind: DeliveryKind
    reason: Reason
    changes: Mapping[str, Reason] = field(default_factory=dict)
    mention: str = ""
    in_channel: bool = False  # a reply that is shown in the channel, too: what is critical is not for a thread only


@dataclass(frozen=True, slots=True)
class GroupRule:
    """Who is called, how often people are reminded, and who is called next while nobody acknowledges a critical breach.

    `escalation` are (time without acknowledgement, owner), in order.
    """

    owner: str = ""
    remind: timedelta | None = None
    escalation: tuple[tuple[timedelta, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertGroup:
    """The active breaches of one KPI in one channel as its message shows them, and what people have done about them.

    `severities` are those that the message shows by campus, `mentioned_at` is when people were last called.
    `critical_since` is since when nobody has handled what is critical, or when the acknowledgement or snooze ends;
    `escalation_step` is how many owners were called since. Instants are aware. `repost` says that its message is not
    in the channel: it could not be posted, or somebody deleted it. `revision` counts the saved changes, so that one
    that was decided on an older state is refused.
    """

    kpi: str
    channel: str
    opened: datetime
    severities: Mapping[str, Verdict] = field(default_factory=dict)
    mentioned_at: datetime | None = None
    critical_since: datetime | None = None
    escalation_step: int = 0
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    acknowledged_until: datetime | None = None
    snoozed_until: datetime | None = None
    assigned_to: str = ""
    repost: bool = False
    revision: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """A permanent name of the group."""
        return f"{self.kpi}:{self.channel}:{self.opened.astimezone(UTC).isoformat()}"

    def is_acknowledged(self, now: datetime) -> bool:
        """Whether somebody handles it: reminders stop."""
        return self.acknowledged_until is not None and now < self.acknowledged_until

    def is_snoozed(self, now: datetime) -> bool:
        """Whether people want to be notified later."""
        return self.snoozed_until is not None and now < self.snoozed_until


Decision = tuple[AlertGroup | None, tuple[Notification, ...]]


def transition(
    group: AlertGroup | None,
    firing: Mapping[str, Verdict],
    rule: GroupRule,
    now: datetime,
    *,
    left: Mapping[str, Reason] = NO_REASONS,
    quiet: bool = False,
    named: tuple[str, str] = ("", ""),
) -> Decision:
    """The next state of a group, and the notifications for its channel.

    Args:
        group: what the channel shows; None where nothing is active.
        firing: the severity of every campus whose alert fires and belongs in this channel.
        rule: who is called and when.
        now: the instant.
        left: why campuses that fire are not shown here (MUTED, MOVED, INHIBITED): they have not recovered.
        quiet: whether only what is critical is sent now: that it became critical, and that nobody acknowledged it.
        named: KPI and channel, for a new group.
    """
    if group is None:
        return _opened(firing, rule, now, quiet, named)
    changes = _changes(group.severities, firing, left)
    rose = any(firing.get(each) is Verdict.CRITICAL for each, why in changes.items() if why in WORSENING)
    if group.is_snoozed(now) and not rose:
        return group, ()
    if quiet and not rose:
        decided: Decision | None = _escalated(group, firing, rule, now)
    else:
        after, notifications = _changed(group, firing, changes, rule, now, rose) if changes else (group, ())
        decided = _with_what_is_due(after, notifications, rule, now)
    if decided is None:
        return group, ()
    return _reposted(*decided) if group.repost else decided


def _reposted(after: AlertGroup | None, notifications: tuple[Notification, ...]) -> Decision:
    """The notification of a group whose message is missing: a new message, unless everything is over.

    It is sent even if nothing has changed since: what the missing message said was lost.
    """
    if after is None:
        return None, ()
    lost = Notification(DeliveryKind.REPLY, Reason.STILL_FIRING, dict.fromkeys(after.severities, Reason.STILL_FIRING))
    *_, last = (lost, *notifications)
    return replace(after, repost=False), (replace(last, kind=DeliveryKind.POST, in_channel=False),)


WORSENING = frozenset({Reason.MORE, Reason.WORSE})


def _opened(
    firing: Mapping[str, Verdict], rule: GroupRule, now: datetime, quiet: bool, named: tuple[str, str]
) -> Decision:
    is_critical = Verdict.CRITICAL in firing.values()
    if not firing or (quiet and not is_critical):
        return None, ()
    kpi, channel = named
    group = AlertGroup(
        kpi=kpi,
        channel=channel,
        opened=now,
        severities=dict(firing),
        mentioned_at=now,
        critical_since=now if is_critical else None,
    )
    changes = dict.fromkeys(firing, Reason.FIRING)
    return group, (Notification(DeliveryKind.POST, Reason.FIRING, changes, rule.owner),)


def _changes(
    shown: Mapping[str, Verdict], firing: Mapping[str, Verdict], left: Mapping[str, Reason]
) -> dict[str, Reason]:
    changes = {campus: Reason.MORE for campus in firing if campus not in shown}
    for campus, was in shown.items():
        if campus not in firing:
            changes[campus] = left.get(campus, Reason.RECOVERED)
        elif firing[campus] is not was:
            changes[campus] = Reason.WORSE if firing[campus] is Verdict.CRITICAL else Reason.EASED
    return changes


def _changed(
    group: AlertGroup,
    firing: Mapping[str, Verdict],
    changes: Mapping[str, Reason],
    rule: GroupRule,
    now: datetime,
    rose: bool,
) -> Decision:
    reason = next(each for each in REASON_PRIORITY if each in changes.values())
    calls = (group.assigned_to or rule.owner) if reason in WORSENING else ""
    notifications: tuple[Notification, ...] = (Notification(DeliveryKind.UPDATE, reason),)
    if reason is not Reason.MUTED:  # the reply to a mute and the thread already say so
        notifications += (Notification(DeliveryKind.REPLY, reason, changes, calls, in_channel=rose),)
    if not firing:
        return None, notifications
    is_critical = Verdict.CRITICAL in firing.values()
    since = min(group.critical_since or now, now) if rose else group.critical_since
    after = replace(
        group,
        severities=dict(firing),
        mentioned_at=now if calls else group.mentioned_at,
        critical_since=since if is_critical else None,
        escalation_step=group.escalation_step if is_critical else 0,
        snoozed_until=group.snoozed_until if group.is_snoozed(now) else None,
    )
    # A worse breach is news even to the person who acknowledged the rest.
    return (_forgotten(after) if rose else after), notifications


REASON_PRIORITY = (
    Reason.WORSE,
    Reason.MORE,
    Reason.EASED,
    Reason.MOVED,
    Reason.INHIBITED,
    Reason.RECOVERED,
    Reason.MUTED,
)


def _with_what_is_due(
    group: AlertGroup | None, notifications: tuple[Notification, ...], rule: GroupRule, now: datetime
) -> Decision:
    """What changed, and what else is due: constant changes must not keep people from being called."""
    if group is None or group.is_snoozed(now):
        return group, notifications
    after, due = _due(group, rule, now)
    return after, (*notifications, *(each for each in due if not notifications or each.kind is DeliveryKind.REPLY))


def _due(group: AlertGroup, rule: GroupRule, now: datetime) -> Decision:
    if group.is_acknowledged(now):
        return group, ()
    if group.acknowledged_until is not None:
        return _called(_forgotten(group), group.severities, Reason.LAPSED, rule.owner, now, edits=True)
    if group.snoozed_until is not None:
        awake, owner = replace(group, snoozed_until=None), group.assigned_to or rule.owner
        return _called(awake, group.severities, Reason.STILL_FIRING, owner, now, edits=True)
    if (called := _escalated(group, group.severities, rule, now)) is not None:
        return called
    if rule.remind is not None and group.mentioned_at is not None and now - group.mentioned_at >= rule.remind:
        return _called(group, group.severities, Reason.STILL_FIRING, group.assigned_to or rule.owner, now)
    return group, ()


def _called(
    group: AlertGroup, active: Mapping[str, Verdict], reason: Reason, owner: str, now: datetime, edits: bool = False
) -> Decision:
    changes = dict.fromkeys(active, reason)
    is_critical = Verdict.CRITICAL in active.values()
    reply = Notification(DeliveryKind.REPLY, reason, changes, owner, in_channel=is_critical)
    notifications = (Notification(DeliveryKind.UPDATE, reason), reply) if edits else (reply,)
    return replace(group, mentioned_at=now), notifications


def _escalated(group: AlertGroup, firing: Mapping[str, Verdict], rule: GroupRule, now: datetime) -> Decision | None:
    """The next owner is called for what is critical, if it is time and anything still is."""
    if group.critical_since is None or group.is_acknowledged(now) or group.escalation_step >= len(rule.escalation):
        return None
    after, owner = rule.escalation[group.escalation_step]
    active = {campus: severity for campus, severity in firing.items() if severity is Verdict.CRITICAL}
    if now - group.critical_since < after or not active:
        return None
    return _called(replace(group, escalation_step=group.escalation_step + 1), active, Reason.ESCALATED, owner, now)


def _forgotten(group: AlertGroup) -> AlertGroup:
    """Without the acknowledgement, which has lapsed or covers less than what is active now."""
    return replace(group, acknowledged_by="", acknowledged_at=None, acknowledged_until=None)


def acknowledge(group: AlertGroup, by: str, now: datetime, lasting: timedelta) -> AlertGroup | None:
    """The group with an acknowledgement; None if it has one already."""
    if group.is_acknowledged(now):
        return None
    until = now + lasting
    after = replace(group, acknowledged_by=by, acknowledged_at=now, acknowledged_until=until, snoozed_until=None)
    return _escalating_from(after, until)


def snooze(group: AlertGroup, until: datetime) -> AlertGroup | None:
    """The group snoozed until then; None if it is already, to the minute."""
    is_same = group.snoozed_until is not None and abs(group.snoozed_until - until) <= A_MINUTE
    return None if is_same else _escalating_from(replace(group, snoozed_until=until), until)


def _escalating_from(group: AlertGroup, until: datetime) -> AlertGroup:
    """Starts the escalation only when the acknowledgement or snooze ends."""
    last = max(until, group.acknowledged_until or until)
    return group if group.critical_since is None else replace(group, critical_since=last)


def assign(group: AlertGroup, to: str) -> AlertGroup | None:
    """The group assigned to somebody; None if it is theirs already."""
    return None if group.assigned_to == to else replace(group, assigned_to=to)


def is_whole_district(firing: int, campuses: int) -> bool:
    """Whether a breach is so common that it has one cause for all."""
    return campuses > 1 and firing / campuses >= WHOLE_DISTRICT
