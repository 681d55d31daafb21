"""Shortcuts, and the options that a menu fetches from the bot while somebody types in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from localslack.api.forms import message_form, view_form
from localslack.blocks.composition import OPTION, OPTION_GROUP
from localslack.blocks.rules import elements_of, every_block
from localslack.blocks.schema import Problems, array, exactly_one, record
from localslack.page.interactions import interaction
from localslack.state.errors import UnknownNameError
from localslack.state.model import Conversation, Json
from localslack.state.workspace import Workspace
from localslack.transport.dispatcher import Dispatcher, Outcome

_OFFERED = record(
    {},
    {"options": array(OPTION, 0, 100), "option_groups": array(OPTION_GROUP, 0, 100)},
    exactly_one("options", "option_groups"),
    typed=False,
)


class Shortcuts:
    """The people's shortcuts; `base_url` gives the server's address."""

    def __init__(self, ws: Workspace, link: Dispatcher, base_url: Callable[[], str]) -> None:
        self._ws, self._dispatcher, self._base_url = ws, link, base_url

    async def run(self, callback_id: str, *, user: str) -> Outcome:
        """Choose a global shortcut."""
        ws = self._ws
        payload = interaction(ws, ws.user_id(user), "shortcut")
        payload |= {"callback_id": callback_id, "action_ts": ws.next_ts()}
        return await self._sent(payload)

    async def run_on(self, callback_id: str, ts: str, *, channel: str, user: str) -> Outcome:
        """Choose a shortcut in the menu of a message. Raises UnknownNameError when the person sees no such message."""
        ws, person = self._ws, self._ws.user_id(user)
        place = ws.conversations[ws.channel_id(channel)]
        message = place.messages.get(ts)
        if message is None or message.ephemeral_for not in (None, person) or person not in place.members:
            raise UnknownNameError(f"{user!r} sees no message {ts} in {channel!r}")
        payload = interaction(ws, person, "message_action") | {"callback_id": callback_id, "action_ts": ws.next_ts()}
        payload |= {"message_ts": ts, "message": message_form(ws, message)}
        return await self._sent(payload | self._from(place, person, message.thread_ts))

    def _from(self, place: Conversation, person: str, thread_ts: str | None) -> Json:
        response_url = self._ws.new_response_url(place.id, person, thread_ts=thread_ts)
        url = f"{self._base_url()}/app/{self._ws.team_id}/{response_url.secret}"
        return {"channel": {"id": place.id, "name": place.name}, "response_url": url}

    async def suggest(self, action_id: str, typed: str = "", *, user: str, view_id: str) -> Outcome:
        """Type in a menu that asks the bot for its options; they are in the outcome's payload.

        Options that Slack wouldn't show make the outcome's error ``invalid_options``. Raises UnknownNameError when
        the view has no such menu.
        """
        ws, view = self._ws, self._ws.views.get(view_id)
        menus = [
            (block, element)
            for block, _ in every_block(view.payload["blocks"] if view is not None else [])
            for element, _ in elements_of(block)
            if element.get("action_id") == action_id and str(element.get("type")).endswith("external_select")
        ]
        if view is None or not menus:
            raise UnknownNameError(f"the view {view_id} has no menu {action_id!r} with options of the bot's")
        block, _ = menus[0]
        payload = interaction(ws, ws.user_id(user), "block_suggestion")
        payload |= {"action_id": action_id, "block_id": block["block_id"], "value": typed}
        payload |= {"container": {"type": "view", "view_id": view.id}, "view": view_form(ws, view)}
        outcome = await self._dispatcher.deliver("interactive", payload)
        problems: Problems = []
        if outcome.acked:
            _OFFERED(outcome.payload, "", problems)
        return dataclasses.replace(outcome, error="invalid_options") if problems else outcome

    async def _sent(self, payload: Json) -> Outcome:
        outcome = await self._dispatcher.deliver("interactive", payload)
        urls = {"trigger_id": payload["trigger_id"], "response_url": payload.get("response_url")}
        return dataclasses.replace(outcome, **urls)
