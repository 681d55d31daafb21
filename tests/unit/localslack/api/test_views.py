"""Home tabs and modals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Workspace, WorkspaceServer

Connect = Callable[[AsyncApp], Awaitable[Any]]
TITLE = {"type": "plain_text", "text": "Snooze"}
BUTTON = {"type": "button", "action_id": "refresh", "text": {"type": "plain_text", "text": "Refresh"}}
HOME = {"type": "home", "blocks": [{"type": "actions", "elements": [BUTTON]}]}
INPUT = {
    "type": "input",
    "label": {"type": "plain_text", "text": "Why"},
    "element": {"type": "plain_text_input", "action_id": "why"},
}
MODAL = {"type": "modal", "title": TITLE, "submit": {"type": "plain_text", "text": "OK"}, "blocks": [INPUT]}


async def triggered(server: WorkspaceServer, app: AsyncApp, connect: Connect) -> str:
    @app.command("/ask")
    async def ask(ack: Any) -> None:
        await ack()

    await connect(app)
    outcome = await server.command("/ask", channel="tech-alerts", user="dana")
    assert outcome.trigger_id is not None
    return outcome.trigger_id


async def test_a_trigger_opens_one_modal_for_its_person(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, app: AsyncApp, connect: Connect
) -> None:
    trigger = await triggered(server, app, connect)
    opened = await client.views_open(trigger_id=trigger, view=MODAL)
    assert ws.views[opened["view"]["id"]].user == ws.user_id("dana")
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=trigger, view=MODAL)
    changed = await client.views_update(view_id=opened["view"]["id"], view={**MODAL, "callback_id": "snooze"})
    assert changed["view"]["callback_id"] == "snooze" and changed["view"]["hash"] != opened["view"]["hash"]


async def test_a_trigger_lives_three_seconds(
    server: WorkspaceServer, client: AsyncWebClient, app: AsyncApp, connect: Connect, clock: Any
) -> None:
    trigger = await triggered(server, app, connect)
    clock.now += 3.1
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=trigger, view=MODAL)
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await client.views_open(trigger_id="1.2.3", view=MODAL)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": {"type": "plain_text", "text": "x" * 25}}, "less than 25 characters"),
        ({"private_metadata": "x" * 3001}, "less than 3001 characters"),
        ({"submit": None}, "must provide an object"),
        ({"blocks": [{"type": "table"}]}, "unsupported type: table"),
        ({"type": "home"}, "view must be an object of type modal"),
    ],
)
async def test_a_modal_has_limits_of_its_own(
    server: WorkspaceServer, app: AsyncApp, connect: Connect, change: dict[str, Any], words: str
) -> None:
    trigger = await triggered(server, app, connect)
    with pytest.raises(SlackApiError, match=words):
        await app.client.views_open(trigger_id=trigger, view={**MODAL, **change})


async def test_inputs_need_a_submit_button(server: WorkspaceServer, app: AsyncApp, connect: Connect) -> None:
    trigger = await triggered(server, app, connect)
    view = {key: part for key, part in MODAL.items() if key != "submit"}
    with pytest.raises(SlackApiError, match="submit is required"):
        await app.client.views_open(trigger_id=trigger, view=view)


async def test_a_home_tab_is_published_for_one_person_and_guarded_by_its_hash(
    ws: Workspace, client: AsyncWebClient
) -> None:
    first = await client.views_publish(user_id=ws.user_id("dana"), view=HOME)
    await client.views_publish(user_id=ws.user_id("dana"), view=HOME, hash=first["view"]["hash"])
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_publish(user_id=ws.user_id("dana"), view=HOME, hash=first["view"]["hash"])
    assert ws.home_of("luis") is None


async def test_a_button_on_the_home_tab_reaches_the_bot(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, app: AsyncApp, connect: Connect
) -> None:
    got: list[dict[str, Any]] = []

    @app.action("refresh")
    async def refresh(ack: Any, body: dict[str, Any]) -> None:
        got.append(body)
        await ack()

    await connect(app)
    published = await client.views_publish(user_id=ws.user_id("dana"), view=HOME)
    assert (await server.press_home("refresh", user="dana")).acked
    assert got[0]["container"] == {"type": "view", "view_id": published["view"]["id"]}
    assert got[0]["view"]["type"] == "home" and "channel" not in got[0]


async def test_a_modal_is_pushed_on_top_of_another_three_at_most(
    ws: Workspace, server: WorkspaceServer, client: AsyncWebClient, app: AsyncApp, connect: Connect
) -> None:
    trigger = await triggered(server, app, connect)
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_push(trigger_id=trigger, view=MODAL)
    first = (await client.views_open(trigger_id=trigger, view=MODAL))["view"]
    second = await pushed(ws, client, first["id"])
    third = await pushed(ws, client, second["id"])
    assert (second["root_view_id"], second["previous_view_id"]) == (first["id"], first["id"])
    assert (third["root_view_id"], third["previous_view_id"]) == (first["id"], second["id"])
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await pushed(ws, client, third["id"])


async def pushed(ws: Workspace, client: AsyncWebClient, below: str) -> dict[str, Any]:
    trigger = ws.new_trigger(ws.user_id("dana"), view=below)
    answer = await client.views_push(trigger_id=trigger, view=MODAL)
    return dict(answer["view"])


async def test_a_modal_goes_by_its_apps_own_name_too(ws: Workspace, client: AsyncWebClient) -> None:
    view = {**MODAL, "external_id": "snooze-1"}
    await client.views_open(trigger_id=ws.new_trigger(ws.user_id("dana")), view=view)
    await client.views_update(external_id="snooze-1", view={**view, "callback_id": "changed"})
    [kept] = ws.views.values()
    assert kept.payload["callback_id"] == "changed"
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        await client.views_open(trigger_id=ws.new_trigger(ws.user_id("dana")), view=view)


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("title", 24),
        ("submit", 24),
        ("close", 24),
        ("callback_id", 255),
        ("external_id", 255),
        ("private_metadata", 3000),
    ],
)
async def test_each_word_of_a_modal_has_its_limit(ws: Workspace, client: AsyncWebClient, name: str, most: int) -> None:
    for size in (most, most + 1):
        text = "x" * size
        view = {**MODAL, name: {"type": "plain_text", "text": text} if name in ("title", "submit", "close") else text}
        opened = client.views_open(trigger_id=ws.new_trigger(ws.user_id("dana")), view=view)
        if size == most:
            assert (await opened)["ok"]
        else:
            with pytest.raises(SlackApiError, match=f"less than {most + 1}"):
                await opened
