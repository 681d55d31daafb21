"""What somebody did about an alert, for its thread, and what they are told of it themselves."""

from kpibot.core.alerts.actions import Action, ActionKind, ActionNotice, ActionResult, Scope
from kpibot.render.phrases import sentences
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.times import soon
from kpibot.slack.blocks import Rendered, fitting, paragraphs, rendered
from kpibot.slack.mrkdwn import data

PERSON, REASON = 80, 220
OVER = "That is over: there is nothing left to do."


def action_message(notice: ActionNotice) -> Rendered:
    """A line for the thread of an alert. `notice.mention` is Slack's own mrkdwn and goes in as it is."""
    text = f"{data(action_text(notice.deed, notice.zone), 600)} {notice.mention}".rstrip()
    return rendered(text, paragraphs([text]))


def action_result_message(told: ActionResult) -> Rendered:
    """The reply to whoever did something: what came of it, or who did it before."""
    if told.is_new:
        said = [action_text(each, told.zone, told.asker) for each in told.actions]
    else:
        said = [_former_text(each, told) for each in told.actions]
    lines = fitting([data(each, 600) for each in said] or [OVER], 2_000)
    return rendered("\n".join(lines), paragraphs(lines))


def action_text(deed: Action, zone: str, asker: str = "") -> str:
    """`Acknowledged by @luis until 4:00 PM CST`; to the `asker`, whose deed it is, `by you`."""
    by = _name(deed.by, asker)
    match deed.act:
        case ActionKind.ACKNOWLEDGED:
            return f"Acknowledged by {by}{_until(deed, zone)}"
        case ActionKind.SNOOZED:
            return f"Snoozed by {by}{_until(deed, zone)}; what becomes critical is told all the same"
        case ActionKind.ASSIGNED if deed.to == deed.by:
            return f"Taken over by {by}"
        case ActionKind.ASSIGNED:
            return f"Assigned to {_name(deed.to, asker)} by {by}"
        case ActionKind.MUTED:
            return f"{scope_text(deed.about)}: muted by {by}{_until(deed, zone)}{_because(deed.reason)}"
        case ActionKind.UNMUTED:
            return f"{scope_text(deed.about)}: unmuted by {by}; what stands is told at the next measurement"


def scope_text(scope: Scope) -> str:
    """`Outstanding tickets at Campus West High School`, `Every KPI everywhere`."""
    kpi = clean(scope.kpi, sentences.NAME) or "Every KPI"
    return f"{kpi} at {clean(scope.campus, sentences.NAME)}" if scope.campus else f"{kpi} everywhere"


def _former_text(deed: Action, told: ActionResult) -> str:
    """`Already acknowledged by @luis at 2:02 PM CST`: the deed of whoever came first."""
    done = f"Already {deed.act}"
    if deed.act is ActionKind.ASSIGNED:
        done = f"Already assigned to {_name(deed.to, told.asker)}"
    elif deed.act in (ActionKind.MUTED, ActionKind.SNOOZED):
        done = f"{done}{_until(deed, told.zone)}"
    return f"{done} by {_name(deed.by, told.asker)} at {soon(deed.at, told.now, told.zone)}"


def _name(person: str, asker: str) -> str:
    return "you" if person == asker else clean(person, PERSON)


def _until(deed: Action, zone: str) -> str:
    return f" until {soon(deed.until, deed.at, zone)}" if deed.until is not None else ""


def _because(reason: str) -> str:
    return f": {clean(reason, REASON)}" if reason else ""
