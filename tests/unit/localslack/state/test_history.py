"""What happened can be asked for, and never takes more memory than it may."""

from __future__ import annotations

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Channel, Workspace, WorkspaceServer
from localslack.api.methods import answer
from localslack.state.model import Call


async def test_calls_are_found_by_method_channel_and_what_came_before(ws: Workspace, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="#tech-alerts", text="one")
    mark = ws.calls()[-1].id
    await client.chat_postMessage(channel=ws.channel_id("cabinet"), text="two")
    await client.chat_postMessage(channel=ws.channel_id("tech-alerts"), text="three")
    await client.auth_test()
    assert [call.arguments["text"] for call in ws.calls(channel="tech-alerts")] == ["one", "three"]
    assert [call.arguments["text"] for call in ws.calls(channel=ws.channel_id("cabinet"))] == ["two"]
    assert [call.method for call in ws.calls(since=mark)] == ["chat.postMessage", "chat.postMessage", "auth.test"]
    assert len(ws.calls("chat.postMessage", channel="#tech-alerts", since=mark)) == 1


async def test_edits_and_deletions_tell_how_a_message_stood(ws: Workspace, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="#tech-alerts", text="one")
    for text in ("two", "three"):
        await client.chat_update(channel=posted["channel"], ts=posted["ts"], text=text)
    await client.chat_delete(channel=posted["channel"], ts=posted["ts"])
    changes = [(edit.before.text, edit.after.text) for edit in ws.edits("tech-alerts", posted["ts"])]
    assert changes == [("one", "two"), ("two", "three")] and ws.edits("cabinet") == []
    assert [message.text for message in ws.deletions("tech-alerts")] == ["three"] and ws.deletions("cabinet") == []
    assert ws.messages("tech-alerts") == []


async def test_deliveries_tell_what_reached_the_bot(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: object
) -> None:
    await server.command("/ask", channel="tech-alerts", user="dana")
    [failed] = ws.deliveries("slash_commands")
    assert (failed.name, failed.attempt, failed.error) == ("/ask", 0, "dispatch_failed")


@pytest.mark.parametrize(("count", "size", "kept"), [(3, 10_000, 3), (1000, 500, 4), (1000, 1, 1)])
def test_the_record_is_bounded_in_number_and_in_size(count: int, size: int, kept: int) -> None:
    ws = Workspace(keep_calls=count, keep_call_bytes=size)
    for number in range(100):
        ws.record(
            Call(
                id=number,
                method="chat.postMessage",
                arguments={"text": "x" * 100},
                response={"ok": True},
                status=200,
                started=0.0,
                seconds=0.0,
            )
        )
    assert len(ws.calls()) == kept and ws.calls()[-1].id == 99


def held(ws: Workspace) -> dict[str, int]:
    """Return how much of everything a workspace holds."""
    places = list(ws.conversations.values())
    return {
        "calls": len(ws.calls()),
        "bytes of calls": ws.history.bytes,
        "messages": sum(len(place.messages) for place in places),
        "edits": len(ws.edits()),
        "deletions": len(ws.deletions()),
        "deliveries": len(ws.deliveries()),
        "files": len(ws.files),
        "views": len(ws.views),
        "commands": len(ws.commands),
        "hooks": len(ws.response_urls),
        "triggers": len(ws.triggers),
        "listeners": len(ws.listeners),
    }


def call(ws: Workspace, method: str, **arguments: object) -> dict[str, object]:
    body = answer(ws, method, ws.bot_token, arguments, "").body
    ws.record(
        Call(
            id=ws.number("call"),
            method=method,
            arguments=dict(arguments),
            response=body,
            status=200,
            started=ws.clock(),
            seconds=0.0,
        )
    )
    return body


def round_of_calls(ws: Workspace, number: int) -> None:
    """Make eight calls of the kinds that leave something behind."""
    channel, user = ws.channel_id("general"), ws.user_id("dana")
    posted = call(ws, "chat.postMessage", channel=channel, text=f"message {number}")
    call(ws, "chat.postEphemeral", channel=channel, user=user, text="psst")
    call(ws, "chat.update", channel=channel, ts=posted["ts"], text="edited")
    call(ws, "reactions.add", channel=channel, timestamp=posted["ts"], name="eyes")
    call(ws, "files.getUploadURLExternal", filename=f"{number}.png", length=100_000)
    call(ws, "views.publish", user_id=user, view={"type": "home", "blocks": []})
    title = {"type": "plain_text", "text": "T"}
    call(ws, "views.open", trigger_id=ws.new_trigger(user), view={"type": "modal", "title": title, "blocks": []})
    call(ws, "chat.delete", channel=channel, ts=posted["ts"] if number % 2 else "1.0")
    ws.new_response_url(channel, user)


def test_after_fifty_thousand_calls_a_workspace_grows_no_more() -> None:
    scopes = ("chat:write", "reactions:write", "files:write")
    ws = Workspace(channels=[Channel("general")], scopes=scopes, keep_messages=300)
    for number in range(3126):  # an even number: every other round deletes its message
        round_of_calls(ws, number)
    early = held(ws)
    for number in range(3126, 6250):
        round_of_calls(ws, number)
    late = held(ws)
    assert ws.number("call") == 50_001
    assert late.pop("bytes of calls") < 100_000_000 and early.pop("bytes of calls") > 0
    assert late == early and late["calls"] == 5000 and late["messages"] <= 300


async def test_a_record_over_the_wire_hides_the_token(ws: Workspace, server: WorkspaceServer) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{server.api_url}auth.test", data={"token": ws.bot_token}) as answered,
    ):
        assert (await answered.json())["ok"]
    assert ws.bot_token not in str(ws.calls("auth.test"))
