"""HTTP mode: a real Bolt app behind a request URL gets everything signed, and what it answers counts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from localslack import RequestUrlError, Workspace, WorkspaceServer


@pytest.fixture
def ws(make_workspace: Callable[..., Workspace]) -> Workspace:
    return make_workspace(clock=time.time)  # a signature is good for five minutes of the true time


Serve = Callable[[web.Application], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serves a bot's web application and gives its address."""
    runners: list[web.AppRunner] = []

    async def serve(application: web.Application) -> str:
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"

    yield serve
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def reach(ws: Workspace) -> AsyncIterator[Callable[[str], Awaitable[WorkspaceServer]]]:
    """Starts a workspace that reaches its bot at an address."""
    servers: list[WorkspaceServer] = []

    async def reach(url: str) -> WorkspaceServer:
        server = WorkspaceServer(ws, request_url=url, ack_seconds=0.5, redelivery=(0.0, 0.01))
        servers.append(server)
        await server.start()
        return server

    yield reach
    for server in servers:
        await server.stop()


Reach = Callable[[str], Awaitable[WorkspaceServer]]


def bolt(ws: Workspace, secret: str | None = None) -> AsyncApp:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=ws.team_id, bot_token=ws.bot_token, bot_user_id="U1")

    return AsyncApp(authorize=authorize, signing_secret=secret or ws.signing_secret, process_before_response=True)


async def test_the_challenge_is_given_back_and_a_command_is_acked(ws: Workspace, serve: Serve, reach: Reach) -> None:
    app = bolt(ws)

    @app.command("/ask")
    async def ask(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"You asked {command['text']!r} in {command['channel_name']}")

    server = await reach(await serve(app.web_app()))
    assert server.connections == 0
    await server.verify_request_url()
    outcome = await server.command("/ask", "a & b", channel="tech-alerts", user="dana")
    assert outcome.acked and server.connections == 1
    assert ws.messages("tech-alerts")[-1].text == "You asked 'a &amp; b' in tech-alerts"


async def test_an_event_and_a_press_arrive_as_bolt_expects_them(ws: Workspace, serve: Serve, reach: Reach) -> None:
    app, heard = bolt(ws), []

    @app.event("message")
    async def message(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    @app.action("refresh")
    async def refresh(ack: Any, body: dict[str, Any]) -> None:
        heard.append(body["actions"][0]["value"])
        await ack()

    server = await reach(await serve(app.web_app()))
    await server.say("hello", channel="dm", user="dana")
    await server.wait_for(lambda _: heard)
    async with aiohttp.ClientSession() as http:
        client = AsyncWebClient(token=ws.bot_token, base_url=server.api_url, session=http)
        button = {"type": "button", "action_id": "refresh", "value": "7", "text": {"type": "plain_text", "text": "R"}}
        blocks = [{"type": "actions", "elements": [button]}]
        posted = await client.chat_postMessage(channel="#tech-alerts", text="x", blocks=blocks)
    assert (await server.press(posted["ts"], "refresh", channel="tech-alerts", user="dana")).acked
    assert heard == ["hello", "7"]


async def test_a_bot_with_another_secret_is_told_so(ws: Workspace, serve: Serve, reach: Reach) -> None:
    server = await reach(await serve(bolt(ws, secret="another").web_app()))
    with pytest.raises(RequestUrlError, match="signing secret"):
        await server.verify_request_url()
    assert (await server.command("/ask", channel="tech-alerts", user="dana")).error == "dispatch_failed"


async def test_a_url_where_nobody_listens_is_told_so(reach: Reach) -> None:
    server = await reach("http://127.0.0.1:1/slack/events")
    with pytest.raises(RequestUrlError, match="is the bot running"):
        await server.verify_request_url()


async def test_a_request_that_seems_ten_minutes_old_is_turned_away(ws: Workspace, serve: Serve, reach: Reach) -> None:
    server = await reach(await serve(bolt(ws).web_app()))
    await server.verify_request_url()
    ws.jump(-600)
    assert (await server.command("/ask", channel="tech-alerts", user="dana")).error == "dispatch_failed"


class Stubborn:
    """A request URL that gives challenges back and then answers as a test says."""

    def __init__(self, *statuses: int, headers: dict[str, str] | None = None, seconds: float = 0.0) -> None:
        self.statuses, self.headers, self.seconds = list(statuses), headers or {}, seconds
        self.got: list[web.Request] = []

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_post("/slack/events", self.handle)
        return application

    async def handle(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json" and "challenge" in (given := await request.json()):
            return web.json_response({"challenge": given["challenge"]})
        self.got.append(request)
        await asyncio.sleep(self.seconds)
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200, headers=self.headers)


async def test_an_event_that_fails_comes_again_with_number_and_reason(
    ws: Workspace, serve: Serve, reach: Reach
) -> None:
    bot = Stubborn(500, 503)
    server = await reach(await serve(bot.application()))
    await server.say("hello", channel="dm", user="dana")
    await server.wait_for(lambda ws: len(ws.deliveries("events_api")) == 3)
    numbers = [request.headers.get("X-Slack-Retry-Num") for request in bot.got]
    reasons = [request.headers.get("X-Slack-Retry-Reason") for request in bot.got]
    assert (numbers, reasons) == ([None, "1", "2"], [None, "http_error", "http_error"])
    assert [one.error for one in ws.deliveries()] == ["dispatch_failed", "dispatch_failed", None]


async def test_a_bot_can_say_that_it_wants_no_repeats(ws: Workspace, serve: Serve, reach: Reach) -> None:
    bot = Stubborn(500, headers={"X-Slack-No-Retry": "1"})
    server = await reach(await serve(bot.application()))
    await server.say("hello", channel="dm", user="dana")
    await server.say("hello again", channel="dm", user="dana")
    await server.wait_for(lambda ws: len(ws.deliveries()) == 2)
    assert len(bot.got) == 2


async def test_a_command_that_takes_too_long_times_out(serve: Serve, reach: Reach) -> None:
    server = await reach(await serve(Stubborn(seconds=1.0).application()))
    outcome = await server.command("/ask", channel="tech-alerts", user="dana")
    assert outcome.error == "operation_timeout"
