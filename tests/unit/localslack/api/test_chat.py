"""chat.*: what the bot may post, where, and how Slack refuses."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Channel, Workspace, WorkspaceServer
from localslack.state.model import DEFAULT_SCOPES

METADATA = {"event_type": "delivery", "event_payload": {"key": "alert-7"}}


def refused(error: str) -> Any:
    return pytest.raises(SlackApiError, match=f"'error': '{error}'")


async def test_a_message_is_kept_with_an_own_ts_and_ids_for_its_blocks(ws: Workspace, client: AsyncWebClient) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "*hi*"}}
    first = await client.chat_postMessage(channel=ws.channel_id("tech-alerts"), text="hi", blocks=[block])
    second = await client.chat_postMessage(channel="#tech-alerts", text="again")
    assert second["ts"] > first["ts"] and first["message"]["bot_id"] == ws.bot_id
    kept = ws.messages("tech-alerts")
    assert [one.text for one in kept] == ["hi", "again"] and kept[0].blocks[0]["block_id"]


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("principals", "not_in_channel"),
        ("secret", "channel_not_found"),
        ("nowhere", "channel_not_found"),
        ("old-news", "is_archived"),
    ],
)
async def test_a_message_is_refused_where_the_bot_cannot_post(client: AsyncWebClient, channel: str, error: str) -> None:
    with refused(error):
        await client.chat_postMessage(channel=f"#{channel}", text="hi")


async def test_a_persons_id_means_the_direct_message(ws: Workspace, client: AsyncWebClient) -> None:
    answer = await client.chat_postMessage(channel=ws.user_id("dana"), text="hi")
    assert answer["channel"] == ws.channel_id("@dana")
    assert ws.messages("@dana")[0].text == "hi"


async def test_a_message_needs_words_blocks_or_attachments(client: AsyncWebClient) -> None:
    with refused("no_text"):
        await client.api_call("chat.postMessage", json={"channel": "#tech-alerts", "text": " "})


async def test_a_text_of_more_than_forty_thousand_characters_is_too_long(client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="#tech-alerts", text="x" * 40_000)
    with refused("msg_too_long"):
        await client.chat_postMessage(channel="#tech-alerts", text="x" * 40_001)


async def test_blocks_of_more_than_twelve_thousand_characters_together_are_too_long(client: AsyncWebClient) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
    await client.chat_postMessage(channel="#tech-alerts", text="t", blocks=[section] * 4)
    with refused("msg_blocks_too_long"):
        await client.chat_postMessage(channel="#tech-alerts", text="t", blocks=[section] * 4 + [{**section}])


async def test_metadata_comes_back_only_when_asked_for(ws: Workspace, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="#tech-alerts", text="hi", metadata=METADATA)
    channel = posted["channel"]
    assert "metadata" not in posted["message"]
    plainly = await client.conversations_history(channel=channel)
    fully = await client.conversations_history(channel=channel, include_all_metadata=True)
    assert "metadata" not in plainly["messages"][0]
    assert fully["messages"][0]["metadata"] == METADATA
    assert ws.messages("tech-alerts")[0].metadata == METADATA


async def test_metadata_without_a_type_is_refused(client: AsyncWebClient) -> None:
    with refused("invalid_metadata_format"):
        await client.chat_postMessage(channel="#tech-alerts", text="hi", metadata={"event_payload": {}})


async def test_a_reply_to_a_reply_lands_in_the_same_thread(ws: Workspace, client: AsyncWebClient) -> None:
    first = await client.chat_postMessage(channel="#tech-alerts", text="first")
    reply = await client.chat_postMessage(channel="#tech-alerts", text="reply", thread_ts=first["ts"])
    await client.chat_postMessage(channel="#tech-alerts", text="more", thread_ts=reply["ts"])
    assert [one.thread_ts for one in ws.messages("tech-alerts")] == [None, first["ts"], first["ts"]]
    with refused("thread_not_found"):
        await client.chat_postMessage(channel="#tech-alerts", text="lost", thread_ts="1.000000")


async def test_an_update_keeps_blocks_and_metadata_that_it_does_not_name(ws: Workspace, client: AsyncWebClient) -> None:
    divider = [{"type": "divider"}]
    posted = await client.chat_postMessage(channel="#tech-alerts", text="hi", blocks=divider, metadata=METADATA)
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="changed")
    [message] = ws.messages("tech-alerts")
    assert message.text == "changed" and message.edited is not None
    assert message.blocks[0]["type"] == "divider" and message.metadata == METADATA
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="bare", blocks=[])
    assert ws.messages("tech-alerts")[0].blocks == []


async def test_the_bot_changes_and_deletes_only_what_is_its_own(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient
) -> None:
    message = await server.say("mine", channel="tech-alerts", user="dana")
    with refused("cant_update_message"):
        await client.chat_update(channel=message.channel, ts=message.ts, text="yours")
    with refused("cant_delete_message"):
        await client.chat_delete(channel=message.channel, ts=message.ts)
    with refused("message_not_found"):
        await client.chat_update(channel=message.channel, ts="1.000000", text="x")


async def test_a_deleted_message_is_gone_and_one_with_replies_leaves_its_thread(
    ws: Workspace, client: AsyncWebClient
) -> None:
    first = await client.chat_postMessage(channel="#tech-alerts", text="first")
    second = await client.chat_postMessage(channel="#tech-alerts", text="second")
    await client.chat_postMessage(channel="#tech-alerts", text="reply", thread_ts=first["ts"])
    for one in (first, second):
        await client.chat_delete(channel=one["channel"], ts=one["ts"])
    assert [one.text for one in ws.messages("tech-alerts")] == ["reply"]
    with refused("message_not_found"):
        await client.chat_delete(channel=first["channel"], ts=first["ts"])


async def test_an_ephemeral_message_is_for_a_member_and_not_in_the_history(
    ws: Workspace, client: AsyncWebClient
) -> None:
    channel = ws.channel_id("cabinet")
    await client.chat_postEphemeral(channel=channel, user=ws.user_id("dana"), text="psst")
    assert (await client.conversations_history(channel=channel))["messages"] == []
    assert ws.messages("cabinet")[0].ephemeral_for == ws.user_id("dana")
    with refused("user_not_in_channel"):
        await client.chat_postEphemeral(channel=channel, user=ws.user_id("luis"), text="psst")


async def test_a_permalink_opens_the_page_at_the_message(client: AsyncWebClient, http: aiohttp.ClientSession) -> None:
    posted = await client.chat_postMessage(channel="#tech-alerts", text="hi")
    link = await client.chat_getPermalink(channel=posted["channel"], message_ts=posted["ts"])
    async with http.get(link["permalink"], allow_redirects=False) as answer:
        assert answer.headers["Location"] == f"/#/tech-alerts/{posted['ts']}"


async def test_a_scope_that_is_missing_is_named() -> None:
    scopes = [scope for scope in DEFAULT_SCOPES if scope != "chat:write"]
    ws = Workspace(channels=[Channel("general")], scopes=scopes)
    server = WorkspaceServer(ws)
    await server.start()
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=ws.bot_token, base_url=server.api_url, session=session)
        with pytest.raises(SlackApiError) as error:
            await client.chat_postMessage(channel="#general", text="hi")
    await server.stop()
    assert error.value.response["error"] == "missing_scope"
    assert error.value.response["needed"] == "chat:write"
    assert "files:write" in error.value.response["provided"]


async def test_a_form_with_json_in_it_is_taken_too(
    ws: Workspace, server: WorkspaceServer, http: aiohttp.ClientSession
) -> None:
    form = {"token": ws.bot_token, "channel": "tech-alerts", "text": "hi", "blocks": '[{"type": "divider"}]'}
    async with http.post(f"{server.api_url}chat.postMessage", data=form) as answer:
        assert (await answer.json())["ok"] is True
    form["blocks"] = "[{"
    async with http.post(f"{server.api_url}chat.postMessage", data=form) as answer:
        assert (await answer.json())["error"] == "invalid_blocks_format"


async def test_every_call_is_recorded_without_its_token(ws: Workspace, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="#tech-alerts", text="hi")
    [call] = ws.calls("chat.postMessage")
    assert call.arguments["text"] == "hi" and call.status == 200 and call.seconds >= 0
    assert call.response is not None and call.response["ok"] is True
    assert ws.bot_token not in str(call)
    assert ws.messages("tech-alerts")[0].call == call.id


async def test_the_record_of_calls_and_messages_is_bounded() -> None:
    ws = Workspace(channels=[Channel("general")], keep_calls=3, keep_messages=2)
    server = WorkspaceServer(ws)
    await server.start()
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=ws.bot_token, base_url=server.api_url, session=session)
        for number in range(5):
            await client.chat_postMessage(channel="#general", text=str(number))
    await server.stop()
    assert [call.arguments["text"] for call in ws.calls()] == ["2", "3", "4"]
    assert [message.text for message in ws.messages("general")] == ["3", "4"]


async def test_ts_grow_even_when_the_clock_stands_still(ws: Workspace) -> None:
    given = [ws.next_ts() for _ in range(100)]
    assert given == sorted(set(given))
