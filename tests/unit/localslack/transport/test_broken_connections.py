"""Connections that break and events that go astray: a real Bolt app comes back, and nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Fault, Workspace, WorkspaceServer

Connect = Callable[[AsyncApp], Awaitable[Any]]


@pytest.fixture
def patience() -> float:
    return 0.3


@pytest.fixture
def heard(app: AsyncApp) -> list[str]:
    """What the bot hears in its direct message, and the commands that it gets."""
    texts: list[str] = []

    @app.event("message")
    async def message(event: dict[str, Any]) -> None:
        texts.append(event["text"])

    @app.command("/ask")
    async def ask(ack: Any, command: dict[str, Any]) -> None:
        texts.append(command["text"])
        await ack()

    return texts


@pytest.mark.parametrize("kind", ["reset", "silent", "half_open"])
async def test_a_bot_comes_back_after_its_connection_broke(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect, heard: list[str], kind: Any
) -> None:
    await connect(app)
    server.break_connections(kind)
    await server.wait_for(lambda ws: len(ws.calls("apps.connections.open")) == 2)
    await server.wait_for(lambda _: server.connections == 1)
    assert (await server.command("/ask", "again", channel="tech-alerts", user="dana")).acked
    assert heard == ["again"]


@pytest.mark.parametrize("kind", ["reset", "silent", "half_open"])
async def test_an_event_survives_a_connection_that_breaks_under_it(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect, heard: list[str], kind: Any
) -> None:
    await connect(app)
    await connect(app)
    ws.fault(Fault("socket", kind))
    await server.say("are you there?", channel="dm", user="dana")
    await server.wait_for(lambda ws: len(ws.deliveries("events_api")) == 2)
    assert heard == ["are you there?"]
    assert [one.error for one in ws.deliveries("events_api")] == ["operation_timeout", None]


async def test_a_command_is_not_repeated_when_its_connection_breaks(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect, heard: list[str]
) -> None:
    await connect(app)
    ws.fault(Fault("socket", "silent"))
    assert (await server.command("/ask", "lost", channel="tech-alerts", user="dana")).error == "operation_timeout"
    assert heard == []


async def test_an_event_can_come_twice_with_one_event_id(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect, heard: list[str]
) -> None:
    await connect(app)
    ws.fault(Fault("events", "duplicate"))
    await server.say("hello", channel="dm", user="dana")
    await server.wait_for(lambda _: len(heard) == 2)
    assert len({one.ident for one in ws.deliveries("events_api")}) == 1


async def test_an_event_can_be_overtaken_by_the_next(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect, heard: list[str]
) -> None:
    await connect(app)
    ws.fault(Fault("events", "out_of_order"))
    for text in ("first", "second", "third"):
        await server.say(text, channel="dm", user="dana")
    await server.wait_for(lambda _: len(heard) == 3)
    assert heard == ["second", "first", "third"]


async def opened(ws: Workspace, client: AsyncWebClient, http: aiohttp.ClientSession) -> Any:
    url = (await client.apps_connections_open(app_token=ws.app_token))["url"]
    return await http.ws_connect(url, autoping=False)


async def test_a_silent_connection_answers_no_ping(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    socket = await opened(ws, client, http)
    await socket.receive_json()
    server.break_connections("silent")
    assert server.connections == 1
    await socket.ping(b"anybody?")
    with pytest.raises(TimeoutError):
        await socket.receive(timeout=0.1)


async def test_a_warning_comes_first_and_the_connection_goes_on(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    socket = await opened(ws, client, http)
    await socket.receive_json()
    await server.refresh_connections("warning")
    assert (await socket.receive_json())["reason"] == "warning"
    await server.say("still there?", channel="dm", user="dana")
    assert (await socket.receive_json())["type"] == "events_api"


async def test_a_bot_is_sent_away_while_socket_mode_is_off(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    socket = await opened(ws, client, http)
    await socket.receive_json()
    await server.disable_socket_mode()
    assert (await socket.receive_json())["reason"] == "link_disabled"
    await socket.close()
    again = await opened(ws, client, http)
    assert (await again.receive_json())["reason"] == "link_disabled"
    ws.socket_mode_enabled = True
    assert (await (await opened(ws, client, http)).receive_json())["type"] == "hello"
