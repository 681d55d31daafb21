"""response_url, and the messages that an ack carries: both speak into a conversation without being in it."""

from __future__ import annotations

import dataclasses

from localslack.api.posting import checked_content
from localslack.api.request import Request
from localslack.state.errors import SlackError
from localslack.state.model import Hook, Json, Message
from localslack.state.workspace import HOOK_SECONDS, HOOK_USES, Workspace


def find_hook(ws: Workspace, secret: str) -> Hook:
    """Return a response_url's record and count its use. Refuses with ``expired_url`` and ``used_url``."""
    hook = ws.hooks.get(secret)
    if hook is None or ws.clock() - hook.created > HOOK_SECONDS:
        raise SlackError("expired_url")
    if hook.uses >= HOOK_USES:
        raise SlackError("used_url")
    return hook


def respond(ws: Workspace, hook: Hook, payload: Json, via: str = "response_url") -> Message | None:
    """Do what a payload asks: post, replace or delete. Return the message, None when one was deleted.

    A post is for the person's eyes unless ``response_type`` is ``in_channel``. ``replace_original`` and
    ``delete_original`` mean the message with the button, or what this response_url said before. Refuses as
    chat.postMessage does; a refused payload doesn't count as a use. A picture by ``slack_file`` is refused where
    the bot isn't a member, as a file cannot be shared there.
    """
    original = ws.conversations[hook.channel].messages.get(hook.original or "")
    if payload.get("delete_original"):
        if original is None:
            raise SlackError("message_not_found")
        ws.remove(original)
        hook.uses += 1
        return None
    message = _message(ws, hook, payload, via, original)
    hook.uses += 1
    hook.original = hook.original or message.ts
    return message


def _message(ws: Workspace, hook: Hook, payload: Json, via: str, original: Message | None) -> Message:
    member = ws.bot_user_id in ws.conversations[hook.channel].members
    text, blocks, attachments = checked_content(Request(ws, payload, ""), files=member)
    if original is not None and payload.get("replace_original"):
        edited = ws.next_ts()
        changed = dataclasses.replace(original, text=text, blocks=blocks, attachments=attachments)
        return ws.put(dataclasses.replace(changed, edited=edited, via=via, call=ws.current_call))
    return ws.put(
        Message(
            hook.channel,
            ws.next_ts(),
            ws.bot_user_id,
            text,
            blocks,
            attachments,
            thread_ts=payload.get("thread_ts") or hook.thread_ts,
            ephemeral_for=None if payload.get("response_type") == "in_channel" else hook.user,
            via=via,
            call=ws.current_call,
        )
    )
