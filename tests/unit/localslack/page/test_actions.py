"""Buttons, menus and inputs in messages: what the bot hears, and what it may do in return."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from localslack import UnknownNameError, Workspace, WorkspaceServer

Connect = Callable[[AsyncApp], Awaitable[Any]]


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.title()), "value": value}


BUTTON = {"type": "button", "action_id": "seen", "text": plain("Seen"), "value": "incident-7"}
ELEMENTS: list[dict[str, Any]] = [
    BUTTON,
    {"type": "static_select", "action_id": "period", "options": [option("week"), option("month")]},
    {"type": "overflow", "action_id": "more", "options": [option("mute")]},
    {"type": "users_select", "action_id": "owner"},
    {"type": "datepicker", "action_id": "until"},
    {"type": "checkboxes", "action_id": "which", "options": [option("a"), option("b")]},
    {"type": "radio_buttons", "action_id": "one", "options": [option("a"), option("b")]},
]


async def listening(app: AsyncApp, connect: Connect) -> list[dict[str, Any]]:
    got: list[dict[str, Any]] = []

    @app.action({"type": "block_actions", "action_id": "seen"})
    async def seen(ack: Any, body: dict[str, Any]) -> None:
        got.append(body)
        await ack()

    for element in ELEMENTS[1:]:
        app.action(str(element["action_id"]))(seen)
    await connect(app)
    return got


async def posted(client: AsyncWebClient) -> str:
    blocks = [{"type": "actions", "block_id": "buttons", "elements": ELEMENTS}]
    answer = await client.chat_postMessage(channel="#tech-alerts", text="An alert", blocks=blocks)
    return str(answer["ts"])


async def test_a_click_carries_the_message_the_place_the_person_and_the_value(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, app: AsyncApp, connect: Connect
) -> None:
    got, ts = await listening(app, connect), await posted(client)
    outcome = await server.press(ts, "seen", channel="tech-alerts", user="luis")
    assert outcome.acked
    [body] = got
    assert body["message"]["ts"] == ts and body["message"]["blocks"][0]["block_id"] == "buttons"
    assert body["container"] | {"type": "message", "message_ts": ts} == body["container"]
    assert body["channel"] == {"id": ws.channel_id("tech-alerts"), "name": "tech-alerts"}
    assert body["user"]["id"] == ws.user_id("luis")
    [action] = body["actions"]
    assert (action["type"], action["block_id"], action["value"]) == ("button", "buttons", "incident-7")
    assert {"action_ts", "text"} <= action.keys() and {"trigger_id", "response_url", "team"} <= body.keys()


@pytest.mark.parametrize(
    ("action_id", "value", "wanted"),
    [
        ("period", "month", {"selected_option": option("month")}),
        ("more", "mute", {"selected_option": option("mute")}),
        ("owner", "U0ANYBODY", {"selected_user": "U0ANYBODY"}),
        ("until", "2026-12-01", {"selected_date": "2026-12-01"}),
        ("which", ["a", "b"], {"selected_options": [option("a"), option("b")]}),
        ("one", "b", {"selected_option": option("b")}),
    ],
)
async def test_a_choice_carries_what_was_chosen(
    server: WorkspaceServer, app: AsyncApp, connect: Connect, *, action_id: str, value: Any, wanted: dict[str, Any]
) -> None:
    got, ts = await listening(app, connect), await posted(app.client)
    assert (await server.press(ts, action_id, channel="tech-alerts", user="luis", value=value)).acked
    assert wanted.items() <= got[0]["actions"][0].items()
    if action_id != "more":
        assert wanted.items() <= got[0]["state"]["values"]["buttons"][action_id].items()


async def test_a_click_in_an_ephemeral_message_comes_without_the_message(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, app: AsyncApp, connect: Connect
) -> None:
    got = await listening(app, connect)
    blocks = [{"type": "actions", "elements": [BUTTON]}]
    answer = await client.chat_postEphemeral(
        channel=ws.channel_id("tech-alerts"), user=ws.user_id("dana"), text="psst", blocks=blocks
    )
    await server.press(answer["message_ts"], "seen", channel="tech-alerts", user="dana")
    assert "message" not in got[0] and got[0]["container"]["is_ephemeral"] is True


async def test_a_click_can_replace_its_message_by_response_url(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, app: AsyncApp, connect: Connect
) -> None:
    @app.action("seen")
    async def seen(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Seen by Luis", replace_original=True)

    await connect(app)
    ts = await posted(client)
    await server.press(ts, "seen", channel="tech-alerts", user="luis")
    message = await server.wait_for(lambda ws: next(m for m in ws.messages("tech-alerts") if m.edited))
    assert (message.ts, message.text, message.blocks, message.ephemeral_for) == (ts, "Seen by Luis", [], None)


async def test_pressing_what_is_not_there_names_what_is(server: WorkspaceServer, client: AsyncWebClient) -> None:
    ts = await posted(client)
    with pytest.raises(UnknownNameError, match="seen, period"):
        await server.press(ts, "nothing", channel="tech-alerts", user="luis")
    with pytest.raises(UnknownNameError, match="week, month"):
        await server.press(ts, "period", channel="tech-alerts", user="luis", value="decade")
    with pytest.raises(UnknownNameError, match="no message"):
        await server.press("1.000000", "seen", channel="tech-alerts", user="luis")


async def test_a_click_without_a_bot_fails_and_is_not_repeated(server: WorkspaceServer, client: AsyncWebClient) -> None:
    ts = await posted(client)
    outcome = await server.press(ts, "seen", channel="tech-alerts", user="luis")
    assert outcome.error == "dispatch_failed"
