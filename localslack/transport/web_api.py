"""The Web API, response_urls and uploads on the wire: bodies, tokens, faults, rate limits, and the record of calls."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from localslack.api.methods import answer
from localslack.api.response_urls import find_response_url, respond
from localslack.state.errors import SlackError
from localslack.state.faults import RESPONSE_URL, UPLOAD, Fault
from localslack.state.history import channel_of
from localslack.state.model import Call, Json
from localslack.state.workspace import Workspace
from localslack.transport.sockets import reset

_LOOK_AGAIN = 0.05


@dataclass(slots=True)
class _Answer:
    body: Json | None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None


Work = Callable[[], Awaitable[_Answer]]


class WebApi:
    """The bot's side of the HTTP server. `base_url` gives the server's address, without a slash at the end."""

    def __init__(self, ws: Workspace, base_url: Callable[[], str]) -> None:
        self._ws, self._base_url = ws, base_url

    async def method(self, request: web.Request) -> web.StreamResponse:
        """``/api/{method}``: any method, with GET or POST."""
        name = request.match_info["method"]
        try:
            args = await _arguments(request)
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_json"})
        token = _token(request, args)
        shown = {key: value for key, value in args.items() if key != "token"} | {"token": "(hidden)"}

        async def work() -> _Answer:
            wait = self._ws.rate_limits.wait(name, self._place(args))
            if wait > 0:
                return _slow_down(wait)
            reply = answer(self._ws, name, token, args, self._base_url())
            return _Answer(reply.body, headers=dict(reply.headers))

        return await self._answer(request, name, shown, work)

    async def response_url(self, request: web.Request) -> web.StreamResponse:
        """A response_url: 200 and ``ok``, or a status of 400 or 404 and what was wrong."""
        payload = await _arguments(request)
        secret = request.match_info["secret"]

        async def work() -> _Answer:
            try:
                respond(self._ws, find_response_url(self._ws, secret), dict(payload))
            except SlackError as refusal:
                gone = refusal.error in ("expired_url", "used_url")
                return _Answer(refusal.body(), status=404 if gone else 400)
            return _Answer({"ok": True}, text="ok")

        record = self._ws.response_urls.get(secret)
        arguments = {**payload, "channel": record.channel if record is not None else None}
        return await self._answer(request, RESPONSE_URL, arguments, work)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """An upload URL: the bytes as the body, or as a form's only file."""
        content = await _bytes(request)

        async def work() -> _Answer:
            file = self._ws.files.find(request.match_info["file"])
            if file is None or file.content is not None:
                return _Answer({"ok": False, "error": "file_not_found"}, status=404)
            if len(content) != file.length:
                return _Answer({"ok": False, "error": "length_mismatch"}, status=400)
            self._ws.files.store(file, content)
            return _Answer({"ok": True}, text=f"OK - {len(content)}")

        shown = {"file": request.match_info["file"], "bytes": len(content)}
        return await self._answer(request, UPLOAD, shown, work)

    async def download(self, request: web.Request) -> web.StreamResponse:
        """``url_private``: the bytes, for the bot's token only."""
        if _token(request, {}) != self._ws.bot_token:
            return web.json_response({"ok": False, "error": "not_authed"}, status=403)
        file = self._ws.files.find(request.path)
        if file is None or file.content is None:
            return web.json_response({"ok": False, "error": "file_not_found"}, status=404)
        kind = self._ws.files.mimetype(file) or "application/octet-stream"
        return web.Response(body=file.content, content_type=kind)

    async def _answer(self, request: web.Request, name: str, arguments: Json, work: Work) -> web.StreamResponse:
        """Run the call unless a fault prevents it, and record it in any case."""
        ws = self._ws
        number, began, started = ws.number("call"), ws.timer(), ws.clock()
        fault = ws.faults.take(name, ws.names_of(channel_of(arguments)))
        kind = fault.kind if fault is not None else None
        reply = await self._under(fault, number, work)
        if kind == "never_processed":
            self._stall(arguments)
        ws.record(
            Call(
                id=number,
                method=name,
                arguments=arguments,
                response=reply.body,
                status=reply.status,
                started=started,
                seconds=ws.timer() - began,
                fault=kind,
            )
        )
        await _break(request.transport, kind)
        if reply.text is not None:
            return web.Response(text=reply.text, status=reply.status, headers=reply.headers)
        return web.json_response(reply.body, status=reply.status, headers=reply.headers)

    async def _under(self, fault: Fault | None, number: int, work: Work) -> _Answer:
        if fault is not None:
            fault_reply = _answer_of_fault(fault)
            if fault_reply is not None:
                return fault_reply
            if fault.kind == "late":
                await asyncio.sleep(fault.seconds)
            if fault.kind == "clock_jump":
                self._ws.jump(fault.seconds)
        self._ws.current_call = number
        reply = await work()  # runs without a pause, so the number can't be another call's
        self._ws.current_call = None
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        return reply

    def _stall(self, arguments: Json) -> None:
        file = self._ws.files.find(arguments["file"])
        if file is not None:
            self._ws.files.stall(file)

    def _place(self, args: Json) -> str | None:
        """Return the id of the conversation that a call posts to: its rate limit must not depend on the name used."""
        name = channel_of(args)
        conversation = self._ws.find(f"@{name}" if name in self._ws.users else name.lstrip("@"))
        return conversation.id if conversation is not None else None


def _answer_of_fault(fault: Fault) -> _Answer | None:
    """Return what a fault answers in the method's place, None when the method runs."""
    if fault.kind == "ratelimited":
        return _slow_down(fault.seconds)
    if fault.kind == "error":
        return _Answer({"ok": False, "error": fault.error})
    if fault.kind.startswith("http_"):
        return _Answer(None, int(fault.kind[5:]), text="<html><body>Server Error</body></html>")
    return _Answer(None) if fault.kind in ("drop_before", "reset") else None


async def _break(transport: asyncio.Transport | None, kind: str | None) -> None:
    """Apply a fault to the connection: nothing, close it, reset it, or let the caller wait forever."""
    if transport is None:
        return
    if kind == "reset":
        reset(transport)
    if kind in ("drop_before", "drop_after"):
        transport.abort()
    while kind == "silent" and not transport.is_closing():  # noqa: ASYNC110, a transport has no event for its end
        await asyncio.sleep(_LOOK_AGAIN)


def _slow_down(seconds: float) -> _Answer:
    """Return Slack's 429; ``Retry-After`` is in whole seconds, one at least."""
    headers = {"Retry-After": str(max(1, math.ceil(seconds)))}
    return _Answer({"ok": False, "error": "ratelimited"}, status=429, headers=headers)


async def _arguments(request: web.Request) -> Json:
    """Return a call's arguments from the query, a form or a JSON body, whichever are there."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        content = json.loads(body) if body else {}
        if not isinstance(content, dict):
            raise ValueError("the body is not an object")
        return args | content
    if request.method == "POST":
        args |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return args


def _token(request: web.Request, args: Json) -> str:
    """Return the token from the header, or from a form; Slack doesn't take one from a JSON body."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return "" if request.content_type == "application/json" else str(args.get("token", ""))


async def _bytes(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    for part in (await request.post()).values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""
