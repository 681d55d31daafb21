"""Talks with people: works replies out in threads, and puts them where they were asked for."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from kpibot.core.alerts.actions import ActionResult
from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.reports.messages import Picture
from kpibot.core.text import QueryError
from kpibot.services.alerts.commands import AlertCommandReply
from kpibot.services.delivery.delivery import InThread
from kpibot.services.delivery.idempotency import Idempotency
from kpibot.services.dispatcher import Dispatcher, minute_of
from kpibot.services.questions.answering import Answering, Reply
from kpibot.slack.blocks import Rendered, SlackFile, with_note
from kpibot.slack.client.directory import Directory
from kpibot.slack.client.errors import BROKEN_OFF, code_of, explained
from kpibot.slack.client.files import upload
from kpibot.slack.client.gatekeeper import Caller, Gatekeeper
from kpibot.slack.error_message import error_message
from kpibot.slack.refusal_message import refusal_message
from kpibot.sources.base import SourceDownError, SourceError
from kpibot.store.store import StoreError

log = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds after which a person wants to hear that the work goes on
TELL = "please tell the person who runs kpibot"
LATER = "try again in a few minutes"
FAILED = f"something went wrong, and the bot's log says what; {TELL}"
NO_MEMORY = f"my own database does not answer, so alerts can be neither shown nor changed; {LATER}"
EXPECTED_ERRORS = (QueryError, SourceError, StoreError)
STILL_MEASURING = Rendered("Still measuring. The answer will be here in a moment.", ())
NOT_HERE = frozenset({"not_in_channel", "channel_not_found"})
INVITE = "I am not in this channel, so I cannot show the chart. Invite me with `/invite @kpibot`."
Respond = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class ReplyTarget:
    """Where a reply goes. `respond` answers a command or a button even where the bot is no member."""

    channel: str
    thread_ts: str | None = None
    respond: Respond | None = None
    replaces: str | None = None  # the `ts` of the message that the reply takes the place of


class Views(Protocol):
    """How replies are shown."""

    def message_of(self, shown: object, chart: SlackFile | None = None) -> Rendered:
        """A reply as Slack takes it, with its uploaded picture if it has one."""

    def picture_of(self, shown: object) -> Picture | None:
        """The picture of a reply; None where there is nothing to draw."""

    def is_private(self, reply: object) -> bool:
        """Whether only the asker should see a reply."""


class Conversation:
    """Replies to people. Every reply is a task of its own, so that Slack's event is acknowledged at once."""

    def __init__(
        self,
        answering: Answering,
        dispatcher: Dispatcher,
        once: Idempotency,
        client: AsyncWebClient,
        gatekeeper: Gatekeeper,
        directory: Directory,
        now: Callable[[], datetime],
        in_thread: InThread,
        deliver: Callable[[], Coroutine[Any, Any, None]],
        views: Views,
    ) -> None:
        self._answering = answering
        self._dispatcher = dispatcher
        self._once = once
        self._client = client
        self._gatekeeper = gatekeeper
        self._directory = directory
        self._now = now
        self._in_thread = in_thread
        self._deliver = deliver
        self._views = views
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: set[str] = set()

    def start(self, work: Coroutine[Any, Any, None], once: str = "") -> None:
        """Starts a task that is waited for at the end. While one of the same name runs, another is dropped:
        people press twice."""
        if once and once in self._under_way:
            work.close()
            return
        task = asyncio.create_task(work)
        self._tasks.add(task)
        self._under_way.add(once)
        task.add_done_callback(lambda done: self._finished(done, once))

    async def drain(self) -> None:
        """Waits for the replies under way, and for what they start."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def admit(self, caller: Caller, target: ReplyTarget, work: Coroutine[Any, Any, None]) -> None:
        """Does what somebody wants, unless they may see nothing; then only they get a reply that says so."""
        try:
            refusal = await self._gatekeeper.refusal(caller)
            if refusal is None:
                await work
            else:
                await self.send_ephemeral(target, caller.user, refusal_message(refusal))
        finally:
            work.close()

    async def ask(self, text: str, target: ReplyTarget, user: str) -> None:
        """Answers what a person typed."""
        by = await self._directory.name_of(user)
        work = asyncio.ensure_future(self._in_thread(self._reply, text, by, target.channel))
        done, _ = await asyncio.wait({work}, timeout=PATIENCE)
        if not done and target.respond is not None:
            await self.send_ephemeral(target, user, STILL_MEASURING)
        try:
            reply = await work
        except EXPECTED_ERRORS as error:
            await self.send_ephemeral(target, user, error_message(error_text(error)))
            return
        except Exception:
            log.exception("a question could not be answered")
            await self.send_ephemeral(target, user, error_message(FAILED))
            return
        if isinstance(reply, ActionResult) and reply.is_done:
            self.flush()
        if self._views.is_private(reply):
            await self.send_ephemeral(target, user, self._views.message_of(reply))
        else:
            await self._publish(reply, target, asked_by=user)

    async def first_time(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Does what nobody has done before: Slack delivers an event again when it doubts the first delivery."""
        await self._if_first(self._once.is_first, name, work)

    async def first_click(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Does what nobody has asked for in the last moments, of any bot on the same state database."""
        await self._if_first(self._once.is_first_click, name, work)

    def flush(self) -> None:
        """Delivers the outbox now: what people do should show at once."""
        self.start(self._deliver())

    async def send_ephemeral(self, target: ReplyTarget, user: str, message: Rendered) -> None:
        """Says something to one person alone."""
        if target.channel == user:  # what they did on the home tab has no response_url
            await self._client.chat_postMessage(channel=user, text=message.text, blocks=list(message.blocks))
            return
        if target.respond is not None:
            await _respond(target.respond, message, in_channel=False)
            return
        await self._client.chat_postEphemeral(
            channel=target.channel,
            user=user,
            text=message.text,
            blocks=list(message.blocks),
            thread_ts=target.thread_ts,
        )

    async def home(self, caller: Caller) -> Rendered:
        """The home tab: the current state, or that they may see nothing."""
        refusal = await self._gatekeeper.refusal(caller)
        if refusal is not None:
            return refusal_message(refusal)
        reply: Reply = await self._in_thread(self._answering.overview, DISTRICT, minute_of(self._now()))
        return self._views.message_of(reply)

    async def _if_first(
        self, is_first: Callable[[str, datetime], bool], name: str, work: Coroutine[Any, Any, None]
    ) -> None:
        try:
            if await self._is_first(is_first, name):
                await work
        finally:
            work.close()

    async def _is_first(self, is_first: Callable[[str, datetime], bool], name: str) -> bool:
        """Whether nobody did it before. Where nobody can tell it is done: an answer that comes twice beats none."""
        try:
            return bool(await self._in_thread(is_first, name, self._now()))
        except StoreError as error:
            log.warning("cannot tell whether this was answered before: %s", error)
            return True

    def _reply(self, text: str, by: str, channel: str) -> Reply | AlertCommandReply:
        """What comes of a command about alerts, or else the answer to a question."""
        here, channels = self._directory.campus_of(channel), self._directory.channels_of(channel)
        return self._dispatcher.reply(text, self._now(), by, channels, here)

    async def _publish(self, reply: Reply | AlertCommandReply, target: ReplyTarget, asked_by: str) -> None:
        """Number first: the text goes out at once, its chart follows into the same message."""
        note = (
            "" if isinstance(reply, ActionResult) else f"Asked by <@{asked_by}>"
        )  # nobody is called for what they did
        text = with_note(self._views.message_of(reply), note)
        try:
            ts = await self._put(text, target)
        except SlackApiError as error:
            if code_of(error) not in NOT_HERE or target.respond is None:
                raise
            await _respond(target.respond, with_note(text, INVITE), in_channel=True)
            return
        picture = await self._in_thread(self._views.picture_of, reply)
        if picture is not None and (chart := await upload(self._client, picture)) is not None:
            await self._update(target.channel, ts, with_note(self._views.message_of(reply, chart), note))

    async def _put(self, message: Rendered, target: ReplyTarget) -> str:
        if target.replaces is not None:
            await self._update(target.channel, target.replaces, message)
            return target.replaces
        posted = await self._client.chat_postMessage(
            channel=target.channel,
            text=message.text,
            blocks=list(message.blocks),
            thread_ts=target.thread_ts,
            unfurl_links=False,
        )
        return str(posted["ts"])

    async def _update(self, channel: str, ts: str, message: Rendered) -> None:
        await self._client.chat_update(channel=channel, ts=ts, text=message.text, blocks=list(message.blocks))

    def _finished(self, task: asyncio.Task[None], once: str) -> None:
        self._tasks.discard(task)
        self._under_way.discard(once)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, SlackApiError):
            log.error("a reply was not delivered: %s", explained(code_of(error)))
        elif isinstance(error, BROKEN_OFF):
            log.error("a reply was not delivered: the connection to Slack broke off (%s)", type(error).__name__)
        else:
            log.error("a reply failed", exc_info=error)


def error_text(error: QueryError | SourceError | StoreError) -> str:
    """The reply in place of an answer; errors that are not the asker's fault go to the log."""
    if isinstance(error, QueryError):
        return str(error)
    log.error("a question was not answered: %s", error)
    if isinstance(error, StoreError):
        return NO_MEMORY
    return f"{error}; {LATER if isinstance(error, SourceDownError) else TELL}"


async def _respond(respond: Respond, message: Rendered, *, in_channel: bool) -> None:
    """Answers through the response_url. It raises nothing on its own, so its status is looked at."""
    answer = await respond(
        text=message.text,
        blocks=list(message.blocks) or None,
        response_type="in_channel" if in_channel else "ephemeral",
        replace_original=False,
    )
    if answer.status_code != 200:
        log.error("a reply was not taken by the response_url: %s %s", answer.status_code, answer.body)
