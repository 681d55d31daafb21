"""Block Kit's limits as one table, and the rules that look at more than one field.

The limits are those of Slack's Block Kit reference. Where Slack's own pages of 2026 differ from one another (series
of a chart: 6 or 12, rows of a data table: 101 or 201) the smaller number holds, so that what passes here passes
there. `TOTAL` is undocumented: messages whose blocks carry more text than that come back as ``msg_blocks_too_long``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from kpibot.workspace.chart_blocks import CHART, DATA_TABLE, TABLE
from kpibot.workspace.model import Json
from kpibot.workspace.shape import (
    Check,
    Problems,
    anything,
    array,
    at_least_one,
    by_type,
    choice,
    exactly_one,
    flag,
    integer,
    record,
    string,
    web_address,
    wrong,
)

TOTAL = 12_000
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
PER_MESSAGE = {"table": 1, "data_visualization": 2}
_VISIBLE = frozenset({"text", "alt_text", "caption"})

FileCheck = Callable[[Json], bool]


def text(most: int, *kinds: str) -> Check:
    """Accept a text object of at most `most` characters; `kinds` defaults to both."""
    length = string(most)
    plain = record({"text": length}, {"emoji": flag})
    mrkdwn = record({"text": length}, {"verbatim": flag})
    both = {"plain_text": plain, "mrkdwn": mrkdwn}
    return by_type({kind: both[kind] for kind in kinds or tuple(both)})


def plain(most: int) -> Check:
    """Accept a plain_text object; anything else there is refused, mrkdwn included."""
    return text(most, "plain_text")


def _date(value: object, pointer: str, problems: Problems) -> None:
    if not isinstance(value, str) or re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) is None:
        wrong(problems, pointer, "must be a date in the format YYYY-MM-DD")


def _initial_is_an_option(value: object, pointer: str, problems: Problems) -> None:
    if not isinstance(value, dict) or "options" not in value:
        return
    given = [value["initial_option"]] if "initial_option" in value else value.get("initial_options", [])
    for option in given if isinstance(given, list) else []:
        if option not in value["options"]:
            wrong(problems, pointer, "initial option must exactly match a provided option")


_ID = string(255)
_ACTION = {"action_id": _ID}
_BLOCK = {"block_id": _ID}
_CONFIRM = record(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
    typed=False,
)
_OPTION_EXTRA = {"description": plain(75), "url": web_address(3000)}
_PLAIN_OPTION = record({"text": plain(75), "value": string(150)}, _OPTION_EXTRA, typed=False)
_RICH_OPTION = record({"text": text(75), "value": string(150)}, {"description": text(75)}, typed=False)
_OPTION_GROUP = record({"label": plain(75), "options": array(_PLAIN_OPTION, 1, 100)}, typed=False)
_MENU = {**_ACTION, "placeholder": plain(150), "confirm": _CONFIRM, "focus_on_load": flag}
_PICKS = {**_ACTION, "confirm": _CONFIRM, "focus_on_load": flag}
_SLACK_FILE = record({}, {"id": string(), "url": web_address(3000)}, exactly_one("id", "url"), typed=False)
_PICTURE = {"image_url": web_address(3000), "slack_file": _SLACK_FILE}

ELEMENTS: Mapping[str, Check] = {
    "button": record(
        {"text": plain(75)},
        {
            **_ACTION,
            "url": web_address(3000),
            "value": string(2000, least=0),
            "style": choice("primary", "danger"),
            "confirm": _CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "static_select": record(
        {},
        {
            **_MENU,
            "options": array(_PLAIN_OPTION, 1, 100),
            "option_groups": array(_OPTION_GROUP, 1, 100),
            "initial_option": _PLAIN_OPTION,
        },
        exactly_one("options", "option_groups"),
        _initial_is_an_option,
    ),
    "overflow": record({"options": array(_PLAIN_OPTION, 1, 5)}, {**_ACTION, "confirm": _CONFIRM}),
    "users_select": record({}, {**_MENU, "initial_user": string()}),
    "datepicker": record({}, {**_MENU, "initial_date": _date}),
    "plain_text_input": record(
        {},
        {
            **_ACTION,
            "placeholder": plain(150),
            "initial_value": string(3000, least=0),
            "multiline": flag,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
            "dispatch_action_config": anything,
            "focus_on_load": flag,
        },
    ),
    "checkboxes": record(
        {"options": array(_RICH_OPTION, 1, 10)},
        {**_PICKS, "initial_options": array(_RICH_OPTION, 1, 10)},
        _initial_is_an_option,
    ),
    "radio_buttons": record(
        {"options": array(_RICH_OPTION, 1, 10)}, {**_PICKS, "initial_option": _RICH_OPTION}, _initial_is_an_option
    ),
}
_IMAGE_ELEMENT = record({"alt_text": string(2000)}, _PICTURE, exactly_one("image_url", "slack_file"))
_ACTIONS = {kind: check for kind, check in ELEMENTS.items() if kind != "plain_text_input"}
_INPUTS = {kind: check for kind, check in ELEMENTS.items() if kind not in ("button", "overflow")}
_RICH_PARTS = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
_RICH = by_type(
    {
        kind: record(
            {"elements": array(anything)},
            {name: anything for name in ("style", "indent", "offset", "border", "language")},
        )
        for kind in _RICH_PARTS
    }
)

BLOCKS: Mapping[str, Check] = {
    "section": record(
        {},
        {
            **_BLOCK,
            "text": text(3000),
            "fields": array(text(2000), 1, 10),
            "accessory": by_type({**_ACTIONS, "image": _IMAGE_ELEMENT}),
            "expand": flag,
        },
        at_least_one("text", "fields"),
    ),
    "header": record({"text": plain(150)}, _BLOCK),
    "divider": record({}, _BLOCK),
    "context": record(
        {
            "elements": array(
                by_type(
                    {
                        "mrkdwn": text(3000, "mrkdwn"),
                        "plain_text": plain(3000),
                        "image": _IMAGE_ELEMENT,
                    }
                ),
                1,
                10,
            )
        },
        _BLOCK,
    ),
    "actions": record({"elements": array(by_type(_ACTIONS), 1, 25)}, _BLOCK),
    "image": record(
        {"alt_text": string(2000)},
        {**_BLOCK, **_PICTURE, "title": plain(2000)},
        exactly_one("image_url", "slack_file"),
    ),
    "input": record(
        {"label": plain(2000), "element": by_type(_INPUTS)},
        {**_BLOCK, "hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "rich_text": record({"elements": array(_RICH)}, _BLOCK),
    "markdown": record({"text": string(12_000)}, _BLOCK),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": CHART,
}
_MESSAGES_ONLY = ("markdown", "table", "data_table", "data_visualization")
SURFACES: Mapping[str, Check] = {
    "message": array(by_type(BLOCKS), 0, MESSAGE_BLOCKS),
    "view": array(by_type({k: c for k, c in BLOCKS.items() if k not in _MESSAGES_ONLY}), 0, VIEW_BLOCKS),
}


def problems_of(blocks: object, surface: str = "message", file_is_ready: FileCheck | None = None) -> Problems:
    """Return everything that Slack would refuse, each with its JSON pointer; empty when all is well.

    `surface` is ``message`` or ``view``. `file_is_ready` is asked about each ``slack_file``.
    """
    found: Problems = []
    SURFACES[surface](blocks, "/blocks", found)
    if found or not isinstance(blocks, list):
        return found
    _unique_block_ids(blocks, found)
    _unique_action_ids(blocks, found)
    _not_too_many(blocks, found)
    if file_is_ready is not None:
        _files_are_ready(blocks, file_is_ready, found)
    return found


def too_long(blocks: list[Json]) -> bool:
    """Say whether the blocks together carry more visible text than `TOTAL` characters."""
    return sum(len(part) for _, part in _strings(blocks, "")) > TOTAL


def elements_of(block: Json, pointer: str) -> Iterator[tuple[Json, str]]:
    """Yield a block's elements, interactive or not, each with its JSON pointer."""
    elements = block.get("elements", [])
    for index, element in enumerate(elements if isinstance(elements, list) else []):
        yield element, f"{pointer}/elements/{index}"
    for name in ("accessory", "element"):
        if isinstance(block.get(name), dict):
            yield block[name], f"{pointer}/{name}"


def _unique_block_ids(blocks: list[Json], found: Problems) -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        name = block.get("block_id")
        if name in seen:
            wrong(found, f"/blocks/{index}/block_id", f"block_id `{name}` already exists")
        elif name is not None:
            seen.add(name)


def _unique_action_ids(blocks: list[Json], found: Problems) -> None:
    for index, block in enumerate(blocks):
        seen: set[str] = set()
        for element, pointer in elements_of(block, f"/blocks/{index}"):
            name = element.get("action_id")
            if name in seen:
                wrong(found, f"{pointer}/action_id", f"action_id `{name}` already exists in this block")
            elif name is not None:
                seen.add(name)


def _not_too_many(blocks: list[Json], found: Problems) -> None:
    for kind, most in PER_MESSAGE.items():
        places = [index for index, block in enumerate(blocks) if block["type"] == kind]
        for index in places[most:]:
            wrong(found, f"/blocks/{index}", f"no more than {most} {kind} blocks allowed in a message")


def _files_are_ready(blocks: list[Json], file_is_ready: FileCheck, found: Problems) -> None:
    for index, block in enumerate(blocks):
        holders = [(block, f"/blocks/{index}"), *elements_of(block, f"/blocks/{index}")]
        for holder, pointer in holders:
            if "slack_file" in holder and not file_is_ready(holder["slack_file"]):
                wrong(found, f"{pointer}/slack_file", "invalid slack file")


def _strings(value: object, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and name in _VISIBLE:
        yield name, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _strings(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part, name)
