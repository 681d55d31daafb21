"""reactions.*: the bot reacts, once with each emoji, where it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Workspace, WorkspaceServer
from localslack.state.model import DEFAULT_SCOPES


@pytest.fixture
def ws(make_workspace: Callable[..., Workspace]) -> Workspace:
    return make_workspace(scopes=(*DEFAULT_SCOPES, "reactions:write"))


@pytest.fixture
async def posted(client: AsyncWebClient) -> dict[str, str]:
    message = await client.chat_postMessage(channel="#tech-alerts", text="hi")
    return {"channel": message["channel"], "timestamp": message["ts"]}


async def test_a_reaction_is_there_once_and_can_be_taken_back(
    ws: Workspace, client: AsyncWebClient, posted: Any
) -> None:
    await client.reactions_add(name="eyes", **posted)
    with pytest.raises(SlackApiError, match="already_reacted"):
        await client.reactions_add(name=":eyes:", **posted)
    [message] = (await client.conversations_history(channel=posted["channel"]))["messages"]
    assert message["reactions"] == [{"name": "eyes", "users": [ws.bot_user_id], "count": 1}]
    assert "edited" not in message
    await client.reactions_remove(name="eyes", **posted)
    with pytest.raises(SlackApiError, match="no_reaction"):
        await client.reactions_remove(name="eyes", **posted)
    assert ws.messages("tech-alerts")[0].reactions == () and ws.edits() == []


async def test_an_edit_keeps_the_reactions(ws: Workspace, client: AsyncWebClient, posted: Any) -> None:
    await client.reactions_add(name="eyes", **posted)
    await client.chat_update(channel=posted["channel"], ts=posted["timestamp"], text="well")
    assert ws.messages("tech-alerts")[0].reactions == (("eyes", ws.bot_user_id),)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": "no emoji"}, "invalid_name"),
        ({"timestamp": "1.000000"}, "message_not_found"),
        ({"timestamp": ""}, "no_item_specified"),
        ({"channel": "C0NOWHERE"}, "channel_not_found"),
    ],
)
async def test_what_cannot_be_reacted_to_is_refused(
    client: AsyncWebClient, posted: Any, change: Any, error: str
) -> None:
    with pytest.raises(SlackApiError, match=error):
        await client.reactions_add(**{"name": "eyes", **posted, **change})


async def test_one_person_has_only_so_many_reactions(client: AsyncWebClient, posted: Any) -> None:
    for number in range(23):
        await client.reactions_add(name=f"emoji-{number}", **posted)
    with pytest.raises(SlackApiError, match="too_many_reactions"):
        await client.reactions_add(name="one-more", **posted)


async def test_reacting_needs_a_scope(http: aiohttp.ClientSession) -> None:
    server = WorkspaceServer(Workspace())
    await server.start()
    client = AsyncWebClient(token=server.ws.bot_token, base_url=server.api_url, session=http)
    with pytest.raises(SlackApiError) as error:
        await client.reactions_add(name="eyes", channel="C1", timestamp="1.0")
    await server.stop()
    assert (error.value.response["error"], error.value.response["needed"]) == ("missing_scope", "reactions:write")
    assert "chat:write" in error.value.response["provided"].split(",")
