"""Block Kit's limits: each is met exactly, and one step beyond it is refused with the place of the fault."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localslack.blocks.blocks import problems_of

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def header(text: str) -> Json:
    return {"type": "header", "text": plain(text)}


def section(**fields: Any) -> Json:
    return {"type": "section", **fields}


def button(**fields: Any) -> Json:
    return {"type": "button", "text": plain("Go"), **fields}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def option(value: str = "a", text: str = "A") -> Json:
    return {"text": plain(text), "value": value}


def select(count: int) -> Json:
    return {"type": "static_select", "options": [option(str(number)) for number in range(count)]}


def overflow(count: int) -> Json:
    return {"type": "overflow", "options": [option(str(number)) for number in range(count)]}


def checkboxes(count: int) -> Json:
    return {"type": "checkboxes", "options": [option(str(number)) for number in range(count)]}


def image(**fields: Any) -> Json:
    return {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "A chart", **fields}


def table(rows: int, columns: int) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def data_table(rows: int = 2, columns: int = 1, **fields: Any) -> Json:
    return {**table(rows, columns), "type": "data_table", "caption": "Tickets", **fields}


def chart(points: int = 2, series: int = 1, **fields: Any) -> Json:
    names = [f"d{number}" for number in range(points)]
    lines = [
        {"name": f"s{number}", "data": [{"label": name, "value": 1} for name in names]} for number in range(series)
    ]
    drawn = {"type": "line", "series": lines, "axis_config": {"categories": names}}
    return {"type": "data_visualization", "title": "Tickets", "chart": drawn, **fields}


def pie(segments: int, value: float = 1) -> Json:
    parts = [{"label": f"p{number}", "value": value} for number in range(segments)]
    return {"type": "data_visualization", "title": "Share", "chart": {"type": "pie", "segments": parts}}


def confirm(**fields: Any) -> Json:
    return {"title": plain("Sure?"), "text": mrkdwn("Really?"), "confirm": plain("Yes"), "deny": plain("No"), **fields}


def text_input(**fields: Any) -> Json:
    return {"type": "input", "label": plain("Why"), "element": {"type": "plain_text_input", **fields}}


GOOD: list[list[Json]] = [
    [header("x" * 150)],
    [section(text=mrkdwn("x" * 3000))],
    [section(fields=[mrkdwn("x" * 2000)] * 2)],
    [section(fields=[plain("x")] * 10)],
    [section(text=mrkdwn("x"), accessory=image())],
    [{"type": "context", "elements": [mrkdwn("x")] * 9 + [image()]}],
    [actions(*[button(action_id=str(number)) for number in range(25)])],
    [actions(button(text=plain("x" * 75), value="x" * 2000, url="https://example.org", style="primary"))],
    [actions(button(confirm=confirm(style="danger")))],
    [actions(select(100), overflow(5), checkboxes(10), {"type": "users_select"}, {"type": "datepicker"})],
    [actions({"type": "radio_buttons", "options": [option()], "initial_option": option()})],
    [image(alt_text="x" * 2000, title=plain("T"))],
    [text_input(multiline=True, max_length=3000, placeholder=plain("x" * 150))],
    [table(100, 20)],
    [data_table(101, 20, page_size=100)],
    [chart(20, 6), pie(6)],
    [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]}],
    [{"type": "markdown", "text": "x" * 12_000}],
    [{"type": "divider", "block_id": "x" * 255}] * 1,
    [{"type": "divider"}] * 50,
]


@pytest.mark.parametrize("blocks", GOOD, ids=lambda blocks: blocks[0]["type"])
def test_what_stays_within_the_limits_is_taken(blocks: list[Json]) -> None:
    assert problems_of(blocks) == []


BAD: list[tuple[str, list[Json], str, str]] = [
    ("51 blocks", [{"type": "divider"}] * 51, "/blocks", "no more than 50 items"),
    ("unknown block", [{"type": "poem"}], "/blocks/0/type", "unsupported type: poem"),
    ("no type", [{"text": "x"}], "/blocks/0", "missing required field: type"),
    ("unknown field", [{"type": "divider", "colour": "red"}], "/blocks/0", "invalid additional property: colour"),
    ("header of 151", [header("x" * 151)], "/blocks/0/text/text", "less than 151 characters"),
    ("header in mrkdwn", [{"type": "header", "text": mrkdwn("x")}], "/blocks/0/text/type", "unsupported type: mrkdwn"),
    ("empty section text", [section(text=mrkdwn(""))], "/blocks/0/text/text", "more than 0 characters"),
    ("section text of 3001", [section(text=mrkdwn("x" * 3001))], "/blocks/0/text/text", "less than 3001"),
    ("section of nothing", [section()], "/blocks/0", "at least one of: text, fields"),
    ("11 fields", [section(fields=[mrkdwn("x")] * 11)], "/blocks/0/fields", "no more than 10 items"),
    ("field of 2001", [section(fields=[mrkdwn("x" * 2001)])], "/blocks/0/fields/0/text", "less than 2001"),
    ("11 in context", [{"type": "context", "elements": [mrkdwn("x")] * 11}], "/blocks/0/elements", "no more than 10"),
    ("26 in actions", [actions(*[button()] * 26)], "/blocks/0/elements", "no more than 25 items"),
    ("no actions", [actions()], "/blocks/0/elements", "no fewer than 1 items"),
    ("button in mrkdwn", [actions(button(text=mrkdwn("x")))], "/blocks/0/elements/0/text/type", "unsupported type"),
    ("button of 76", [actions(button(text=plain("x" * 76)))], "/blocks/0/elements/0/text/text", "less than 76"),
    ("value of 2001", [actions(button(value="x" * 2001))], "/blocks/0/elements/0/value", "less than 2001"),
    ("value no string", [actions(button(value=7))], "/blocks/0/elements/0/value", "must provide a string"),
    ("action_id of 256", [actions(button(action_id="x" * 256))], "/blocks/0/elements/0/action_id", "less than 256"),
    ("block_id of 256", [{"type": "divider", "block_id": "x" * 256}], "/blocks/0/block_id", "less than 256"),
    ("style", [actions(button(style="pink"))], "/blocks/0/elements/0/style", "one of: primary, danger"),
    ("url", [actions(button(url="javascript:x"))], "/blocks/0/elements/0/url", "must be a valid URL"),
    (
        "confirm without deny",
        [actions(button(confirm={key: part for key, part in confirm().items() if key != "deny"}))],
        "/blocks/0/elements/0/confirm",
        "missing required field: deny",
    ),
    (
        "confirm title of 101",
        [actions(button(confirm=confirm(title=plain("x" * 101))))],
        "/blocks/0/elements/0/confirm/title/text",
        "less than 101",
    ),
    (
        "the same action_id twice",
        [actions(button(action_id="a"), button(action_id="a"))],
        "/blocks/0/elements/1/action_id",
        "already exists",
    ),
    (
        "the same block_id twice",
        [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}],
        "/blocks/1/block_id",
        "already exists",
    ),
    ("101 options", [actions(select(101))], "/blocks/0/elements/0/options", "no more than 100"),
    ("no options", [actions(select(0))], "/blocks/0/elements/0/options", "no fewer than 1"),
    ("select of nothing", [actions({"type": "static_select"})], "/blocks/0/elements/0", "exactly one of: options"),
    ("6 in overflow", [actions(overflow(6))], "/blocks/0/elements/0/options", "no more than 5"),
    ("11 checkboxes", [actions(checkboxes(11))], "/blocks/0/elements/0/options", "no more than 10"),
    (
        "option text of 76",
        [actions({"type": "overflow", "options": [option(text="x" * 76)]})],
        "/blocks/0/elements/0/options/0/text/text",
        "less than 76",
    ),
    (
        "option value of 151",
        [actions({"type": "overflow", "options": [option("x" * 151)]})],
        "/blocks/0/elements/0/options/0/value",
        "less than 151",
    ),
    (
        "initial option from elsewhere",
        [actions({**select(1), "initial_option": option("z")})],
        "/blocks/0/elements/0",
        "initial option must exactly match",
    ),
    (
        "input among actions",
        [actions({"type": "plain_text_input"})],
        "/blocks/0/elements/0/type",
        "unsupported type: plain_text_input",
    ),
    (
        "date",
        [actions({"type": "datepicker", "initial_date": "1 May"})],
        "/blocks/0/elements/0/initial_date",
        "YYYY-MM-DD",
    ),
    (
        "image without alt_text",
        [{"type": "image", "image_url": "https://example.org/a.png"}],
        "/blocks/0",
        "missing required field: alt_text",
    ),
    ("alt_text of 2001", [image(alt_text="x" * 2001)], "/blocks/0/alt_text", "less than 2001"),
    ("image_url of 3001", [image(image_url="https://" + "x" * 2993)], "/blocks/0/image_url", "less than 3001"),
    ("two pictures in one", [image(slack_file={"id": "F1"})], "/blocks/0", "exactly one of: image_url, slack_file"),
    ("input max_length", [text_input(max_length=3001)], "/blocks/0/element/max_length", "between 1 and 3000"),
    ("101 rows", [table(101, 1)], "/blocks/0/rows", "no more than 100 items"),
    ("21 columns", [table(1, 21)], "/blocks/0/rows/0", "no more than 20 items"),
    ("two tables", [table(1, 1), {**table(1, 1)}], "/blocks/1", "no more than 1 table"),
    ("102 data rows", [data_table(102)], "/blocks/0/rows", "no more than 101 items"),
    ("a header alone", [data_table(1)], "/blocks/0/rows", "no fewer than 2 items"),
    ("no caption", [{**table(2, 1), "type": "data_table"}], "/blocks/0", "missing required field: caption"),
    (
        "uneven rows",
        [{**data_table(), "rows": [[{"type": "raw_text", "text": "x"}] * width for width in (1, 2)]}],
        "/blocks/0/rows/1",
        "same number of cells",
    ),
    (
        "rich header",
        [{**data_table(), "rows": [[{"type": "rich_text", "elements": []}], [{"type": "raw_text", "text": "x"}]]}],
        "/blocks/0/rows/0/0/type",
        "cannot be rich_text",
    ),
    ("chart title of 51", [chart(title="x" * 51)], "/blocks/0/title", "less than 51"),
    ("21 points", [chart(21)], "/blocks/0/chart/axis_config/categories", "no more than 20"),
    ("7 series", [chart(1, 7)], "/blocks/0/chart/series", "no more than 6"),
    ("7 segments", [pie(7)], "/blocks/0/chart/segments", "no more than 6"),
    ("nothing in a pie", [pie(1, 0)], "/blocks/0/chart/segments/0/value", "greater than 0"),
    ("three charts", [chart(), pie(1), pie(2)], "/blocks/2", "no more than 2 data_visualization"),
]


@pytest.mark.parametrize(("blocks", "pointer", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_goes_beyond_is_refused_with_its_place(blocks: list[Json], pointer: str, words: str) -> None:
    problems = problems_of(blocks)
    assert any(words in one and one.endswith(f"[json-pointer:{pointer}]") for one in problems), problems


def test_a_series_needs_a_point_for_every_category() -> None:
    block = chart(3)
    block["chart"]["series"][0]["data"].pop()
    assert "labels must match axis_config categories" in problems_of([block])[0]


def test_two_series_need_two_names() -> None:
    block = chart(1, 2)
    block["chart"]["series"][1]["name"] = "s0"
    assert problems_of([block]) == ["[ERROR] series names must be unique [json-pointer:/blocks/0/chart/series/1/name]"]


@pytest.mark.parametrize("surface", ["modal", "home"])
@pytest.mark.parametrize("kind", ["table", "data_table", "data_visualization", "markdown", "context_actions", "plan"])
def test_some_blocks_are_for_messages_only(kind: str, surface: str) -> None:
    assert f"unsupported type: {kind}" in problems_of([{"type": kind}], surface)[0]


@pytest.mark.parametrize(("surface", "taken"), [("modal", True), ("home", False), ("message", False)])
def test_an_alert_is_for_modals_only(surface: str, taken: bool) -> None:
    alert = {"type": "alert", "text": plain("Careful"), "level": "warning"}
    assert (problems_of([alert], surface) == []) is taken


@pytest.mark.parametrize("surface", ["modal", "home"])
def test_a_view_takes_a_hundred_blocks_and_no_more(surface: str) -> None:
    assert problems_of([{"type": "divider"}] * 100, surface) == []
    assert problems_of([{"type": "divider"}] * 101, surface)


@pytest.mark.parametrize("value", [None, 7, "x", {}, [None], [7], [[]]])
def test_what_is_no_list_of_blocks_is_refused_and_never_breaks(value: Any) -> None:
    assert problems_of(value)


async def test_the_web_api_tells_each_fault_with_its_pointer(client: AsyncWebClient) -> None:
    blocks = [header("x" * 151), actions(button(value="x" * 2001))]
    with pytest.raises(SlackApiError) as error:
        await client.chat_postMessage(channel="#tech-alerts", text="t", blocks=blocks)
    assert error.value.response["error"] == "invalid_blocks"
    assert error.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        "[ERROR] must be less than 2001 characters [json-pointer:/blocks/1/elements/0/value]",
    ]
