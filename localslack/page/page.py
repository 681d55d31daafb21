"""The page's side of the server: its files, one live connection per browser, and the requests by which people act."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from localslack.page import snapshot
from localslack.page.people import People
from localslack.state.errors import UnknownNameError
from localslack.state.model import Change, Json
from localslack.state.workspace import Workspace
from localslack.transport.dispatcher import Dispatcher, Outcome
from localslack.transport.guard import HEADERS

_STATIC = Path(__file__).parent / "static"
_BACKLOG = 2000
_PICTURES = ("image/png", "image/jpeg", "image/gif")


class Page:
    """Serves the page and lets people act from it."""

    def __init__(self, ws: Workspace, people: People, link: Dispatcher) -> None:
        self._ws, self._people, self._dispatcher = ws, people, link
        self._open: set[web.WebSocketResponse] = set()

    def add_to(self, app: web.Application) -> None:
        """Add the page's routes."""
        app.router.add_get("/", self._index)
        app.router.add_get("/static/{name}", self._static)
        app.router.add_get("/archives/{channel}/{place}", self._archive)
        app.router.add_get("/page/live", self._live)
        app.router.add_get("/page/files/{file}", self._file)
        app.router.add_get("/page/earlier", self._earlier)
        app.router.add_get("/page/calls", self._calls)
        for name, act in self._acts().items():
            app.router.add_post(f"/page/{name}", _handler(act))

    async def stop(self) -> None:
        """Close the connection to every browser."""
        for socket in list(self._open):
            await socket.close()

    async def _index(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(_STATIC / "index.html", headers=HEADERS)

    async def _static(self, request: web.Request) -> web.StreamResponse:
        files = {path.name: path for path in _STATIC.iterdir() if path.suffix in (".js", ".css", ".svg")}
        path = files.get(request.match_info["name"])
        if path is None:
            raise web.HTTPNotFound
        return web.FileResponse(path, headers=HEADERS)

    async def _archive(self, request: web.Request) -> web.StreamResponse:
        """Turn a permalink into the page's own address."""
        conversation = self._ws.find(request.match_info["channel"])
        place = request.match_info["place"].removeprefix("p")
        if conversation is None or not place.isdecimal():
            raise web.HTTPNotFound
        raise web.HTTPFound(f"/#/{conversation.name}/{place[:-6]}.{place[-6:]}")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        file = self._ws.files.find(request.match_info["file"])
        if file is None or file.content is None:
            raise web.HTTPNotFound
        kind = self._ws.files.mimetype(file)
        headers = dict(HEADERS)
        if kind not in _PICTURES:  # anything else could be a document with scripts in it: save it, don't show it
            kind = "application/octet-stream"
            headers["Content-Disposition"] = "attachment"
        return web.Response(body=file.content, content_type=kind, headers=headers)

    async def _earlier(self, request: web.Request) -> web.StreamResponse:
        """Answer with messages before a ts, for somebody who scrolls back."""
        ws, query = self._ws, request.query
        return _json(lambda: snapshot.earlier(ws, query["channel"], ws.user_id(query["as"]), query["before"]))

    async def _calls(self, request: web.Request) -> web.StreamResponse:
        """Answer with the calls that made a message, or the latest of all."""
        ws, query = self._ws, request.query
        return _json(lambda: snapshot.calls(ws, query["channel"], ws.user_id(query["as"]), query.get("ts")))

    async def _live(self, request: web.Request) -> web.StreamResponse:
        """Send the workspace as one person sees it, then every change that they may see."""
        try:
            person = self._ws.user_id(request.query.get("as") or self._ws.people()[0].id)
        except UnknownNameError:
            person = self._ws.people()[0].id
        socket = web.WebSocketResponse(heartbeat=20.0)
        await socket.prepare(request)
        changes: asyncio.Queue[Json] = asyncio.Queue(_BACKLOG)

        def note(change: Change) -> None:
            form = snapshot.change_form(self._ws, change, person)
            if form is not None and not changes.full():
                changes.put_nowait(form)

        unsubscribe = self._ws.subscribe(note)
        self._open.add(socket)
        try:
            stack = self._people.modals.stack(person)
            await socket.send_json(snapshot.everything(self._ws, person, stack, self._dispatcher.connections))
            await self._pump(socket, changes)
        finally:
            unsubscribe()
            self._open.discard(socket)
        return socket

    async def _pump(self, socket: web.WebSocketResponse, changes: asyncio.Queue[Json]) -> None:
        """Send changes until the browser leaves. One that is too slow is disconnected, and gets everything anew."""
        sending = asyncio.create_task(self._send(socket, changes))
        try:
            async for _ in socket:
                pass  # the page only listens here; it acts by POST
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    @staticmethod
    async def _send(socket: web.WebSocketResponse, changes: asyncio.Queue[Json]) -> None:
        while not changes.full():
            await socket.send_json(await changes.get())
        await socket.close()

    def _acts(self) -> dict[str, Callable[[Json], Awaitable[Json]]]:
        return {
            "command": self._command,
            "press": self._press,
            "press-home": self._press_home,
            "press-modal": self._press_modal,
            "submit": self._submit,
            "close": self._close,
            "say": self._say,
            "react": self._react,
            "home": self._home,
        }

    async def _command(self, body: Json) -> Json:
        command, _, text = str(body["text"]).strip().partition(" ")
        return _result(await self._people.command(command, text, channel=body["channel"], user=body["user"]))

    async def _press(self, body: Json) -> Json:
        where = {"channel": body["channel"], "user": body["user"]}
        return _result(await self._people.press(body["ts"], body["action_id"], **where, **_press_options(body)))

    async def _press_home(self, body: Json) -> Json:
        return _result(await self._people.press_home(body["action_id"], user=body["user"], **_press_options(body)))

    async def _press_modal(self, body: Json) -> Json:
        return _result(await self._people.press_modal(body["action_id"], user=body["user"], **_press_options(body)))

    async def _submit(self, body: Json) -> Json:
        outcome = await self._people.modals.submit(user=body["user"], held=body["held"])
        return _result(outcome) | {"errors": (outcome.payload or {}).get("errors", {})}

    async def _close(self, body: Json) -> Json:
        await self._people.modals.close(user=body["user"])
        return {"ok": True}

    async def _say(self, body: Json) -> Json:
        thread = body.get("thread_ts")
        message = await self._people.say(body["text"], channel=body["channel"], user=body["user"], thread_ts=thread)
        return {"ok": True, "ts": message.ts}

    async def _react(self, body: Json) -> Json:
        where = {"channel": body["channel"], "user": body["user"]}
        await self._people.react(body["name"], body["ts"], **where, wanted=body["wanted"])
        return {"ok": True}

    async def _home(self, body: Json) -> Json:
        await self._people.open_home(user=body["user"])
        return {"ok": True}


def _result(outcome: Outcome) -> Json:
    return {"ok": outcome.acked and outcome.error is None, "error": outcome.error, "seconds": outcome.seconds}


def _press_options(body: Json) -> Json:
    return {name: body.get(name) for name in ("value", "block_id", "held")}


def _json(answer: Callable[[], object]) -> web.Response:
    try:
        return web.json_response(answer(), headers=HEADERS)
    except UnknownNameError as error:
        return web.json_response({"ok": False, "error": str(error)}, status=404, headers=HEADERS)
    except KeyError as error:
        return web.json_response({"ok": False, "error": f"missing: {error}"}, status=400, headers=HEADERS)


def _handler(act: Callable[[Json], Awaitable[Json]]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            body = json.loads(await request.text())
            return web.json_response(await act(body), headers=HEADERS)
        except UnknownNameError as error:
            return web.json_response({"ok": False, "error": str(error)}, status=404)
        except (ValueError, KeyError, TypeError) as error:
            return web.json_response({"ok": False, "error": f"bad request: {error!r}"}, status=400)

    return handle
