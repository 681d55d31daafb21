"""blocks.validate: what Slack would refuse, told without a token."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from localslack import WorkspaceServer

GOOD = {"type": "header", "text": {"type": "plain_text", "text": "Tickets"}}
BAD = {"type": "header", "text": {"type": "mrkdwn", "text": "Tickets"}}
TITLE = {"type": "plain_text", "text": "Snooze"}


async def asked(server: WorkspaceServer, http: aiohttp.ClientSession, **given: Any) -> Any:
    form = {name: json.dumps(value) for name, value in given.items()}
    async with http.post(f"{server.api_url}blocks.validate", data=form) as answer:
        return await answer.json()


@pytest.mark.parametrize(
    "given",
    [
        {"blocks": [GOOD]},
        {"message": {"text": "Tickets", "blocks": [GOOD]}},
        {"view": {"type": "modal", "title": TITLE, "blocks": [GOOD]}},
    ],
)
async def test_what_is_right_is_said_to_be(server: WorkspaceServer, http: aiohttp.ClientSession, given: Any) -> None:
    assert await asked(server, http, **given) == {"ok": True}


@pytest.mark.parametrize(
    ("given", "error", "pointer"),
    [
        ({"blocks": [GOOD, BAD]}, "invalid_blocks", "/1/text/type"),
        ({"message": {"blocks": [BAD]}}, "invalid_message", "/blocks/0/text/type"),
        ({"view": {"type": "home", "blocks": [BAD]}}, "invalid_view", "/blocks/0/text/type"),
        ({"view": {"type": "modal", "blocks": [GOOD]}}, "invalid_view", "/view"),
        ({"view": {"type": "tab"}}, "invalid_view", "/view/type"),
        ({"message": []}, "invalid_message", ""),
    ],
)
async def test_what_is_wrong_is_told_with_its_pointer(
    server: WorkspaceServer, http: aiohttp.ClientSession, given: Any, error: str, pointer: str
) -> None:
    answer = await asked(server, http, **given)
    assert answer["error"] == error and answer["errors"][0]["pointer"] == pointer
    assert answer["errors"][0]["message"]


@pytest.mark.parametrize("given", [{}, {"blocks": [], "message": {}}])
async def test_one_thing_is_validated_at_a_time(
    server: WorkspaceServer, http: aiohttp.ClientSession, given: Any
) -> None:
    assert (await asked(server, http, **given))["error"] == "invalid_arguments"
