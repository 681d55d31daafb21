"""reactions.*: the emoji under a message."""

from __future__ import annotations

import dataclasses
import re

from localslack.api.request import Method, Request
from localslack.state.errors import SlackError
from localslack.state.model import Conversation, Json, Message

MOST_EMOJI = 50
MOST_OF_ONE_PERSON = 23
_NAME = re.compile(r"[a-z0-9_+'-]+(?:::skin-tone-[2-6])?")


def _item(request: Request) -> tuple[Conversation, Message]:
    """Return the message that `channel` and `timestamp` name, if the bot may react to it."""
    if not request.text("channel") or not request.text("timestamp"):
        raise SlackError("no_item_specified")
    conversation = request.joined()
    message = conversation.messages.get(request.text("timestamp"))
    if message is None or message.deleted or message.ephemeral_for is not None:
        raise SlackError("message_not_found")
    return conversation, message


def _name(request: Request) -> str:
    name = request.required("name").strip(":")
    if _NAME.fullmatch(name) is None:
        raise SlackError("invalid_name")
    return name


def _keep(request: Request, message: Message, reactions: tuple[tuple[str, str], ...]) -> Json:
    request.ws.put(dataclasses.replace(message, reactions=reactions))
    return {"ok": True}


def add_reaction(request: Request) -> Json:
    """reactions.add: react as the bot."""
    ws, name = request.ws, _name(request)
    conversation, message = _item(request)
    if conversation.archived:
        raise SlackError("is_archived")
    mine = (name, ws.bot_user_id)
    if mine in message.reactions:
        raise SlackError("already_reacted")
    if len({one for one, _ in message.reactions} | {name}) > MOST_EMOJI:
        raise SlackError("too_many_emoji")
    if sum(user == ws.bot_user_id for _, user in message.reactions) >= MOST_OF_ONE_PERSON:
        raise SlackError("too_many_reactions")
    return _keep(request, message, (*message.reactions, mine))


def remove_reaction(request: Request) -> Json:
    """reactions.remove: take the bot's reaction back."""
    name = _name(request)
    _, message = _item(request)
    mine = (name, request.ws.bot_user_id)
    if mine not in message.reactions:
        raise SlackError("no_reaction")
    return _keep(request, message, tuple(one for one in message.reactions if one != mine))


METHODS = {
    "reactions.add": Method(add_reaction, ("reactions:write",)),
    "reactions.remove": Method(remove_reaction, ("reactions:write",)),
}
