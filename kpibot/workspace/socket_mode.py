"""Socket Mode: up to ten connections, envelopes and their acks, redelivery of events, and the goodbye.

Slack waits three seconds for an ack. An event that isn't acked is sent again, at once, after a minute and after
five; a command or a click is not: the person reads that it went wrong.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import WSMsgType, web

from kpibot.workspace.model import Json
from kpibot.workspace.state import Workspace

ACK_SECONDS = 3.0
REDELIVERY = (0.0, 60.0, 300.0)
MOST_CONNECTIONS = 10
_HEARTBEAT = 10.0

Error = Literal["dispatch_failed", "operation_timeout"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery went. `seconds` to the ack and its `payload`, or the `error` that the person reads of.

    ``dispatch_failed``: no bot is connected. ``operation_timeout``: none acked in time. Other errors are those of
    a payload that Slack wouldn't take, such as ``invalid_blocks``.
    """

    acked: bool
    seconds: float | None = None
    payload: Json | None = None
    error: str | None = None
    response_url: str | None = None
    trigger_id: str | None = None


@dataclass(eq=False, slots=True)
class _Link:
    socket: web.WebSocketResponse
    leaving: bool = False


@dataclass(slots=True)
class _Waiting:
    answer: asyncio.Future[Json]
    sent: int = field(default=0)


class SocketMode:
    """The bot's connections. `ack_seconds` and `redelivery` (seconds before each repeat) are Slack's by default."""

    def __init__(
        self, ws: Workspace, ack_seconds: float = ACK_SECONDS, redelivery: Sequence[float] = REDELIVERY
    ) -> None:
        self._ws, self._ack_seconds, self._redelivery = ws, ack_seconds, tuple(redelivery)
        self._links: list[_Link] = []
        self._waiting: dict[str, _Waiting] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._linked = asyncio.Event()
        self._returning = False
        self._turn = 0

    @property
    def connections(self) -> int:
        """Return how many connections take new envelopes."""
        return sum(not link.leaving for link in self._links)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection, opened with a ticket that is good for one."""
        if not self._ws.take_ticket(request.query.get("ticket", "")):
            return web.json_response({"ok": False, "error": "link_disabled"}, status=403)
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT)
        await socket.prepare(request)
        if self.connections >= MOST_CONNECTIONS:
            await self._goodbye(socket, "too_many_websockets")
            await socket.close()
            return socket
        await self._serve(_Link(socket))
        return socket

    async def _serve(self, link: _Link) -> None:
        self._links.append(link)
        try:
            await link.socket.send_json(self._hello())
            self._returning = False
            self._linked.set()
            self._ws.notify("link", self.connections)
            async for message in link.socket:
                if message.type is WSMsgType.TEXT:
                    self._take(message.data)
        finally:
            self._forget(link)

    def _hello(self) -> Json:
        debug = {"host": "workspace", "build_number": 1, "approximate_connection_time": 18060}
        info = {"app_id": self._ws.app_id}
        return {
            "type": "hello",
            "num_connections": self.connections,
            "connection_info": info,
            "debug_info": debug,
        }

    def _forget(self, link: _Link) -> None:
        self._links.remove(link)
        self._sync()
        self._ws.notify("link", self.connections)

    def _sync(self) -> None:
        if not self.connections:
            self._linked.clear()

    def _take(self, data: str) -> None:
        """Note an ack; what isn't one, or comes too late, is dropped as Slack drops it."""
        try:
            given = json.loads(data)
        except ValueError:
            return
        waiting = self._waiting.get(given.get("envelope_id", "")) if isinstance(given, dict) else None
        if waiting is not None and not waiting.answer.done():
            waiting.answer.set_result(given.get("payload") or {})

    async def deliver(self, kind: str, payload: Json, *, retry: int | None = None) -> Outcome:
        """Send one envelope to one connection and wait for its ack.

        `retry` is None for what is never repeated, else the number of earlier attempts.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._ack_seconds
        ident = str(uuid.uuid4())
        waiting = self._waiting[ident] = _Waiting(loop.create_future())
        started = loop.time()
        try:
            async with asyncio.timeout_at(deadline):
                if not await self._send(self._envelope(ident, kind, payload, retry)):
                    return Outcome(False, error="dispatch_failed")
                answer = await waiting.answer
        except TimeoutError:
            return Outcome(False, error="operation_timeout")
        finally:
            del self._waiting[ident]
        return Outcome(True, loop.time() - started, answer)

    @staticmethod
    def _envelope(ident: str, kind: str, payload: Json, retry: int | None) -> Json:
        envelope: Json = {"envelope_id": ident, "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = retry is None
        if retry is not None:
            envelope |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        return envelope

    async def _send(self, envelope: Json) -> bool:
        """Send on the next connection in turn; False when there is none and none is about to come back."""
        while True:
            if not self.connections and not self._returning:
                return False
            await self._linked.wait()
            open_ = [link for link in self._links if not link.leaving]
            self._turn += 1
            link = open_[self._turn % len(open_)]
            try:
                await link.socket.send_json(envelope)
            except ConnectionError:
                link.leaving = True
                self._sync()
                continue
            return True

    def event(self, payload: Json) -> asyncio.Task[None]:
        """Deliver an event in the background, again and again until it's acked or Slack gives up."""
        task = asyncio.create_task(self._persist(payload))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _persist(self, payload: Json) -> None:
        outcome = await self.deliver("events_api", payload, retry=0)
        for attempt, pause in enumerate(self._redelivery, start=1):
            if outcome.acked:
                return
            await asyncio.sleep(pause)
            outcome = await self.deliver("events_api", payload, retry=attempt)

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to be replaced; new envelopes wait for those that come."""
        leaving = [link for link in self._links if not link.leaving]
        for link in leaving:
            link.leaving = reason != "warning"
        self._returning = bool(leaving)
        self._sync()
        for link in leaving:
            await self._goodbye(link.socket, reason)

    @staticmethod
    async def _goodbye(socket: web.WebSocketResponse, reason: str) -> None:
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "workspace"}})

    async def stop(self) -> None:
        """Close the connections and drop what is still to be redelivered."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for link in list(self._links):
            await link.socket.close()
