"""views.*: home tabs and modals."""

from __future__ import annotations

import json

from localslack.api.forms import view_form
from localslack.api.posting import checked_blocks
from localslack.api.request import Method, Request, invalid_arguments
from localslack.blocks.blocks import problems_of
from localslack.blocks.composition import plain
from localslack.blocks.schema import Problems, anything, flag, record, string, wrong
from localslack.state.errors import SlackError
from localslack.state.ids import make_id
from localslack.state.model import Json, Trigger, View
from localslack.state.workspace import TRIGGER_SECONDS

MOST_MODALS = 3
_COMMON = {"private_metadata": string(3000, least=0), "callback_id": string(255, least=0)}
_COMMON |= {"external_id": string(255, least=0)}
_HOME = record({"blocks": anything}, _COMMON)
_MODAL = record(
    {"blocks": anything, "title": plain(24)},
    {
        **_COMMON,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    },
)
_KINDS = {"home": _HOME, "modal": _MODAL}
_BYTES = 250_000


def view_problems(view: Json, kind: str | None = None) -> Problems:
    """Return everything that is wrong with a view, its blocks too; `kind` is what it must be, None for either."""
    problems: Problems = []
    type_ = str(view.get("type"))
    if type_ not in _KINDS or kind not in (None, type_):
        wrong(problems, "/view/type", f"must be one of: {kind or ', '.join(_KINDS)}")
        return problems
    _KINDS[type_](view, "/view", problems)
    if type_ == "modal" and "submit" not in view and _asks_for_input(view.get("blocks")):
        wrong(problems, "/view", "submit is required when an input block is in the blocks array")
    return problems or problems_of(view.get("blocks"), type_)


def _checked(request: Request, kind: str) -> Json:
    view = request.structure("view", "invalid_arguments")
    if not isinstance(view, dict) or view.get("type") != kind:
        raise invalid_arguments(f"view must be an object of type {kind}", "/view")
    problems = view_problems(view, kind)
    if problems:
        raise SlackError("invalid_arguments", response_metadata={"messages": problems})
    if len(json.dumps(view)) > _BYTES:
        raise SlackError("view_too_large")
    return {**view, "blocks": checked_blocks(request.ws, view["blocks"], surface=kind)}


def _asks_for_input(blocks: object) -> bool:
    return isinstance(blocks, list) and any(isinstance(one, dict) and one.get("type") == "input" for one in blocks)


def _kept(request: Request, ident: str, user: str, payload: Json, path: tuple[str, ...] = ()) -> Json:
    ws = request.ws
    mark = f"{int(ws.clock())}.{make_id('h', ws.number('view'))[2:]}"
    return {
        "ok": True,
        "view": view_form(
            ws, ws.put_view(View(id=ident, user=user, type=payload["type"], payload=payload, hash=mark, path=path))
        ),
    }


def publish_home(request: Request) -> Json:
    """views.publish: a person's home tab. Refuses with ``hash_conflict`` when `hash` isn't the last one."""
    ws, user = request.ws, request.required("user_id")
    if user not in ws.users:
        raise SlackError("user_not_found")
    payload, last = _checked(request, "home"), ws.home_of(user)
    if request.text("hash") and last is not None and request.text("hash") != last.hash:
        raise SlackError("hash_conflict")
    return _kept(request, make_id("V", ws.name, "home", user), user, payload)


def _trigger(request: Request) -> Trigger:
    ws = request.ws
    trigger = ws.triggers.get(request.required("trigger_id"))
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if ws.clock() - trigger.created > TRIGGER_SECONDS:
        raise SlackError("expired_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    return trigger


def _external(request: Request, ident: str) -> View | None:
    """Return the modal with this ``external_id``, which is its app's own name for it."""
    views = request.ws.views.values()
    return next((one for one in views if ident and one.payload.get("external_id") == ident), None)


def _new(request: Request, trigger: Trigger, path: tuple[str, ...]) -> Json:
    ws, payload = request.ws, _checked(request, "modal")
    if _external(request, payload.get("external_id", "")) is not None:
        raise SlackError("duplicate_external_id")
    trigger.used = True
    return _kept(request, make_id("V", ws.name, "modal", ws.number("modal")), trigger.user, payload, path)


def open_modal(request: Request) -> Json:
    """views.open: a modal for the person who caused the trigger, within three seconds and once."""
    return _new(request, _trigger(request), ())


def push_modal(request: Request) -> Json:
    """views.push: a modal on top of the one that caused the trigger; three at most.

    Refuses with ``push_limit_reached``, and with ``not_found`` when the person has no modal.
    """
    trigger = _trigger(request)
    modals = [one for one in request.ws.views.values() if one.user == trigger.user and one.type == "modal"]
    below = next((one for one in reversed(modals) if trigger.view in (None, one.id)), None)
    if below is None:
        raise SlackError("not_found")
    if trigger.view is not None and len(below.path) + 1 >= MOST_MODALS:
        raise SlackError("push_limit_reached")
    return _new(request, trigger, (*below.path, below.id))


def update_modal(request: Request) -> Json:
    """views.update: a modal that is open, by its id or its ``external_id``."""
    if not request.text("view_id") and not request.text("external_id"):
        raise invalid_arguments("must provide exactly one of: view_id, external_id", "")
    by_id = request.ws.views.get(request.text("view_id"))
    view = by_id or _external(request, request.text("external_id"))
    if view is None or view.type != "modal":
        raise SlackError("not_found")
    if request.text("hash") and request.text("hash") != view.hash:
        raise SlackError("hash_conflict")
    return _kept(request, view.id, view.user, _checked(request, "modal"), view.path)


METHODS = {
    "views.publish": Method(publish_home),
    "views.open": Method(open_modal),
    "views.push": Method(push_modal),
    "views.update": Method(update_modal),
}
