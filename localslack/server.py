"""The workspace on the network: Web API, Socket Mode, uploads, response_urls and the page, on one port."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import TypeVar

from aiohttp import web

from localslack.page.actions import Value
from localslack.page.page import Page
from localslack.page.people import People
from localslack.page.shortcuts import Shortcuts
from localslack.state.errors import RequestUrlError, WaitTimeoutError
from localslack.state.model import Change, Message
from localslack.state.workspace import Workspace
from localslack.transport.dispatcher import ACK_SECONDS, REDELIVERY, Dispatcher, Outcome
from localslack.transport.guard import Guard
from localslack.transport.http_mode import HttpMode
from localslack.transport.socket_mode import Breakage, SocketMode
from localslack.transport.web_api import WebApi

_MOST_BYTES = 64 * 1024 * 1024
_LOOK_AGAIN = 0.05

T = TypeVar("T")


class WorkspaceServer:
    """A workspace that listens on `host` and `port` (0 takes a free one).

    `ack_seconds` is how long the bot has for an ack, `redelivery` the pauses before an event is sent again, both in
    seconds. `trusted_hosts` are further names, such as ``workspace:3000``, under which browsers may open the page;
    those of the loopback are always trusted. With a `request_url` the bot gets signed requests at that
    address instead of Socket Mode.
    """

    def __init__(
        self,
        ws: Workspace,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        ack_seconds: float = ACK_SECONDS,
        redelivery: Sequence[float] = REDELIVERY,
        trusted_hosts: Sequence[str] = (),
        request_url: str | None = None,
    ) -> None:
        self.ws = ws
        self._host, self._port = host, port
        self._sockets = SocketMode(ws, ack_seconds, redelivery)
        self._http = HttpMode(ws, request_url, ack_seconds, redelivery) if request_url else None
        self._dispatcher: Dispatcher = self._http or self._sockets
        self._trusted = tuple(trusted_hosts)
        self._runner: web.AppRunner | None = None
        self._page: Page | None = None
        self._people: People | None = None
        self.shortcuts = Shortcuts(ws, self._dispatcher, lambda: self.url)
        """Shortcuts that people choose, and menus whose options the bot supplies."""

    @property
    def url(self) -> str:
        """Return the address of the page, without a slash at the end."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{self._port}"

    @property
    def api_url(self) -> str:
        """Return the address of the Web API, for a client's ``base_url``."""
        return f"{self.url}/api/"

    @property
    def connections(self) -> int:
        """Return how many Socket Mode connections the bot holds; with a request URL, 1 once it has passed its check."""
        return self._dispatcher.connections

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        app = web.Application(client_max_size=_MOST_BYTES)
        runner = web.AppRunner(app, handle_signals=False, access_log=None, shutdown_timeout=1.0)
        self._people = People(self.ws, self._dispatcher, lambda: self.url)
        self._page = Page(self.ws, self._people, self._dispatcher)
        guard = Guard(lambda: self.url, self._trusted)
        app.middlewares.append(guard.middleware)
        self._route(app)
        await runner.setup()
        site = web.TCPSite(runner, self._host, self._port)
        await site.start()
        self._port = runner.addresses[0][1]
        self._runner = runner

    def _route(self, app: web.Application) -> None:
        api = WebApi(self.ws, lambda: self.url)
        app.router.add_route("GET", "/api/{method}", api.method)
        app.router.add_route("POST", "/api/{method}", api.method)
        app.router.add_get("/link/", self._sockets.handle)
        app.router.add_post("/commands/{team}/{secret}", api.response_url)
        app.router.add_post("/actions/{team}/{secret}", api.response_url)
        app.router.add_post("/app/{team}/{secret}", api.response_url)
        app.router.add_post("/upload/v1/{file}", api.upload)
        app.router.add_put("/upload/v1/{file}", api.upload)
        app.router.add_get("/files-pri/{rest:.+}", api.download)
        self._of_page().add_to(app)

    async def stop(self) -> None:
        """Stop listening; connections are closed and nothing is left running."""
        await self._sockets.stop()
        if self._http is not None:
            await self._http.stop()
        if self._page is not None:
            await self._page.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _of_page(self) -> Page:
        if self._page is None:
            raise RuntimeError("start the server first: await server.start()")
        return self._page

    def _as_people(self) -> People:
        if self._people is None:
            raise RuntimeError("start the server first: await server.start()")
        return self._people

    async def command(self, command: str, text: str = "", *, channel: str, user: str) -> Outcome:
        """Type a slash command as a person; returns when the bot acked, or Slack gave up on it."""
        return await self._as_people().command(command, text, channel=channel, user=user)

    async def press(
        self,
        message_ts: str,
        action_id: str,
        *,
        channel: str,
        user: str,
        value: Value = None,
        block_id: str | None = None,
    ) -> Outcome:
        """Press a button of the message `message_ts`, or choose `value` in a menu; returns as `command` does."""
        people = self._as_people()
        return await people.press(message_ts, action_id, channel=channel, user=user, value=value, block_id=block_id)

    async def press_home(self, action_id: str, *, user: str, value: Value = None) -> Outcome:
        """Press a button on a person's home tab, or choose `value` in a menu there."""
        return await self._as_people().press_home(action_id, user=user, value=value)

    async def say(self, text: str, *, channel: str, user: str, thread_ts: str | None = None) -> Message:
        """Say something in a channel, or to the bot itself with channel ``dm``; returns the message."""
        return await self._as_people().say(text, channel=channel, user=user, thread_ts=thread_ts)

    async def open_home(self, *, user: str) -> None:
        """Open the bot's home tab; what the bot publishes is in ``ws.home_of(user)``."""
        await self._as_people().open_home(user=user)

    async def refresh_connections(self, reason: str = "refresh_requested") -> None:
        """Ask the bot to replace its connections, as Slack does every few hours."""
        await self._sockets.refresh(reason)

    def break_connections(self, kind: Breakage) -> None:
        """Break the Socket Mode connections: ``reset``, ``silent`` or ``half_open``, as in `Fault`."""
        self._sockets.break_connections(kind)

    async def disable_socket_mode(self) -> None:
        """Switch Socket Mode off; ``ws.socket_mode_enabled = True`` switches it on again."""
        await self._sockets.disable()

    async def verify_request_url(self) -> None:
        """Send the challenge to the request URL; otherwise that is done before the first delivery.

        Raises RequestUrlError when it isn't given back.
        """
        if self._http is None:
            raise RequestUrlError("there is no request URL; give WorkspaceServer one: request_url=…")
        await self._http.verify()

    async def wait_connected(self, count: int = 1, timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait until the bot holds `count` connections. Raises WaitTimeoutError."""
        await self.wait_for(lambda _: self.connections >= count, timeout)

    async def wait_for(self, predicate: Callable[[Workspace], T], timeout: float = 5.0) -> T:  # noqa: ASYNC109
        """Wait until `predicate` gives something true, and return that.

        A LookupError of the predicate (no such message yet) counts as false. Raises WaitTimeoutError after `timeout`
        seconds, with the last messages and calls.
        """
        changed = asyncio.Event()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout

        def note(_: Change) -> None:
            changed.set()

        unsubscribe = self.ws.subscribe(note)
        try:
            while not (result := _holds(predicate, self.ws)):
                if loop.time() > deadline:
                    raise WaitTimeoutError(_report(self.ws, timeout, self.connections))
                changed.clear()
                # a file becomes ready without an event, so check regularly
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), _LOOK_AGAIN)
        finally:
            unsubscribe()
        return result


def _holds(predicate: Callable[[Workspace], T], ws: Workspace) -> T | None:
    try:
        return predicate(ws)
    except LookupError:
        return None


def _report(ws: Workspace, seconds: float, connections: int) -> str:
    lines = [f"waited {seconds:g} s in vain; the bot holds {connections} connections. The last messages:"]
    everything = [one for place in ws.conversations.values() for one in place.messages.values()]
    lines += [
        f"  #{ws.conversations[one.channel].name} {ws.users[one.user].name}: {one.text[:100]!r}"
        for one in sorted(everything, key=lambda one: one.ts)[-5:]
    ]
    lines.append("The last calls:")
    for call in ws.calls()[-8:]:
        error = (call.response or {}).get("error", "ok")
        lines.append(f"  {call.method} {call.status} {error} {call.fault or ''}".rstrip())
    return "\n".join(lines)
