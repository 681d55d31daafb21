"""Decides which messages about a KPI's breaches each channel gets. Its methods block."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from kpibot.catalog.model import Channel
from kpibot.core.alerts.groups import AlertGroup, DeliveryKind, GroupRule, Notification, is_whole_district, transition
from kpibot.core.alerts.notices import AlertNotice, Change
from kpibot.core.alerts.quiet_hours import Breach, QuietHours, SuppressionReason
from kpibot.core.alerts.routing import Route
from kpibot.core.alerts.silences import AnySilence
from kpibot.core.alerts.states import Reason
from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.district import District
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Verdict
from kpibot.services.alerts.dispatch import WORST_FIRST, Dispatch, DispatchPlan
from kpibot.services.alerts.evaluation import SERIES_DAYS, EvaluationResult
from kpibot.services.measurement.reporting import Reporting
from kpibot.store.outbox import OutboxMessage
from kpibot.store.store import AlertGroupKey

DAY = timedelta(days=1)
EDIT_LIFETIME = timedelta(days=30)  # an edit; a later one takes its place
REMINDER = timedelta(hours=4)  # nobody is served by yesterday's "still firing"
REMINDS = frozenset({Reason.STILL_FIRING, Reason.LAPSED, Reason.ESCALATED})
DRAWN = 6  # campuses whose course a picture shows


@dataclass(frozen=True, slots=True)
class NotificationPlan:
    """Groups that changed (None: closed), and the messages about them."""

    groups: Mapping[AlertGroupKey, AlertGroup | None] = field(default_factory=dict)
    messages: tuple[OutboxMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertContext:
    """A KPI after a measurement at `now`: the state of its alerts, and where they are shown."""

    kpi: Kpi
    rule: AlertRule
    evaluation: EvaluationResult
    dispatch: DispatchPlan
    now: datetime


class NotificationPlanner:
    """Plans one message for each KPI and channel.

    If a breach moves to another channel, that one shows it, and the former one says that it moved.
    """

    def __init__(
        self,
        district: District,
        routes: tuple[Route, ...],
        channels: Mapping[str, Channel],
        reporting: Reporting,
    ) -> None:
        self._channels = channels
        self._reporting = reporting
        self._tree = district.tree
        self._calendar = district.calendar
        self._dispatch = Dispatch(routes, self._tree, self._calendar)

    def plan(
        self,
        kpi: Kpi,
        rule: AlertRule,
        evaluated: EvaluationResult,
        groups: Mapping[AlertGroupKey, AlertGroup],
        silences: Iterable[AnySilence],
        now: datetime,
    ) -> NotificationPlan:
        """The notifications of a KPI now, from the open groups and the silences."""
        warning = Breach(kpi.id, DISTRICT, Verdict.WARNING, rule)
        suppression = QuietHours((), self._tree, self._calendar).suppression(warning, now)
        if suppression is not None and suppression.reason is SuppressionReason.HOLIDAY:
            return NotificationPlan()
        opened = {channel: group for (of, channel), group in groups.items() if of == kpi.id}
        dispatched = self._dispatch.plan(kpi, rule, evaluated, opened, silences, now)
        case = AlertContext(kpi, rule, evaluated, dispatched, now)
        changed: dict[AlertGroupKey, AlertGroup | None] = {}
        messages: list[OutboxMessage] = []
        for channel in dict.fromkeys((*opened, *dispatched.by_channel)):
            before = opened.get(channel)
            after, notifications = self._transition(case, channel, before, is_quiet=suppression is not None)
            if after != before:
                changed[kpi.id, channel] = after
            if (group := after or before) is not None:
                messages += self._messages(case, group, notifications, is_over=after is None)
        return NotificationPlan(changed, tuple(messages))

    def _transition(
        self, case: AlertContext, channel: str, before: AlertGroup | None, *, is_quiet: bool
    ) -> tuple[AlertGroup | None, tuple[Notification, ...]]:
        owner = case.dispatch.owner(channel, case.kpi.card.owner)
        return transition(
            before,
            case.dispatch.firing_in(channel),
            GroupRule(owner, case.rule.remind, case.rule.escalation),
            case.now,
            left=case.dispatch.suppressed_in(channel),
            quiet=is_quiet,
            named=(case.kpi.id, channel),
        )

    def _messages(
        self, case: AlertContext, group: AlertGroup, notifications: tuple[Notification, ...], *, is_over: bool
    ) -> Iterator[OutboxMessage]:
        """The messages to the group's channel."""
        campuses = self._tree.leaves(DISTRICT)
        is_common = is_whole_district(sum(each in case.evaluation.firing for each in campuses), len(campuses))
        for notification in notifications:
            changes = self._changes(case, notification, _reasons(case, group, notification, is_over=is_over))
            if notification.kind is DeliveryKind.REPLY and not changes:  # the campuses are gone from the configuration
                continue
            notice = AlertNotice(
                card=case.kpi.card,
                as_of=case.now,
                zone=str(self._calendar.zone),
                mention=notification.mention,
                changes=changes,
                group=group.key,
                kind=notification.kind,
                reason=notification.reason,
                is_over=is_over,
                is_common=is_common and not is_over,
            )
            key = f"alert:{group.key}:{case.now.isoformat()}:{notification.kind}:{notification.reason.name.lower()}"
            until = case.now + lifetime(notification, case.rule.remind)
            yield OutboxMessage(
                key=key,
                channel=group.channel,
                body=with_actions(notice, group, case.now),
                expires_at=until,
                kind=notification.kind,
                group=group.key,
                in_channel=notification.in_channel,
            )

    def _changes(
        self, case: AlertContext, notification: Notification, reasons: Mapping[str, Reason]
    ) -> tuple[Change, ...]:
        """The campuses with their numbers, the worst first; the first ones with their series, but in a thread."""
        campuses = [each for each in reasons if each in self._tree]
        days = None if notification.kind is DeliveryKind.REPLY else SERIES_DAYS
        reports = self._reporting.reports(case.kpi, campuses, case.now, days)
        changes = sorted((self._change(case, each, reasons[each.campus]) for each in reports), key=_urgency)
        return (
            *changes[:DRAWN],
            *(replace(each, report=replace(each.report, series=None)) for each in changes[DRAWN:]),
        )

    def _change(self, case: AlertContext, report: Report, reason: Reason) -> Change:
        campus = report.campus
        says = case.evaluation.signal_texts.get(campus, ())
        if reason is Reason.MOVED:
            says += (f"now posted in {self._channels[case.dispatch.routes[campus].channel].slack}",)
        return Change(report, reason, case.evaluation.since(campus), case.evaluation.firing.get(campus), says)


def with_actions(notice: AlertNotice, group: AlertGroup, now: datetime) -> AlertNotice:
    """The message of a group with what people have done about it by now."""
    is_acknowledged = group.is_acknowledged(now)
    return replace(
        notice,
        acknowledged_by=group.acknowledged_by if is_acknowledged else "",
        acknowledged_at=group.acknowledged_at if is_acknowledged else None,
        acknowledged_until=group.acknowledged_until if is_acknowledged else None,
        assigned_to=group.assigned_to,
        snoozed_until=group.snoozed_until if group.is_snoozed(now) else None,
    )


def lifetime(notification: Notification, remind: timedelta | None = None) -> timedelta:
    """How long it is worth sending; a reminder no longer than until the next one, which comes every `remind`."""
    if notification.kind is DeliveryKind.UPDATE:
        return EDIT_LIFETIME
    if notification.kind is DeliveryKind.REPLY and notification.reason is Reason.STILL_FIRING:
        return min(REMINDER, remind or REMINDER)
    return REMINDER if notification.kind is DeliveryKind.REPLY and notification.reason in REMINDS else DAY


def _reasons(case: AlertContext, group: AlertGroup, notification: Notification, *, is_over: bool) -> dict[str, Reason]:
    """The campuses that a message is about: of a reply those that changed, of the message itself all that are active.

    Once it is over these are those that left last.
    """
    if notification.kind is DeliveryKind.REPLY:
        return dict(notification.changes)
    if is_over:
        left = case.dispatch.suppressed_in(group.channel)
        return {campus: left.get(campus, Reason.RECOVERED) for campus in group.severities}
    return {campus: notification.changes.get(campus, Reason.STILL_FIRING) for campus in group.severities}


def _urgency(change: Change) -> tuple[int, datetime]:
    """The worst come first, of these the oldest."""
    return WORST_FIRST.index(change.severity), change.since or change.report.reading.as_of
