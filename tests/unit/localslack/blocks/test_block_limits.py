"""Block Kit's limits, held against those that the package `slackblocks` has gathered by itself."""

from __future__ import annotations

from typing import Any

import pytest
from slackblocks import _limits, _surfaces

from localslack.blocks import blocks as ours
from localslack.blocks.blocks import problems_of
from tests.unit.localslack.blocks.block_limits import LIMITS, pie

THEIRS: dict[str, Any] = {name: value for name, value in vars(_limits).items() if name.isupper()}

# where Slack's own pages differ from one another, the smaller number holds here
STRICTER = {
    "DATA_TABLE_ROWS_MAX_ITEMS": 101,
    "DATA_TABLE_CONTENT_MAX_LENGTH": 10_000,
    "DATA_VISUALIZATION_SEGMENTS_MAX_ITEMS": 6,
    "DATA_VISUALIZATION_SERIES_MAX_ITEMS": 6,
    "VIDEO_TITLE_MAX_LENGTH": 199,  # "must be less than 200 characters"
    "VIDEO_AUTHOR_NAME_MAX_LENGTH": 49,
}
ELSEWHERE = {
    "DATA_TABLE_TOTAL_CONTENT_MAX_LENGTH": "more than the total of all blocks, which is refused sooner",
    "MARKDOWN_TOTAL_TEXT_MAX_LENGTH": "the total of all blocks",
    "DATA_VISUALIZATION_SEGMENT_VALUE_EXCLUSIVE_MIN": "below",
    "MESSAGE_DATA_VISUALIZATIONS_MAX_ITEMS": "below",
    "MESSAGE_BLOCKS_MAX_ITEMS": "below",
    "VIEW_BLOCKS_MAX_ITEMS": "below",
    "MESSAGE_CHANNEL_MIN_LENGTH": "test_chat: a channel must be named",
    "MESSAGE_ATTACHMENTS_MAX_ITEMS": "test_chat: attachments",
    "VIEW_PRIVATE_METADATA_MAX_LENGTH": "test_views",
    "VIEW_CALLBACK_ID_MAX_LENGTH": "test_views",
    "VIEW_EXTERNAL_ID_MAX_LENGTH": "test_views",
    "VIEW_TITLE_MAX_LENGTH": "test_views",
    "VIEW_CLOSE_MAX_LENGTH": "test_views",
    "VIEW_SUBMIT_MAX_LENGTH": "test_views",
}


def problems(name: str, size: int) -> list[str]:
    block = LIMITS[name](size)
    return problems_of([block], "modal" if block["type"] == "alert" else "message")


def test_no_limit_is_left_out() -> None:
    assert set(LIMITS) | set(ELSEWHERE) == set(THEIRS)


@pytest.mark.parametrize("name", sorted(name for name in LIMITS if "_MIN" not in name or name.endswith("_MAX")))
def test_a_most_is_met_and_one_more_is_refused(name: str) -> None:
    most = STRICTER.get(name, THEIRS[name])
    assert most <= THEIRS[name]
    assert problems(name, most) == []
    assert problems(name, most + 1)


LEASTS = sorted(name for name in LIMITS if name.endswith(("_MIN", "_MIN_ITEMS", "_MIN_LENGTH")))


@pytest.mark.parametrize("name", LEASTS)
def test_a_least_is_met_and_one_less_is_refused(name: str) -> None:
    assert problems(name, THEIRS[name]) == []
    assert problems(name, THEIRS[name] - 1)


def test_a_segment_is_more_than_nothing() -> None:
    least = THEIRS["DATA_VISUALIZATION_SEGMENT_VALUE_EXCLUSIVE_MIN"]
    assert problems_of([pie(value=least)]) and problems_of([pie(value=least + 0.01)]) == []


def test_the_numbers_of_blocks_are_the_same() -> None:
    assert THEIRS["MESSAGE_DATA_VISUALIZATIONS_MAX_ITEMS"] == ours.PER_MESSAGE["data_visualization"]
    assert THEIRS["MESSAGE_BLOCKS_MAX_ITEMS"] == ours.MESSAGE_BLOCKS
    assert THEIRS["VIEW_BLOCKS_MAX_ITEMS"] == ours.VIEW_BLOCKS


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
def test_no_surface_takes_a_block_that_slackblocks_would_not_put_there(surface: Any) -> None:
    theirs = _surfaces._BLOCK_TYPES_BY_SURFACE[surface]
    assert ours.KINDS[surface] <= theirs
    # Slack's pages give tables and charts to messages only
    assert theirs - ours.KINDS[surface] <= {"table", "data_table", "data_visualization"}
