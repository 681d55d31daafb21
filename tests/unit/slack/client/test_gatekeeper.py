"""Who is let in, as Slack says; a workspace on this machine answers for it."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from kpibot.core.access.membership import Refusal
from kpibot.slack.client.connection import web_client
from kpibot.slack.client.gatekeeper import Caller, Gatekeeper, caller_of_event
from localslack import Channel, Fault, Person, Workspace, WorkspaceServer

CHANNELS = (
    Channel("tech"),
    Channel("vendor", ext_shared=True),
    Channel("schools", org_shared=True),
    Channel("cabinet", private=True, members=("dana",)),
)


@dataclass
class Door:
    """A gatekeeper before a workspace, and the seconds that it believes to have passed."""

    ws: Workspace
    seconds: float = 0.0

    def open(self, api_url: str) -> None:
        client = web_client(self.ws.bot_token, api_url, waits_for_rate_limits=False)
        self.gatekeeper = Gatekeeper(client, lambda: self.seconds)

    async def refuses(self, user: str = "dana", channel: str | None = None, **stated: Any) -> Refusal | None:
        place = None if channel is None else self.ws.channel_id(channel)
        return await self.gatekeeper.refusal(Caller(self.ws.user_id(user), place, **stated))


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    people = (Person("dana"), Person("luis"), Person("kim", team="Vendor Inc"))
    door = Door(Workspace(channels=CHANNELS, people=people))
    server = WorkspaceServer(door.ws)
    await server.start()
    door.open(server.api_url)
    yield door
    await server.stop()


async def test_a_member_is_let_in(door: Door) -> None:
    for channel in (None, "tech", "@dana"):
        assert await door.refuses(channel=channel) is None


@pytest.mark.parametrize("channel", ["vendor", "schools"])
async def test_shared_channels_are_refused(door: Door, channel: str) -> None:
    assert await door.refuses(channel=channel) is Refusal.SHARED_CHANNEL


async def test_what_an_event_says_of_sharing_needs_no_look_up(door: Door) -> None:
    assert await door.refuses(channel="tech", is_ext_shared=True) is Refusal.SHARED_CHANNEL
    assert not door.ws.calls("conversations.info")


async def test_conversations_that_the_bot_cannot_see_are_refused(door: Door) -> None:
    assert await door.refuses(channel="cabinet") is Refusal.UNSEEN_CHANNEL
    assert await door.refuses("dana", "@luis") is Refusal.UNSEEN_CHANNEL  # dana wrote it in a message to somebody else


async def test_whom_slack_does_not_show_is_a_stranger(door: Door) -> None:
    assert await door.gatekeeper.refusal(Caller("U0NOBODY")) is Refusal.NOT_A_MEMBER


async def test_who_somebody_is_is_remembered_for_five_minutes(door: Door) -> None:
    assert await door.refuses(channel="tech") is None
    door.ws.change_user("dana", guest="multi_channel")
    door.seconds = 299
    assert await door.refuses(channel="tech") is None
    assert len(door.ws.calls("users.info")) == len(door.ws.calls("conversations.info")) == 1
    door.seconds = 301
    assert await door.refuses(channel="tech") is Refusal.NOT_A_MEMBER


@pytest.mark.parametrize("method", ["users.info", "conversations.info", "auth.test"])
@pytest.mark.parametrize("kind", ["http_503", "ratelimited", "error"])
async def test_in_doubt_nobody_is_let_in_and_nobody_is_remembered_as_refused(
    door: Door, method: str, kind: Any, caplog: pytest.LogCaptureFixture
) -> None:
    door.ws.fault(Fault(method, kind))
    with caplog.at_level(logging.WARNING, "kpibot.slack.client.gatekeeper"):
        assert await door.refuses(channel="tech") is Refusal.UNCERTAIN
    assert "dana" not in caplog.text and door.ws.user_id("dana") not in caplog.text
    assert await door.refuses(channel="tech") is None


def test_who_speaks_from_outside_is_known_by_the_event() -> None:
    event = {"type": "app_mention", "user": "U9", "channel": "C1", "user_team": "T99", "team": "T99"}
    caller = caller_of_event({"event": event, "is_ext_shared_channel": True})
    assert caller == Caller("U9", "C1", frozenset({"T99"}), True)
