"""Text that a person types: special characters are escaped, and names become mentions."""

from __future__ import annotations

import re

from localslack.state.model import SLACKBOT
from localslack.state.workspace import Workspace

_MARKUP = re.compile(r"<(?:[@#][A-Z][A-Z0-9]+(?:\|[^<>]*)?|![a-z^][^<>]*|(?:https?|mailto):[^<>\s]+)>")
_NAME = re.compile(r"(?<![\w@#&])([@#])([\w.-]*\w)")
_BROADCASTS = ("here", "channel", "everyone")


def escape(text: str) -> str:
    """Escape the three characters that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def with_mentions(ws: Workspace, text: str, *, with_names: bool = False) -> str:
    """Return what Slack makes of typed text: ``@dana`` becomes ``<@U…>``, ``#tech`` becomes ``<#C…>``.

    Mentions and links that are written out already stay as they are; the rest is escaped. `with_names` adds the name,
    as in ``<@U…|dana>``, which is what slash commands get.
    """
    pieces: list[str] = []
    end = 0
    for markup in _MARKUP.finditer(text):
        pieces += [_plain(ws, text[end : markup.start()], with_names), markup.group()]
        end = markup.end()
    return "".join([*pieces, _plain(ws, text[end:], with_names)])


def _plain(ws: Workspace, text: str, with_names: bool) -> str:
    return _NAME.sub(lambda match: _mention(ws, match, with_names), escape(text))


def _mention(ws: Workspace, match: re.Match[str], with_names: bool) -> str:
    sign, name = match.groups()
    mark = _people(ws, name) if sign == "@" else _channel(ws, name)
    if not mark:
        return match.group()
    return f"<{mark}|{name}>" if with_names and not mark.startswith("!") else f"<{mark}>"


def _people(ws: Workspace, name: str) -> str:
    if name in _BROADCASTS:
        return f"!{name}"
    for ident, group in ws.groups.items():
        if group.handle == name:
            return f"!subteam^{ident}|@{name}"
    return next((f"@{user.id}" for user in ws.users.values() if user.name == name and user.id != SLACKBOT), "")


def _channel(ws: Workspace, name: str) -> str:
    conversations = ws.conversations.values()
    return next((f"#{one.id}" for one in conversations if one.user is None and one.name == name), "")
