"""views.*: home tabs and modals."""

from __future__ import annotations

from kpibot.workspace.composition import plain
from kpibot.workspace.errors import SlackError
from kpibot.workspace.forms import view_form
from kpibot.workspace.ids import make_id
from kpibot.workspace.model import Json, View
from kpibot.workspace.posting import checked_blocks
from kpibot.workspace.request import Method, Request, invalid_arguments
from kpibot.workspace.shape import Problems, anything, array, flag, record, string, wrong
from kpibot.workspace.state import TRIGGER_SECONDS

_COMMON = {"private_metadata": string(3000, least=0), "callback_id": string(255, least=0)}
_COMMON |= {"external_id": string(255, least=0)}
_HOME = record({"blocks": array(anything)}, _COMMON)
_MODAL = record(
    {"blocks": array(anything), "title": plain(24)},
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


def _checked(request: Request, kind: str) -> Json:
    given = request.structure("view", "invalid_arguments")
    if not isinstance(given, dict) or given.get("type") != kind:
        raise invalid_arguments(f"view must be an object of type {kind}", "/view")
    problems: Problems = []
    _KINDS[kind](given, "/view", problems)
    if kind == "modal" and "submit" not in given and _asks_for_input(given.get("blocks")):
        wrong(problems, "/view", "submit is required when an input block is in the blocks array")
    if problems:
        raise SlackError("invalid_arguments", response_metadata={"messages": problems})
    return {**given, "blocks": checked_blocks(request.ws, given.get("blocks"), surface=kind)}


def _asks_for_input(blocks: object) -> bool:
    return isinstance(blocks, list) and any(isinstance(one, dict) and one.get("type") == "input" for one in blocks)


def _kept(request: Request, ident: str, user: str, payload: Json) -> Json:
    ws = request.ws
    mark = f"{int(ws.clock())}.{make_id('h', ws.number('view'))[2:]}"
    return {"ok": True, "view": view_form(ws, ws.put_view(View(ident, user, payload["type"], payload, mark)))}


def publish(request: Request) -> Json:
    """views.publish: a person's home tab. Refuses with ``hash_conflict`` when `hash` isn't the last one."""
    ws, user = request.ws, request.required("user_id")
    if user not in ws.users:
        raise SlackError("user_not_found")
    payload, last = _checked(request, "home"), ws.home_of(user)
    if request.text("hash") and last is not None and request.text("hash") != last.hash:
        raise SlackError("hash_conflict")
    return _kept(request, make_id("V", ws.name, "home", user), user, payload)


def open_(request: Request) -> Json:
    """views.open: a modal for whoever caused the trigger, within three seconds and once."""
    ws = request.ws
    trigger = ws.triggers.get(request.required("trigger_id"))
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if ws.clock() - trigger.created > TRIGGER_SECONDS:
        raise SlackError("expired_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    payload = _checked(request, "modal")
    trigger.used = True
    return _kept(request, make_id("V", ws.name, "modal", ws.number("modal")), trigger.user, payload)


def update(request: Request) -> Json:
    """views.update: a modal that is open, by its id."""
    found = request.ws.views.get(request.required("view_id"))
    if found is None or found.type != "modal":
        raise SlackError("not_found")
    if request.text("hash") and request.text("hash") != found.hash:
        raise SlackError("hash_conflict")
    return _kept(request, found.id, found.user, _checked(request, "modal"))


METHODS = {
    "views.publish": Method(publish),
    "views.open": Method(open_),
    "views.update": Method(update),
}
