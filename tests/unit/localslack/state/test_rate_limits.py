"""Rate limits by method and by channel, on a timer that tests move."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Channel, Workspace, WorkspaceServer
from localslack.api.methods import METHODS
from localslack.state.rate_limits import TIERS, RateLimits


class Timer:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def timer() -> Timer:
    return Timer()


def taken(pace: RateLimits, method: str, channel: str | None = None) -> int:
    """Return how many calls in a row get through."""
    count = 0
    while pace.wait(method, channel) == 0.0:
        count += 1
    return count


def test_every_method_has_a_tier() -> None:
    assert set(TIERS) == set(METHODS)


@pytest.mark.parametrize(
    ("method", "burst", "a_minute"),
    [
        ("apps.connections.open", 5, 1),
        ("conversations.list", 20, 20),
        ("conversations.history", 50, 50),
        ("views.publish", 100, 100),
    ],
)
def test_a_tier_allows_a_burst_and_then_so_many_a_minute(timer: Timer, method: str, burst: int, a_minute: int) -> None:
    pace = RateLimits(timer, tiers=True, seconds=None, burst=1)
    assert taken(pace, method) == burst
    timer.now += 60
    assert taken(pace, method) == a_minute


def test_the_wait_that_is_told_is_enough(timer: Timer) -> None:
    pace = RateLimits(timer, tiers=True, seconds=None, burst=1)
    taken(pace, "conversations.list")
    timer.now += pace.wait("conversations.list", None)
    assert taken(pace, "conversations.list") == 1


def test_a_channel_takes_a_short_burst_and_then_a_message_a_second(timer: Timer) -> None:
    pace = RateLimits(timer, tiers=False, seconds=1.0, burst=3)
    assert taken(pace, "chat.postMessage", "C1") == 3 and taken(pace, "chat.postMessage", "C2") == 3
    timer.now += 2
    assert taken(pace, "chat.postMessage", "C1") == 2


def test_a_timer_that_runs_backward_takes_nothing_away(timer: Timer) -> None:
    pace = RateLimits(timer, tiers=True, seconds=None, burst=1)
    taken(pace, "conversations.list")
    timer.now -= 3600
    assert pace.wait("conversations.list", None) == pytest.approx(3)


def test_without_a_switch_there_is_no_limit(timer: Timer) -> None:
    pace = RateLimits(timer, tiers=False, seconds=None, burst=1)
    assert all(pace.wait("conversations.list", None) == 0.0 for _ in range(1000))


@pytest.fixture
async def strict(timer: Timer, http: aiohttp.ClientSession) -> AsyncIterator[AsyncWebClient]:
    ws = Workspace(channels=[Channel("general")], tiers=True, channel_pace=1.0, channel_burst=2, timer=timer)
    server = WorkspaceServer(ws)
    await server.start()
    yield AsyncWebClient(token=ws.bot_token, base_url=server.api_url, session=http, retry_handlers=[])
    await server.stop()


async def test_a_call_too_many_is_answered_with_429_and_when_to_come_back(strict: AsyncWebClient, timer: Timer) -> None:
    for _ in range(20):
        await strict.conversations_list()
    with pytest.raises(SlackApiError, match="ratelimited") as error:
        await strict.conversations_list()
    assert error.value.response.status_code == 429 and error.value.response.headers["Retry-After"] == "3"
    timer.now += 3
    await strict.conversations_list()


async def test_a_channel_has_one_pace_by_whatever_name(strict: AsyncWebClient) -> None:
    first = await strict.chat_postMessage(channel="#general", text="one")
    await strict.chat_postMessage(channel="general", text="two")
    with pytest.raises(SlackApiError, match="ratelimited"):
        await strict.chat_postMessage(channel=first["channel"], text="three")
