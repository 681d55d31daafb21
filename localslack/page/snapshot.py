"""What the page receives: the workspace as one person sees it, and each change that they may see."""

from __future__ import annotations

import dataclasses
import json
import re

from localslack.api.forms import view_form
from localslack.page.modals import ModalStack
from localslack.state.errors import UnknownNameError
from localslack.state.model import Call, Change, Command, Conversation, Json, Message, View
from localslack.state.workspace import Workspace

LATEST = 200
_CALLS = 60
_FILE = re.compile(r"\bF0[A-Z0-9]{9}\b")


def everything(ws: Workspace, person: str, stack: ModalStack, connections: int) -> Json:
    """Return the workspace as `person` sees it: the latest messages of each conversation, home tab, open modals."""
    home = ws.home_of(person)
    return {
        "kind": "everything",
        "workspace": ws.name,
        "me": person,
        "bot": ws.bot_user_id,
        "people": [user.id for user in ws.people()],
        "users": {user.id: _user(user.name, user.real_name, user.title, user.is_bot) for user in ws.users.values()},
        "groups": {ident: group.handle for ident, group in ws.groups.items()},
        "hints": [list(one) for one in ws.command_hints],
        "channels": [_channel(ws, one, person) for one in ws.conversations.values() if _may_see(one, person)],
        "commands": [_command(one) for one in ws.commands if one.user == person],
        "home": view_form(ws, home) if home is not None else None,
        "modals": _modals(ws, stack),
        "connections": connections,
    }


def _modals(ws: Workspace, stack: ModalStack) -> list[Json]:
    return [view_form(ws, view) for view in stack.views]


def _user(name: str, real_name: str, title: str, is_bot: bool) -> Json:
    return {"name": name, "real_name": real_name, "title": title, "bot": is_bot}


def _may_see(one: Conversation, person: str) -> bool:
    return person in one.members


def _channel(ws: Workspace, one: Conversation, person: str) -> Json:
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "topic": one.topic,
        "archived": one.archived,
        "bot_inside": ws.bot_user_id in one.members,
        **_window(ws, one, person, None),
    }


def _window(ws: Workspace, one: Conversation, person: str, before: str | None) -> Json:
    """Return the latest messages before a ts (or of all), and whether there are earlier ones."""
    visible = [
        message
        for message in one.messages.values()
        if message.ephemeral_for in (None, person) and (before is None or message.ts < before)
    ]
    return {"messages": [page_message(ws, message) for message in visible[-LATEST:]], "more": len(visible) > LATEST}


def earlier(ws: Workspace, channel: str, person: str, before: str) -> Json:
    """Return the messages of a conversation that come before a ts. Raises UnknownNameError when it isn't theirs."""
    return _window(ws, _seen_place(ws, channel, person), person, before)


def _seen_place(ws: Workspace, channel: str, person: str) -> Conversation:
    one = ws.conversations[ws.channel_id(channel)]
    if not _may_see(one, person):
        raise UnknownNameError(f"{person!r} is not a member of {channel!r}")
    return one


def page_message(ws: Workspace, message: Message) -> Json:
    """Return a message for the page, with names of its files."""
    kept = [file for file in map(ws.files.find, message.files) if file is not None]
    files = [{"id": one.id, "name": one.name, "title": one.title or one.name, "alt": one.alt_text} for one in kept]
    return {
        "channel": message.channel,
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "thread_ts": message.thread_ts,
        "broadcast": message.broadcast,
        "ephemeral": message.ephemeral_for is not None,
        "edited": message.edited,
        "deleted": message.deleted,
        "via": message.via,
        "call": message.call,
        "files": files,
        "reactions": _reactions(message),
    }


def _reactions(message: Message) -> list[Json]:
    users: dict[str, list[str]] = {}
    for name, user in message.reactions:
        users.setdefault(name, []).append(user)
    return [{"name": name, "users": ids} for name, ids in users.items()]


def _command(one: Command) -> Json:
    return dataclasses.asdict(one)


def calls(ws: Workspace, channel: str, person: str, ts: str | None) -> list[Json]:
    """Return the record of the calls that made a message what it is, its pictures too; the latest of all without `ts`.

    The oldest comes first. Raises UnknownNameError when the conversation isn't theirs to see.
    """
    message = _seen_place(ws, channel, person).messages.get(ts or "")
    if ts is None:
        return [dataclasses.asdict(call) for call in ws.calls()[-_CALLS:]]
    if message is None or message.ephemeral_for not in (None, person):
        return []
    files = {*message.files, *_FILE.findall(json.dumps(message.blocks))}
    return [dataclasses.asdict(call) for call in ws.calls() if _concerns(call, message, files)]


def _concerns(call: Call, message: Message, files: set[str]) -> bool:
    """Say whether a call brought the message, changed it, or brought one of its files."""
    response = call.response or {}
    if call.id == message.call:
        return True
    if message.ts in (response.get("ts"), response.get("message_ts")):
        return bool(response.get("channel", message.channel) == message.channel)
    named = [call.arguments.get("file"), response.get("file_id"), *_ids(response.get("files"))]
    return not files.isdisjoint(one for one in named if isinstance(one, str))


def _ids(files: object) -> list[object]:
    return [one.get("id") for one in files if isinstance(one, dict)] if isinstance(files, list) else []


def change_form(ws: Workspace, change: Change, person: str) -> Json | None:
    """Return a change for `person`'s page, None when it isn't theirs to see or not shown on the page."""
    subject = change.subject
    if isinstance(subject, Message):
        return _message_change(ws, change.kind, subject, person)
    if isinstance(subject, Command) and subject.user == person:
        return {"kind": "command", "command": _command(subject)}
    if isinstance(subject, ModalStack) and subject.user == person:
        return {"kind": "opened", "modals": _modals(ws, subject)}
    if isinstance(subject, View) and subject.user == person and subject.type == "home":
        return {"kind": "published", "home": view_form(ws, subject)}
    return {"kind": "link", "connections": subject} if change.kind == "link" else None


def _message_change(ws: Workspace, kind: str, message: Message, person: str) -> Json | None:
    place = ws.conversations[message.channel]
    if not _may_see(place, person) or message.ephemeral_for not in (None, person):
        return None
    if kind == "removed":
        return {"kind": "removed", "channel": message.channel, "ts": message.ts}
    return {"kind": "message", "message": page_message(ws, message)}
