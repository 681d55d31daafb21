"""The modals that people have open: a stack for each person, and what happens when one is submitted or closed."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from localslack.api.forms import view_form
from localslack.api.methods import answer
from localslack.page.actions import InputValues, state_of
from localslack.page.interactions import interaction
from localslack.state.errors import UnknownNameError
from localslack.state.model import Change, Json, View
from localslack.state.workspace import Workspace
from localslack.transport.dispatcher import Dispatcher, Outcome


@dataclass(frozen=True, slots=True)
class ModalStack:
    """The modals that `user` has open, the topmost last; the subject of a ``modals`` change."""

    user: str
    views: tuple[View, ...]


class Modals:
    """Follows which modals are open, and answers for the people who fill them in."""

    def __init__(self, ws: Workspace, link: Dispatcher) -> None:
        self._ws, self._dispatcher = ws, link
        self._open: dict[str, list[str]] = {}
        ws.subscribe(self._on_change)

    def _on_change(self, change: Change) -> None:
        """Put a modal that the bot opened on top; one that it updated stays where it is."""
        view = change.subject
        if not isinstance(view, View) or view.type != "modal":
            return
        stack = self._open.setdefault(view.user, [])
        if view.id not in stack:
            stack.append(view.id)
        self._notify(view.user)

    def _notify(self, user: str) -> None:
        self._ws.notify("modals", self.stack(user))

    def stack(self, user: str) -> ModalStack:
        """Return what the person has open."""
        person = self._ws.user_id(user)
        kept = (self._ws.views.get(ident) for ident in self._open.get(person, []))
        return ModalStack(person, tuple(view for view in kept if view is not None))

    def top(self, user: str) -> View:
        """Return the modal that the person sees. Raises UnknownNameError when none is open."""
        views = self.stack(user).views
        if not views:
            raise UnknownNameError(f"{user!r} has no modal open")
        return views[-1]

    async def submit(self, *, user: str, held: InputValues | None = None) -> Outcome:
        """Submit the topmost modal with what its inputs hold, and do what the ack says.

        A refused submission stays open: the outcome's payload has ``errors`` by block_id, or its `error` says why.
        """
        view = self.top(user)
        form = view_form(self._ws, view) | {"state": state_of(view.payload["blocks"], held=held)}
        payload = interaction(self._ws, view.user, "view_submission") | {"view": form, "response_urls": []}
        outcome = await self._dispatcher.deliver("interactive", payload)
        outcome = dataclasses.replace(outcome, trigger_id=payload["trigger_id"])
        return self._obey(view, outcome) if outcome.acked else outcome

    def _obey(self, view: View, outcome: Outcome) -> Outcome:
        answered = outcome.payload or {}
        action = answered.get("response_action")
        if action == "errors":
            return self._refused(view, outcome, answered)
        if action in ("update", "push"):
            return self._show(view, outcome, action, answered.get("view"))
        if action == "clear":
            self._open.pop(view.user, None)
        else:
            self._drop(view)
        self._notify(view.user)
        return outcome

    @staticmethod
    def _refused(view: View, outcome: Outcome, answered: Json) -> Outcome:
        """Return the bot's errors; Slack ignores errors for blocks that aren't inputs."""
        inputs = {block["block_id"] for block in view.payload["blocks"] if block["type"] == "input"}
        errors = answered.get("errors")
        shown = isinstance(errors, dict) and bool(errors) and set(errors) <= inputs
        return outcome if shown else dataclasses.replace(outcome, error="invalid_response_action_errors")

    def _show(self, view: View, outcome: Outcome, action: str, new: object) -> Outcome:
        """Show the view that an ack carries, by the rules of the Web API's own method for it."""
        ws = self._ws
        place = {"view_id": view.id} if action == "update" else {"trigger_id": ws.new_trigger(view.user, view.id)}
        method = "views.update" if action == "update" else "views.push"
        reply = answer(ws, method, ws.bot_token, {**place, "view": new}, "").body
        return outcome if reply["ok"] else dataclasses.replace(outcome, error=reply["error"])

    def _drop(self, view: View) -> None:
        self._open[view.user] = [ident for ident in self._open.get(view.user, []) if ident != view.id]

    async def close(self, *, user: str) -> None:
        """Close the topmost modal, or all of them where it says so; the bot is notified if it asked for that."""
        view = self.top(user)
        all_of_them = bool(view.payload.get("clear_on_close"))
        if all_of_them:
            self._open.pop(view.user, None)
        else:
            self._drop(view)
        self._notify(view.user)
        if view.payload.get("notify_on_close"):
            closed = interaction(self._ws, view.user, "view_closed")
            closed |= {"view": view_form(self._ws, view), "is_cleared": all_of_them}
            await self._dispatcher.deliver("interactive", closed)
