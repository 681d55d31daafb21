"""conversations.*: which channels the bot sees, and what it may read of them."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Workspace, WorkspaceServer


async def filled(client: AsyncWebClient, count: int) -> tuple[str, list[str]]:
    posted = [await client.chat_postMessage(channel="#tech-alerts", text=str(number)) for number in range(count)]
    return str(posted[0]["channel"]), [str(one["ts"]) for one in posted]


async def test_the_list_has_public_channels_and_private_ones_with_the_bot_in_them(client: AsyncWebClient) -> None:
    public = await client.conversations_list()
    assert [one["name"] for one in public["channels"]] == ["tech-alerts", "principals", "old-news"]
    both = await client.conversations_list(types="public_channel,private_channel", exclude_archived=True)
    assert [one["name"] for one in both["channels"]] == ["tech-alerts", "cabinet", "principals"]
    assert [one["is_member"] for one in both["channels"]] == [True, True, False]


async def test_the_list_comes_in_pages(client: AsyncWebClient) -> None:
    names, cursor = [], ""
    while True:
        page = await client.conversations_list(limit=2, cursor=cursor)
        names += [one["name"] for one in page["channels"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert names == ["tech-alerts", "principals", "old-news"]
    with pytest.raises(SlackApiError, match="invalid_cursor"):
        await client.conversations_list(cursor="nonsense")


async def test_a_kind_of_channel_without_its_scope_is_refused(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="im:read"):
        await client.conversations_list(types="im")


async def test_info_and_members_tell_who_is_there(ws: Workspace, client: AsyncWebClient) -> None:
    channel = ws.channel_id("cabinet")
    info = await client.conversations_info(channel=channel, include_num_members=True)
    assert info["channel"]["is_private"] is True and info["channel"]["num_members"] == 2
    members = await client.conversations_members(channel=channel)
    assert members["members"] == [ws.user_id("dana"), ws.bot_user_id]
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.conversations_info(channel=ws.channel_id("secret"))


async def test_the_history_of_a_channel_without_the_bot_is_closed(ws: Workspace, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.conversations_history(channel=ws.channel_id("principals"))


async def test_the_history_is_newest_first_and_comes_in_pages(client: AsyncWebClient) -> None:
    channel, _ = await filled(client, 5)
    first = await client.conversations_history(channel=channel, limit=3)
    assert [one["text"] for one in first["messages"]] == ["4", "3", "2"] and first["has_more"] is True
    cursor = first["response_metadata"]["next_cursor"]
    rest = await client.conversations_history(channel=channel, limit=3, cursor=cursor)
    assert [one["text"] for one in rest["messages"]] == ["1", "0"] and rest["has_more"] is False


@pytest.mark.parametrize(("inclusive", "texts"), [(False, ["2"]), (True, ["3", "2", "1"])])
async def test_oldest_and_latest_are_left_out_unless_inclusive(
    client: AsyncWebClient, inclusive: bool, texts: list[str]
) -> None:
    channel, ts = await filled(client, 5)
    page = await client.conversations_history(channel=channel, oldest=ts[1], latest=ts[3], inclusive=inclusive)
    assert [one["text"] for one in page["messages"]] == texts


async def test_replies_are_read_in_their_thread_and_counted_in_the_channel(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient
) -> None:
    channel, [ts] = await filled(client, 1)
    await client.chat_postMessage(channel=channel, text="a reply", thread_ts=ts)
    await server.say("thanks", channel="tech-alerts", user="dana", thread_ts=ts)
    [first] = (await client.conversations_history(channel=channel))["messages"]
    assert first["reply_count"] == 2 and first["reply_users"] == [ws.bot_user_id, ws.user_id("dana")]
    thread = await client.conversations_replies(channel=channel, ts=ts)
    assert [one["text"] for one in thread["messages"]] == ["0", "a reply", "thanks"]
    with pytest.raises(SlackApiError, match="thread_not_found"):
        await client.conversations_replies(channel=channel, ts="1.000000")


async def test_a_broadcast_reply_is_in_the_channel_as_well(client: AsyncWebClient) -> None:
    channel, [ts] = await filled(client, 1)
    await client.chat_postMessage(channel=channel, text="look", thread_ts=ts, reply_broadcast=True)
    page = await client.conversations_history(channel=channel)
    assert [one["text"] for one in page["messages"]] == ["look", "0"]


async def test_a_direct_message_is_opened_by_its_person(ws: Workspace, client: AsyncWebClient) -> None:
    opened = await client.conversations_open(users=[ws.user_id("dana")])
    assert opened["channel"]["id"] == ws.channel_id("@dana")


async def test_joining_needs_a_scope_of_its_own(ws: Workspace, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="channels:join"):
        await client.conversations_join(channel=ws.channel_id("principals"))


async def test_users_conversations_are_those_the_bot_is_in(client: AsyncWebClient) -> None:
    page = await client.users_conversations(types="public_channel,private_channel")
    assert [one["name"] for one in page["channels"]] == ["tech-alerts", "cabinet", "old-news"]
