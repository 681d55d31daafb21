"""Socket Mode's connections: tickets, their number, and the change of connections while work goes on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Workspace, WorkspaceServer

Connect = Callable[[AsyncApp], Awaitable[Any]]


async def ticket(ws: Workspace, client: AsyncWebClient) -> str:
    return str((await client.apps_connections_open(app_token=ws.app_token))["url"])


async def test_a_ticket_opens_one_connection(
    ws: Workspace, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    url = await ticket(ws, client)
    async with http.ws_connect(url) as socket:
        hello = await socket.receive_json()
        assert hello["type"] == "hello" and hello["connection_info"]["app_id"] == ws.app_id
        assert hello["num_connections"] == 1
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await http.ws_connect(url)


async def test_the_bots_own_token_opens_no_connection(ws: Workspace, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client.apps_connections_open(app_token=ws.bot_token)


async def test_an_eleventh_connection_is_sent_away(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    sockets = [await http.ws_connect(await ticket(ws, client)) for _ in range(10)]
    await server.wait_connected(10)
    async with http.ws_connect(await ticket(ws, client)) as eleventh:
        assert (await eleventh.receive_json())["reason"] == "too_many_websockets"
    for socket in sockets:
        await socket.close()


async def test_each_envelope_goes_to_one_connection(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    texts: list[str] = []

    @app.command("/ask")
    async def ask(ack: Any, command: dict[str, Any]) -> None:
        texts.append(command["text"])
        await ack()

    for _ in range(3):
        await connect(app)
    for number in range(9):
        assert (await server.command("/ask", str(number), channel="tech-alerts", user="dana")).acked
    assert texts == [str(number) for number in range(9)]


async def test_commands_go_on_while_the_connections_are_replaced(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    @app.command("/ask")
    async def ask(ack: Any) -> None:
        await ack("well")

    await connect(app)
    await server.refresh_connections()
    outcome = await server.command("/ask", channel="tech-alerts", user="dana")
    assert outcome.acked and server.connections == 1
    assert len(ws.calls("apps.connections.open")) == 2


async def test_a_ping_is_answered_with_the_same_words(
    ws: Workspace, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    async with http.ws_connect(await ticket(ws, client), autoping=False) as socket:
        await socket.receive_json()
        await socket.ping(b"sdk-ping-pong:1")
        answer = await socket.receive()
        assert (answer.type, bytes(answer.data)) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1")


async def test_words_that_are_no_ack_are_ignored(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    async with http.ws_connect(await ticket(ws, client)) as socket:
        await socket.receive_json()
        for words in ("not json", "[]", '{"envelope_id": "unknown"}', '{"envelope_id": 7}'):
            await socket.send_str(words)
        await server.say("still there?", channel="dm", user="dana")
        assert (await socket.receive_json())["type"] == "events_api"
