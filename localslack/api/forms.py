"""The JSON forms of the records, as the Web API and the payloads of Socket Mode give them."""

from __future__ import annotations

from localslack.state.model import Conversation, File, Group, Json, Message, User, View
from localslack.state.workspace import Workspace


def user_form(ws: Workspace, user: User) -> Json:
    """Return a person or a bot as in ``users.info``."""
    return {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deactivated,
        "is_bot": user.is_bot,
        "updated": 0,
        "profile": {
            "real_name": user.real_name,
            "display_name": user.name,
            "title": user.title,
            "team": user.team_id,
        },
        **_membership(ws, user),
    }


def _membership(ws: Workspace, user: User) -> Json:
    """Return the kind of member somebody is; Slack omits this for deactivated people."""
    if user.deactivated:
        return {}
    membership = {
        "is_app_user": user.is_bot,
        "is_admin": False,
        "is_restricted": bool(user.guest),
        "is_ultra_restricted": user.guest == "single_channel",
        "tz": user.timezone,
    }
    return membership | ({"is_stranger": ws.is_stranger(user)} if ws.is_foreign(user) else {})


def group_form(ws: Workspace, ident: str, group: Group) -> Json:
    """Return a user group as in ``usergroups.list``; the members come only when asked for."""
    return {
        "id": ident,
        "team_id": ws.team_id,
        "is_usergroup": True,
        "handle": group.handle,
        "name": group.name or group.handle,
        "user_count": len(group.members),
        "date_delete": 0,
    }


def conversation_form(ws: Workspace, one: Conversation) -> Json:
    """Return a conversation as in ``conversations.info``."""
    if one.user is not None:
        return {"id": one.id, "created": one.created, "is_im": True, "is_archived": False, "user": one.user}
    return {
        "id": one.id,
        "name": one.name,
        "name_normalized": one.name,
        "created": one.created,
        "is_channel": not one.private,
        "is_group": one.private,
        "is_im": False,
        "is_mpim": False,
        "is_private": one.private,
        "is_archived": one.archived,
        "is_shared": one.ext_shared or one.org_shared,
        "is_ext_shared": one.ext_shared,
        "is_org_shared": one.org_shared,
        "is_general": one.name == "general",
        "is_member": ws.bot_user_id in one.members,
        "topic": {"value": one.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def message_form(ws: Workspace, message: Message, with_metadata: bool = False) -> Json:
    """Return a message as in ``conversations.history``, without the counts of its thread."""
    team = ws.users[message.user].team_id
    form: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text, "team": team}
    if ws.conversations[message.channel].ext_shared:
        form |= {"user_team": team, "source_team": team}
    if message.user == ws.bot_user_id:
        form |= {"bot_id": ws.bot_id, "app_id": ws.app_id, "bot_profile": _bot_profile(ws)}
    form |= {name: getattr(message, name) for name in ("blocks", "attachments", "thread_ts") if getattr(message, name)}
    form |= _marks(message)
    if message.files:
        form["files"] = [file_form(ws, file) for file in map(ws.files.find, message.files) if file is not None]
    if message.deleted:
        form |= {"subtype": "tombstone", "hidden": True}
    if with_metadata and message.metadata:
        form["metadata"] = message.metadata
    return form


def _marks(message: Message) -> Json:
    """Return what happened to a message: it was sent to the channel too, edited or reacted to."""
    marks: Json = {}
    if message.broadcast:
        marks["subtype"] = "thread_broadcast"
    if message.edited is not None:
        marks["edited"] = {"user": message.user, "ts": message.edited}
    if message.reactions:
        marks["reactions"] = reactions_form(message)
    return marks


def reactions_form(message: Message) -> list[Json]:
    """Return a message's reactions, each emoji with those who chose it."""
    users: dict[str, list[str]] = {}
    for name, user in message.reactions:
        users.setdefault(name, []).append(user)
    return [{"name": name, "users": ids, "count": len(ids)} for name, ids in users.items()]


def _bot_profile(ws: Workspace) -> Json:
    return {
        "id": ws.bot_id,
        "app_id": ws.app_id,
        "user_id": ws.bot_user_id,
        "name": ws.bot_name,
        "team_id": ws.team_id,
        "deleted": False,
        "updated": 0,
    }


def thread_form(ws: Workspace, message: Message, replies: list[Message]) -> Json:
    """Return what a thread adds to its first message; empty when nobody replied."""
    if not replies:
        return {}
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": list(dict.fromkeys(reply.user for reply in replies)),
        "reply_users_count": len({reply.user for reply in replies}),
        "latest_reply": replies[-1].ts,
        "subscribed": message.user == ws.bot_user_id,
    }


def file_form(ws: Workspace, file: File, base_url: str = "") -> Json:
    """Return a file as in ``files.info``; ``mimetype`` and ``filetype`` are empty until it is processed."""
    mimetype = ws.files.mimetype(file)
    path = f"{base_url}/files-pri/{ws.team_id}-{file.id}"
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": mimetype,
        "filetype": file.name.rpartition(".")[2].lower() if mimetype else "",
        "user": file.user,
        "size": file.length,
        "alt_txt": file.alt_text,
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(file.channels),
        "url_private": f"{path}/{file.name}",
        "url_private_download": f"{path}/download/{file.name}",
        "permalink": f"{base_url}/files/{file.user}/{file.id}/{file.name}",
        "channels": [one for one in file.channels if one.startswith("C")],
        "ims": [one for one in file.channels if one.startswith("D")],
    }


def view_form(ws: Workspace, view: View) -> Json:
    """Return a view as the ``views.*`` methods answer it, with everything that Slack adds."""
    payload = view.payload
    return {
        "id": view.id,
        "team_id": ws.team_id,
        "app_id": ws.app_id,
        "app_installed_team_id": ws.team_id,
        "bot_id": ws.bot_id,
        "root_view_id": view.path[0] if view.path else view.id,
        "previous_view_id": view.path[-1] if view.path else None,
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "title": {"type": "plain_text", "text": "View Title", "emoji": True},
        "submit": None,
        "close": None,
        "state": {"values": {}},
        **payload,
        "hash": view.hash,
    }
