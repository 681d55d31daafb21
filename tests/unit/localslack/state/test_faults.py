"""Faults on demand: each happens on the wire where it says, as often as it says, and is recorded."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Channel, Fault, SlackError, Workspace, WorkspaceServer
from localslack.api.response_urls import find_response_url


async def post(client: AsyncWebClient, channel: str = "tech-alerts") -> Any:
    return await client.chat_postMessage(channel=f"#{channel}", text="hi")


async def test_a_rate_limit_tells_how_long_to_wait_and_ends(ws: Workspace, client: AsyncWebClient) -> None:
    ws.fault(Fault("chat.postMessage", "ratelimited", seconds=2.2))
    with pytest.raises(SlackApiError) as error:
        await post(client)
    assert error.value.response.status_code == 429
    assert error.value.response.headers["Retry-After"] == "3"
    assert ws.messages("tech-alerts") == []
    await post(client)
    assert [call.fault for call in ws.calls("chat.postMessage")] == ["ratelimited", None]


async def test_a_client_that_honours_retry_after_gets_through(ws: Workspace, client: AsyncWebClient) -> None:
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    ws.fault(Fault("chat.postMessage", "ratelimited", seconds=0))
    await post(client)
    assert len(ws.messages("tech-alerts")) == 1


async def test_an_error_is_answered_as_slack_answers_it(ws: Workspace, client: AsyncWebClient) -> None:
    ws.fault(Fault("chat.postMessage", "error", error="account_inactive"))
    with pytest.raises(SlackApiError, match="account_inactive"):
        await post(client)


@pytest.mark.parametrize(("kind", "status"), [("http_500", 500), ("http_502", 502), ("http_503", 503)])
async def test_a_server_error_comes_as_a_page_of_text(
    ws: Workspace, server: WorkspaceServer, http: aiohttp.ClientSession, kind: Any, status: int
) -> None:
    ws.fault(Fault("*", kind))
    async with http.post(f"{server.api_url}api.test") as answer:
        assert answer.status == status and answer.content_type == "text/plain"


async def test_a_connection_dropped_before_has_done_nothing(ws: Workspace, client: AsyncWebClient) -> None:
    ws.fault(Fault("chat.postMessage", "drop_before"))
    with pytest.raises(aiohttp.ClientConnectionError):
        await post(client)
    assert ws.messages("tech-alerts") == []
    assert ws.calls("chat.postMessage")[0].response is None


async def test_a_connection_dropped_after_has_posted(ws: Workspace, client: AsyncWebClient) -> None:
    ws.fault(Fault("chat.postMessage", "drop_after"))
    with pytest.raises(aiohttp.ClientConnectionError):
        await post(client)
    assert [message.text for message in ws.messages("tech-alerts")] == ["hi"]
    assert ws.calls("chat.postMessage")[0].response is not None


@pytest.mark.parametrize("kind", ["slow", "late"])
async def test_a_caller_that_gave_up_has_posted_nevertheless(ws: Workspace, server: WorkspaceServer, kind: Any) -> None:
    impatient = AsyncWebClient(token=ws.bot_token, base_url=server.api_url, timeout=0.05, retry_handlers=[])  # type: ignore[arg-type]
    ws.fault(Fault("chat.postMessage", kind, seconds=0.3))
    with pytest.raises(TimeoutError):
        await post(impatient)
    await server.wait_for(lambda ws: ws.messages("tech-alerts") and ws.calls("chat.postMessage"))
    assert ws.calls("chat.postMessage")[0].fault == kind


async def test_a_slow_call_is_done_before_its_wait_and_a_late_one_after_it(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient
) -> None:
    ws.fault(Fault("chat.postMessage", "slow", seconds=0.3))
    slow = asyncio.create_task(post(client))
    await server.wait_for(lambda ws: ws.messages("tech-alerts"))
    assert ws.calls("chat.postMessage") == []
    await slow
    ws.fault(Fault("chat.postMessage", "late", seconds=0.3))
    late = asyncio.create_task(post(client))
    await server.wait_for(lambda ws: not ws.faults.pending())
    assert len(ws.messages("tech-alerts")) == 1
    await late
    assert len(ws.messages("tech-alerts")) == 2


async def test_a_fault_can_mean_one_channel_and_several_times(ws: Workspace, client: AsyncWebClient) -> None:
    ws.fault(Fault("chat.postMessage", "error", times=2, channel="cabinet"))
    await post(client)
    for _ in range(2):
        with pytest.raises(SlackApiError):
            await post(client, "cabinet")
    await post(client, "cabinet")
    assert ws.faults.pending() == []


async def test_a_fault_can_last_until_it_is_cleared(ws: Workspace, client: AsyncWebClient) -> None:
    ws.fault(Fault("chat.postMessage", "error", times=None))
    for _ in range(5):
        with pytest.raises(SlackApiError):
            await post(client)
    ws.faults.clear()
    await post(client)


async def test_response_urls_and_uploads_have_their_faults_too(ws: Workspace, client: AsyncWebClient) -> None:
    room = await client.files_getUploadURLExternal(filename="a.txt", length=1)
    ws.fault(Fault("files.upload", "http_500"))
    async with aiohttp.ClientSession() as session, session.post(room["upload_url"], data=b"x") as answer:
        assert answer.status == 500
    async with aiohttp.ClientSession() as session, session.post(room["upload_url"], data=b"x") as answer:
        assert answer.status == 200


async def test_a_pace_of_channels_holds_each_channel_back_by_itself() -> None:
    now = [0.0]
    ws = Workspace(channels=[Channel("one"), Channel("two")], channel_pace=1.0, timer=lambda: now[0])
    server = WorkspaceServer(ws)
    await server.start()
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=ws.bot_token, base_url=server.api_url, session=session)
        await post(client, "one")
        with pytest.raises(SlackApiError, match="ratelimited"):
            await post(client, "one")
        await post(client, "two")
        now[0] = 1.0
        await post(client, "one")
    await server.stop()
    assert len(ws.messages("one")) == 2 and len(ws.messages("two")) == 1


async def test_waiting_in_vain_tells_what_happened(
    server: WorkspaceServer, client: AsyncWebClient, app: AsyncApp
) -> None:
    await post(client)
    with pytest.raises(TimeoutError, match=r"(?s)#tech-alerts helper: 'hi'.*chat.postMessage 200 ok"):
        await server.wait_for(lambda ws: ws.messages("tech-alerts")[7], timeout=0.01)


async def test_a_reset_has_done_nothing(ws: Workspace, client: AsyncWebClient) -> None:
    ws.fault(Fault("chat.postMessage", "reset"))
    with pytest.raises(aiohttp.ClientOSError):
        await post(client)
    assert ws.messages("tech-alerts") == []


async def test_a_silent_peer_has_posted_and_never_says_so(ws: Workspace, server: WorkspaceServer) -> None:
    impatient = AsyncWebClient(token=ws.bot_token, base_url=server.api_url, timeout=0.1, retry_handlers=[])  # type: ignore[arg-type]
    ws.fault(Fault("chat.postMessage", "silent"))
    with pytest.raises(TimeoutError):
        await post(impatient)
    assert [message.text for message in ws.messages("tech-alerts")] == ["hi"]


async def outcomes(ws: Workspace, client: AsyncWebClient, count: int) -> list[str | None]:
    for _ in range(count):
        with contextlib.suppress(SlackApiError):
            await client.auth_test()
    return [call.fault for call in ws.calls("auth.test")]


async def test_a_script_happens_step_by_step(ws: Workspace, client: AsyncWebClient) -> None:
    script = [Fault("auth.test", "http_502"), Fault("auth.test", "pass", times=2), Fault("auth.test", "error")]
    ws.fault(*script)
    assert await outcomes(ws, client, 5) == ["http_502", None, None, "error", None]


async def test_a_rate_strikes_its_share_and_the_same_calls_each_time(
    make_workspace: Callable[..., Workspace], http: aiohttp.ClientSession
) -> None:
    seen = []
    for seed in (7, 7, 8):
        ws = make_workspace(seed=seed)
        ws.fault(Fault("auth.test", "error", times=None, rate=0.3))
        server = WorkspaceServer(ws)
        await server.start()
        client = AsyncWebClient(token=ws.bot_token, base_url=server.api_url, session=http, retry_handlers=[])
        seen.append(await outcomes(ws, client, 100))
        await server.stop()
    assert seen[0] == seen[1] != seen[2]
    assert 15 <= seen[0].count("error") <= 45


async def test_a_clock_that_jumps_ages_what_lives_by_it_and_ts_rise_nevertheless(
    ws: Workspace, client: AsyncWebClient
) -> None:
    response_url, before = ws.new_response_url(ws.channel_id("tech-alerts"), ws.user_id("dana")), ws.clock()
    first = await post(client)
    ws.fault(Fault("chat.postMessage", "clock_jump", seconds=-3600))
    second = await post(client)
    assert ws.clock() == before - 3600 and second["ts"] > first["ts"]
    ws.jump(2 * 3600)
    with pytest.raises(SlackError, match="expired_url"):
        find_response_url(ws, response_url.secret)


async def test_a_file_that_is_never_processed_stays_without_a_mimetype(
    make_workspace: Callable[..., Workspace], http: aiohttp.ClientSession
) -> None:
    ws = make_workspace(file_seconds=0.0)
    server = WorkspaceServer(ws)
    await server.start()
    client = AsyncWebClient(token=ws.bot_token, base_url=server.api_url, session=http)
    ws.fault(Fault("files.upload", "never_processed"))
    await client.files_upload_v2(content="x", filename="stuck.txt")
    await client.files_upload_v2(content="x", filename="done.txt")
    await server.stop()
    assert [ws.files.mimetype(file) for file in ws.files] == ["", "text/plain"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"method": "auth.test", "kind": "half_open"},
            "no fault `half_open` for `auth.test`; there are: pass, ratelimited",
        ),
        ({"method": "socket", "kind": "http_500"}, "no fault `http_500` for `socket`; there are: pass, reset"),
        ({"method": "events", "kind": "silent"}, "no fault `silent` for `events`; there are: pass, duplicate"),
        ({"method": "*", "kind": "never_processed"}, "is a fault of `files.upload`"),
        ({"method": "*", "kind": "error", "rate": 0}, "above 0"),
    ],
)
def test_a_fault_that_cannot_be_says_which_can(given: Any, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        Fault(**given)
