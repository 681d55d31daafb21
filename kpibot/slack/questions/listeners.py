"""What people do in Slack, and which of the bot's services hears of it."""

import json
import re
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from kpibot.slack.client.gatekeeper import Caller, caller_of_action, caller_of_command, caller_of_event
from kpibot.slack.conversation import Conversation, ReplyTarget

Body = dict[str, Any]


def register(app: AsyncApp, conversation: Conversation) -> None:
    """Registers every listener; `/kpi` first, since Bolt asks them in turn."""
    listeners = _Listeners(conversation)
    app.command("/kpi")(listeners.command)
    app.action(re.compile(r"^window:"))(listeners.change_window)
    app.action(re.compile(r"^show:"))(listeners.show)
    app.action(re.compile(r"^(by:|rows$|about$)"))(listeners.show)
    app.event("app_mention")(listeners.spoken_to)
    app.event("message")(listeners.spoken_to)
    app.event("app_home_opened")(listeners.home)


class _Listeners:
    """Each acknowledges first and starts a task of its own: Slack waits three seconds and no more."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    async def command(self, ack: Any, body: Body, respond: Any) -> None:
        await ack()
        target = ReplyTarget(body["channel_id"], respond=respond)
        self._conversation.start(self._answer(caller_of_command(body), body.get("text", ""), target))

    async def change_window(self, ack: Any, body: Body, respond: Any) -> None:
        await ack()
        target = ReplyTarget(_channel(body), respond=respond, replaces=_message_ts(body))
        asked = self._answer(caller_of_action(body, target.channel), _question(body), target)
        self._conversation.start(asked, once=_pressed(body))

    async def show(self, ack: Any, body: Body, respond: Any) -> None:
        await ack()
        target = ReplyTarget(_channel(body), respond=respond, thread_ts=_thread_ts(body))
        asked = self._answer(caller_of_action(body, target.channel), _question(body), target)
        self._conversation.start(self._conversation.first_click(_pressed(body), asked))

    async def spoken_to(self, body: Body, event: Body) -> None:
        if event.get("bot_id") or event.get("subtype"):
            return
        if event["type"] == "message" and event.get("channel_type") != "im":
            return  # only what is said to the bot: in a channel that is a mention, an event of its own
        text = re.sub(r"<@\w+>", "", event.get("text", "")).strip()
        target = ReplyTarget(event["channel"], thread_ts=event.get("thread_ts"))
        asked = self._answer(caller_of_event(body), text, target)
        self._conversation.start(self._conversation.first_time(f"event:{body['event_id']}", asked))

    async def home(self, body: Body, event: Body, client: AsyncWebClient) -> None:
        if event.get("tab", "home") == "home":
            self._conversation.start(_publish_home(self._conversation, client, caller_of_event(body)))

    async def _answer(self, caller: Caller, text: str, target: ReplyTarget) -> None:
        asked = self._conversation.ask(text, target, caller.user)
        await self._conversation.admit(caller, target, asked)


async def _publish_home(conversation: Conversation, client: AsyncWebClient, caller: Caller) -> None:
    message = await conversation.home(caller)
    await client.views_publish(user_id=caller.user, view={"type": "home", "blocks": list(message.blocks)})


def _value(body: Body) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(body["actions"][0].get("value") or "{}")
    return value


def _question(body: Body) -> str:
    """The question of a button, as somebody would type it."""
    value = _value(body)
    days = f"{value['days']}d" if "days" in value else ""
    words = (value.get(key, "") for key in ("wish", "kpi", "campus", "only"))
    return " ".join(filter(None, (*words, days)))


def _channel(body: Body) -> str:
    """Where the button is; on the home tab the answer goes to the presser's own messages."""
    channel = body.get("channel", {}).get("id") or body.get("container", {}).get("channel_id")
    return str(channel or body["user"]["id"])


def _message_ts(body: Body) -> str | None:
    """The message that has the button; an ephemeral one cannot be edited."""
    if body.get("container", {}).get("is_ephemeral"):
        return None
    ts: str | None = body.get("message", {}).get("ts")
    return ts


def _thread_ts(body: Body) -> str | None:
    """The thread of the message that has the button: answers to a digest belong below it."""
    message = body.get("message", {})
    ts: str | None = message.get("thread_ts") or message.get("ts")
    return ts


def _pressed(body: Body) -> str:
    action = body["actions"][0]
    return f"{body['user']['id']}:{_message_ts(body)}:{action['action_id']}:{action.get('value', '')}"
