"""reactions.*: the emoji under a message."""

from __future__ import annotations

import dataclasses
import re

from localslack.api.conversations import public_messages
from localslack.api.forms import message_form, reactions_form
from localslack.api.request import Method, Request, page_of
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
    found = conversation.messages.get(request.text("timestamp"))
    if found is None or found.deleted or found.ephemeral_for is not None:
        raise SlackError("message_not_found")
    return conversation, found


def _name(request: Request) -> str:
    name = request.required("name").strip(":")
    if _NAME.fullmatch(name) is None:
        raise SlackError("invalid_name")
    return name


def _keep(request: Request, message: Message, reactions: tuple[tuple[str, str], ...]) -> Json:
    request.ws.put(dataclasses.replace(message, reactions=reactions))
    return {"ok": True}


def add(request: Request) -> Json:
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


def remove(request: Request) -> Json:
    """reactions.remove: take the bot's reaction back."""
    name = _name(request)
    _, message = _item(request)
    mine = (name, request.ws.bot_user_id)
    if mine not in message.reactions:
        raise SlackError("no_reaction")
    return _keep(request, message, tuple(one for one in message.reactions if one != mine))


def get(request: Request) -> Json:
    """reactions.get: a message with its reactions."""
    conversation, message = _item(request)
    return {"ok": True, "type": "message", "channel": conversation.id, "message": _form(request, message)}


def list_(request: Request) -> Json:
    """reactions.list: what a person, by default the bot, has reacted to where the bot is."""
    user = request.text("user", request.ws.bot_user_id)
    if user not in request.ws.users:
        raise SlackError("user_not_found")
    items = [
        {"type": "message", "channel": place.id, "message": _form(request, message)}
        for place in request.ws.conversations.values()
        if request.ws.bot_user_id in place.members
        for message in reversed(public_messages(place))
        if user in (one for _, one in message.reactions)
    ]
    page, cursor = page_of(items, request)
    return {"ok": True, "items": page, "response_metadata": {"next_cursor": cursor}}


def _form(request: Request, message: Message) -> Json:
    return message_form(request.ws, message) | {"reactions": reactions_form(message)}


METHODS = {
    "reactions.add": Method(add, ("reactions:write",)),
    "reactions.get": Method(get, ("reactions:read",)),
    "reactions.list": Method(list_, ("reactions:read",)),
    "reactions.remove": Method(remove, ("reactions:write",)),
}
