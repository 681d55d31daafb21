"""What people say and open reaches the bot as events, again and again until it acks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Channel, Person, Workspace, WorkspaceServer

Connect = Callable[[AsyncApp], Awaitable[Any]]


async def test_a_direct_message_is_a_message_event(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    @app.event("message")
    async def heard(event: dict[str, Any], say: Any) -> None:
        await say(f"{event['channel_type']}: {event['text']}")

    await connect(app)
    await server.say("how are you?", channel="dm", user="dana")
    answer = await server.wait_for(lambda ws: ws.messages("@dana")[1])
    assert (answer.text, answer.user) == ("im: how are you?", ws.bot_user_id)


async def test_a_mention_is_an_app_mention_and_other_words_are_nobodys_business(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    texts: list[str] = []

    @app.event("app_mention")
    async def called(event: dict[str, Any]) -> None:
        texts.append(event["text"])

    await connect(app)
    await server.say("quiet today", channel="tech-alerts", user="dana")
    await server.say("@helper are you there?", channel="tech-alerts", user="dana")
    await server.wait_for(lambda _: texts)
    assert texts == [f"<@{ws.bot_user_id}> are you there?"]


async def test_a_mention_where_the_bot_is_not_is_not_heard(
    server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    texts: list[str] = []

    @app.event("app_mention")
    async def called(event: dict[str, Any]) -> None:
        texts.append(event["text"])

    await connect(app)
    await server.say("@helper first", channel="principals", user="dana")
    await server.say("@helper second", channel="tech-alerts", user="dana")
    await server.wait_for(lambda _: texts)
    assert len(texts) == 1 and texts[0].endswith("second")


async def test_opening_the_home_tab_lets_the_bot_publish_it(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "*Hello*"}}

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section]})

    await connect(app)
    await server.open_home(user="dana")
    view = await server.wait_for(lambda ws: ws.home_of("dana"))
    assert view is not None and view.payload["blocks"][0]["text"]["text"] == "*Hello*"
    assert ws.home_of("luis") is None


@pytest.mark.parametrize("patience", [0.2])
async def test_an_event_that_is_not_acked_comes_again_with_the_same_event_id(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    opened = await AsyncWebClient(token=ws.app_token, base_url=server.api_url, session=http).apps_connections_open(
        app_token=ws.app_token
    )
    async with http.ws_connect(opened["url"]) as socket:
        assert (await socket.receive_json())["type"] == "hello"
        await server.say("hello?", channel="dm", user="dana")
        got = [await socket.receive_json() for _ in range(3)]
        await socket.send_json({"envelope_id": got[2]["envelope_id"]})
    assert [one["retry_attempt"] for one in got] == [0, 1, 2]
    assert [one["retry_reason"] for one in got] == ["", "timeout", "timeout"]
    assert len({one["payload"]["event_id"] for one in got}) == 1
    assert len({one["envelope_id"] for one in got}) == 3


async def test_an_event_waits_for_no_bot_longer_than_slack_repeats_it(ws: Workspace, server: WorkspaceServer) -> None:
    await server.say("anybody?", channel="dm", user="dana")
    await asyncio.sleep(0)
    assert [message.text for message in ws.messages("@dana")] == ["anybody?"]


async def test_what_is_said_from_outside_in_a_shared_channel_says_so(
    make_workspace: Callable[..., Workspace],
) -> None:
    people = (Person("dana"), Person("kim", team="Vendor Inc"))
    ws = make_workspace(people=people, channels=(Channel("vendor", ext_shared=True), Channel("own")), groups=())
    async with AsyncExitStack() as stack:
        server = WorkspaceServer(ws)
        await server.start()
        stack.push_async_callback(server.stop)
        app = AsyncApp(client=AsyncWebClient(token=ws.bot_token, base_url=server.api_url))
        bodies: list[dict[str, Any]] = []

        @app.event("app_mention")
        async def called(body: dict[str, Any]) -> None:
            bodies.append(body)

        handler = AsyncSocketModeHandler(app, ws.app_token, web_client=app.client)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        stack.push_async_callback(handler.close_async)
        await server.wait_connected(1)
        await server.say("@helper hello", channel="vendor", user="kim")
        await server.say("@helper hello", channel="own", user="dana")
        await server.wait_for(lambda _: len(bodies) == 2)
    outside, inside = sorted(bodies, key=lambda body: not body["is_ext_shared_channel"])
    kim = ws.users[ws.user_id("kim")]
    assert outside["is_ext_shared_channel"] and outside["team_id"] == ws.team_id
    assert outside["event"]["user_team"] == outside["event"]["team"] == kim.team_id != ws.team_id
    assert not inside["is_ext_shared_channel"] and inside["event"]["team"] == ws.team_id
