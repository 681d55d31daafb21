"""Tokens that stop working, and the scopes and channels that a bot may lose."""

from __future__ import annotations

from collections.abc import Callable

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Channel, Workspace, WorkspaceServer


@pytest.mark.parametrize("error", ["token_expired", "token_revoked", "account_inactive", "invalid_auth"])
async def test_a_token_is_refused_until_it_is_taken_again(ws: Workspace, client: AsyncWebClient, error: str) -> None:
    ws.refuse_token(ws.bot_token, error)
    with pytest.raises(SlackApiError, match=error):
        await client.chat_postMessage(channel="#tech-alerts", text="hi")
    ws.refuse_token(ws.bot_token, None)
    await client.chat_postMessage(channel="#tech-alerts", text="hi")
    assert [message.text for message in ws.messages("tech-alerts")] == ["hi"]


async def test_an_app_token_is_refused_by_itself(ws: Workspace, client: AsyncWebClient) -> None:
    ws.refuse_token(ws.app_token)
    with pytest.raises(SlackApiError, match="token_revoked"):
        await client.apps_connections_open(app_token=ws.app_token)
    await client.auth_test()


async def test_a_token_comes_in_the_header_a_form_or_the_address(
    ws: Workspace, server: WorkspaceServer, http: aiohttp.ClientSession
) -> None:
    url = f"{server.api_url}auth.test"
    header = http.post(url, headers={"Authorization": f"Bearer {ws.bot_token}"})
    for request in (
        header,
        http.post(url, data={"token": ws.bot_token}),
        http.get(url, params={"token": ws.bot_token}),
    ):
        async with request as answer:
            assert (await answer.json())["ok"]


async def test_some_channels_are_for_people_only(http: aiohttp.ClientSession) -> None:
    ws = Workspace(channels=[Channel("announcements", restricted=True)])
    server = WorkspaceServer(ws)
    await server.start()
    client = AsyncWebClient(token=ws.bot_token, base_url=server.api_url, session=http)
    with pytest.raises(SlackApiError, match="restricted_action"):
        await client.chat_postMessage(channel="#announcements", text="hi")
    await server.say("We are open", channel="announcements", user="dana")
    await server.stop()
    assert len(ws.messages("announcements")) == 1


async def test_joining_twice_is_told_by_a_warning(
    make_workspace: Callable[..., Workspace], http: aiohttp.ClientSession
) -> None:
    ws = make_workspace(scopes=("channels:join",))
    server = WorkspaceServer(ws)
    await server.start()
    client = AsyncWebClient(token=ws.bot_token, base_url=server.api_url, session=http)
    channel = ws.channel_id("principals")
    first = await client.conversations_join(channel=channel)
    again = await client.conversations_join(channel=channel)
    await server.stop()
    assert first["channel"]["is_member"] is True and "warning" not in first.data
    assert again["warning"] == "already_in_channel"
