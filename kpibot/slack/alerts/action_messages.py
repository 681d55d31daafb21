"""What somebody did about an alert: the message in its thread, and the reply to the person."""

from kpibot.core.alerts.actions import Action, ActionKind, ActionNotice, ActionResult, Scope
from kpibot.render.phrases import sentences
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.times import soon
from kpibot.slack.blocks import Rendered, fitting, paragraphs, rendered
from kpibot.slack.mrkdwn import data

PERSON, REASON = 80, 220
OVER = "This alert is over already. There is nothing left to do."


def action_message(notice: ActionNotice) -> Rendered:
    """A message for the thread of an alert. `notice.mention` is mrkdwn already."""
    text = f"{data(action_text(notice.action, notice.zone), 600)} {notice.mention}".rstrip()
    return rendered(text, paragraphs([text]))


def action_result_message(result: ActionResult) -> Rendered:
    """The reply to the person who acted: what was done, or who did it before."""
    if result.is_new:
        texts = [action_text(each, result.zone, result.asker) for each in result.actions]
    else:
        texts = [_former_text(each, result) for each in result.actions]
    lines = fitting([data(each, 600) for each in texts] or [OVER], 2_000)
    return rendered("\n".join(lines), paragraphs(lines))


def action_text(action: Action, zone: str, asker: str = "") -> str:
    """`@luis has it (acknowledged until 4:00 PM CST)`; `You have it …` if the `asker` did it."""
    by = _name(action.by, asker)
    has = f"{by[:1].upper()}{by[1:]} {'have' if by == 'you' else 'has'} it"
    match action.kind:
        case ActionKind.ACKNOWLEDGED:
            return f"{has} (acknowledged{_end_text(action, zone)})"
        case ActionKind.SNOOZED:
            return f"Snoozed by {by}{_end_text(action, zone)}; anything that becomes critical is still posted"
        case ActionKind.ASSIGNED if action.to == action.by:
            return has
        case ActionKind.ASSIGNED:
            return f"Assigned to {_name(action.to, asker)} by {by}"
        case ActionKind.MUTED:
            return f"{scope_text(action.scope)}: muted by {by}{_end_text(action, zone)}{_because(action.reason)}"
        case ActionKind.UNMUTED:
            return f"{scope_text(action.scope)}: unmuted by {by}; active alerts are posted at the next measurement"


def scope_text(scope: Scope) -> str:
    """`Outstanding tickets at Campus West High School`, `Every KPI everywhere`."""
    kpi = clean(scope.kpi, sentences.NAME) or "Every KPI"
    return f"{kpi} at {clean(scope.campus, sentences.NAME)}" if scope.campus else f"{kpi} everywhere"


def _former_text(action: Action, result: ActionResult) -> str:
    """`Already acknowledged by @luis at 2:02 PM CST`: what the first person did."""
    done = f"Already {action.kind}"
    if action.kind is ActionKind.ASSIGNED:
        done = f"Already assigned to {_name(action.to, result.asker)}"
    elif action.kind in (ActionKind.MUTED, ActionKind.SNOOZED):
        done = f"{done}{_end_text(action, result.zone)}"
    at = soon(action.at, result.now, result.zone)
    return f"{done} by {_name(action.by, result.asker)}{'' if ',' in at else ' at'} {at}"


def _name(person: str, asker: str) -> str:
    return "you" if person == asker else clean(person, PERSON)


def _end_text(action: Action, zone: str) -> str:
    return f" until {soon(action.until, action.at, zone)}" if action.until is not None else ""


def _because(reason: str) -> str:
    return f": {clean(reason, REASON)}" if reason else ""
