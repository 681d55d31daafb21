"""What Slack's client sends when somebody presses, chooses or types in a block."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kpibot.workspace.blocks import elements_of
from kpibot.workspace.errors import UnknownNameError
from kpibot.workspace.model import Json

Value = str | list[str] | None


def find_element(blocks: list[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """Return the block and its element with this action_id. Raises UnknownNameError naming those that there are."""
    places = [(block, element) for block in blocks for element, _ in elements_of(block, "")]
    for block, element in places:
        if element.get("action_id") == action_id and block_id in (None, block["block_id"]):
            return block, element
    known = ", ".join(element["action_id"] for _, element in places if "action_id" in element)
    raise UnknownNameError(f"no action {action_id!r} here; there are: {known or 'none'}")


def _options(element: Json) -> Iterator[Json]:
    yield from element.get("options", [])
    for group in element.get("option_groups", []):
        yield from group["options"]


def _option(element: Json, value: Value) -> Json:
    for option in _options(element):
        if option["value"] == value:
            return option
    known = ", ".join(option["value"] for option in _options(element))
    raise UnknownNameError(f"no option {value!r} in {element.get('action_id')}; there are: {known}")


def _several(element: Json, value: Value) -> list[Json]:
    return [_option(element, one) for one in (value if isinstance(value, list) else [value])]


def _pressed(element: Json, value: Value) -> Json:
    carried = value or element.get("value")
    return {"value": carried} if carried else {}


_CHOSEN: dict[str, Callable[[Json, Value], Json]] = {
    "button": _pressed,
    "static_select": lambda element, value: {"selected_option": _option(element, value)},
    "overflow": lambda element, value: {"selected_option": _option(element, value)},
    "radio_buttons": lambda element, value: {"selected_option": _option(element, value)},
    "checkboxes": lambda element, value: {"selected_options": _several(element, value)},
    "users_select": lambda _, value: {"selected_user": value},
    "datepicker": lambda _, value: {"selected_date": value},
    "plain_text_input": lambda _, value: {"value": value},
}


def action_of(block: Json, element: Json, value: Value, action_ts: str) -> Json:
    """Return one item of a payload's ``actions``; `value` is the option's value, the date, the person's id or text."""
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": action_ts,
        **_CHOSEN[element["type"]](element, value),
    }
    if element["type"] == "button":
        action["text"] = {"emoji": True, **element["text"]}
        action |= {name: element[name] for name in ("style",) if name in element}
    return action


def state_of(blocks: list[Json], changed: Json | None = None) -> Json:
    """Return ``state.values``: what every input holds, with the one just changed."""
    values: Json = {}
    for block in blocks:
        for element, _ in elements_of(block, ""):
            held = _held(element)
            if held is not None:
                values.setdefault(block["block_id"], {})[element["action_id"]] = held
    if changed is not None and changed["type"] not in ("button", "overflow"):
        kept = {name: part for name, part in changed.items() if name not in ("action_id", "block_id", "action_ts")}
        values.setdefault(changed["block_id"], {})[changed["action_id"]] = kept
    return {"values": values}


_INITIAL = {
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "datepicker": ("selected_date", "initial_date"),
    "plain_text_input": ("value", "initial_value"),
}


def _held(element: Json) -> Json | None:
    kind = element.get("type", "")
    if kind not in _INITIAL:
        return None
    name, initial = _INITIAL[kind]
    return {"type": kind, name: element.get(initial, [] if kind == "checkboxes" else None)}
