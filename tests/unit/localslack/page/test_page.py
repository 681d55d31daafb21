"""The page's side of the server: what it tells a browser, what a person can do there, and who is kept out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

import localslack
from localslack import Workspace, WorkspaceServer
from localslack.page.snapshot import LATEST

Connect = Callable[[AsyncApp], Awaitable[Any]]
STATIC = Path(localslack.__file__).parent / "page" / "static"


async def live(server: WorkspaceServer, http: aiohttp.ClientSession, person: str) -> aiohttp.ClientWebSocketResponse:
    return await http.ws_connect(f"{server.url}/page/live?as={person}", headers={"Origin": server.url})


async def everything(server: WorkspaceServer, http: aiohttp.ClientSession, person: str) -> dict[str, Any]:
    socket = await live(server, http, person)
    told: dict[str, Any] = await socket.receive_json()
    await socket.close()
    return told


async def test_the_page_and_its_parts_are_served_with_a_strict_policy(
    server: WorkspaceServer, http: aiohttp.ClientSession
) -> None:
    for path in ("/", "/static/app.js", "/static/style.css"):
        async with http.get(server.url + path) as answer:
            assert answer.status == 200
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
            assert "unsafe" not in answer.headers["Content-Security-Policy"]


async def test_nothing_but_the_pages_own_files_is_served(server: WorkspaceServer, http: aiohttp.ClientSession) -> None:
    for path in ("/static/server.py", "/static/..%2Fserver.py", "/static/nothing.js"):
        async with http.get(server.url + path) as answer:
            assert answer.status == 404


def test_no_script_writes_markup() -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in STATIC.glob("*.js")}
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert [name for name, source in sources.items() if word in source] == []


async def test_a_person_sees_their_own_channels_and_what_is_meant_for_them(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    channel = ws.channel_id("tech-alerts")
    await client.chat_postMessage(channel=channel, text="for all")
    await client.chat_postEphemeral(channel=channel, user=ws.user_id("dana"), text="for Dana")
    dana, luis = await everything(server, http, "dana"), await everything(server, http, "luis")
    assert "secret" not in {one["name"] for one in dana["channels"]}
    assert "cabinet" not in {one["name"] for one in luis["channels"]}
    texts = [[m["text"] for m in one["channels"][0]["messages"]] for one in (dana, luis)]
    assert texts == [["for all", "for Dana"], ["for all"]]


async def test_changes_arrive_as_they_happen(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    socket = await live(server, http, "luis")
    assert (await socket.receive_json())["kind"] == "everything"
    await client.chat_postMessage(channel="#cabinet", text="not for Luis")
    posted = await client.chat_postMessage(channel="#tech-alerts", text="hi")
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="changed")
    await client.chat_delete(channel=posted["channel"], ts=posted["ts"])
    got = [await socket.receive_json() for _ in range(3)]
    assert [one["kind"] for one in got] == ["message", "message", "removed"]
    assert [one["message"]["text"] for one in got[:2]] == ["hi", "changed"]
    await socket.close()


async def test_a_person_can_ask_say_and_press(
    ws: Workspace,
    server: WorkspaceServer,
    app: AsyncApp,
    connect: Connect,
    http: aiohttp.ClientSession,
) -> None:
    @app.command("/ask")
    async def ask(ack: Any, respond: Any, command: dict[str, Any]) -> None:
        await ack()
        button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
        await respond(text=command["text"], blocks=[{"type": "actions", "elements": [button]}])

    @app.action("go")
    async def go(ack: Any, say: Any) -> None:
        await ack()
        await say("went")

    await connect(app)
    here = {"channel": ws.channel_id("tech-alerts"), "user": ws.user_id("dana")}
    async with http.post(f"{server.url}/page/command", json={**here, "text": "/ask the way"}) as answer:
        assert (await answer.json())["ok"] is True
    message = await server.wait_for(lambda ws: ws.messages("tech-alerts")[0])
    press = {**here, "ts": message.ts, "action_id": "go"}
    async with http.post(f"{server.url}/page/press", json=press) as answer:
        assert (await answer.json())["ok"] is True
    async with http.post(f"{server.url}/page/say", json={**here, "text": "thanks"}) as answer:
        assert (await answer.json())["ok"] is True
    await server.wait_for(lambda ws: {"the way", "went", "thanks"} <= {m.text for m in ws.messages("tech-alerts")})


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Origin": "https://evil.example"}, "{}"),
        ({"Origin": "null"}, "{}"),
        ({"Host": "evil.example:80"}, "{}"),
        ({"Content-Type": "text/plain"}, "{}"),
    ],
    ids=["a foreign website", "a sandboxed frame", "a name pointed at the loopback", "a plain form"],
)
async def test_other_websites_cannot_drive_the_page(
    server: WorkspaceServer, http: aiohttp.ClientSession, headers: dict[str, str], body: str
) -> None:
    given = {"Content-Type": "application/json", **headers}
    async with http.post(f"{server.url}/page/home", data=body, headers=given) as answer:
        assert answer.status == 403


async def test_other_websites_cannot_listen_nor_call_the_web_api(
    ws: Workspace, server: WorkspaceServer, http: aiohttp.ClientSession
) -> None:
    foreign = {"Origin": "https://evil.example"}
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await http.ws_connect(f"{server.url}/page/live", headers=foreign)
    form = {"token": ws.bot_token, "channel": "tech-alerts", "text": "hi"}
    async with http.post(f"{server.api_url}chat.postMessage", data=form, headers=foreign) as answer:
        assert answer.status == 403
    assert ws.messages("tech-alerts") == []


async def test_a_name_that_was_trusted_is_welcome(ws: Workspace, http: aiohttp.ClientSession) -> None:
    server = WorkspaceServer(ws, trusted_hosts=["workspace.test:3000"])
    await server.start()
    async with http.get(server.url, headers={"Host": "workspace.test:3000"}) as answer:
        assert answer.status == 200
    await server.stop()


async def test_a_bad_request_of_the_page_is_told_and_breaks_nothing(
    server: WorkspaceServer, http: aiohttp.ClientSession
) -> None:
    headers = {"Content-Type": "application/json"}
    for body, status in (("{", 400), ("{}", 400), ('{"text": "x", "channel": "nowhere", "user": "dana"}', 404)):
        async with http.post(f"{server.url}/page/say", data=body, headers=headers) as answer:
            assert answer.status == status


async def test_the_curious_can_see_every_call_behind_a_message(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    posted = await client.chat_postMessage(channel="#tech-alerts", text="hi")
    await client.chat_postMessage(channel="#tech-alerts", text="something else")
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="hi again")
    query = {"channel": posted["channel"], "as": "dana", "ts": posted["ts"]}
    async with http.get(f"{server.url}/page/calls", params=query) as answer:
        first, second = await answer.json()
    assert (first["method"], second["method"]) == ("chat.postMessage", "chat.update")
    assert first["arguments"]["text"] == "hi" and first["seconds"] >= 0
    assert first["arguments"]["token"] == "(hidden)"


async def test_the_upload_of_a_picture_is_among_the_calls_behind_its_message(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    channel = ws.channel_id("tech-alerts")
    await client.files_upload_v2(content="words", filename="a.txt", channel=channel)
    message = await server.wait_for(lambda ws: ws.messages("tech-alerts")[0])
    query = {"channel": channel, "as": "dana", "ts": message.ts}
    async with http.get(f"{server.url}/page/calls", params=query) as answer:
        methods = [call["method"] for call in await answer.json()]
    assert methods == ["files.getUploadURLExternal", "files.upload", "files.completeUploadExternal"]


async def test_nobody_sees_the_calls_or_the_past_of_a_channel_they_are_not_in(
    ws: Workspace, server: WorkspaceServer, http: aiohttp.ClientSession
) -> None:
    for path in ("calls", "earlier"):
        query = {"channel": ws.channel_id("secret"), "as": ws.user_id("dana"), "before": "9"}
        async with http.get(f"{server.url}/page/{path}", params=query) as answer:
            assert answer.status == 404


async def test_the_past_of_a_channel_comes_in_pieces(
    ws: Workspace, server: WorkspaceServer, http: aiohttp.ClientSession
) -> None:
    for number in range(LATEST + 10):
        await server.say(str(number), channel="tech-alerts", user="dana")
    told = await everything(server, http, "dana")
    channel = told["channels"][0]
    assert channel["more"] and len(channel["messages"]) == LATEST
    query = {"channel": channel["id"], "as": told["me"], "before": channel["messages"][0]["ts"]}
    async with http.get(f"{server.url}/page/earlier", params=query) as answer:
        earlier = await answer.json()
    assert [one["text"] for one in earlier["messages"]] == [str(number) for number in range(10)]
    assert not earlier["more"]


async def test_a_file_that_is_no_picture_is_never_shown_as_a_document(
    server: WorkspaceServer, client: AsyncWebClient, ws: Workspace, http: aiohttp.ClientSession
) -> None:
    await client.files_upload_v2(content="<script>alert(1)</script>", filename="a.html")
    [file] = ws.files
    async with http.get(f"{server.url}/page/files/{file.id}") as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment"


async def test_a_server_starts_again_on_another_port_after_it_stopped(ws: Workspace) -> None:
    server = WorkspaceServer(ws)
    await server.start()
    await server.stop()
    await server.stop()
    with pytest.raises(RuntimeError, match="start the server first"):
        await WorkspaceServer(ws).say("x", channel="tech-alerts", user="dana")
