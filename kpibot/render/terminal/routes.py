"""Where an alert would go, and why: text for a terminal, at most 80 columns wide, and a record for programs."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Any
from zoneinfo import ZoneInfo

from kpibot.core.alerts.quiet_hours import Suppression, SuppressionReason
from kpibot.core.alerts.routing import TAKES_IT, Route, RouteExplanation
from kpibot.core.alerts.silences import RecurringSilence
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.times import moment, stretch
from kpibot.render.terminal.text import COLUMNS, page

NAME = 80
NOWHERE = (
    "goes nowhere: no rule matches, so nobody would be notified; write `- {channel: …}` as the last rule of `alerts`"
)
EVERYTHING = "everything"


def routes_text(routed: RouteExplanation) -> str:
    """Where the alert goes, who is mentioned, whether it waits, and what each rule says; ends without a line break."""
    breach = "A critical alert" if routed.severity == "critical" else "A warning"
    head = f"{breach} about {clean(routed.card.name, NAME)} at {clean(routed.campus_name, NAME)},"
    when = moment(routed.at, routed.zone, year=True)
    goes = NOWHERE if routed.channel is None else f"goes to {routed.channel} and mentions {clean(routed.mention, NAME)}"
    lines = [head, f"{when}:", "", goes]
    if routed.channel is not None:
        lines += [_delivery(routed), *_escalation(routed)]
    return page([*lines, "", "The rules of `alerts`, from the top:", *_rules(routed)])


def routes_record(routed: RouteExplanation) -> dict[str, Any]:
    """The same for programs."""
    zone = ZoneInfo(routed.zone)
    return {
        "kpi": routed.card.id,
        "campus": routed.campus,
        "severity": routed.severity,
        "at": routed.at.astimezone(zone).isoformat(timespec="seconds"),
        "channel": routed.channel,
        "calls": routed.mention,
        "held_back": None if routed.suppression is None else _why(routed.suppression),
        "told_at": None
        if routed.next_notify_at is None
        else routed.next_notify_at.astimezone(zone).isoformat(timespec="seconds"),
        "escalation": [{"after_seconds": after.total_seconds(), "to": name} for after, name in routed.escalation],
        "rules": [
            {"channel": channel, "about": _about(route), "takes_it": says == TAKES_IT, "says": says}
            for route, channel, says in routed.rules
        ],
    }


def _delivery(routed: RouteExplanation) -> str:
    if routed.suppression is None:
        return "posted at once"
    until = "" if routed.next_notify_at is None else f" until {moment(routed.next_notify_at, routed.zone)}"
    return f"held back{until}: {_why(routed.suppression)}"


def _why(suppression: Suppression) -> str:
    match suppression.reason:
        case SuppressionReason.HOLIDAY:
            named = f"it is {clean(suppression.holiday, NAME)}" if suppression.holiday else "it is a holiday"
            return f"{named}, and the KPI's `alert` does not have `on_holidays`"
        case SuppressionReason.OUTSIDE_HOURS:
            return "outside working hours only critical alerts are posted, unless the KPI has `any_time`"
    return _silence(suppression)


def _silence(suppression: Suppression) -> str:
    silence = suppression.silence
    if isinstance(silence, RecurringSilence):
        return f"{clean(silence.name, NAME)}, one of `silences`"
    assert silence is not None
    reason = f" ({clean(silence.reason, NAME)})" if silence.reason else ""
    return f"muted by {clean(silence.by, NAME)}{reason}"


def _escalation(routed: RouteExplanation) -> Iterator[str]:
    for after, name in routed.escalation:
        yield f"if nobody acknowledges it within {stretch(after)}, mentions {clean(name, NAME)}"
    if routed.inhibited_by_district:
        yield "is not posted while the district itself has an alert"


def _rules(routed: RouteExplanation) -> Iterator[str]:
    for number, (route, channel, says) in enumerate(routed.rules, 1):
        sign = "→" if says == TAKES_IT else " "
        yield f"{sign}{number:>2}. {channel}: {_about(route)}"
        yield from wrap(says, COLUMNS, initial_indent=" " * 6, subsequent_indent=" " * 6)


def _about(route: Route) -> str:
    """`tickets · feeder-west · critical · other hours`."""
    parts = [
        ", ".join(sorted(names)) for names in (route.kpis, route.categories, route.campuses, route.severities) if names
    ]
    if route.in_working_hours is not None:
        parts.append("working hours" if route.in_working_hours else "other hours")
    return " · ".join(parts) or EVERYTHING
