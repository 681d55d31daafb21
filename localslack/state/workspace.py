"""The state of a workspace: people, messages and calls. No network, no tasks.

Everything that could grow without limit is bounded: calls, commands, changes of views, messages of a channel, bytes of
files, response_urls and trigger_ids.
"""

from __future__ import annotations

import dataclasses
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from localslack.state.directory import Directory
from localslack.state.faults import Fault, Faults
from localslack.state.files import Files
from localslack.state.history import KEEP_SMALL, History
from localslack.state.ids import format_ts, make_id
from localslack.state.model import (
    DEFAULT_EVENTS,
    DEFAULT_SCOPES,
    SLACKBOT,
    Call,
    Change,
    Channel,
    Command,
    DeliveryAttempt,
    Edit,
    Group,
    Json,
    Message,
    Person,
    ResponseUrl,
    Trigger,
    View,
)
from localslack.state.rate_limits import RateLimits

Listener = Callable[[Change], None]
_Kept = TypeVar("_Kept")

RESPONSE_URL_SECONDS = 30 * 60
RESPONSE_URL_USES = 5
TRIGGER_SECONDS = 3.0


class Workspace(Directory):
    """A workspace with one bot in it.

    `clock` gives seconds since 1970 for ts, response_urls (30 minutes) and trigger_ids (3 s); tests may stop it or
    let it jump. `timer` gives seconds from any start, for things that take time on their own: files are processed
    `file_seconds` after their bytes came, calls are paced by it, and their duration is measured with it. `tiers`
    switches the methods' limits on. `channel_pace`, when set, is the time in seconds between two of the bot's
    messages in a channel, of which `channel_burst` may come at once; faster ones get 429. `should_escape` is the slash
    commands' setting: people and channels come as ``<@U…|name>`` and ``<#C…|name>``. `events` are those to which the
    bot subscribes. `seed` is the random seed of faults.
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
        signing_secret: str = "local-workspace",
        scopes: Iterable[str] = DEFAULT_SCOPES,
        events: Iterable[str] = DEFAULT_EVENTS,
        should_escape: bool = True,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.monotonic,
        file_seconds: float = 0.2,
        tiers: bool = False,
        channel_pace: float | None = None,
        channel_burst: int = 1,
        seed: int = 0,
        keep_calls: int = 5000,
        keep_call_bytes: int = 100_000_000,
        keep_messages: int = 5000,
        keep_file_bytes: int = 200_000_000,
    ) -> None:
        super().__init__(name, bot_name, channels, people, groups, int(clock()))
        self.bot_token, self.app_token, self.signing_secret = bot_token, app_token, signing_secret
        self.scopes, self.events, self.should_escape = tuple(scopes), tuple(events), should_escape
        self.command_hints = tuple(commands)
        self._clock, self.timer, self._jumped = clock, timer, 0.0
        self.keep_messages = keep_messages
        self.files = Files(timer, file_seconds, keep_file_bytes)
        self.faults, self.rate_limits = Faults(seed), RateLimits(timer, tiers, channel_pace, channel_burst)
        self.history = History(keep_calls, keep_call_bytes)
        self.socket_mode_enabled = True
        self.views: dict[str, View] = {}
        self.commands: deque[Command] = deque(maxlen=KEEP_SMALL)
        self.response_urls: dict[str, ResponseUrl] = {}
        self.triggers: dict[str, Trigger] = {}
        self._refused: dict[str, str] = {}
        self.listeners: list[Listener] = []
        self._numbers: dict[str, int] = {}
        self._last_ts = 0
        self.current_call: int | None = None
        self._tickets: dict[str, str] = {}

    # messages

    def messages(self, channel: str) -> list[Message]:
        """Return a conversation's messages in order: replies and ephemeral ones too, deleted ones not."""
        kept = self.conversations[self.channel_id(channel)].messages.values()
        return [message for message in kept if not message.deleted]

    def next_ts(self) -> str:
        """Return a new ts that is later than every other."""
        self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
        return format_ts(self._last_ts)

    def put(self, message: Message) -> Message:
        """Keep a message, new or edited; a channel's oldest go when there are more than `keep_messages`."""
        kept = self.conversations[message.channel].messages
        if message.ts in kept and kept[message.ts].edited != message.edited:
            self.history.edits.append(Edit(kept[message.ts], message))
        kept[message.ts] = message
        while len(kept) > self.keep_messages:
            del kept[next(iter(kept))]
        self.notify("message", message)
        return message

    def remove(self, message: Message) -> None:
        """Delete a message; one with replies leaves a placeholder, so that its thread can still be read."""
        kept = self.conversations[message.channel].messages
        self.history.deletions.append(message)
        if any(other.thread_ts == message.ts for other in kept.values() if other.ts != message.ts):
            self.put(dataclasses.replace(message, deleted=True, text="This message was deleted.", blocks=[]))
            return
        kept.pop(message.ts, None)
        self.notify("removed", message)

    # what happened

    def calls(self, method: str | None = None, *, channel: str | None = None, since: int = 0) -> list[Call]:
        """Return the recorded calls, the oldest first: of one method or of all, with one channel (name or id).

        `since` is the id of a call: only later ones are returned.
        """
        return self.history.calls(method, None if channel is None else self.names_of(channel), since)

    def edits(self, channel: str | None = None, ts: str | None = None) -> list[Edit]:
        """Return the latest changes to messages, the oldest first, of one channel and one message or of all."""
        kept = [one for one in self.history.edits if ts in (None, one.after.ts)]
        return [one for one in kept if channel is None or one.after.channel in self.names_of(channel)]

    def deletions(self, channel: str | None = None) -> list[Message]:
        """Return the latest messages that were deleted, as they were."""
        kept = self.history.deletions
        return [one for one in kept if channel is None or one.channel in self.names_of(channel)]

    def deliveries(self, kind: str | None = None) -> list[DeliveryAttempt]:
        """Return what was sent to the bot, the oldest first: ``events_api``, ``slash_commands``, ``interactive``."""
        return [one for one in self.history.deliveries if kind in (None, one.kind)]

    def record(self, call: Call) -> None:
        """Keep a call's record."""
        self.history.add(call)
        self.notify("call", call)

    def fault(self, *faults: Fault) -> None:
        """Arm faults; those for the same calls happen one after another; see `Fault`."""
        self.faults.script(faults)

    # what may change while the bot runs

    def clock(self) -> float:
        """Return the time in seconds since 1970."""
        return self._clock() + self._jumped

    def jump(self, seconds: float) -> None:
        """Let the clock jump, backward with a number below 0; ts never go back."""
        self._jumped += seconds

    def refuse_token(self, token: str, error: str | None = "token_revoked") -> None:
        """Refuse a token from now on, as ``token_expired``, ``account_inactive``, …; None accepts it again."""
        if error is None:
            self._refused.pop(token, None)
        else:
            self._refused[token] = error

    def refusal_of(self, token: str) -> str | None:
        """Return the error with which a token is refused, None when it is good."""
        return self._refused.get(token) or (None if token in (self.bot_token, self.app_token) else "invalid_auth")

    # short-lived things

    def number(self, kind: str) -> int:
        """Return 1, 2, 3, … for each `kind`."""
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return self._numbers[kind]

    def new_trigger(self, user: str, view: str | None = None) -> str:
        """Return a trigger_id for something that `user` just did, in a modal when `view` is its id."""
        ident = f"{self.number('trigger')}.{self.team_id[1:]}.{secrets.token_hex(16)}"
        _keep(self.triggers, ident, Trigger(ident, user, self.clock(), view=view))
        return ident

    def new_response_url(
        self, channel: str, user: str, original: str | None = None, thread_ts: str | None = None
    ) -> ResponseUrl:
        """Return a fresh response_url's record; `original` is the message that replace_original means."""
        response_url = ResponseUrl(
            secret=secrets.token_urlsafe(18),
            channel=channel,
            user=user,
            created=self.clock(),
            original=original,
            thread_ts=thread_ts,
        )
        _keep(self.response_urls, response_url.secret, response_url)
        return response_url

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

    # listeners

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` at each change, until the returned function is called."""
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def notify(self, kind: str, subject: object) -> None:
        """Call the listeners."""
        for listener in list(self.listeners):
            listener(Change(kind, subject))

    def say(self, channel: str, user: str, text: str) -> Message:
        """Show `user` a message from the workspace itself that nobody else sees."""
        return self.put(
            Message(channel=channel, ts=self.next_ts(), user=SLACKBOT, text=text, ephemeral_for=user, via="workspace")
        )

    def accepts_file(self, reference: Json) -> bool:
        """Say whether an image block may show this ``slack_file``: there, processed, and a picture."""
        file = self.files.find(reference.get("id") or reference.get("url", ""))
        return file is not None and self.files.mimetype(file).startswith("image/")


def _keep(store: dict[str, _Kept], key: str, value: _Kept) -> None:
    store.pop(key, None)
    store[key] = value
    while len(store) > KEEP_SMALL:
        del store[next(iter(store))]
