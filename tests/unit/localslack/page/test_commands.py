"""A slash command goes to the bot over Socket Mode; its answers come back by ack and by response_url."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from localslack import UnknownNameError, Workspace, WorkspaceServer
from localslack.state.workspace import RESPONSE_URL_SECONDS

Connect = Callable[[AsyncApp], Awaitable[Any]]


async def asked(server: WorkspaceServer, app: AsyncApp, connect: Connect, channel: str = "tech-alerts") -> str:
    """Ask something of a bot that only acks; return the response_url."""

    @app.command("/ask")
    async def ask(ack: Any) -> None:
        await ack()

    await connect(app)
    outcome = await server.command("/ask", channel=channel, user="dana")
    assert outcome.response_url is not None
    return outcome.response_url


async def test_the_bot_gets_everything_that_slack_sends_with_a_command(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    got: list[dict[str, Any]] = []

    @app.command("/ask")
    async def ask(ack: Any, command: dict[str, Any]) -> None:
        got.append(command)
        await ack()

    await connect(app)
    outcome = await server.command("/ask", "tickets @luis #tech-alerts <b> & co", channel="tech-alerts", user="dana")
    assert outcome.acked and outcome.seconds is not None
    payload = got[0]
    luis, channel = ws.user_id("luis"), ws.channel_id("tech-alerts")
    assert payload["text"] == f"tickets <@{luis}|luis> <#{channel}|tech-alerts> &lt;b&gt; &amp; co"
    assert payload["user_name"] == "dana" and payload["channel_name"] == "tech-alerts"
    wanted = {"token", "team_id", "team_domain", "channel_id", "user_id", "api_app_id", "response_url", "trigger_id"}
    assert wanted <= payload.keys()


async def test_an_ack_without_words_shows_nothing(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    await asked(server, app, connect)
    assert ws.messages("tech-alerts") == []
    assert ws.commands[-1].state == "acked"


async def test_an_ack_with_words_is_seen_by_the_person_alone(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    @app.command("/ask")
    async def ask(ack: Any) -> None:
        await ack("On it")

    await connect(app)
    await server.command("/ask", channel="tech-alerts", user="dana")
    [message] = ws.messages("tech-alerts")
    assert (message.text, message.ephemeral_for, message.via) == ("On it", ws.user_id("dana"), "ack")


async def test_answers_by_response_url_are_recorded_as_messages_and_as_calls(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    @app.command("/ask")
    async def ask(ack: Any, respond: Any) -> None:
        await ack()
        await respond("for you")
        await respond("for everybody", response_type="in_channel")

    await connect(app)
    await server.command("/ask", channel="tech-alerts", user="dana")
    await server.wait_for(lambda ws: len(ws.messages("tech-alerts")) == 2)
    own, public = ws.messages("tech-alerts")
    assert own.ephemeral_for == ws.user_id("dana") and public.ephemeral_for is None
    assert own.user == ws.bot_user_id and own.via == "response_url"
    assert [call.arguments["text"] for call in ws.calls("response_url")] == ["for you", "for everybody"]


async def test_a_response_url_works_where_the_bot_is_not_a_member(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    url = await asked(server, app, connect, channel="principals")
    answer = await AsyncWebhookClient(url).send(text="here you are")
    assert answer.status_code == 200
    assert [message.text for message in ws.messages("principals")] == ["here you are"]


async def test_a_response_url_takes_five_messages_and_no_sixth(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    response_url = AsyncWebhookClient(await asked(server, app, connect))
    codes = [(await response_url.send(text=str(number))).status_code for number in range(6)]
    assert codes == [200] * 5 + [404]
    assert len(ws.messages("tech-alerts")) == 5


async def test_a_response_url_ends_after_thirty_minutes(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect, clock: Any
) -> None:
    response_url = AsyncWebhookClient(await asked(server, app, connect))
    clock.now += RESPONSE_URL_SECONDS + 1
    answer = await response_url.send(text="late")
    assert answer.status_code == 404 and "expired_url" in answer.body


async def test_what_a_response_url_refuses_does_not_count_as_a_use(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    response_url = AsyncWebhookClient(await asked(server, app, connect))
    for _ in range(6):
        answer = await response_url.send(blocks=[{"type": "section"}])
        assert answer.status_code == 400 and "invalid_blocks" in answer.body
    assert (await response_url.send(text="well")).status_code == 200


async def test_replace_original_changes_what_the_response_url_said_before(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    response_url = AsyncWebhookClient(await asked(server, app, connect))
    await response_url.send(text="working …")
    await response_url.send(text="42", replace_original=True)
    [message] = ws.messages("tech-alerts")
    assert message.text == "42" and message.edited is not None


async def test_delete_original_takes_it_away(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    response_url = AsyncWebhookClient(await asked(server, app, connect))
    await response_url.send(text="working …")
    await response_url.send(delete_original=True)
    assert ws.messages("tech-alerts") == []


async def test_without_a_bot_the_person_reads_that_the_app_did_not_respond(
    ws: Workspace, server: WorkspaceServer
) -> None:
    outcome = await server.command("/ask", channel="tech-alerts", user="dana")
    assert not outcome.acked and outcome.error == "dispatch_failed"
    [message] = ws.messages("tech-alerts")
    assert "did not respond" in message.text and message.ephemeral_for == ws.user_id("dana")


@pytest.mark.parametrize("patience", [0.2])
async def test_a_bot_that_does_not_ack_in_time_makes_an_operation_timeout(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    held = asyncio.Event()

    @app.command("/ask")
    async def ask(ack: Any) -> None:
        await held.wait()
        await ack()

    await connect(app)
    outcome = await server.command("/ask", channel="tech-alerts", user="dana")
    held.set()
    assert outcome.error == "operation_timeout"
    assert "operation_timeout" in ws.messages("tech-alerts")[0].text


async def test_an_ack_whose_blocks_slack_would_refuse_is_told_to_the_person(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    @app.command("/ask")
    async def ask(ack: Any) -> None:
        await ack(blocks=[{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}])

    await connect(app)
    outcome = await server.command("/ask", channel="tech-alerts", user="dana")
    assert outcome.error == "invalid_blocks"
    assert "invalid_blocks" in ws.messages("tech-alerts")[0].text


async def test_in_a_direct_message_the_channel_is_called_directmessage(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    names: list[str] = []

    @app.command("/ask")
    async def ask(ack: Any, command: dict[str, Any]) -> None:
        names.append(command["channel_name"])
        await ack()

    await connect(app)
    await server.command("/ask", channel="dm", user="dana")
    await server.command("/ask", channel="cabinet", user="dana")
    assert names == ["directmessage", "privategroup"]


async def test_a_person_can_only_act_where_they_are(server: WorkspaceServer) -> None:
    with pytest.raises(UnknownNameError, match="not a member"):
        await server.command("/ask", channel="cabinet", user="luis")
    with pytest.raises(UnknownNameError, match="tech-alerts"):
        await server.command("/ask", channel="nowhere", user="luis")


async def test_a_response_url_nobody_gave_is_gone(server: WorkspaceServer, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{server.url}/commands/T0/guessed", json={"text": "x"}) as answer:
        assert answer.status == 404
