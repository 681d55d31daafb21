"""A browser at the workspace's page: with the real bot, and with a small Bolt app that does all that the page can show.

Everything runs in one event loop: the workspace, the bot and Playwright.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from localslack import Channel, Group, Person, Workspace, WorkspaceServer
from localslack.state.model import DEFAULT_EVENTS, DEFAULT_SCOPES
from tests.browser.helper import COMMANDS, helper_app
from tests.browser.screen import Look, Screen, chromium, launch
from tests.scenario.scene import MONDAY, Clock, Helpdesk, Scene

PEOPLE = [Person("dana", "Dana Okafor", "Technology director"), Person("luis", "Luis Ortega", "Helpdesk lead")]
expect.set_options(timeout=15_000)  # a machine that is busy with other things is slow, and not wrong
Open = Callable[[WorkspaceServer, Look], Awaitable[Screen]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    if chromium() is None:
        pytest.skip("no Chromium on this machine; apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def closing() -> AsyncIterator[AsyncExitStack]:
    """What is stopped when the windows are closed: a page whose server is gone complains, and rightly."""
    async with AsyncExitStack() as stack:
        yield stack


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser, closing: AsyncExitStack) -> AsyncIterator[Open]:
    """Opens windows; at the end each must have been free of console errors and of serious faults of accessibility."""
    screens: list[Screen] = []

    async def open_(server: WorkspaceServer, look: Look) -> Screen:
        screens.append(await Screen.open(browser, server, look))
        return screens[-1]

    yield open_
    told = [(screen.complaints, await screen.faults()) for screen in screens]
    for screen in screens:
        await screen.close()
    assert told == [([], [])] * len(screens)


@pytest_asyncio.fixture(loop_scope="session")
async def scene(tmp_path: Path, closing: AsyncExitStack) -> Scene:
    """The district of the scenario tests with five tickets at Campus West; the bot is not started yet."""
    workspace = Workspace(
        name="Scenario ISD",
        bot_name="kpibot",
        channels=[Channel("tech-leads", "How our technology does"), Channel("west-tech"), Channel("kpibot-admin")],
        people=PEOPLE,
        groups=[Group("helpdesk-leads", members=("luis",))],
        commands=[("/kpi", "[kpi] [campus] [period]", "How does a KPI stand?")],
        file_seconds=0.01,
    )
    server = WorkspaceServer(workspace)
    await server.start()
    closing.push_async_callback(server.stop)
    scene = Scene(server, Helpdesk(tmp_path / "helpdesk.db"), tmp_path, Clock(MONDAY))
    closing.push_async_callback(scene.stop)
    scene.helpdesk.open("101", 5)
    return scene


@pytest_asyncio.fixture(loop_scope="session")
async def server(closing: AsyncExitStack) -> WorkspaceServer:
    """A workspace with the tests' own app in it."""
    workspace = Workspace(
        name="Example ISD",
        bot_name="helper",
        channels=[Channel("tech-leads", "How our technology does"), Channel("general")],
        people=PEOPLE,
        groups=[Group("helpdesk-leads", members=("luis",))],
        commands=COMMANDS,
        scopes=(*DEFAULT_SCOPES, "reactions:read"),
        events=(*DEFAULT_EVENTS, "reaction_added"),
        file_seconds=0.01,
    )
    server = WorkspaceServer(workspace)
    await server.start()
    closing.push_async_callback(server.stop)
    app = helper_app(workspace.bot_token, server.api_url)
    handler = AsyncSocketModeHandler(app, workspace.app_token, web_client=app.client, ping_interval=1)
    closing.push_async_callback(handler.close_async)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await server.wait_connected()
    return server
