"""pins.* and bookmarks.*: what is kept at the top of a channel."""

from __future__ import annotations

from localslack.api.forms import message_form
from localslack.api.request import Method, Request
from localslack.state.errors import SlackError
from localslack.state.ids import make_id
from localslack.state.model import Conversation, Json, Message

MOST_PINS = 100
MOST_BOOKMARKS = 100


def _open(request: Request, name: str = "channel") -> Conversation:
    """Return the conversation if the bot may change what is kept there."""
    found = request.joined(name)
    if found.archived:
        raise SlackError("is_archived")
    return found


def _message(request: Request, place: Conversation) -> Message:
    if not request.text("timestamp"):
        raise SlackError("no_item_specified")
    found = place.messages.get(request.text("timestamp"))
    if found is None or found.deleted or found.ephemeral_for is not None:
        raise SlackError("message_not_found")
    return found


def add_pin(request: Request) -> Json:
    """pins.add: pin a message to its channel."""
    place = _open(request)
    message = _message(request, place)
    if message.ts in place.pins:
        raise SlackError("already_pinned")
    if len(place.pins) >= MOST_PINS:
        raise SlackError("too_many_pins")
    place.pins[message.ts] = int(request.ws.clock())
    request.ws.notify("channel", place)
    return {"ok": True}


def remove_pin(request: Request) -> Json:
    """pins.remove: unpin a message."""
    place = _open(request)
    if place.pins.pop(_message(request, place).ts, None) is None:
        raise SlackError("no_pin")
    request.ws.notify("channel", place)
    return {"ok": True}


def list_pins(request: Request) -> Json:
    """pins.list: what is pinned to a channel, the newest first."""
    place = request.joined()
    items = [
        {
            "type": "message",
            "channel": place.id,
            "created": created,
            "created_by": request.ws.bot_user_id,
            "message": message_form(request.ws, place.messages[ts]) | {"pinned_to": [place.id]},
        }
        for ts, created in reversed(place.pins.items())
        if ts in place.messages
    ]
    return {"ok": True, "items": items}


def _link(request: Request) -> str:
    link = request.text("link")
    if not link.startswith(("http://", "https://")):
        raise SlackError("invalid_link")
    return link


def add_bookmark(request: Request) -> Json:
    """bookmarks.add: a link at the top of a channel; links are the only kind that apps may add."""
    ws, place, title = request.ws, _open(request, "channel_id"), request.required("title")
    if request.required("type") != "link":
        raise SlackError("invalid_bookmark_type")
    if len(place.bookmarks) >= MOST_BOOKMARKS:
        raise SlackError("too_many_bookmarks")
    bookmark: Json = {
        "id": make_id("Bk", ws.team_id, ws.number("bookmark")),
        "channel_id": place.id,
        "title": title,
        "link": _link(request),
        "emoji": request.text("emoji"),
        "icon_url": "",
        "type": "link",
        "entity_id": None,
        "date_created": int(ws.clock()),
        "date_updated": 0,
        "rank": str(len(place.bookmarks)),
        "last_updated_by_user_id": ws.bot_user_id,
        "last_updated_by_team_id": ws.team_id,
        "shortcut_id": None,
        "app_id": ws.app_id,
    }
    return _kept(request, place, bookmark)


def _kept(request: Request, place: Conversation, bookmark: Json) -> Json:
    place.bookmarks[bookmark["id"]] = bookmark
    request.ws.notify("channel", place)
    return {"ok": True, "bookmark": bookmark}


def _bookmark(request: Request, place: Conversation) -> Json:
    found = place.bookmarks.get(request.required("bookmark_id"))
    if found is None:
        raise SlackError("bookmark_not_found")
    return found


def edit_bookmark(request: Request) -> Json:
    """bookmarks.edit: change title, link or emoji; what isn't given stays."""
    place = _open(request, "channel_id")
    bookmark = _bookmark(request, place)
    given = {name: request.text(name) for name in ("title", "emoji") if request.text(name)}
    if "link" in request.args:
        given["link"] = _link(request)
    return _kept(request, place, {**bookmark, **given, "date_updated": int(request.ws.clock())})


def remove_bookmark(request: Request) -> Json:
    """bookmarks.remove: take a link away."""
    place = _open(request, "channel_id")
    del place.bookmarks[_bookmark(request, place)["id"]]
    request.ws.notify("channel", place)
    return {"ok": True}


def list_bookmarks(request: Request) -> Json:
    """bookmarks.list: the links at the top of a channel."""
    return {"ok": True, "bookmarks": list(request.joined("channel_id").bookmarks.values())}


METHODS = {
    "bookmarks.add": Method(add_bookmark, ("bookmarks:write",)),
    "bookmarks.edit": Method(edit_bookmark, ("bookmarks:write",)),
    "bookmarks.list": Method(list_bookmarks, ("bookmarks:read",)),
    "bookmarks.remove": Method(remove_bookmark, ("bookmarks:write",)),
    "pins.add": Method(add_pin, ("pins:write",)),
    "pins.list": Method(list_pins, ("pins:read",)),
    "pins.remove": Method(remove_pin, ("pins:write",)),
}
