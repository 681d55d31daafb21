"""pins.* and bookmarks.*: what the bot keeps at the top of a channel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Workspace
from localslack.state.model import DEFAULT_SCOPES


@pytest.fixture
def ws(make_workspace: Callable[..., Workspace]) -> Workspace:
    scopes = [f"{what}:{do}" for what in ("pins", "bookmarks") for do in ("read", "write")]
    return make_workspace(scopes=(*DEFAULT_SCOPES, *scopes))


async def test_a_message_is_pinned_once(ws: Workspace, client: AsyncWebClient) -> None:
    message = await client.chat_postMessage(channel="#tech-alerts", text="hi")
    place: Any = {"channel": message["channel"], "timestamp": message["ts"]}
    await client.pins_add(**place)
    with pytest.raises(SlackApiError, match="already_pinned"):
        await client.pins_add(**place)
    [pin] = (await client.pins_list(channel=place["channel"]))["items"]
    assert pin["message"]["text"] == "hi" and pin["message"]["pinned_to"] == [place["channel"]]
    assert (await client.conversations_history(channel=place["channel"]))["pin_count"] == 1
    await client.pins_remove(**place)
    with pytest.raises(SlackApiError, match="no_pin"):
        await client.pins_remove(**place)


async def test_a_deleted_message_is_pinned_no_more(client: AsyncWebClient) -> None:
    message = await client.chat_postMessage(channel="#tech-alerts", text="hi")
    await client.pins_add(channel=message["channel"], timestamp=message["ts"])
    await client.chat_delete(channel=message["channel"], ts=message["ts"])
    assert (await client.pins_list(channel=message["channel"]))["items"] == []


async def test_nothing_is_pinned_where_the_bot_is_not_or_in_an_archive(ws: Workspace, client: AsyncWebClient) -> None:
    for channel, error in (("principals", "not_in_channel"), ("old-news", "is_archived")):
        with pytest.raises(SlackApiError, match=error):
            await client.pins_add(channel=ws.channel_id(channel), timestamp="1.0")


async def test_a_bookmark_is_added_edited_and_taken_away(ws: Workspace, client: AsyncWebClient) -> None:
    channel = ws.channel_id("tech-alerts")
    added = await client.bookmarks_add(channel_id=channel, title="Help", type="link", link="https://help.example.org")
    ident = added["bookmark"]["id"]
    await client.bookmarks_edit(bookmark_id=ident, channel_id=channel, title="Helpdesk")
    [kept] = (await client.bookmarks_list(channel_id=channel))["bookmarks"]
    assert (kept["title"], kept["link"]) == ("Helpdesk", "https://help.example.org")
    await client.bookmarks_remove(bookmark_id=ident, channel_id=channel)
    assert (await client.bookmarks_list(channel_id=channel))["bookmarks"] == []
    with pytest.raises(SlackApiError, match="bookmark_not_found"):
        await client.bookmarks_remove(bookmark_id=ident, channel_id=channel)


@pytest.mark.parametrize(
    ("change", "error"), [({"link": "help"}, "invalid_link"), ({"type": "file"}, "invalid_bookmark_type")]
)
async def test_only_links_can_be_bookmarked(ws: Workspace, client: AsyncWebClient, change: Any, error: str) -> None:
    given = {"channel_id": ws.channel_id("tech-alerts"), "title": "x", "type": "link", "link": "https://example.org"}
    with pytest.raises(SlackApiError, match=error):
        await client.bookmarks_add(**{**given, **change})
