"""The state of a workspace: who is in it, what was said, and every call that was made. No network, no tasks.

Everything that could grow without end is bounded: calls, commands, changes of views, messages of a channel, bytes of
files, response_urls and trigger_ids.
"""

from __future__ import annotations

import dataclasses
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from kpibot.workspace.errors import UnknownNameError
from kpibot.workspace.faults import Fault, Faults
from kpibot.workspace.files import Files
from kpibot.workspace.ids import format_ts, make_id
from kpibot.workspace.model import (
    BOT,
    DEFAULT_SCOPES,
    SLACKBOT,
    Call,
    Change,
    Channel,
    Command,
    Conversation,
    Group,
    Hook,
    Json,
    Message,
    Person,
    Trigger,
    User,
    View,
)

Listener = Callable[[Change], None]
_Kept = TypeVar("_Kept")

HOOK_SECONDS = 30 * 60
HOOK_USES = 5
TRIGGER_SECONDS = 3.0
_KEEP_SMALL = 1000


class Workspace:
    """A workspace with one bot in it.

    `clock` gives seconds since 1970 for ts, response_urls (30 minutes) and trigger_ids (3 s); tests may stop or jump
    it. `timer` gives seconds from any start, for things that take time on their own: files are processed
    `file_seconds` after their bytes came, and a call's duration is measured with it. `channel_pace`, when set, is the
    least number of seconds between two of the bot's messages in a channel; faster ones get 429. `should_escape` is
    the slash commands' setting: people and channels come as ``<@U…|name>`` and ``<#C…|name>``.
    """

    def __init__(
        self,
        name: str = "Example ISD",
        bot_name: str = "bot",
        *,
        channels: Sequence[Channel] = (Channel("general"),),
        people: Sequence[Person] = (Person("dana", "Dana Okafor"),),
        groups: Sequence[Group] = (),
        commands: Sequence[tuple[str, str, str]] = (),
        bot_token: str = "xoxb-local-workspace",
        app_token: str = "xapp-local-workspace",
        scopes: Iterable[str] = DEFAULT_SCOPES,
        should_escape: bool = True,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.monotonic,
        file_seconds: float = 0.2,
        channel_pace: float | None = None,
        keep_calls: int = 5000,
        keep_messages: int = 5000,
        keep_file_bytes: int = 200_000_000,
    ) -> None:
        self.name, self.bot_name = name, bot_name
        self.bot_token, self.app_token = bot_token, app_token
        self.scopes, self.should_escape = tuple(scopes), should_escape
        self.commands_known = tuple(commands)
        self.clock, self.timer = clock, timer
        self.channel_pace, self.keep_messages = channel_pace, keep_messages
        self.domain = "".join(letter if letter.isalnum() else "-" for letter in name.lower()).strip("-")
        self.team_id, self.app_id = make_id("T", name), make_id("A", name, bot_name)
        self.bot_id, self.bot_user_id = make_id("B", name, bot_name), make_id("U", name, bot_name)
        self.users = self._people(people)
        self.groups = {make_id("S", name, group.handle): group for group in groups}
        self.conversations: dict[str, Conversation] = {}
        self.files = Files(timer, file_seconds, keep_file_bytes)
        self.faults = Faults()
        self.views: dict[str, View] = {}
        self.commands: deque[Command] = deque(maxlen=_KEEP_SMALL)
        self.hooks: dict[str, Hook] = {}
        self.triggers: dict[str, Trigger] = {}
        self._calls: deque[Call] = deque(maxlen=keep_calls)
        self._listeners: list[Listener] = []
        self._numbers: dict[str, int] = {}
        self._last_ts = 0
        self.current_call: int | None = None
        self._tickets: dict[str, str] = {}
        self._add_conversations(channels)

    def _people(self, people: Sequence[Person]) -> dict[str, User]:
        bot = User(self.bot_user_id, self.bot_name, self.bot_name, is_bot=True)
        users = [bot, User(SLACKBOT, "slackbot", "Workspace")]
        for one in people:
            ident = make_id("U", self.name, "person", one.name)
            users.append(User(ident, one.name, one.real_name or one.name, one.title, one.timezone))
        return {user.id: user for user in users}

    def _add_conversations(self, channels: Sequence[Channel]) -> None:
        created = int(self.clock())
        everybody = [user.id for user in self.people()]
        for one in channels:
            ident = make_id("C", self.name, one.name)
            names = [*everybody, BOT] if one.members is None else one.members
            members = [self.user_id(name) for name in names]
            self.conversations[ident] = Conversation(
                ident, one.name, members, created, one.topic, one.private, one.archived
            )
        for person in everybody:
            ident = make_id("D", self.name, person)
            members = [person, self.bot_user_id]
            self.conversations[ident] = Conversation(ident, ident, members, created, user=person)

    # who and where

    def people(self) -> list[User]:
        """Return the people, in the order in which they were given."""
        return [user for user in self.users.values() if not user.is_bot and user.id != SLACKBOT]

    def user_id(self, name: str) -> str:
        """Return the id of a person (``dana``, ``@dana`` or the id itself) or of ``bot``. Raises UnknownNameError."""
        wanted = name.removeprefix("@")
        if wanted in self.users:
            return wanted
        if wanted in (BOT, self.bot_name):
            return self.bot_user_id
        for user in self.users.values():
            if user.name == wanted:
                return user.id
        known = ", ".join(user.name for user in self.people())
        raise UnknownNameError(f"there is no person {name!r}; known: {known}")

    def channel_id(self, name: str) -> str:
        """Return the id of a channel (``tech-alerts``, ``#tech-alerts``) or direct message (``@dana``).

        Raises UnknownNameError with the names that there are.
        """
        found = self.find(name)
        if found is None:
            known = ", ".join(one.name for one in self.conversations.values() if one.user is None)
            raise UnknownNameError(f"there is no channel {name!r}; known: {known}, and @name for a direct message")
        return found.id

    def find(self, name: str) -> Conversation | None:
        """Return the conversation with this id, ``#name``, ``name`` or ``@person``, or None."""
        if name in self.conversations:
            return self.conversations[name]
        if name.startswith("@"):
            return self.conversations.get(make_id("D", self.name, self.user_id(name)))
        wanted = name.removeprefix("#")
        return next((one for one in self.conversations.values() if one.user is None and one.name == wanted), None)

    # what was said

    def messages(self, channel: str) -> list[Message]:
        """Return a conversation's messages in order: replies and ephemeral ones too, deleted ones not."""
        kept = self.conversations[self.channel_id(channel)].messages.values()
        return [message for message in kept if not message.deleted]

    def next_ts(self) -> str:
        """Return a ts that was never given before and is later than every other."""
        self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
        return format_ts(self._last_ts)

    def put(self, message: Message) -> Message:
        """Keep a message, new or edited; a channel's oldest go when there are more than `keep_messages`."""
        kept = self.conversations[message.channel].messages
        kept[message.ts] = message
        while len(kept) > self.keep_messages:
            del kept[next(iter(kept))]
        self.notify("message", message)
        return message

    def remove(self, message: Message) -> None:
        """Take a message away; one with replies leaves a mark behind, so that its thread can still be read."""
        kept = self.conversations[message.channel].messages
        if any(other.thread_ts == message.ts for other in kept.values() if other.ts != message.ts):
            self.put(dataclasses.replace(message, deleted=True, text="This message was deleted.", blocks=[]))
            return
        kept.pop(message.ts, None)
        self.notify("removed", message)

    # what was called

    def calls(self, method: str | None = None) -> list[Call]:
        """Return the recorded calls, of one method or of all, the oldest first."""
        return [call for call in self._calls if method is None or call.method == method]

    def record(self, call: Call) -> None:
        """Keep a call's record."""
        self._calls.append(call)
        self.notify("call", call)

    def fault(self, fault: Fault) -> None:
        """Arm a fault; see `Fault`."""
        self.faults.add(fault)

    # short-lived things

    def number(self, kind: str) -> int:
        """Return 1, 2, 3, … for each `kind`."""
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return self._numbers[kind]

    def new_trigger(self, user: str) -> str:
        """Return a trigger_id for something that `user` just did."""
        ident = f"{self.number('trigger')}.{self.team_id[1:]}.{secrets.token_hex(16)}"
        _keep(self.triggers, ident, Trigger(ident, user, self.clock()))
        return ident

    def new_hook(self, channel: str, user: str, original: str | None = None, thread_ts: str | None = None) -> Hook:
        """Return a fresh response_url's record; `original` is the message that replace_original means."""
        hook = Hook(secrets.token_urlsafe(18), channel, user, self.clock(), original, thread_ts)
        _keep(self.hooks, hook.secret, hook)
        return hook

    def new_ticket(self) -> str:
        """Return a ticket that opens one Socket Mode connection, once."""
        ticket = secrets.token_urlsafe(18)
        _keep(self._tickets, ticket, ticket)
        return ticket

    def take_ticket(self, ticket: str) -> bool:
        """Use a ticket up; False when it was never given or is used already."""
        return self._tickets.pop(ticket, None) is not None

    def put_view(self, view: View) -> View:
        """Keep a view; the oldest go."""
        _keep(self.views, view.id, view)
        self.notify("view", view)
        return view

    def home_of(self, user: str) -> View | None:
        """Return the person's home tab as last published, or None."""
        return self.views.get(make_id("V", self.name, "home", self.user_id(user)))

    # who listens

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` at each change, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def notify(self, kind: str, subject: object) -> None:
        """Tell the listeners."""
        for listener in list(self._listeners):
            listener(Change(kind, subject))

    def say(self, channel: str, user: str, text: str) -> Message:
        """Show `user` a word from the workspace itself, visible to nobody else."""
        return self.put(Message(channel, self.next_ts(), SLACKBOT, text, ephemeral_for=user, via="workspace"))

    def accepts_file(self, reference: Json) -> bool:
        """Say whether an image block may show this ``slack_file``: there, processed, and a picture."""
        found = self.files.find(reference.get("id") or reference.get("url", ""))
        return found is not None and self.files.mimetype(found).startswith("image/")


def _keep(store: dict[str, _Kept], key: str, value: _Kept) -> None:
    store.pop(key, None)
    store[key] = value
    while len(store) > _KEEP_SMALL:
        del store[next(iter(store))]
