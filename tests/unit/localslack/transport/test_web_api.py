"""Tokens, unknown methods, and the smaller methods of the Web API."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Workspace, WorkspaceServer


async def test_auth_test_tells_who_the_bot_is_and_which_scopes_it_has(ws: Workspace, client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == (ws.bot_user_id, ws.bot_id, ws.team_id)
    assert answer.headers["x-oauth-scopes"] == ",".join(ws.scopes)


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth")])
async def test_a_token_must_be_there_and_right(
    server: WorkspaceServer, http: aiohttp.ClientSession, token: str, error: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with http.post(f"{server.api_url}auth.test", headers=headers) as answer:
        assert await answer.json() == {"ok": False, "error": error}


async def test_a_token_in_a_json_body_does_not_count(
    ws: Workspace, server: WorkspaceServer, http: aiohttp.ClientSession
) -> None:
    async with http.post(f"{server.api_url}auth.test", json={"token": ws.bot_token}) as answer:
        assert (await answer.json())["error"] == "not_authed"


async def test_a_method_that_slack_does_not_have_is_unknown(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="unknown_method"):
        await client.api_call("chat.shout")


async def test_api_test_gives_back_what_it_got(server: WorkspaceServer, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{server.api_url}api.test", params={"foo": "bar"}) as answer:
        assert await answer.json() == {"ok": True, "args": {"foo": "bar"}}
    async with http.get(f"{server.api_url}api.test", params={"error": "my_error"}) as answer:
        assert (await answer.json())["error"] == "my_error"


async def test_a_body_that_is_no_json_is_refused(server: WorkspaceServer, http: aiohttp.ClientSession) -> None:
    headers = {"Content-Type": "application/json"}
    async with http.post(f"{server.api_url}api.test", data="{", headers=headers) as answer:
        assert (await answer.json())["error"] == "invalid_json"


async def test_people_and_groups_are_found_by_their_ids(ws: Workspace, client: AsyncWebClient) -> None:
    dana = await client.users_info(user=ws.user_id("dana"))
    assert dana["user"]["real_name"] == "Dana Okafor" and dana["user"]["profile"]["title"] == "Technology director"
    assert {user["name"] for user in (await client.users_list())["members"]} == {"helper", "slackbot", "dana", "luis"}
    [group] = (await client.usergroups_list(include_users=True))["usergroups"]
    assert group["handle"] == "helpdesk-leads" and group["users"] == [ws.user_id("luis")]
    with pytest.raises(SlackApiError, match="user_not_found"):
        await client.users_info(user="U0NOBODY")


async def test_users_tell_guests_deactivated_people_and_strangers(ws: Workspace, client: AsyncWebClient) -> None:
    async def luis(**changes: Any) -> dict[str, Any]:
        ws.change_user("luis", **changes)
        user: dict[str, Any] = (await client.users_info(user=ws.user_id("luis")))["user"]
        return user

    before = await luis()
    assert (before["deleted"], before["is_restricted"], before["is_ultra_restricted"]) == (False, False, False)
    guest = await luis(guest="multi_channel")
    assert (guest["is_restricted"], guest["is_ultra_restricted"]) == (True, False)
    single = await luis(guest="single_channel")
    assert (single["is_restricted"], single["is_ultra_restricted"]) == (True, True)
    foreign = await luis(guest="", team_id="T0VENDOR")
    assert (foreign["team_id"], foreign["is_stranger"]) == ("T0VENDOR", True)
    gone = await luis(deactivated=True)
    assert gone["deleted"] and "is_restricted" not in gone


async def test_a_missing_argument_is_named(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="missing required field: user"):
        await client.api_call("users.info")


async def test_ids_look_like_slacks_and_are_the_same_every_time(ws: Workspace) -> None:
    twin = Workspace(bot_name="helper")
    assert twin.bot_user_id == ws.bot_user_id and twin.user_id("dana") == ws.user_id("dana")
    given = (ws.team_id, ws.bot_user_id, ws.bot_id, ws.channel_id("tech-alerts"), ws.channel_id("@dana"))
    assert "".join(one[0] for one in given) == "TUBCD"
