"""Slack is away: what was owed comes after, once, in order and at Slack's pace, without what nobody needs any more."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from localslack import Fault
from localslack.state.rate_limits import RateLimits
from localslack.transport.socket_mode import Breakage
from tests.scenario.scene import CONFIG, MONDAY, Scene, said

HOUR, QUARTER, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=15), timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
async def ten(scene: Scene, tmp_path: Path) -> Scene:
    """It is a quarter past ten, Campus West has been told to be critical; people are reminded every 20 minutes."""
    scene.config = tmp_path / "config"
    scene.config.mkdir()
    shipped = (CONFIG / "district.yaml").read_text()
    reminding = shipped.replace("alert: {recovers_at: 4}", "alert: {recovers_at: 4, remind: 20 minutes}")
    (scene.config / "district.yaml").write_text(reminding)
    scene.helpdesk.open("101", 2, MONDAY - timedelta(days=3))
    await scene.start()
    scene.helpdesk.open("101", 9, MONDAY)
    await scene.pass_by(QUARTER)
    assert len(scene.alerts()) == 1
    return scene


async def live_through(scene: Scene) -> None:
    """More than an hour in which Slack is away and much happens."""
    await scene.pass_by(10 * MINUTE)
    scene.helpdesk.open("111", 7, scene.clock.now)  # told at 10:30, and the owner is called
    await scene.pass_by(QUARTER)
    scene.helpdesk.resolve("101", scene.clock.now, keep=6)  # told at 10:45: eased
    scene.helpdesk.open("201", 11, scene.clock.now)  # told at 10:45 in another channel
    await scene.pass_by(41 * MINUTE)  # at 11:00 people would have been reminded, and will be at 11:30


def assert_told_once_and_in_order(scene: Scene) -> None:
    (alert,) = scene.alerts()
    assert "2 campuses over the threshold" in said(alert)
    assert "critical" not in alert.text
    joined, eased = scene.thread(alert)
    assert "also over the threshold" in joined
    assert "better, but still over the threshold" in eased
    (north,) = scene.alerts("tech-leads")
    assert "is critical" in said(north)
    assert scene.services is not None
    assert scene.services.store.outbox.counts().keys() <= {"sent", "superseded", "expired"}


async def test_what_was_owed_while_nobody_could_reach_slack_comes_after(
    ten: Scene, log: pytest.LogCaptureFixture
) -> None:
    await ten.server.stop()
    await live_through(ten)
    tries = Counter(re.findall(r"(\S+) waits until", log.text))
    assert 8 <= max(tries.values()) <= 20  # after 2, 4, 8 … s, and then every 5 minutes or so
    await ten.server.start()
    before = len(ten.ws.calls("chat.update"))
    await ten.pass_by(8 * MINUTE)
    assert_told_once_and_in_order(ten)
    assert len(ten.ws.calls("chat.update")) == before + 1  # of two edits the last one is enough
    assert "Traceback" not in log.text
    assert log.text.count("Failed to connect") + log.text.count("Failed to check the current session") <= 2
    await ten.server.wait_connected(timeout=30)
    assert "6 tickets" in await ten.ask("tickets campus-west")


async def test_what_was_owed_while_slack_was_in_trouble_comes_after(ten: Scene, log: pytest.LogCaptureFixture) -> None:
    ten.ws.fault(Fault("*", "http_503", times=None))
    await live_through(ten)
    ten.ws.faults.clear()
    await ten.pass_by(8 * MINUTE)
    assert_told_once_and_in_order(ten)
    assert "Traceback" not in log.text
    assert "6 tickets" in await ten.ask("tickets campus-west")


async def test_after_an_outage_no_channel_gets_more_than_slack_s_pace(ten: Scene) -> None:
    ten.ws.fault(Fault("*", "http_503", times=None))
    await live_through(ten)
    ten.ws.faults.clear()
    ten.ws.rate_limits = RateLimits(lambda: ten.clock().timestamp(), tiers=False, seconds=1.0, burst=1)
    before = len(ten.ws.calls("chat.postMessage"))
    await ten.pass_by(8 * MINUTE, 5 * SECOND)
    assert_told_once_and_in_order(ten)
    calls = ten.ws.calls("chat.postMessage")[before:]
    refused = [call for call in calls if call.status == 429]
    assert len(calls) - len(refused) == 4  # two lines in the one thread; in the other channel an alert and its reminder
    assert len(refused) <= 2  # what came at once after another, and waited for as long as it was told


@pytest.mark.parametrize("kind", ["reset", "silent", "half_open"])
async def test_a_connection_that_breaks_is_back_by_itself_and_a_command_works(ten: Scene, kind: Breakage) -> None:
    ten.server.break_connections(kind)
    await ten.server.wait_for(lambda ws: ten.server.connections and not_dead(ten), timeout=30)
    assert "11 tickets" in await ten.ask("tickets campus-west")


def not_dead(scene: Scene) -> bool:
    return any(not connection.dead for connection in scene.server._sockets._connections)


async def test_slack_that_asks_for_a_long_wait_is_not_asked_before_and_other_channels_go_on(ten: Scene) -> None:
    ten.ws.fault(Fault("chat.postMessage", "ratelimited", channel="west-tech", seconds=600))
    ten.helpdesk.open("111", 7, ten.clock.now)
    ten.helpdesk.open("201", 11, ten.clock.now)
    await ten.pass_by(QUARTER)
    (alert,) = ten.alerts()
    before = len(ten.ws.calls("chat.postMessage"))
    assert len(ten.alerts("tech-leads")) == 1
    await ten.pass_by(9 * MINUTE)
    assert len(ten.ws.calls("chat.postMessage")) == before
    assert ten.thread(alert) == []
    await ten.pass_by(2 * MINUTE)
    assert "also over the threshold" in ten.thread(alert)[0]
