"""What the page is told: how everything stands for one person, and each change that they may see."""

from __future__ import annotations

import dataclasses

from kpibot.workspace.forms import view_form
from kpibot.workspace.model import Call, Change, Command, Conversation, Json, Message, View
from kpibot.workspace.state import Workspace

LATEST = 500


def everything(ws: Workspace, person: str, connections: int) -> Json:
    """Return the workspace as `person` sees it, with the latest messages of each conversation."""
    home = ws.home_of(person)
    return {
        "kind": "everything",
        "workspace": ws.name,
        "me": person,
        "bot": ws.bot_user_id,
        "people": [user.id for user in ws.people()],
        "users": {user.id: _user(user.name, user.real_name, user.title, user.is_bot) for user in ws.users.values()},
        "groups": {ident: group.handle for ident, group in ws.groups.items()},
        "hints": [list(one) for one in ws.commands_known],
        "channels": [_channel(ws, one, person) for one in ws.conversations.values() if _may_see(one, person)],
        "commands": [_command(one) for one in ws.commands if one.user == person],
        "home": view_form(ws, home) if home is not None else None,
        "connections": connections,
    }


def _user(name: str, real_name: str, title: str, is_bot: bool) -> Json:
    return {"name": name, "real_name": real_name, "title": title, "bot": is_bot}


def _may_see(one: Conversation, person: str) -> bool:
    return person in one.members


def _channel(ws: Workspace, one: Conversation, person: str) -> Json:
    seen = [message for message in one.messages.values() if message.ephemeral_for in (None, person)]
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "topic": one.topic,
        "archived": one.archived,
        "bot_inside": ws.bot_user_id in one.members,
        "messages": [message_form(ws, message) for message in seen[-LATEST:]],
    }


def message_form(ws: Workspace, message: Message) -> Json:
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
    }


def _command(one: Command) -> Json:
    return dataclasses.asdict(one)


def call_form(call: Call) -> Json:
    """Return the record of a call for the curious."""
    return dataclasses.asdict(call)


def change_form(ws: Workspace, change: Change, person: str) -> Json | None:
    """Return a change for `person`'s page, None when it isn't theirs to see or nothing that the page shows."""
    subject = change.subject
    if isinstance(subject, Message):
        return _message_change(ws, change.kind, subject, person)
    if isinstance(subject, Command) and subject.user == person:
        return {"kind": "command", "command": _command(subject)}
    if isinstance(subject, View) and subject.user == person and subject.type == "home":
        return {"kind": "published", "home": view_form(ws, subject)}
    return {"kind": "link", "connections": subject} if change.kind == "link" else None


def _message_change(ws: Workspace, kind: str, message: Message, person: str) -> Json | None:
    place = ws.conversations[message.channel]
    if not _may_see(place, person) or message.ephemeral_for not in (None, person):
        return None
    if kind == "removed":
        return {"kind": "removed", "channel": message.channel, "ts": message.ts}
    return {"kind": "message", "message": message_form(ws, message)}
