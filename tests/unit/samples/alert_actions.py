"""What people do about alerts and ask of them, Sunday 22 November 2026, 14:02 in Chicago."""

from dataclasses import replace
from datetime import date, timedelta

from kpibot.core.alerts.actions import Action, ActionKind, ActionNotice, ActionResult, Scope
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
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.thresholds import Verdict
from kpibot.slack.alerts.action_messages import action_message, action_result_message
from kpibot.slack.alerts.active_alerts import alerts_message, mutes_message, why_message
from kpibot.slack.blocks import Rendered
from tests.unit.samples.reports import NOW, ZONE, Samples

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TICKETS_WEST = Scope("Outstanding tickets", "Campus West High School")
ACKNOWLEDGED = Action(
    kind=ActionKind.ACKNOWLEDGED, by="@luis", at=NOW, scope=Scope("Outstanding tickets"), until=NOW + 2 * HOUR
)
MUTED = Action(kind=ActionKind.MUTED, by="@luis", at=NOW, scope=TICKETS_WEST, until=NOW + 5 * DAY, reason="exam week")
SNOOZED = replace(ACKNOWLEDGED, kind=ActionKind.SNOOZED, until=NOW + 17.5 * HOUR)
ASSIGNED = Action(kind=ActionKind.ASSIGNED, by="@dana", at=NOW, scope=TICKETS_WEST, to="@luis")
EXAMS = ActiveMute("s1", TICKETS_WEST, "@luis", NOW + 5 * DAY, "exam week")
POWER_CUT = ActiveMute("s2", Scope("", "North feeder"), "@dana", NOW + HOUR, "power cut at <North>")
PATCHES = RecurringMute("Patch Tuesday", Scope(), False, (date(2026, 12, 8), date(2026, 12, 8)))
SUMMER = RecurringMute("Summer break", Scope("Outstanding tickets"), True, (date(2026, 11, 22), date(2026, 11, 29)))
MUTABLE = MuteChoices(
    "tickets", "Outstanding tickets", (("campus-west", "Campus West High School"), ("feeder-west", "West feeder")), True
)


def action_results() -> Rendered:
    """Everything that people do, as it is said in the thread."""
    actions = [
        ACKNOWLEDGED,
        SNOOZED,
        ASSIGNED,
        replace(ASSIGNED, by="@luis"),
        MUTED,
        replace(MUTED, kind=ActionKind.UNMUTED),
    ]
    return action_result_message(ActionResult(asker="@nobody", now=NOW, zone=ZONE, actions=tuple(actions)))


def former_results() -> Rendered:
    """The same for people who come second; the last reply goes to the one who did it."""
    actions = [ACKNOWLEDGED, SNOOZED, ASSIGNED, replace(MUTED, at=NOW - DAY), replace(ACKNOWLEDGED, by="@mei")]
    return action_result_message(ActionResult(asker="@mei", now=NOW, zone=ZONE, actions=tuple(actions), is_new=False))


def mention() -> Rendered:
    """The person an alert is assigned to is mentioned."""
    return action_message(ActionNotice(ASSIGNED, ZONE, "<@U123>"))


def active_alerts(samples: Samples) -> tuple[ActiveAlert, ...]:
    west = ActiveAlert(report=samples.tickets, severity=Verdict.CRITICAL, since=NOW - 2 * DAY)
    oak = replace(samples.tickets, campus="oak", campus_name="Oak & Ash")
    return (
        west,
        replace(west, assigned_to="@mei"),
        ActiveAlert(
            report=oak,
            severity=Verdict.WARNING,
            since=NOW - HOUR,
            acknowledged_by="@luis",
            acknowledged_until=NOW + 2 * HOUR,
            snoozed_until=NOW + HOUR,
        ),
        replace(west, report=samples.down, severity=Verdict.WARNING, is_muted=True, muted_until=NOW + 5 * DAY),
    )


def alerts(samples: Samples) -> Rendered:
    return alerts_message(AlertList("West feeder", NOW, ZONE, active_alerts(samples)))


def no_alerts(_samples: Samples) -> Rendered:
    return alerts_message(AlertList("West feeder", NOW, ZONE, ()))


def mutes() -> Rendered:
    return mutes_message(MuteList(NOW, ZONE, (POWER_CUT, EXAMS), (PATCHES, SUMMER)))


def why(samples: Samples) -> Rendered:
    values = tuple((NOW - n * timedelta(minutes=15), 104.0 - n) for n in (2, 1, 0))
    rule = AlertRule(after=2, remind=4 * HOUR, acknowledged_for=8 * HOUR, escalation=((HOUR, "@director"),))
    routes = (("tech-leads", "is for warning alerts only"), ("west-tech", "matches"))
    card, west = samples.tickets.card, active_alerts(samples)[0]
    levels = replace(samples.tickets.thresholds, recovers_at=35.0)
    measured = (AlertHistory(replace(west, report=replace(west.report, thresholds=levels)), values),)
    return why_message(
        AlertExplanation(
            card=card,
            as_of=NOW,
            zone=ZONE,
            opened=NOW - DAY,
            histories=measured,
            further_campuses=3,
            rule=rule,
            channel="west-tech",
            routes=routes,
            mutes=(EXAMS,),
            recurring=(PATCHES,),
        )
    )
