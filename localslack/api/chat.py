"""chat.*: messages that the bot posts, edits and deletes."""

from __future__ import annotations

import dataclasses

from localslack.api.forms import message_form
from localslack.api.posting import checked_attachments, checked_blocks, checked_content, checked_metadata
from localslack.api.posting import checked_text as text_of
from localslack.api.request import Method, Request
from localslack.state.errors import SlackError
from localslack.state.model import Conversation, Json, Message


def find_target(request: Request) -> Conversation:
    """Return where the bot may post.

    A channel goes by id, ``#name`` or name; a person's id means the direct message with them. Refuses with
    ``channel_not_found``, ``is_archived``, ``not_in_channel`` (not with the scope ``chat:write.public``) and
    ``restricted_action``.
    """
    ws, name = request.ws, request.required("channel")
    conversation = ws.find(f"@{name}") if name in ws.users else None if name.startswith("@") else ws.find(name)
    member = conversation is not None and ws.bot_user_id in conversation.members
    if conversation is None or (conversation.private and not member):
        raise SlackError("channel_not_found")
    if conversation.archived:
        raise SlackError("is_archived")
    if not member and "chat:write.public" not in ws.scopes:
        raise SlackError("not_in_channel")
    if conversation.restricted:
        raise SlackError("restricted_action")
    return conversation


def _thread(request: Request, conversation: Conversation) -> str | None:
    """Return the ts of the thread's first message, for any message of the thread that was named."""
    ts = request.text("thread_ts")
    if not ts:
        return None
    message = conversation.messages.get(ts)
    if message is None or message.ephemeral_for is not None:
        raise SlackError("thread_not_found")
    return message.thread_ts or message.ts


def _new(request: Request, conversation: Conversation, via: str) -> Message:
    """Return the message that a request describes, not stored yet."""
    text, blocks, attachments = checked_content(request)
    return Message(
        channel=conversation.id,
        ts=request.ws.next_ts(),
        user=request.ws.bot_user_id,
        text=text,
        blocks=blocks,
        attachments=attachments,
        thread_ts=_thread(request, conversation),
        via=via,
        call=request.ws.current_call,
    )


def post_message(request: Request) -> Json:
    """chat.postMessage: post as the bot."""
    ws, conversation = request.ws, find_target(request)
    message = _new(request, conversation, "chat.postMessage")
    metadata, broadcast = checked_metadata(request), request.flag("reply_broadcast")
    message = ws.put(dataclasses.replace(message, metadata=metadata, broadcast=broadcast and bool(message.thread_ts)))
    return {"ok": True, "channel": conversation.id, "ts": message.ts, "message": message_form(ws, message)}


def post_ephemeral(request: Request) -> Json:
    """chat.postEphemeral: post a message that only one person sees; it's not part of the history."""
    ws, conversation = request.ws, find_target(request)
    user = request.required("user")
    if user not in conversation.members:
        raise SlackError("user_not_in_channel")
    message = ws.put(dataclasses.replace(_new(request, conversation, "chat.postEphemeral"), ephemeral_for=user))
    return {"ok": True, "message_ts": message.ts}


def _own_message(request: Request, refusal: str) -> Message:
    conversation = request.conversation()
    message = conversation.messages.get(request.required("ts"))
    if message is None or message.deleted or message.ephemeral_for is not None:
        raise SlackError("message_not_found")
    if message.user != request.ws.bot_user_id:
        raise SlackError(refusal)
    if conversation.archived:
        raise SlackError("is_archived")
    return message


def update_message(request: Request) -> Json:
    """chat.update: blocks, attachments and metadata that are absent stay; empty ones remove them."""
    ws, old = request.ws, _own_message(request, "cant_update_message")
    new_blocks = request.structure("blocks", "invalid_blocks_format")
    blocks = old.blocks if new_blocks is None else checked_blocks(ws, new_blocks)
    text = text_of(request.text("text"))
    attachments = checked_attachments(request) if "attachments" in request.args else old.attachments
    if not (text.strip() or new_blocks or attachments):
        raise SlackError("no_text")
    message = ws.put(
        dataclasses.replace(
            old,
            text=text or old.text,
            blocks=blocks,
            attachments=attachments,
            metadata=checked_metadata(request) if "metadata" in request.args else old.metadata,
            edited=ws.next_ts(),
            call=ws.current_call,
        )
    )
    form = message_form(ws, message)
    return {"ok": True, "channel": message.channel, "ts": message.ts, "text": message.text, "message": form}


def delete_message(request: Request) -> Json:
    """chat.delete: delete one of the bot's own messages."""
    message = _own_message(request, "cant_delete_message")
    request.ws.remove(message)
    return {"ok": True, "channel": message.channel, "ts": message.ts}


def permalink(base_url: str, message: Message) -> str:
    """Return a message's address; on this machine it opens the page at the message."""
    query = f"?thread_ts={message.thread_ts}&cid={message.channel}" if message.thread_ts else ""
    return f"{base_url}/archives/{message.channel}/p{message.ts.replace('.', '')}{query}"


def get_permalink(request: Request) -> Json:
    """chat.getPermalink: the address of a message."""
    conversation = request.conversation()
    message = conversation.messages.get(request.required("message_ts"))
    if message is None or message.ephemeral_for is not None:
        raise SlackError("message_not_found")
    return {"ok": True, "channel": conversation.id, "permalink": permalink(request.base_url, message)}


METHODS = {
    "chat.postMessage": Method(post_message, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",)),
    "chat.update": Method(update_message, ("chat:write",)),
    "chat.delete": Method(delete_message, ("chat:write",)),
    "chat.getPermalink": Method(get_permalink),
}
