"""The data of a workspace. Permissions are checked by the Web API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]

BOT = "bot"
"""Means the bot in `Channel.members`."""

SLACKBOT = "USLACKBOT"
"""The author of the workspace's own messages, such as "the app did not respond"."""

DEFAULT_SCOPES = (
    "commands",
    "chat:write",
    "files:write",
    "files:read",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
    "im:history",
    "im:write",
    "users:read",
    "usergroups:read",
    "app_mentions:read",
)

DEFAULT_EVENTS = ("app_home_opened", "app_mention", "message.im")


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel to create.

    `members` holds names or ids of people, and ``"bot"``; None means everybody of the workspace and the bot, and in an
    `ext_shared` one the people of other organizations too. In a `restricted` one only people may post. `ext_shared` is
    shared with another organization (Slack Connect), `org_shared` with other workspaces of the same one.
    """

    name: str
    topic: str = ""
    private: bool = False
    members: tuple[str, ...] | None = None
    archived: bool = False
    restricted: bool = False
    ext_shared: bool = False
    org_shared: bool = False


Guest = Literal["", "multi_channel", "single_channel"]


@dataclass(frozen=True, slots=True)
class Person:
    """A person to create; `name` is the handle without ``@``.

    A `guest` is one of many channels or of a single one. `team` names the organization of a person from outside.
    """

    name: str
    real_name: str = ""
    title: str = ""
    timezone: str = "America/Chicago"
    guest: Guest = ""
    deactivated: bool = False
    team: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A user group, mentioned as ``<!subteam^S…>``; `members` are names or ids of people."""

    handle: str
    name: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person or a bot as the workspace knows it; `team_id` is the person's own."""

    id: str
    name: str
    real_name: str
    team_id: str
    title: str = ""
    timezone: str = "America/Chicago"
    is_bot: bool = False
    guest: Guest = ""
    deactivated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The current state of one message; an edit replaces the object, so a reference to an old one never changes.

    `ephemeral_for` is the id of the only person who sees it. `edited` is the ts of the last edit. `files` are ids.
    `reactions` are pairs of an emoji's name and a user's id, in the order in which they came.
    `via` names the way it came: an API method, ``response_url``, ``ack``, ``person`` or ``workspace``;
    `call` is the number of the recorded API call that brought or last changed it.
    """

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    ephemeral_for: str | None = None
    metadata: Json | None = None
    edited: str | None = None
    files: tuple[str, ...] = ()
    broadcast: bool = False
    deleted: bool = False
    reactions: tuple[tuple[str, str], ...] = ()
    via: str = "person"
    call: int | None = None


@dataclass(slots=True, kw_only=True)
class Conversation:
    """A channel, or the direct message between the bot and `user`; `messages` is in order of ts."""

    id: str
    name: str
    members: list[str]
    created: int
    topic: str = ""
    private: bool = False
    archived: bool = False
    user: str | None = None
    restricted: bool = False
    ext_shared: bool = False
    org_shared: bool = False
    messages: dict[str, Message] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Return Slack's word in ``conversations.list``'s `types`."""
        if self.user is not None:
            return "im"
        return "private_channel" if self.private else "public_channel"


@dataclass(slots=True, kw_only=True)
class File:
    """An uploaded file. `content` is None until the bytes came; `ready_at` is on the workspace's timer, in seconds."""

    id: str
    name: str
    length: int
    user: str
    created: int
    title: str = ""
    alt_text: str = ""
    content: bytes | None = None
    ready_at: float | None = None
    channels: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A modal or a home tab as it was last published for `user`.

    `path` are the ids of the modals below it in its stack, the lowest first.
    """

    id: str
    user: str
    type: str
    payload: Json
    hash: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the Web API. `started` is on the workspace's clock; `seconds` is how long the answer took.

    `response` is the JSON that was sent, or would have been sent without a fault; None when nothing
    was accepted. `fault` names the fault that struck.
    """

    id: int
    method: str
    arguments: Json
    response: Json | None
    status: int
    started: float
    seconds: float
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryAttempt:
    """One attempt to send the bot an event, a command or an interaction; `attempt` is 0, then 1, 2, 3 for repeats.

    `kind` is the envelope's type (``events_api``, ``slash_commands``, ``interactive``) and `name` what it is about: the
    event's type, the command, the payload's type. `error` is None when it was acked.
    """

    kind: str
    name: str
    ident: str
    attempt: int
    started: float
    seconds: float | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Edit:
    """A message before and after a change to it."""

    before: Message
    after: Message


@dataclass(slots=True, kw_only=True)
class Command:
    """A slash command that a person sent; `state` is ``working``, ``acked`` or ``failed``."""

    id: int
    ts: str
    channel: str
    user: str
    command: str
    text: str
    state: str = "working"
    seconds: float | None = None
    error: str | None = None


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """A response_url. It is valid for 30 minutes and five messages."""

    secret: str
    channel: str
    user: str
    created: float
    original: str | None = None
    thread_ts: str | None = None
    uses: int = 0


@dataclass(slots=True)
class Trigger:
    """A trigger_id. It is valid for three seconds and one view; `view` is the modal that caused it."""

    id: str
    user: str
    created: float
    used: bool = False
    view: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened: to a message (``message``, ``removed``), ``command``, ``view``, ``call``, ``link``, …"""

    kind: str
    subject: object
