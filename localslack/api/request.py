"""One call of the Web API as its method sees it: arguments in whatever form they came, and common lookups."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from localslack.state.errors import SlackError
from localslack.state.model import Conversation, Json
from localslack.state.workspace import Workspace

_KIND_SCOPE = {"public_channel": "channels", "private_channel": "groups", "im": "im"}
_Item = TypeVar("_Item")
_TRUE = (True, "true", "True", "1", 1)


@dataclass(frozen=True, slots=True)
class Request:
    """A call that passed the token check. `base_url` is the server's own address, without a slash at the end."""

    ws: Workspace
    args: Mapping[str, object]
    base_url: str

    def text(self, name: str, default: str = "") -> str:
        """Return an argument as a string; numbers come as they are written."""
        value = self.args.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        """Return an argument that must be there. Refuses with ``invalid_arguments``."""
        value = self.text(name)
        if not value:
            raise invalid_arguments(f"missing required field: {name}", f"/{name}")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a boolean given as JSON or as a form's ``true`` or ``1``."""
        return self.args[name] in _TRUE if name in self.args else default

    def whole(self, name: str, default: int) -> int:
        """Return a whole number given as JSON or as text. Refuses with ``invalid_arguments``."""
        value = self.args.get(name, default)
        try:
            return int(str(value))
        except ValueError as error:
            raise invalid_arguments(f"must be an integer: {name}", f"/{name}") from error

    def structure(self, name: str, refusal: str) -> object:
        """Return a list or object, given as JSON in a JSON body or as a string of JSON; None when absent.

        Refuses with `refusal` when it can't be read.
        """
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError as error:
            raise SlackError(refusal) from error

    def conversation(self, name: str = "channel") -> Conversation:
        """Return the conversation that an argument names, if the bot may know of it.

        Refuses with ``channel_not_found``: also for private channels that the bot isn't in, as Slack does.
        """
        conversation = self.ws.conversations.get(self.required(name))
        if conversation is None or (conversation.private and self.ws.bot_user_id not in conversation.members):
            raise SlackError("channel_not_found")
        return conversation

    def joined(self, name: str = "channel") -> Conversation:
        """Return the conversation if the bot is in it. Refuses with ``not_in_channel`` otherwise."""
        conversation = self.conversation(name)
        if self.ws.bot_user_id not in conversation.members:
            raise SlackError("not_in_channel")
        return conversation

    def need(self, *scopes: str) -> None:
        """Refuse with ``missing_scope`` when none of `scopes` is the bot's."""
        if not any(scope in self.ws.scopes for scope in scopes):
            raise missing_scope(scopes[0], self.ws.scopes)

    def need_for(self, conversation: Conversation, what: str) -> None:
        """Refuse when the scope for this kind of conversation, such as ``groups:history``, is missing."""
        self.need(f"{_KIND_SCOPE[conversation.kind]}:{what}")


@dataclass(frozen=True, slots=True)
class Method:
    """A row of the dispatch table: what runs, which scopes it needs (all of them), and which token opens it."""

    run: Callable[[Request], Json]
    scopes: tuple[str, ...] = ()
    token: Literal["bot", "app", "none"] = "bot"


def missing_scope(needed: str, provided: tuple[str, ...]) -> SlackError:
    """Return Slack's refusal that names the scope to add."""
    return SlackError("missing_scope", needed=needed, provided=",".join(provided))


def invalid_arguments(text: str, pointer: str) -> SlackError:
    """Return Slack's refusal that names the argument."""
    message = f"[ERROR] {text} [json-pointer:{pointer}]"
    return SlackError("invalid_arguments", response_metadata={"messages": [message]})


def page_of(items: list[_Item], request: Request, default: int = 100, most: int = 1000) -> tuple[list[_Item], str]:
    """Return one page of `items` and the cursor of the next, ``""`` at the end.

    Refuses with ``invalid_limit`` and ``invalid_cursor``. A cursor is opaque: it's the place of the next item.
    """
    limit = request.whole("limit", default) or default
    if not 0 < limit <= most:
        raise SlackError("invalid_limit")
    cursor = request.text("cursor")
    start = int(cursor[5:]) if cursor.startswith("next:") and cursor[5:].isdecimal() else 0
    if cursor and not start:
        raise SlackError("invalid_cursor")
    following = start + limit
    return items[start:following], f"next:{following}" if following < len(items) else ""
