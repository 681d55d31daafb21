"""What Slack's client sends when somebody presses, chooses or types in a block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from localslack.blocks.rules import elements_of, every_block
from localslack.state.errors import UnknownNameError
from localslack.state.model import Json

Value = str | int | list[str] | None
"""An option's value, an id, a date, a time, text, or several of them; seconds since 1970 for a ``datetimepicker``."""

InputValues = Mapping[str, Mapping[str, Value]]
"""What inputs hold on somebody's screen: the values by ``block_id`` and ``action_id``."""

# by the type of the element: what its value is called in a payload, and the field that it starts with
_INPUTS = {
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
}


def find_element(blocks: list[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """Return the block and its element with this action_id. Raises UnknownNameError naming those that there are."""
    places = [(block, element) for block, _ in every_block(blocks) for element, _ in elements_of(block, "")]
    for block, element in places:
        if element.get("action_id") == action_id and block_id in (None, block["block_id"]):
            return block, element
    action_ids = ", ".join(element["action_id"] for _, element in places if "action_id" in element)
    raise UnknownNameError(f"no action {action_id!r} here; there are: {action_ids or 'none'}")


def _options(element: Json) -> Iterator[Json]:
    yield from element.get("options", [])
    for group in element.get("option_groups", []):
        yield from group["options"]


def _option(element: Json, value: Value) -> Json:
    for option in _options(element):
        if option["value"] == value:
            return option
    values = ", ".join(option["value"] for option in _options(element))
    raise UnknownNameError(f"no option {value!r} in {element.get('action_id')}; there are: {values}")


def _several(value: Value) -> list[str]:
    return value if isinstance(value, list) else [] if value is None else [str(value)]


def _pressed(element: Json, value: Value) -> Json:
    carried = value or element.get("value")
    return {"value": carried} if carried else {}


def _overflown(element: Json, value: Value) -> Json:
    return {"selected_option": _option(element, value)}


_PRESSED: dict[str, Callable[[Json, Value], Json]] = {"button": _pressed, "overflow": _overflown}


def _chosen(element: Json, value: Value) -> Json:
    """Return what an input holds when `value` is chosen in it; Slack sends a cleared one as null, or an empty list."""
    kind = element["type"]
    if kind in _PRESSED:
        return _PRESSED[kind](element, value)
    name, _ = _INPUTS[kind]
    if name == "selected_options":
        return {name: [_option(element, one) for one in _several(value)]}
    if name == "selected_option":
        return {name: None if value is None else _option(element, value)}
    return {name: _several(value) if name.endswith("s") else value}


def action_of(block: Json, element: Json, value: Value, action_ts: str) -> Json:
    """Return one item of a payload's ``actions``; `value` is the option's value, the date, the person's id or text."""
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": action_ts,
        **_chosen(element, value),
    }
    if element["type"] == "button":
        action["text"] = {"emoji": True, **element["text"]}
        action |= {name: element[name] for name in ("style",) if name in element}
    return action


def state_of(blocks: list[Json], changed: Json | None = None, held: InputValues | None = None) -> Json:
    """Return ``state.values``: what every input holds, with the one just changed.

    `held` is what somebody's screen shows; an input that it doesn't name holds what it started with.
    """
    values: Json = {}
    for block, _ in every_block(blocks):
        for element, _ in elements_of(block, ""):
            if element.get("type") in _INPUTS:
                shown = (held or {}).get(block["block_id"], {})
                values.setdefault(block["block_id"], {})[element["action_id"]] = _content(element, shown)
    if changed is not None and changed["type"] in _INPUTS:
        kept = {name: part for name, part in changed.items() if name not in ("action_id", "block_id", "action_ts")}
        values.setdefault(changed["block_id"], {})[changed["action_id"]] = kept
    return {"values": values}


def _content(element: Json, shown: Mapping[str, Value]) -> Json:
    kind = element["type"]
    name, initial = _INPUTS[kind]
    if element["action_id"] in shown:
        return {"type": kind, **_chosen(element, shown[element["action_id"]])}
    return {"type": kind, name: element.get(initial, [] if name.endswith("s") else None)}
