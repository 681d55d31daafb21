"""Whom an owner's name calls; a workspace on this machine lists its people."""

import pytest

from kpibot.slack.client.connection import web_client
from kpibot.slack.client.directory import Directory
from localslack import Person, Workspace, WorkspaceServer


@pytest.mark.parametrize(
    "other", [{"deactivated": True}, {"is_bot": True}, {"team_id": "T99"}], ids=["deactivated", "bot", "stranger"]
)
@pytest.mark.parametrize("is_first", [True, False])
async def test_an_owner_is_never_somebody_deactivated_a_bot_or_a_stranger(
    other: dict[str, object], is_first: bool
) -> None:
    ws = Workspace(people=(Person("dana"), Person("luis")))
    member, namesake = ("luis", "dana") if is_first else ("dana", "luis")
    owner = ws.user_id(member)
    ws.change_user(namesake, name="helpdesk", **other)
    ws.change_user(owner, name="helpdesk")
    server = WorkspaceServer(ws)
    await server.start()
    directory = Directory(web_client(ws.bot_token, server.api_url, waits_for_rate_limits=False), {})
    await directory.load()
    await server.stop()
    assert directory.mention("@helpdesk") == f"<@{owner}>"
