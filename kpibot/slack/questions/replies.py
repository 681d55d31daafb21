"""Replies as Slack messages: which blocks a reply becomes, and its chart."""

from dataclasses import replace

from kpibot.core.alerts.actions import ActionKind, ActionResult
from kpibot.core.alerts.active_alerts import AlertList, MuteList
from kpibot.core.reports.answers import About, Answer, Breakdown, Overview, RowList
from kpibot.render.charts.alt_texts import answer_alt
from kpibot.render.charts.charts import answer_chart
from kpibot.services.alerts.commands import AlertCommandReply
from kpibot.services.delivery.delivery import Picture
from kpibot.services.questions.answering import Help, Listing, Reply
from kpibot.slack.alerts.action_messages import action_result_message
from kpibot.slack.alerts.active_alerts import alerts_message, mutes_message
from kpibot.slack.blocks import Rendered, SlackFile
from kpibot.slack.questions.about_message import about_message
from kpibot.slack.questions.answer_message import answer_message, overview_message
from kpibot.slack.questions.breakdown_message import breakdown_message
from kpibot.slack.questions.guide_messages import help_message, list_message
from kpibot.slack.questions.rows_message import rows_message

AnyReply = Reply | AlertCommandReply


def message_of(reply: AnyReply, chart: SlackFile | None = None) -> Rendered:
    """The reply as a message, with its uploaded chart where it has one."""
    match reply:
        case Answer():
            return answer_message(reply, chart)
        case Breakdown():
            return breakdown_message(reply)
        case RowList():
            return rows_message(reply)
        case About():
            return about_message(reply)
        case Overview():
            return overview_message(reply)
    return _guide(reply) if isinstance(reply, Help | Listing) else _about_alerts(reply)


def _about_alerts(reply: AlertCommandReply) -> Rendered:
    match reply:
        case AlertList():
            return alerts_message(reply)
        case MuteList():
            return mutes_message(reply)
        case ActionResult():
            return action_result_message(reply if is_private(reply) else replace(reply, asker=""))


def _guide(reply: Help | Listing) -> Rendered:
    names = {card.id: card.name for card in reply.kpis}
    if isinstance(reply, Help):
        return help_message(names, f"{next(iter(names), '')} {reply.campus.slug}".strip(), "".join(reply.by))
    return list_message(names, {campus.slug: campus.name for _, campus in reply.campuses}, reply.not_available)


def picture_of(reply: AnyReply) -> Picture | None:
    """The chart of an answer; None for every other reply, and where there is nothing to draw."""
    if not isinstance(reply, Answer):
        return None
    png = answer_chart(reply)
    return None if png is None else Picture(f"{reply.report.card.id}.png", png, answer_alt(reply))


def is_private(reply: AnyReply) -> bool:
    """Whether only the asker should see it: help and lists are no news to a channel, and rows may name people.

    That something was muted, or is no more, concerns everybody; what was done to an alert stands in its thread.
    """
    if isinstance(reply, ActionResult):
        return not reply.is_done or not all(
            each.act in (ActionKind.MUTED, ActionKind.UNMUTED) for each in reply.actions
        )
    return isinstance(reply, Help | Listing | About | RowList | MuteList)


def with_note(message: Rendered, note: str) -> Rendered:
    """The message with a line of small print at its end, if there is any; `note` is mrkdwn."""
    if not note:
        return message
    block = {"type": "context", "elements": [{"type": "mrkdwn", "text": note}]}
    return replace(message, blocks=(*message.blocks, block))
