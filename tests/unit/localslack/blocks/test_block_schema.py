"""Block Kit's shapes, held against the types that Slack publishes for TypeScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft7Validator

from localslack.blocks.blocks import BLOCKS, problems_of
from localslack.blocks.elements import INTERACTIVE, TAKES
from tests.unit.localslack.blocks.block_limits import LIMITS
from tests.unit.localslack.blocks.slack_types import NEEDED, Examples, definitions

Json = dict[str, Any]

# not in the types, but in Slack's reference or in `slackblocks`
BEYOND = {
    "data_visualization",
    "CARD_SUBTEXT_MAX_LENGTH",
    "BUTTON_AGENT_PROMPT_MAX_LENGTH",
    "RICH_TEXT_LIST_OFFSET_MIN",
}


@pytest.fixture(scope="session")
def known() -> Json:
    return definitions()


def shapes(known: Json, union: str) -> Iterator[tuple[str, Json]]:
    for shape in Examples(known).shapes(known[union]):
        yield shape["properties"]["type"]["const"], shape


def wrapped(kind: str, value: Json) -> list[Json]:
    """Return an element inside of a block that takes it; blocks come alone."""
    if kind in BLOCKS:
        return [value]
    home = next(block for block in ("actions", "input", "context_actions") if kind in TAKES[block])
    if home == "input":
        return [{"type": "input", "label": {"type": "plain_text", "text": "x"}, "element": value}]
    return [{"type": home, "elements": [value]}]


def surface_of(kind: str) -> str:
    return "modal" if kind == "alert" else "message"


UNIONS = {
    "KnownBlock": set(BLOCKS) - {"data_visualization"},
    "ActionsBlockElement": set(TAKES["actions"]),
    "InputBlockElement": set(TAKES["input"]),
    "SectionBlockAccessory": set(TAKES["section"]),
    "ContextActionsBlockElement": set(TAKES["context_actions"]),
    "ContextBlockElement": set(TAKES["context"]),
}


@pytest.mark.parametrize("union", UNIONS)
def test_each_block_takes_the_elements_that_slack_names(known: Json, union: str) -> None:
    assert {kind for kind, _ in shapes(known, union)} == UNIONS[union]


TESTED = ("KnownBlock", "ActionsBlockElement", "InputBlockElement", "ContextActionsBlockElement")


@pytest.mark.parametrize("union", TESTED)
def test_every_field_that_slack_names_is_taken_and_no_other(known: Json, union: str) -> None:
    examples = Examples(known)
    for kind, shape in shapes(known, union):
        least = examples.object(shape)
        assert problems_of(wrapped(kind, least), surface_of(kind)) == [], kind
        assert problems_of(wrapped(kind, {**least, "colour": "red"}), surface_of(kind)), kind
        for name in shape["properties"]:
            made = examples.object(shape, name)
            assert problems_of(wrapped(kind, made), surface_of(kind)) == [], (kind, name)


@pytest.mark.parametrize("union", TESTED)
def test_no_field_that_slack_needs_may_be_missing(known: Json, union: str) -> None:
    examples = Examples(known)
    for kind, shape in shapes(known, union):
        for name in {*shape["required"], *NEEDED.get(kind, ())[:1]}:
            less = {key: part for key, part in examples.object(shape).items() if key != name}
            assert problems_of(wrapped(kind, less), surface_of(kind)), (kind, name)


def test_every_sized_payload_has_the_shape_that_slack_publishes(known: Json) -> None:
    schema = Draft7Validator({"$ref": "#/definitions/KnownBlock", "definitions": known})
    for name, sized in LIMITS.items():
        block = sized(2)
        if block["type"] not in BEYOND and name not in BEYOND:
            assert schema.is_valid(block) or problems_of([block], surface_of(block["type"])), name


def test_the_parts_of_rich_text_are_those_of_slack(known: Json) -> None:
    examples = Examples(known)
    for _, part in shapes(known, "RichTextElement"):
        fields = [name for name in part["properties"] if name not in part["required"]]
        made = examples.object(part, *fields)
        text = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [made]}]}
        assert problems_of([text]) == [], made["type"]


def test_every_element_with_an_action_id_gets_one(known: Json) -> None:
    named = {kind for union in TESTED[1:] for kind, shape in shapes(known, union) if "action_id" in shape["properties"]}
    assert named == set(INTERACTIVE)
