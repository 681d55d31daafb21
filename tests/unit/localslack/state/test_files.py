"""Files: uploaded in three steps, processed later, shown only when they are."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Workspace, WorkspaceServer


def picture() -> bytes:
    """Return a PNG of one white pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    size = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", size), chunk(b"IDAT", zlib.compress(b"\x00\xff")), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


async def uploaded(client: AsyncWebClient, http: aiohttp.ClientSession, name: str = "chart.png") -> str:
    content = picture()
    room = await client.files_getUploadURLExternal(filename=name, length=len(content), alt_txt="A chart")
    async with http.post(room["upload_url"], data=content) as answer:
        assert answer.status == 200 and await answer.text() == f"OK - {len(content)}"
    done = await client.files_completeUploadExternal(files=[{"id": room["file_id"], "title": "Tickets"}])
    assert done["files"][0]["title"] == "Tickets"
    return str(room["file_id"])


def shown(file: str) -> list[dict[str, Any]]:
    return [{"type": "image", "slack_file": {"id": file}, "alt_text": "A chart"}]


async def ready(ws: Workspace, server: WorkspaceServer, file: str) -> None:
    await server.wait_for(lambda ws: ws.accepts_file({"id": file}))


async def test_a_file_has_no_mimetype_until_it_is_processed(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    ws.files.seconds = 3600.0
    file = await uploaded(client, http)
    assert (await client.files_info(file=file))["file"]["mimetype"] == ""
    ws.files.seconds = 0.0
    file = await uploaded(client, http)
    await ready(ws, server, file)
    assert (await client.files_info(file=file))["file"]["mimetype"] == "image/png"


async def test_an_image_block_takes_a_file_only_when_it_is_processed(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    file = await uploaded(client, http)
    ws.files.find(file).ready_at = ws.timer() + 3600  # type: ignore[union-attr]
    with pytest.raises(SlackApiError, match=r"invalid slack file \[json-pointer:/blocks/0/slack_file\]"):
        await client.chat_postMessage(channel="#tech-alerts", text="chart", blocks=shown(file))
    ws.files.find(file).ready_at = ws.timer()  # type: ignore[union-attr]
    await client.chat_postMessage(channel="#tech-alerts", text="chart", blocks=shown(file))
    assert ws.messages("tech-alerts")[0].blocks[0]["slack_file"] == {"id": file}


async def test_a_file_that_is_not_there_or_no_picture_is_refused(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    with pytest.raises(SlackApiError, match="invalid slack file"):
        await client.chat_postMessage(channel="#tech-alerts", text="chart", blocks=shown("F0NOWHERE"))
    await client.files_upload_v2(content="a,b\n1,2\n", filename="a.csv")
    [csv] = ws.files
    await server.wait_for(lambda ws: ws.files.mimetype(csv))
    assert ws.files.mimetype(csv) == "text/csv"
    with pytest.raises(SlackApiError, match="invalid slack file"):
        await client.chat_postMessage(channel="#tech-alerts", text="chart", blocks=shown(csv.id))


async def test_the_sdks_own_upload_shares_a_file_in_a_channel(
    ws: Workspace, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    channel = ws.channel_id("tech-alerts")
    await client.files_upload_v2(content=picture(), filename="a.png", channel=channel, initial_comment="Look")
    [message] = ws.messages("tech-alerts")
    assert message.text == "Look" and len(message.files) == 1
    [form] = (await client.conversations_history(channel=channel))["messages"][0]["files"]
    assert form["name"] == "a.png" and form["channels"] == [channel]


async def test_a_file_cannot_be_shared_where_the_bot_is_not(ws: Workspace, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.files_upload_v2(content="x", filename="a.txt", channel=ws.channel_id("principals"))


async def test_the_bytes_must_be_as_many_as_announced(client: AsyncWebClient, http: aiohttp.ClientSession) -> None:
    room = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    async with http.put(room["upload_url"], data=b"four") as answer:
        assert answer.status == 400
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_completeUploadExternal(files=[{"id": room["file_id"], "title": "x"}])


async def test_an_empty_file_is_refused(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.files_getUploadURLExternal(filename="a.txt", length=0)


async def test_a_file_is_downloaded_with_the_token_only(
    ws: Workspace, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    file = await uploaded(client, http)
    url = (await client.files_info(file=file))["file"]["url_private"]
    async with http.get(url) as answer:
        assert answer.status == 403
    async with http.get(url, headers={"Authorization": f"Bearer {ws.bot_token}"}) as answer:
        assert await answer.read() == picture()


async def test_a_deleted_file_is_gone(client: AsyncWebClient, http: aiohttp.ClientSession) -> None:
    file = await uploaded(client, http)
    await client.files_delete(file=file)
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_info(file=file)


async def test_the_oldest_files_make_room_for_new_ones(client: AsyncWebClient, http: aiohttp.ClientSession) -> None:
    small = Workspace(keep_file_bytes=2 * len(picture()))
    for number in range(5):
        small.files.add(f"{number}.png", len(picture()), small.bot_user_id, 0)
    assert [file.name for file in small.files] == ["3.png", "4.png"]
