"""Socket Mode: up to ten connections, envelopes and their acks, `disconnect` messages, and connections that break."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from aiohttp import WSMessage, WSMsgType, web

from localslack.state.faults import SOCKET
from localslack.state.model import Json
from localslack.state.workspace import Workspace
from localslack.transport.dispatcher import ACK_SECONDS, REDELIVERY, Dispatcher, Outcome, Repeat
from localslack.transport.sockets import reset

__all__ = ["ACK_SECONDS", "MOST_CONNECTIONS", "REDELIVERY", "Breakage", "Outcome", "SocketMode"]

MOST_CONNECTIONS = 10
_HEARTBEAT = 10.0

Breakage = Literal["reset", "silent", "half_open"]


@dataclass(eq=False, slots=True)
class _Connection:
    """One connection. A `leaving` one gets no new envelopes; a `dead` one does not even answer pings."""

    socket: web.WebSocketResponse
    transport: asyncio.BaseTransport | None
    leaving: bool = False
    dead: bool = False


class SocketMode(Dispatcher):
    """The bot's connections."""

    def __init__(
        self, ws: Workspace, ack_seconds: float = ACK_SECONDS, redelivery: Sequence[float] = REDELIVERY
    ) -> None:
        super().__init__(ws, ack_seconds, redelivery)
        self._connections: list[_Connection] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._connected = asyncio.Event()
        self._returning = False
        self._turn = 0

    @property
    def connections(self) -> int:
        """Return how many connections take new envelopes."""
        return sum(not connection.leaving for connection in self._connections)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection, opened with a ticket that is good for one."""
        if not self._ws.take_ticket(request.query.get("ticket", "")):
            return web.json_response({"ok": False, "error": "link_disabled"}, status=403)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        refusal = self._refusal()
        if refusal is not None:
            await self._send_disconnect(socket, refusal)
            await socket.close()
            return socket
        await self._serve(_Connection(socket, request.transport))
        return socket

    def _refusal(self) -> str | None:
        if not self._ws.socket_mode_enabled:
            return "link_disabled"
        return "too_many_websockets" if self.connections >= MOST_CONNECTIONS else None

    async def _serve(self, connection: _Connection) -> None:
        self._connections.append(connection)
        pinging = asyncio.create_task(self._ping(connection))
        try:
            await connection.socket.send_json(self._hello())
            self._returning = False
            self._connected.set()
            self._ws.notify("link", self.connections)
            async for message in connection.socket:
                if not connection.dead:
                    await self._receive(connection, message)
        except ConnectionError:
            pass  # the bot may close its connection at any time, also while something is being sent
        finally:
            pinging.cancel()
            self._forget(connection)

    async def _receive(self, connection: _Connection, message: WSMessage) -> None:
        if message.type is WSMsgType.TEXT:
            self._take(message.data)
        elif message.type is WSMsgType.PING:
            await connection.socket.pong(message.data)

    @staticmethod
    async def _ping(connection: _Connection) -> None:
        """Ping now and then, as Slack does, so that a bot can tell a quiet connection from a dead one."""
        while not connection.socket.closed:
            await asyncio.sleep(_HEARTBEAT)
            if not connection.dead:
                await connection.socket.ping(b"ping")

    def _hello(self) -> Json:
        debug = {"host": "workspace", "build_number": 1, "approximate_connection_time": 18060}
        info = {"app_id": self._ws.app_id}
        return {
            "type": "hello",
            "num_connections": self.connections,
            "connection_info": info,
            "debug_info": debug,
        }

    def _forget(self, connection: _Connection) -> None:
        self._connections.remove(connection)
        self._sync()
        self._ws.notify("link", self.connections)

    def _sync(self) -> None:
        if not self.connections:
            self._connected.clear()

    def _take(self, data: str) -> None:
        """Handle an ack; anything else, and an ack that is late, is ignored, as by Slack."""
        try:
            frame = json.loads(data)
        except ValueError:
            return
        ident = frame.get("envelope_id") if isinstance(frame, dict) else None
        answer = self._waiting.get(ident) if isinstance(ident, str) else None
        if answer is not None and not answer.done():
            answer.set_result(frame.get("payload") or {})

    async def _send(self, kind: str, payload: Json, repeat: Repeat | None) -> Outcome:
        """Send one envelope to one connection and wait for its ack."""
        loop = asyncio.get_running_loop()
        started, ident = loop.time(), str(uuid.uuid4())
        answer = self._waiting[ident] = loop.create_future()
        try:
            async with asyncio.timeout_at(started + self._ack_seconds):
                if not await self._out(_envelope(ident, kind, payload, repeat)):
                    return Outcome(False, error="dispatch_failed", reason="connection_failed")
                got = await answer
        except TimeoutError:
            return Outcome(False, error="operation_timeout")
        finally:
            del self._waiting[ident]
        return Outcome(True, loop.time() - started, got)

    async def _out(self, envelope: Json) -> bool:
        """Send on the next connection in turn; False when there is none and none is about to come back."""
        while True:
            if not self.connections and not self._returning:
                return False
            await self._connected.wait()
            connection = self._next()
            fault = self._ws.faults.take(SOCKET)
            if fault is not None:
                self._break(connection, fault.kind)
            if connection.dead:
                return True  # as it seems from here
            try:
                await connection.socket.send_json(envelope)
            except ConnectionError:
                connection.leaving = True
                self._sync()
                continue
            return True

    def _next(self) -> _Connection:
        open_ = [connection for connection in self._connections if not connection.leaving]
        self._turn += 1
        return open_[self._turn % len(open_)]

    def _break(self, connection: _Connection, kind: str) -> None:
        connection.dead = True
        connection.leaving = kind == "half_open"
        self._sync()
        if kind == "reset" and connection.transport is not None:
            reset(connection.transport)

    def break_connections(self, kind: Breakage) -> None:
        """Break every connection: reset it, go silent, or drop it while the bot still considers it open."""
        for connection in list(self._connections):
            self._break(connection, kind)

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask the bot to replace every connection; new envelopes wait for the new ones.

        A ``warning`` comes some seconds before that, and the connections go on. After ``link_disabled`` none is
        accepted until Socket Mode is switched on again.
        """
        connections = [connection for connection in self._connections if not connection.leaving]
        for connection in connections:
            connection.leaving = reason != "warning"
        self._returning = bool(connections) and reason == "refresh_requested"
        self._sync()
        for connection in connections:
            await self._send_disconnect(connection.socket, reason)

    async def disable(self) -> None:
        """Switch Socket Mode off, as in the app's settings: every connection gets ``link_disabled`` and is closed."""
        self._ws.socket_mode_enabled = False
        connections = list(self._connections)
        await self.refresh("link_disabled")
        for connection in connections:
            await connection.socket.close()

    @staticmethod
    async def _send_disconnect(socket: web.WebSocketResponse, reason: str) -> None:
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "workspace"}})

    async def stop(self) -> None:
        """Close the connections and cancel redelivery."""
        await super().stop()
        for connection in list(self._connections):
            if connection.dead and connection.transport is not None:
                reset(connection.transport)  # it would not answer the closing handshake
            else:
                await connection.socket.close()


def _envelope(ident: str, kind: str, payload: Json, repeat: Repeat | None) -> Json:
    envelope: Json = {"envelope_id": ident, "type": kind, "payload": payload}
    envelope["accepts_response_payload"] = repeat is None
    if repeat is not None:
        envelope |= {"retry_attempt": repeat.attempt, "retry_reason": repeat.reason if repeat.attempt else ""}
    return envelope
