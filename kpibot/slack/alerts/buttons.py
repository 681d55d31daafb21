"""The buttons of alert messages, and the form in which one is muted."""

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from kpibot.core.alerts.actions import ActionResult
from kpibot.core.time.calendar import Calendar
from kpibot.core.time.time_phrases import named_end
from kpibot.services.alerts.actions import AlertActions
from kpibot.services.alerts.active_alerts import ActiveAlerts
from kpibot.services.delivery.delivery import InThread
from kpibot.slack.alerts.action_messages import action_result_message
from kpibot.slack.alerts.active_alerts import why_message
from kpibot.slack.alerts.mute_form import CALLBACK, mute_form
from kpibot.slack.alerts.mute_request import MuteRequest, read_mute_request
from kpibot.slack.client.directory import Directory
from kpibot.slack.client.gatekeeper import Caller, caller_of_action
from kpibot.slack.conversation import EXPECTED_ERRORS, FAILED, Conversation, ReplyTarget, error_text
from kpibot.slack.error_message import error_message

log = logging.getLogger(__name__)

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ButtonPress:
    """A button or menu of an alert message, and who used it. `value` is what it carries, `chosen` a menu's choice."""

    user: str
    value: dict[str, str]
    chosen: str
    target: ReplyTarget
    trigger_id: str

    @property
    def group(self) -> str:
        """The key of the alert's group."""
        return self.value.get("group", "")


class AlertButtons:
    """Does what the buttons of alerts are for. Each press is acknowledged at once; a task does the work."""

    def __init__(
        self,
        acting: AlertActions,
        active_alerts: ActiveAlerts,
        conversation: Conversation,
        client: AsyncWebClient,
        directory: Directory,
        calendar: Calendar,
        now: Callable[[], datetime],
        in_thread: InThread,
    ) -> None:
        self._actions = acting
        self._active_alerts = active_alerts
        self._conversation = conversation
        self._client = client
        self._directory = directory
        self._calendar = calendar
        self._now = now
        self._in_thread = in_thread

    def register(self, app: AsyncApp) -> None:
        """Registers a listener for each button, and for the form."""
        does = {
            "ack": self._acknowledge,
            "snooze": self._snooze,
            "assign": self._assign,
            "mute": self._open_form,
            "unmute": self._unmute,
            "why": self._why,
            "chart": self._show_chart,
        }
        for name, work in does.items():
            app.action(f"alert:{name}")(self._listener(work))
        app.view(CALLBACK)(self._submitted)

    def _listener(self, work: Callable[[ButtonPress], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def listen(ack: Any, body: Body, respond: Any) -> None:
            await ack()
            press = _pressed(body, respond)
            self._start(partial(work, press), press.target, caller_of_action(body, press.target.channel))

        return listen

    def _start(self, work: Callable[[], Awaitable[None]], target: ReplyTarget, caller: Caller) -> None:
        guarded = self._guarded(work, target, caller.user)
        self._conversation.start(self._conversation.admit(caller, target, guarded))

    async def _guarded(self, work: Callable[[], Awaitable[None]], target: ReplyTarget, user: str) -> None:
        """Whoever pressed a button must not wait in vain."""
        try:
            await work()
        except EXPECTED_ERRORS as error:
            await self._conversation.send_ephemeral(target, user, error_message(error_text(error)))
        except Exception:
            log.exception("a button of an alert failed")
            await self._conversation.send_ephemeral(target, user, error_message(FAILED))

    async def _acknowledge(self, press: ButtonPress) -> None:
        await self._do(press, self._actions.acknowledge, press.group)

    async def _snooze(self, press: ButtonPress) -> None:
        until = named_end(press.chosen, self._now(), self._calendar)
        await self._do(press, self._actions.snooze, press.group, until)

    async def _assign(self, press: ButtonPress) -> None:
        if press.chosen:  # a menu can be emptied, too
            to = await self._directory.name_of(press.chosen)
            await self._do(press, self._actions.assign, press.group, to)

    async def _unmute(self, press: ButtonPress) -> None:
        await self._do(press, self._actions.unmute, press.value.get("silence", ""), always_confirms=True)

    async def _do(
        self, press: ButtonPress, action: Callable[..., ActionResult], *about: Any, always_confirms: bool = False
    ) -> None:
        """Does something once. What was new shows in the message and its thread; all else is answered in private."""
        by = await self._directory.name_of(press.user)
        result: ActionResult = await self._in_thread(action, *about, by, self._now())
        await self._confirm(result, press.target, press.user, always_confirms=always_confirms)

    async def _confirm(self, result: ActionResult, target: ReplyTarget, user: str, *, always_confirms: bool) -> None:
        if result.is_done:
            self._conversation.flush()
        if always_confirms or not result.is_done:
            await self._conversation.send_ephemeral(target, user, action_result_message(result))

    async def _why(self, press: ButtonPress) -> None:
        why = await self._in_thread(self._active_alerts.explain, press.group, self._now())
        message = action_result_message(await self._nothing_left(press)) if why is None else why_message(why)
        await self._conversation.send_ephemeral(press.target, press.user, message)

    async def _show_chart(self, press: ButtonPress) -> None:
        """The answer with its chart, in the thread; once, though people press twice."""
        target = press.target
        name = f"chart:{press.user}:{target.channel}:{target.thread_ts}"
        await self._conversation.first_click(name, self._answer(press))

    async def _answer(self, press: ButtonPress) -> None:
        question = await self._in_thread(self._active_alerts.question, press.group)
        await self._conversation.ask(question, press.target, press.user)

    async def _open_form(self, press: ButtonPress) -> None:
        mutable = await self._in_thread(self._active_alerts.mute_choices, press.group)
        if mutable is None:
            message = action_result_message(await self._nothing_left(press))
            await self._conversation.send_ephemeral(press.target, press.user, message)
            return
        view = mute_form(mutable, {"channel": press.target.channel})
        await self._client.views_open(trigger_id=press.trigger_id, view=view)

    async def _nothing_left(self, press: ButtonPress) -> ActionResult:
        return ActionResult(
            asker=await self._directory.name_of(press.user), now=self._now(), zone=self._active_alerts.zone
        )

    async def _submitted(self, ack: Any, body: Body, view: Body) -> None:
        request = read_mute_request(view, self._now(), self._calendar)
        if not isinstance(request, MuteRequest):
            await ack(response_action="errors", errors=request)
            return
        await ack()
        target = ReplyTarget(json.loads(view["private_metadata"])["channel"])
        mute = partial(self._mute, request, target, body["user"]["id"])
        self._start(mute, target, caller_of_action(body, target.channel))

    async def _mute(self, request: MuteRequest, target: ReplyTarget, user: str) -> None:
        by = await self._directory.name_of(user)
        channels = self._directory.channels_of(target.channel)
        mute = self._actions.mute
        result = await self._in_thread(
            mute, request.kpi, request.campus, request.end, request.reason, by, self._now(), channels
        )
        await self._confirm(result, target, user, always_confirms=True)


def _pressed(body: Body, respond: Any) -> ButtonPress:
    action = body["actions"][0]
    message = body.get("message", {})
    channel = body.get("channel", {}).get("id") or body["user"]["id"]
    option = action.get("selected_option") or {}
    return ButtonPress(
        user=body["user"]["id"],
        value=json.loads(action.get("value") or action["block_id"]),
        chosen=option.get("value") or action.get("selected_user") or "",
        target=ReplyTarget(channel, thread_ts=message.get("thread_ts") or message.get("ts"), respond=respond),
        trigger_id=body["trigger_id"],
    )
