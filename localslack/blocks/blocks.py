"""Block Kit's limits as one table: each kind of block, with its elements, and the surfaces that take it.

The limits are those of Slack's Block Kit reference. Where Slack's own pages of 2026 differ from one another (series
of a chart: 6 or 12, rows of a data table: 101 or 201) the smaller number holds, so that what passes here passes
there. `TOTAL` is undocumented: messages whose blocks carry more text than that come back as ``msg_blocks_too_long``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from localslack.blocks.charts import CHART, DATA_TABLE, TABLE
from localslack.blocks.composition import BLOCK, IMAGE_ELEMENT, PICTURE, mrkdwn, plain, text
from localslack.blocks.elements import TAKES
from localslack.blocks.rich_text import RICH_TEXT, RICH_TEXT_BLOCK
from localslack.blocks.rules import PER_MESSAGE, RULES, FileCheck, elements_of, files_are_ready
from localslack.blocks.schema import (
    Check,
    Problems,
    array,
    at_least_one,
    by_type,
    choice,
    exactly_one,
    flag,
    record,
    secure_address,
    string,
    unique,
    web_address,
    wrong,
)
from localslack.state.model import Json

__all__ = ["BLOCKS", "KINDS", "PER_MESSAGE", "SURFACES", "TOTAL", "elements_of", "problems_of", "too_long"]

TOTAL = 12_000
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
_VISIBLE = frozenset({"text", "alt_text", "caption"})


def _takes(kind: str) -> Check:
    return by_type(TAKES[kind])


_BASIC: Mapping[str, Check] = {
    "section": record(
        {},
        {
            **BLOCK,
            "text": text(3000),
            "fields": array(text(2000), 1, 10),
            "accessory": _takes("section"),
            "expand": flag,
        },
        at_least_one("text", "fields"),
    ),
    "header": record({"text": plain(150)}, BLOCK),
    "divider": record({}, BLOCK),
    "context": record({"elements": array(_takes("context"), 1, 10)}, BLOCK),
    "actions": record({"elements": array(_takes("actions"), 1, 25)}, BLOCK),
    "image": record(
        {"alt_text": string(2000)},
        {**BLOCK, **PICTURE, "title": plain(2000)},
        exactly_one("image_url", "slack_file"),
    ),
    "input": record(
        {"label": plain(2000), "element": _takes("input")},
        {**BLOCK, "hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "rich_text": RICH_TEXT,
    "video": record(
        {
            "alt_text": string(2000),
            "title": plain(199),
            "thumbnail_url": web_address(3000),
            "video_url": secure_address(3000),
        },
        {
            **BLOCK,
            "author_name": string(49),
            "description": plain(200),
            "provider_icon_url": web_address(2000),
            "provider_name": string(50),
            "title_url": secure_address(2000),
        },
    ),
    "file": record({"external_id": string(), "source": choice("remote")}, BLOCK),
    "table": TABLE,
}


def _default_needs_collapsible(value: object, pointer: str, problems: Problems) -> None:
    if isinstance(value, dict) and value.get("default_collapsed") is True and value.get("is_collapsible") is not True:
        wrong(problems, f"{pointer}/default_collapsed", "requires is_collapsible")


_CARD = record(
    {},
    {
        **BLOCK,
        "hero_image": IMAGE_ELEMENT,
        "icon": IMAGE_ELEMENT,
        "title": mrkdwn(150),
        "subtitle": mrkdwn(150),
        "body": mrkdwn(200),
        "subtext": mrkdwn(200),
        "actions": array(_takes("card"), 1, 3),
    },
    at_least_one("hero_image", "title", "actions", "body"),
)
_TASK = {
    "details": RICH_TEXT_BLOCK,
    "output": RICH_TEXT_BLOCK,
    "sources": array(by_type({"url": record({"url": web_address(3000), "text": string()})})),
}
_TASK_CARD = record(
    {
        "task_id": string(),
        "title": string(),
        "status": choice("pending", "in_progress", "complete", "error"),
    },
    {**BLOCK, **_TASK},
)
_INSIDE = (
    "actions",
    "context",
    "divider",
    "file",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "table",
    "video",
)
_CONTAINER = record(
    {"child_blocks": array(by_type(_BASIC), 1, 10)},
    {
        **BLOCK,
        "title": plain(150),
        "rich_text_title": RICH_TEXT_BLOCK,
        "subtitle": text(150),
        "width": choice("narrow", "standard", "wide", "full"),
        "icon": IMAGE_ELEMENT,
        "is_collapsible": flag,
        "default_collapsed": flag,
        "has_header_divider": flag,
    },
    at_least_one("title", "rich_text_title"),
    _default_needs_collapsible,
)

BLOCKS: Mapping[str, Check] = {
    **_BASIC,
    "markdown": record({"text": string(12_000)}, BLOCK),
    "data_table": DATA_TABLE,
    "data_visualization": CHART,
    "context_actions": record({"elements": array(_takes("context_actions"), 1, 5)}, BLOCK),
    "alert": record({"text": text(200)}, {**BLOCK, "level": choice("default", "info", "warning", "error", "success")}),
    "card": _CARD,
    "carousel": record({"elements": array(by_type({"card": _CARD}), 1, 10)}, BLOCK),
    "container": _CONTAINER,
    "task_card": _TASK_CARD,
    "plan": record({"title": string()}, {**BLOCK, "tasks": array(_TASK_CARD, 0, 50)}, unique("tasks", "task_id")),
}

_EVERYWHERE = ("actions", "card", "context", "divider", "header", "image", "input", "rich_text", "section", "video")
_HOME = (*_EVERYWHERE, "carousel", "container")
_MESSAGE = (
    *_HOME,
    "context_actions",
    "data_table",
    "data_visualization",
    "file",
    "markdown",
    "plan",
    "table",
    "task_card",
)
KINDS: Mapping[str, frozenset[str]] = {
    "message": frozenset(_MESSAGE),
    "modal": frozenset((*_EVERYWHERE, "alert")),
    "home": frozenset(_HOME),
}
"""Which kinds of blocks each surface takes."""

_MOST = {"message": MESSAGE_BLOCKS, "modal": VIEW_BLOCKS, "home": VIEW_BLOCKS}
SURFACES: Mapping[str, Check] = {
    surface: array(by_type({kind: BLOCKS[kind] for kind in sorted(kinds)}), 0, _MOST[surface])
    for surface, kinds in KINDS.items()
}


def problems_of(blocks: object, surface: str = "message", file_is_ready: FileCheck | None = None) -> Problems:
    """Return everything that Slack would refuse, each with its JSON pointer; empty when all is well.

    `surface` is ``message``, ``modal`` or ``home``. `file_is_ready` is asked about each ``slack_file``.
    """
    problems: Problems = []
    SURFACES[surface](blocks, "/blocks", problems)
    if problems or not isinstance(blocks, list):
        return problems
    for rule in RULES:
        rule(blocks, problems)
    if file_is_ready is not None:
        files_are_ready(blocks, file_is_ready, problems)
    return problems


def too_long(blocks: list[Json]) -> bool:
    """Say whether the blocks together carry more visible text than `TOTAL` characters."""
    return sum(len(part) for _, part in _strings(blocks, "")) > TOTAL


def _strings(value: object, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and name in _VISIBLE:
        yield name, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _strings(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part, name)
