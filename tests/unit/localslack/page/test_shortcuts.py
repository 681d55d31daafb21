"""Shortcuts, menus that the bot fills, and the messages that it subscribes to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from localslack import UnknownNameError, Workspace, WorkspaceServer

Connect = Callable[[AsyncApp], Awaitable[Any]]
WORD = {"type": "plain_text", "text": "Campus"}
MENU = {"type": "external_select", "action_id": "campus", "min_query_length": 0}
MODAL = {
    "type": "modal",
    "title": WORD,
    "submit": WORD,
    "blocks": [{"type": "input", "block_id": "where", "label": WORD, "element": MENU}],
}


async def test_a_global_shortcut_opens_a_modal(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    @app.shortcut("new-ticket")
    async def chosen(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    await connect(app)
    assert (await server.shortcuts.run("new-ticket", user="dana")).acked
    [view] = await server.wait_for(lambda ws: list(ws.views.values()))
    assert view.user == ws.user_id("dana")


async def test_a_shortcut_on_a_message_brings_the_message(
    ws: Workspace, server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    @app.shortcut({"callback_id": "escalate", "type": "message_action"})
    async def chosen(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        await respond(f"You mean {body['message']['text']!r}")

    await connect(app)
    said = await server.say("the projector is dark", channel="tech-alerts", user="luis")
    await server.shortcuts.run_on("escalate", said.ts, channel="tech-alerts", user="dana")
    answer = await server.wait_for(lambda ws: ws.messages("tech-alerts")[1])
    assert answer.text == "You mean 'the projector is dark'" and answer.ephemeral_for == ws.user_id("dana")
    with pytest.raises(UnknownNameError, match="sees no message"):
        await server.shortcuts.run_on("escalate", "1.0", channel="tech-alerts", user="dana")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ([{"text": WORD, "value": "west"}], None),
        ([{"text": WORD, "value": str(number)} for number in range(101)], "invalid_options"),
        ([{"text": "Campus West"}], "invalid_options"),
    ],
)
async def test_a_menu_asks_the_bot_for_its_options(
    ws: Workspace,
    server: WorkspaceServer,
    client: AsyncWebClient,
    app: AsyncApp,
    connect: Connect,
    options: Any,
    error: str | None,
) -> None:
    typed: list[str] = []

    @app.options("campus")
    async def offer(ack: Any, payload: dict[str, Any]) -> None:
        typed.append(payload["value"])
        await ack(options=options)

    await connect(app)
    opened = await client.views_open(trigger_id=ws.new_trigger(ws.user_id("dana")), view=MODAL)
    outcome = await server.shortcuts.suggest("campus", "we", user="dana", view_id=opened["view"]["id"])
    assert typed == ["we"] and outcome.error == error
    assert outcome.payload is not None and outcome.payload["options"] == options
    with pytest.raises(UnknownNameError, match="no menu 'region'"):
        await server.shortcuts.suggest("region", user="dana", view_id=opened["view"]["id"])


@pytest.fixture
def ws(make_workspace: Callable[..., Workspace]) -> Workspace:
    return make_workspace(events=("app_mention", "message.channels"))


async def test_a_bot_hears_what_it_subscribes_to_where_it_is(
    server: WorkspaceServer, app: AsyncApp, connect: Connect
) -> None:
    heard: list[tuple[str, str]] = []

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any]) -> None:
        heard.append(("mention", event["text"].split()[-1]))

    @app.event("message")
    async def message(event: dict[str, Any]) -> None:
        heard.append((event["channel_type"], event["text"].split()[-1]))

    await connect(app)
    for channel, text in (("principals", "one"), ("cabinet", "two"), ("dm", "three"), ("tech-alerts", "@helper four")):
        await server.say(text, channel=channel, user="dana")
    await server.wait_for(lambda _: len(heard) == 2)
    assert sorted(heard) == [("channel", "four"), ("mention", "four")]
