"""Modals as people fill them in: what the bot hears, and what its ack does to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Message, UnknownNameError, View, Workspace, WorkspaceServer
from localslack.page.modals import Modals
from localslack.page.people import People

Connect = Callable[[AsyncApp], Awaitable[Any]]


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def asks(block_id: str, element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": plain("?"), "element": {"action_id": "it", **element}}


FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Form"),
    "submit": plain("Send"),
    "notify_on_close": True,
    "blocks": [
        asks("words", {"type": "plain_text_input"}),
        asks("when", {"type": "datepicker", "initial_date": "2026-11-16"}),
        {"type": "section", "block_id": "note", "text": plain("A note")},
    ],
}
HERE = {"channel": "tech-alerts", "user": "dana"}


@pytest.fixture
def people(server: WorkspaceServer) -> People:
    return server._as_people()


@pytest.fixture
def modals(people: People) -> Modals:
    return people.modals


@pytest.fixture
async def form(app: AsyncApp, connect: Connect, server: WorkspaceServer, client: AsyncWebClient) -> AsyncApp:
    """The app, with its form open before Dana."""

    @app.command("/ask")
    async def ask(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    await connect(app)
    await server.command("/ask", **HERE)
    await server.wait_for(lambda ws: ws.views)
    return app


def titles(modals: Modals) -> list[str]:
    return [view.payload["title"]["text"] for view in modals.stack("dana").views]


async def test_a_submission_carries_what_is_held_and_what_was_there(form: AsyncApp, modals: Modals) -> None:
    got: list[dict[str, Any]] = []

    @form.view("form")
    async def submitted(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        got.append(body)

    outcome = await modals.submit(user="dana", held={"words": {"it": "hello"}})
    assert outcome.acked and outcome.error is None
    [body] = got
    assert body["type"] == "view_submission" and body["trigger_id"] == outcome.trigger_id
    values = body["view"]["state"]["values"]
    assert values["words"]["it"] == {"type": "plain_text_input", "value": "hello"}
    assert values["when"]["it"] == {"type": "datepicker", "selected_date": "2026-11-16"}
    assert titles(modals) == []


@pytest.mark.parametrize(
    ("action", "error", "left"),
    [
        ({"response_action": "errors", "errors": {"words": "too few"}}, None, ["Form"]),
        ({"response_action": "errors", "errors": {"note": "no input"}}, "invalid_response_action_errors", ["Form"]),
        ({"response_action": "update", "view": {**FORM, "title": plain("New")}}, None, ["New"]),
        ({"response_action": "update", "view": {**FORM, "title": plain("x" * 25)}}, "invalid_arguments", ["Form"]),
        ({"response_action": "push", "view": {**FORM, "title": plain("Next")}}, None, ["Form", "Next"]),
        ({"response_action": "push"}, "invalid_arguments", ["Form"]),
        ({"response_action": "clear"}, None, []),
        ({}, None, []),
    ],
    ids=["errors", "errors at no input", "update", "bad update", "push", "bad push", "clear", "nothing"],
)
async def test_an_ack_says_what_becomes_of_the_modal(
    form: AsyncApp, modals: Modals, action: dict[str, Any], error: str | None, left: list[str]
) -> None:
    @form.view("form")
    async def submitted(ack: Any) -> None:
        await ack(**action)

    outcome = await modals.submit(user="dana")
    assert (outcome.error, titles(modals)) == (error, left)


async def test_a_bot_hears_of_a_closed_modal_when_it_asked_to(form: AsyncApp, modals: Modals) -> None:
    got: list[dict[str, Any]] = []

    @form.view_closed("form")
    async def closed(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        got.append(body)

    await modals.close(user="dana")
    assert [one["is_cleared"] for one in got] == [False]
    assert titles(modals) == []
    with pytest.raises(UnknownNameError, match="no modal open"):
        await modals.close(user="dana")


async def test_closing_a_modal_that_clears_closes_those_below_too(
    ws: Workspace, server: WorkspaceServer, modals: Modals
) -> None:
    for ident, more in (("V1", {}), ("V2", {"clear_on_close": True, "notify_on_close": False})):
        ws.put_view(View(id=ident, user=ws.user_id("dana"), type="modal", payload={**FORM, **more}, hash="h"))
    assert len(titles(modals)) == 2
    await modals.close(user="dana")
    assert titles(modals) == []


async def test_a_press_in_a_modal_is_told_with_what_its_inputs_hold(
    form: AsyncApp, client: AsyncWebClient, ws: Workspace, people: People
) -> None:
    got: list[dict[str, Any]] = []

    @form.action("count")
    async def count(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        got.append(body)

    button = {"type": "button", "action_id": "count", "text": plain("Count")}
    view = {**FORM, "blocks": [*FORM["blocks"], {"type": "actions", "block_id": "do", "elements": [button]}]}
    await client.views_update(view_id=people.modals.top("dana").id, view=view)
    await people.press_modal("count", user="dana", held={"words": {"it": "abc"}})
    [body] = got
    assert body["container"] == {"type": "view", "view_id": body["view"]["id"]}
    assert body["view"]["state"]["values"]["words"]["it"]["value"] == "abc"


MANY = {
    "multi_static_select": (["a"], {"selected_options": [{"text": plain("A"), "value": "a"}]}),
    "multi_users_select": (["U1", "U2"], {"selected_users": ["U1", "U2"]}),
    "channels_select": ("C1", {"selected_channel": "C1"}),
    "conversations_select": ("C1", {"selected_conversation": "C1"}),
    "timepicker": ("08:30", {"selected_time": "08:30"}),
    "datetimepicker": (1_790_000_000, {"selected_date_time": 1_790_000_000}),
    "number_input": ("7", {"value": "7"}),
    "static_select": (None, {"selected_option": None}),
}


@pytest.mark.parametrize(("kind", "held", "sent"), [(kind, *rest) for kind, rest in MANY.items()], ids=list(MANY))
async def test_every_kind_of_input_is_sent_as_slack_sends_it(
    form: AsyncApp, ws: Workspace, modals: Modals, kind: str, held: Any, sent: dict[str, Any]
) -> None:
    got: list[dict[str, Any]] = []

    @form.view("form")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        await ack()
        got.append(view["state"]["values"]["one"]["it"])

    element = {"type": kind, "options": [{"text": plain("A"), "value": "a"}]}
    blocks = [asks("one", element)]
    ws.put_view(View(id="V1", user=ws.user_id("dana"), type="modal", payload={**FORM, "blocks": blocks}, hash="h"))
    await modals.submit(user="dana", held={"one": {"it": held}})
    assert got == [{"type": kind, **sent}]


async def test_the_page_submits_and_is_told_what_is_wrong(
    form: AsyncApp, server: WorkspaceServer, http: aiohttp.ClientSession
) -> None:
    @form.view("form")
    async def submitted(ack: Any) -> None:
        await ack(response_action="errors", errors={"words": "too few"})

    async with http.post(f"{server.url}/page/submit", json={"user": "dana", "held": {}}) as answer:
        assert (await answer.json())["errors"] == {"words": "too few"}
    async with http.ws_connect(f"{server.url}/page/live?as=dana", headers={"Origin": server.url}) as socket:
        assert [one["title"]["text"] for one in (await socket.receive_json())["modals"]] == ["Form"]
        async with http.post(f"{server.url}/page/close", json={"user": "dana"}) as answer:
            assert (await answer.json())["ok"]
        assert await socket.receive_json() == {"kind": "opened", "modals": []}


async def test_a_reaction_is_counted_once_and_can_be_taken_back(
    ws: Workspace, server: WorkspaceServer, people: People
) -> None:
    message: Message = await server.say("The network is back", **HERE)
    for user in ("dana", "luis", "dana"):
        await people.react("tada", message.ts, channel="tech-alerts", user=user)
    await people.react("tada", message.ts, channel="tech-alerts", user="luis", wanted=False)
    [kept] = ws.messages("tech-alerts")
    assert kept.reactions == (("tada", ws.user_id("dana")),)
    with pytest.raises(UnknownNameError, match="to react to"):
        await people.react("tada", "1.0", **HERE)
