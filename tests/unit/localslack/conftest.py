"""A workspace on a free port of the loopback, and a real Bolt app in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Channel, Group, Person, Workspace, WorkspaceServer

CHANNELS = (
    Channel("tech-alerts", "What broke, and where"),
    Channel("cabinet", private=True, members=("dana", "bot")),
    Channel("principals", members=("dana", "luis")),
    Channel("secret", private=True, members=("luis",)),
    Channel("old-news", archived=True),
)
PEOPLE = (Person("dana", "Dana Okafor", "Technology director"), Person("luis", "Luis Reyes", "Principal"))


class Clock:
    """Wall-clock time that tests move by hand, in seconds since 1970."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_workspace(clock: Clock) -> Callable[..., Workspace]:
    """Makes the workspace of these tests, with settings of a test's own."""

    def make(**settings: Any) -> Workspace:
        usual: dict[str, Any] = {
            "bot_name": "helper",
            "channels": CHANNELS,
            "people": PEOPLE,
            "groups": [Group("helpdesk-leads", members=("luis",))],
            "commands": [("/ask", "[what]", "Ask for something")],
            "clock": clock,
            "file_seconds": 0.05,
        }
        return Workspace(**usual | settings)

    return make


@pytest.fixture
def ws(make_workspace: Callable[..., Workspace]) -> Workspace:
    return make_workspace()


@pytest.fixture
def patience() -> float:
    """Seconds to wait for an ack: Slack's own, unless a test is about losing it."""
    return 3.0


@pytest.fixture
async def server(ws: Workspace, patience: float) -> AsyncIterator[WorkspaceServer]:
    server = WorkspaceServer(ws, ack_seconds=patience, redelivery=(0.0, 0.01))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(ws: Workspace, server: WorkspaceServer, http: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(token=ws.bot_token, base_url=server.api_url, session=http, retry_handlers=[])


Connect = Callable[[AsyncApp], Awaitable[AsyncSocketModeHandler]]


@pytest.fixture
def app(client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, process_before_response=True)


@pytest.fixture
async def connect(ws: Workspace, server: WorkspaceServer) -> AsyncIterator[Connect]:
    handlers: list[Any] = []

    async def connect(app: AsyncApp) -> AsyncSocketModeHandler:
        handler = AsyncSocketModeHandler(app, ws.app_token, web_client=app.client, ping_interval=0.2)
        handlers.append(handler)
        before = server.connections
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await server.wait_connected(before + 1)
        return handler

    yield connect
    for handler in handlers:
        await handler.close_async()
    await asyncio.sleep(0)
