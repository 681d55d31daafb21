"""response_url, and messages in an ack: both post to a conversation that the bot may not be in."""

from __future__ import annotations

import dataclasses

from localslack.api.posting import checked_content
from localslack.api.request import Request
from localslack.state.errors import SlackError
from localslack.state.model import Json, Message, ResponseUrl
from localslack.state.workspace import RESPONSE_URL_SECONDS, RESPONSE_URL_USES, Workspace


def find_response_url(ws: Workspace, secret: str) -> ResponseUrl:
    """Return a response_url's record and count its use. Refuses with ``expired_url`` and ``used_url``."""
    response_url = ws.response_urls.get(secret)
    if response_url is None or ws.clock() - response_url.created > RESPONSE_URL_SECONDS:
        raise SlackError("expired_url")
    if response_url.uses >= RESPONSE_URL_USES:
        raise SlackError("used_url")
    return response_url


def respond(ws: Workspace, response_url: ResponseUrl, payload: Json, via: str = "response_url") -> Message | None:
    """Post, replace or delete, as the payload asks. Return the message, None when one was deleted.

    A post is visible only to the person unless ``response_type`` is ``in_channel``. ``replace_original`` and
    ``delete_original`` mean the message with the button, or what this response_url posted before. Refuses as
    chat.postMessage does; a refused payload doesn't count as a use. A picture by ``slack_file`` is refused where
    the bot isn't a member, as a file cannot be shared there.
    """
    original = ws.conversations[response_url.channel].messages.get(response_url.original or "")
    if payload.get("delete_original"):
        if original is None:
            raise SlackError("message_not_found")
        ws.remove(original)
        response_url.uses += 1
        return None
    message = _message(ws, response_url, payload, via, original)
    response_url.uses += 1
    response_url.original = response_url.original or message.ts
    return message


def _message(ws: Workspace, response_url: ResponseUrl, payload: Json, via: str, original: Message | None) -> Message:
    member = ws.bot_user_id in ws.conversations[response_url.channel].members
    text, blocks, attachments = checked_content(Request(ws, payload, ""), files=member)
    if original is not None and payload.get("replace_original"):
        edited = ws.next_ts()
        changed = dataclasses.replace(original, text=text, blocks=blocks, attachments=attachments)
        return ws.put(dataclasses.replace(changed, edited=edited, via=via, call=ws.current_call))
    return ws.put(
        Message(
            channel=response_url.channel,
            ts=ws.next_ts(),
            user=ws.bot_user_id,
            text=text,
            blocks=blocks,
            attachments=attachments,
            thread_ts=payload.get("thread_ts") or response_url.thread_ts,
            ephemeral_for=None if payload.get("response_type") == "in_channel" else response_url.user,
            via=via,
            call=ws.current_call,
        )
    )
