"""Replies as Slack messages: which blocks a reply becomes, and its chart."""

from dataclasses import replace

from kpibot.core.deeds import Act, Told
from kpibot.core.reports import About, Answer, Breakdown, Overview, RowList
from kpibot.core.standing import AlertList, MuteList
from kpibot.render.about import about_message
from kpibot.render.alt import answer_alt
from kpibot.render.answer import answer_message, overview_message
from kpibot.render.blocks import Rendered, SlackFile
from kpibot.render.breakdown import breakdown_message
from kpibot.render.charts import answer_chart
from kpibot.render.deeds import told_message
from kpibot.render.guide import help_message, list_message
from kpibot.render.rowlist import rows_message
from kpibot.render.standing import alerts_message, mutes_message
from kpibot.services.answering import Help, Listing, Reply
from kpibot.services.commands import CommandReply
from kpibot.services.deliver import Picture

AnyReply = Reply | CommandReply


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


def _about_alerts(reply: CommandReply) -> Rendered:
    match reply:
        case AlertList():
            return alerts_message(reply)
        case MuteList():
            return mutes_message(reply)
        case Told():
            return told_message(reply if is_private(reply) else replace(reply, asker=""))


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

    That something was muted, or is no more, concerns everybody; what was done to an alert stands in its thread. What
    is announced has a message of its own.
    """
    if isinstance(reply, Told):
        concerns_everybody = all(each.act in (Act.MUTED, Act.UNMUTED) for each in reply.deeds)
        return reply.is_announced or not reply.is_done or not concerns_everybody
    return isinstance(reply, Help | Listing | About | RowList | MuteList)


def with_note(message: Rendered, note: str) -> Rendered:
    """The message with a line of small print at its end, if there is any; `note` is mrkdwn."""
    if not note:
        return message
    block = {"type": "context", "elements": [{"type": "mrkdwn", "text": note}]}
    return replace(message, blocks=(*message.blocks, block))
