"""Active alerts, mutes and the explanation of an alert as Slack messages."""

from collections.abc import Iterator
from datetime import date, datetime

from kpibot.core.alerts.active_alerts import (
    ActiveAlert,
    ActiveMute,
    AlertExplanation,
    AlertHistory,
    AlertList,
    MuteList,
    RecurringMute,
)
from kpibot.core.kpis.report import Report, local_time
from kpibot.core.text import plural
from kpibot.render.phrases import sentences
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.numbers import amount, finite
from kpibot.render.phrases.signs import SIGNS
from kpibot.render.phrases.times import day_month, is_to_the_day, moment, soon, stretch
from kpibot.slack.alerts.action_messages import PERSON, REASON, scope_text
from kpibot.slack.blocks import Block, Rendered, button, context, fitting, paragraphs, rendered, section
from kpibot.slack.mrkdwn import data

BUTTONS = 15  # a message has at most 50 blocks, and nobody reads more mutes
NOBODY = "nobody has acknowledged it"


def alerts_message(alerts: AlertList) -> Rendered:
    """The active alerts, the worst first, each with who handles it."""
    count, place = len(alerts.alerts), clean(alerts.campus_name, sentences.NAME)
    head = f"{plural(count, 'active alert') if count else 'No active alerts'} at {place}"
    lines = [
        f"{SIGNS[alert.severity].emoji} {data(active_alert_text(alert, alerts.as_of, alerts.zone), 500)}"
        for alert in alerts.alerts
    ]
    shown = fitting(lines)
    when = f"as of {moment(alerts.as_of, alerts.zone, year=True)}"
    blocks = (section(f"*{data(head)}*"), *paragraphs(shown), context(data(when)))
    return rendered("\n".join(fitting([data(head), *lines, data(when)], 2_700)), blocks)


def active_alert_text(alert: ActiveAlert, now: datetime, zone: str) -> str:
    """`Outstanding tickets — Campus West: 104 tickets · critical since Fri, … (2 days) · acknowledged by @luis …`."""
    report = alert.report
    to_the_day = is_to_the_day(alert.since, now, zone)
    began = day_month(local_time(alert.since, zone)) if to_the_day else soon(alert.since, now, zone)
    since = f"{alert.severity} since {began} ({stretch(now - alert.since)})"
    value = sentences.quantity(report) if sentences.value(report) is not None else sentences.missing(report)
    return f"{sentences.title(report)}: {value} · {since} · {'; '.join(_handling(alert, now, zone))}"


def mutes_message(mutes: MuteList) -> Rendered:
    """What is muted, by whom, why and until when, each with a button to unmute it; and recurring mutes."""
    lines = [data(_muted(each, mutes.as_of, mutes.zone), 300) for each in mutes.mutes]
    head = f"*{plural(len(lines), 'mute')}*" if lines else "*Nothing is muted*"
    unmutable = [_with_button(line, each) for line, each in zip(lines, mutes.mutes, strict=True)]
    recurring = [data(_recurring(each), 400) for each in mutes.recurring]
    recurring_blocks = paragraphs(["*Recurring*", *fitting(recurring, 2_000)]) if recurring else []
    more = section(f"… and {len(unmutable) - BUTTONS:,} more") if len(unmutable) > BUTTONS else None
    how = context("To mute: `/kpi mute tickets campus-west 3d exam week`")
    text = "\n".join(fitting([head, *lines, *recurring], 2_700))
    return rendered(text, (section(head), *unmutable[:BUTTONS], more, *recurring_blocks, how))


def why_message(why: AlertExplanation) -> Rendered:
    """Why an alert is active: the measurements, the rule, the route to the channel, and what is muted."""
    head = f"Why you see an alert about {clean(why.card.name, sentences.NAME)} here"
    parts = {
        "Measured": [line for measured in why.histories for line in _measured(measured, why)],
        "Rule": list(_rule(why)),
        "Route": list(_routes(why)),
        "Muted": [
            *(_muted(each, why.as_of, why.zone) for each in why.mutes),
            *(_recurring(each) for each in why.recurring),
        ]
        or ["not muted"],
    }
    if why.further_campuses:
        parts["Measured"].append(f"… and {plural(why.further_campuses, 'more campus', 'more campuses')}")
    lines = [f"*{title}*\n" + "\n".join(f"• {data(each, 400)}" for each in items) for title, items in parts.items()]
    opened = f"first posted {moment(why.opened, why.zone, year=True)}"
    blocks = (section(f"*{data(head)}*"), *paragraphs(fitting(lines)), context(data(opened)))
    return rendered("\n".join(fitting([data(head), *lines], 2_700)), blocks)


def _handling(alert: ActiveAlert, now: datetime, zone: str) -> Iterator[str]:
    if alert.acknowledged_until is not None:
        until = soon(alert.acknowledged_until, now, zone)
        yield f"acknowledged by {clean(alert.acknowledged_by, PERSON)} until {until}"
    if alert.assigned_to:
        yield f"assigned to {clean(alert.assigned_to, PERSON)}"
    if alert.acknowledged_until is None and not alert.assigned_to and not alert.is_muted:
        yield NOBODY
    if alert.snoozed_until is not None:
        yield f"snoozed until {soon(alert.snoozed_until, now, zone)}"
    if alert.is_muted:
        yield f"muted until {soon(alert.muted_until, now, zone)}" if alert.muted_until is not None else "muted"


def _muted(muted: ActiveMute, now: datetime, zone: str) -> str:
    reason = f": {clean(muted.reason, REASON)}" if muted.reason else ""
    return f"{scope_text(muted.scope)} until {soon(muted.end, now, zone)}, by {clean(muted.by, PERSON)}{reason}"


def _with_button(line: str, muted: ActiveMute) -> Block | None:
    block, end = section(line), button("Unmute", "alert:unmute", silence=muted.id)
    return block if block is None or end is None else {**block, "accessory": end}


def _recurring(recurring: RecurringMute) -> str:
    if recurring.is_on:
        when = f"now, until {_day(recurring.days[1])}" if recurring.days else "now"
    else:
        when = f"next {_days(*recurring.days)}" if recurring.days else "not within a year"
    return f"{clean(recurring.name, sentences.NAME)}: {when} · {scope_text(recurring.scope)}"


def _days(first: date, last: date) -> str:
    return _day(first) if first == last else f"{_day(first)} to {_day(last)}"


def _day(day: date) -> str:
    return day_month(day, year=True)


def _measured(measured: AlertHistory, why: AlertExplanation) -> Iterator[str]:
    yield active_alert_text(measured.alert, why.as_of, why.zone)
    report = measured.alert.report
    if goal := sentences.goal(report):
        yield goal + _recovery(report)
    values = (
        f"{amount(finite(value), report.card)} at {soon(at, why.as_of, why.zone)}" for at, value in measured.values
    )
    if last := ", ".join(values):
        yield f"last measured {last}"


def _recovery(report: Report) -> str:
    recovers_at = report.thresholds.recovers_at
    return "" if recovers_at is None else f" · recovers at {sentences.threshold(report, recovers_at)}"


def _rule(why: AlertExplanation) -> Iterator[str]:
    rule = why.rule
    often = "the first measurement" if rule.after == 1 else f"{rule.after} measurements in a row"
    yield f"posted after {often} over a threshold"
    if rule.remind is not None:
        yield f"reminder every {stretch(rule.remind)}"
    yield f"an acknowledgment lasts {stretch(rule.acknowledged_for)}"
    for after, owner in rule.escalation:
        yield f"if nobody acknowledges a critical one within {stretch(after)}, {clean(owner, PERSON)} is mentioned"


def _routes(why: AlertExplanation) -> Iterator[str]:
    for number, (channel, says) in enumerate(why.routes, start=1):
        yield f"rule {number}, to {clean(channel, PERSON)}: {says.replace('`', '')}"
