"""Doing what people do in Slack: type a command, press a button, say something, open the home tab."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from localslack.api.forms import message_form, view_form
from localslack.api.response_urls import respond
from localslack.page.actions import InputValues, Value, action_of, find_element, state_of
from localslack.page.interactions import interaction
from localslack.page.mentions import with_mentions
from localslack.page.modals import Modals
from localslack.state.errors import SlackError, UnknownNameError
from localslack.state.ids import make_id
from localslack.state.model import Command, Conversation, Json, Message, ResponseUrl, View
from localslack.state.workspace import Workspace
from localslack.transport.dispatcher import Dispatcher, Outcome

_COMMAND_NAMES = {"im": "directmessage", "private_channel": "privategroup"}
_CHANNEL_TYPES = {"im": "im", "public_channel": "channel", "private_channel": "group"}
_SUBSCRIPTIONS = {"im": "message.im", "public_channel": "message.channels", "private_channel": "message.groups"}
_FAILURES = {
    "dispatch_failed": "{command} failed because the app did not respond: no bot is connected.",
    "operation_timeout": '{command} failed with the error "operation_timeout": the app did not respond in time.',
}


class People:
    """The people of a workspace at work; `base_url` gives the server's address."""

    def __init__(self, ws: Workspace, link: Dispatcher, base_url: Callable[[], str]) -> None:
        self._ws, self._dispatcher, self._base_url = ws, link, base_url
        self.modals = Modals(ws, link)

    def _place(self, channel: str, user: str) -> tuple[Conversation, str]:
        """Return where and who. Raises UnknownNameError when the person isn't in there."""
        person = self._ws.user_id(user)
        name = f"@{person}" if channel in ("dm", f"@{self._ws.bot_name}") else channel
        conversation = self._ws.conversations[self._ws.channel_id(name)]
        if person not in conversation.members:
            raise UnknownNameError(f"{user!r} is not a member of {channel!r}")
        return conversation, person

    # commands

    async def command(self, command: str, text: str = "", *, channel: str, user: str) -> Outcome:
        """Send a slash command and wait for its ack, or for Slack's patience to end."""
        ws, (place, person) = self._ws, self._place(channel, user)
        sent = Command(
            id=ws.number("command"), ts=ws.next_ts(), channel=place.id, user=person, command=command, text=text
        )
        ws.commands.append(sent)
        ws.notify("command", sent)
        response_url, trigger = ws.new_response_url(place.id, person), ws.new_trigger(person)
        payload = self._command_payload(sent, place, self._response_url("commands", response_url), trigger)
        outcome = await self._dispatcher.deliver("slash_commands", payload)
        outcome = self._post_ack(response_url, outcome, command)
        sent.state, sent.seconds = "acked" if outcome.acked else "failed", outcome.seconds
        sent.error = outcome.error
        ws.notify("command", sent)
        return dataclasses.replace(outcome, response_url=payload["response_url"], trigger_id=trigger)

    def _command_payload(self, sent: Command, place: Conversation, response_url: str, trigger: str) -> Json:
        ws = self._ws
        return {
            "token": "verification-token",
            "team_id": ws.users[sent.user].team_id,
            "team_domain": ws.domain,
            "channel_id": place.id,
            "channel_name": _COMMAND_NAMES.get(place.kind, place.name),
            "user_id": sent.user,
            "user_name": ws.users[sent.user].name,
            "command": sent.command,
            "text": with_mentions(ws, sent.text, with_names=True) if ws.should_escape else sent.text,
            "api_app_id": ws.app_id,
            "is_enterprise_install": "false",
            "response_url": response_url,
            "trigger_id": trigger,
        }

    def _response_url(self, kind: str, response_url: ResponseUrl) -> str:
        return f"{self._base_url()}/{kind}/{self._ws.team_id}/{response_url.secret}"

    def _post_ack(self, response_url: ResponseUrl, outcome: Outcome, command: str) -> Outcome:
        """Show what the ack says, or what went wrong."""
        failure = _FAILURES.get(outcome.error or "")
        if outcome.payload and ("text" in outcome.payload or "blocks" in outcome.payload):
            try:
                respond(self._ws, response_url, outcome.payload, via="ack")
            except SlackError as refusal:
                outcome = dataclasses.replace(outcome, error=refusal.error)
                failure = f'{{command}} failed with the error "{refusal.error}".'
            response_url.uses = 0  # an ack isn't a use of the response_url
        if failure is not None:
            self._ws.say(response_url.channel, response_url.user, failure.format(command=command))
        return outcome

    # buttons and menus

    async def press(
        self,
        ts: str,
        action_id: str,
        *,
        channel: str,
        user: str,
        value: Value = None,
        block_id: str | None = None,
        held: InputValues | None = None,
    ) -> Outcome:
        """Press a button, or choose `value` in a menu, of the message `ts`; `held` is what its other inputs hold."""
        ws, (place, person) = self._ws, self._place(channel, user)
        message = place.messages.get(ts)
        if message is None or message.ephemeral_for not in (None, person):
            raise UnknownNameError(f"{user!r} sees no message {ts} in {channel!r}")
        block, element = find_element(message.blocks, action_id, block_id)
        action = action_of(block, element, value, ws.next_ts())
        response_url = ws.new_response_url(place.id, person, message.ts, message.thread_ts)
        payload = interaction(ws, person, "block_actions") | self._from_message(place, message)
        payload |= {"response_url": self._response_url("actions", response_url), "actions": [action]}
        payload["state"] = state_of(message.blocks, action, held)
        outcome = await self._dispatcher.deliver("interactive", payload)
        urls = {"response_url": payload["response_url"], "trigger_id": payload["trigger_id"]}
        return dataclasses.replace(outcome, **urls)

    async def press_home(
        self,
        action_id: str,
        *,
        user: str,
        value: Value = None,
        block_id: str | None = None,
        held: InputValues | None = None,
    ) -> Outcome:
        """Press a button, or choose `value`, on a person's home tab."""
        view = self._ws.home_of(user)
        if view is None:
            raise UnknownNameError(f"no home tab was published for {user!r}")
        return await self._press_view(view, action_id, value, block_id, held)

    async def press_modal(
        self,
        action_id: str,
        *,
        user: str,
        value: Value = None,
        block_id: str | None = None,
        held: InputValues | None = None,
    ) -> Outcome:
        """Press a button, or choose `value`, in the modal that the person sees."""
        return await self._press_view(self.modals.top(user), action_id, value, block_id, held)

    async def _press_view(
        self, view: View, action_id: str, value: Value, block_id: str | None, held: InputValues | None
    ) -> Outcome:
        blocks = view.payload["blocks"]
        block, element = find_element(blocks, action_id, block_id)
        action = action_of(block, element, value, self._ws.next_ts())
        payload = interaction(self._ws, view.user, "block_actions")
        form = view_form(self._ws, view) | {"state": state_of(blocks, action, held)}
        payload |= {"container": {"type": "view", "view_id": view.id}, "view": form, "actions": [action]}
        outcome = await self._dispatcher.deliver("interactive", payload)
        return dataclasses.replace(outcome, trigger_id=payload["trigger_id"])

    def _from_message(self, place: Conversation, message: Message) -> Json:
        """Return container, channel and message; Slack leaves the message out when it's an ephemeral one."""
        seen_by_one = message.ephemeral_for is not None
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": place.id,
            "is_ephemeral": seen_by_one,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        name = _COMMAND_NAMES.get(place.kind, place.name)
        form: Json = {"container": container, "channel": {"id": place.id, "name": name}}
        return form if seen_by_one else form | {"message": message_form(self._ws, message)}

    # messages and reactions

    async def say(self, text: str, *, channel: str, user: str, thread_ts: str | None = None) -> Message:
        """Say something; where the bot is, it hears what it subscribes to: mentions, and messages by their place."""
        ws, (place, person) = self._ws, self._place(channel, user)
        if thread_ts is not None and thread_ts not in place.messages:
            raise UnknownNameError(f"no message {thread_ts} in {channel!r}")
        message = ws.put(
            Message(channel=place.id, ts=ws.next_ts(), user=person, text=with_mentions(ws, text), thread_ts=thread_ts)
        )
        for kind in self._events_for(place, message):
            event = message_form(ws, message) | {"type": kind, "channel": place.id, "event_ts": message.ts}
            if kind == "message":
                event["channel_type"] = _CHANNEL_TYPES[place.kind]
            self._emit(event, place)
        return message

    def _events_for(self, place: Conversation, message: Message) -> list[str]:
        """Return the events that the bot gets of it, of those that it subscribes to."""
        ws = self._ws
        if ws.bot_user_id not in place.members:
            return []
        mentioned = place.kind != "im" and f"<@{ws.bot_user_id}>" in message.text
        events = ["app_mention"] if mentioned and "app_mention" in ws.events else []
        return [*events, "message"] if _SUBSCRIPTIONS[place.kind] in ws.events else events

    async def react(self, name: str, ts: str, *, channel: str, user: str, wanted: bool = True) -> Message:
        """Put an emoji under a message, or take it back; a bot that may read reactions hears of it where it is.

        Raises UnknownNameError when there is no such message.
        """
        ws, (place, person) = self._ws, self._place(channel, user)
        message = place.messages.get(ts)
        if message is None or message.deleted or message.ephemeral_for is not None:
            raise UnknownNameError(f"no message {ts} in {channel!r} to react to")
        mine = (name, person)
        if (mine in message.reactions) == wanted:
            return message
        others = tuple(one for one in message.reactions if one != mine)
        changed = ws.put(dataclasses.replace(message, reactions=(*others, mine) if wanted else others))
        kind = "reaction_added" if wanted else "reaction_removed"
        if kind in ws.events and ws.bot_user_id in place.members:
            item = {"type": "message", "channel": place.id, "ts": ts}
            event = {"type": kind, "user": person, "reaction": name, "item_user": message.user, "item": item}
            self._emit(event | {"event_ts": ws.next_ts()}, place)
        return changed

    async def open_home(self, *, user: str, tab: str = "home") -> None:
        """Open the bot's home tab; the bot hears of it and may publish."""
        ws, person = self._ws, self._ws.user_id(user)
        place = ws.conversations[ws.channel_id(f"@{person}")]
        event: Json = {"type": "app_home_opened", "user": person, "channel": place.id, "tab": tab}
        event["event_ts"] = ws.next_ts()
        view = ws.home_of(person)
        if "app_home_opened" not in ws.events:
            return
        self._emit(event | ({"view": view_form(ws, view)} if view is not None else {}), place)

    def _emit(self, event: Json, place: Conversation) -> None:
        ws = self._ws
        authorization = {
            "enterprise_id": None,
            "team_id": ws.team_id,
            "user_id": ws.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        self._dispatcher.event(
            {
                "token": "verification-token",
                "team_id": ws.team_id,
                "api_app_id": ws.app_id,
                "event": event,
                "type": "event_callback",
                "event_id": make_id("Ev", ws.team_id, ws.number("event")),
                "event_time": int(ws.clock()),
                "authorizations": [authorization],
                "is_ext_shared_channel": place.ext_shared,
            }
        )
