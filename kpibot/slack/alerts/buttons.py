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
from kpibot.slack.conversation import EXCUSED, FAILED, Conversation, Place, excuse
from kpibot.slack.error_message import error_message

log = logging.getLogger(__name__)

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ButtonPress:
    """A button or menu of an alert message, and who used it. `value` is what it carries, `chosen` a menu's choice."""

    user: str
    value: dict[str, str]
    chosen: str
    place: Place
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
        standing: ActiveAlerts,
        conversation: Conversation,
        client: AsyncWebClient,
        directory: Directory,
        calendar: Calendar,
        now: Callable[[], datetime],
        in_thread: InThread,
    ) -> None:
        self._acting = acting
        self._standing = standing
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
            pressed = _pressed(body, respond)
            self._start(partial(work, pressed), pressed.place, caller_of_action(body, pressed.place.channel))

        return listen

    def _start(self, work: Callable[[], Awaitable[None]], place: Place, caller: Caller) -> None:
        guarded = self._guarded(work, place, caller.user)
        self._conversation.start(self._conversation.admit(caller, place, guarded))

    async def _guarded(self, work: Callable[[], Awaitable[None]], place: Place, user: str) -> None:
        """Whoever pressed a button must not wait in vain."""
        try:
            await work()
        except EXCUSED as error:
            await self._conversation.send_ephemeral(place, user, error_message(excuse(error)))
        except Exception:
            log.exception("a button of an alert failed")
            await self._conversation.send_ephemeral(place, user, error_message(FAILED))

    async def _acknowledge(self, pressed: ButtonPress) -> None:
        await self._do(pressed, self._acting.acknowledge, pressed.group)

    async def _snooze(self, pressed: ButtonPress) -> None:
        until = named_end(pressed.chosen, self._now(), self._calendar)
        await self._do(pressed, self._acting.snooze, pressed.group, until)

    async def _assign(self, pressed: ButtonPress) -> None:
        if pressed.chosen:  # a menu can be emptied, too
            to = await self._directory.name_of(pressed.chosen)
            await self._do(pressed, self._acting.assign, pressed.group, to)

    async def _unmute(self, pressed: ButtonPress) -> None:
        await self._do(pressed, self._acting.unmute, pressed.value.get("silence", ""), always_told=True)

    async def _do(
        self, pressed: ButtonPress, deed: Callable[..., ActionResult], *about: Any, always_told: bool = False
    ) -> None:
        """Does something once. What was new shows in the message and its thread; all else is told in private."""
        by = await self._directory.name_of(pressed.user)
        told: ActionResult = await self._in_thread(deed, *about, by, self._now())
        await self._tell(told, pressed.place, pressed.user, always_told=always_told)

    async def _tell(self, told: ActionResult, place: Place, user: str, *, always_told: bool) -> None:
        if told.is_done:
            self._conversation.flush()
        if always_told or not told.is_done:
            await self._conversation.send_ephemeral(place, user, action_result_message(told))

    async def _why(self, pressed: ButtonPress) -> None:
        why = await self._in_thread(self._standing.explain, pressed.group, self._now())
        message = action_result_message(await self._over(pressed)) if why is None else why_message(why)
        await self._conversation.send_ephemeral(pressed.place, pressed.user, message)

    async def _show_chart(self, pressed: ButtonPress) -> None:
        """The answer with its chart, in the thread; once, though people press twice."""
        place = pressed.place
        name = f"chart:{pressed.user}:{place.channel}:{place.thread_ts}"
        await self._conversation.first_click(name, self._answer(pressed))

    async def _answer(self, pressed: ButtonPress) -> None:
        question = await self._in_thread(self._standing.question, pressed.group)
        await self._conversation.ask(question, pressed.place, pressed.user)

    async def _open_form(self, pressed: ButtonPress) -> None:
        mutable = await self._in_thread(self._standing.mute_choices, pressed.group)
        if mutable is None:
            message = action_result_message(await self._over(pressed))
            await self._conversation.send_ephemeral(pressed.place, pressed.user, message)
            return
        view = mute_form(mutable, {"channel": pressed.place.channel})
        await self._client.views_open(trigger_id=pressed.trigger_id, view=view)

    async def _over(self, pressed: ButtonPress) -> ActionResult:
        return ActionResult(await self._directory.name_of(pressed.user), self._now(), self._standing.zone)

    async def _submitted(self, ack: Any, body: Body, view: Body) -> None:
        wish = read_mute_request(view, self._now(), self._calendar)
        if not isinstance(wish, MuteRequest):
            await ack(response_action="errors", errors=wish)
            return
        await ack()
        place = Place(json.loads(view["private_metadata"])["channel"])
        mute = partial(self._mute, wish, place, body["user"]["id"])
        self._start(mute, place, caller_of_action(body, place.channel))

    async def _mute(self, wish: MuteRequest, place: Place, user: str) -> None:
        by = await self._directory.name_of(user)
        channels = self._directory.channels_of(place.channel)
        mute = self._acting.mute
        told = await self._in_thread(mute, wish.kpi, wish.campus, wish.end, wish.reason, by, self._now(), channels)
        await self._tell(told, place, user, always_told=True)


def _pressed(body: Body, respond: Any) -> ButtonPress:
    action = body["actions"][0]
    message = body.get("message", {})
    channel = body.get("channel", {}).get("id") or body["user"]["id"]
    option = action.get("selected_option") or {}
    return ButtonPress(
        user=body["user"]["id"],
        value=json.loads(action.get("value") or action["block_id"]),
        chosen=option.get("value") or action.get("selected_user") or "",
        place=Place(channel, thread_ts=message.get("thread_ts") or message.get("ts"), respond=respond),
        trigger_id=body["trigger_id"],
    )
