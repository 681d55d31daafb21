"""The clock is set an hour forward or back, or the clocks change: each thing is done once, and nothing is stuck."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kpibot.store.leases import LEASE
from kpibot.store.store import Store, open_engine
from localslack import Fault
from tests.scenario.scene import CHICAGO, CONFIG, MONDAY, Scene, said

HOUR, QUARTER, MINUTE = timedelta(hours=1), timedelta(minutes=15), timedelta(minutes=1)
SEVEN = MONDAY - 3 * HOUR
BY_AN_HOUR = pytest.mark.parametrize("by", [HOUR, -HOUR], ids=["forward", "back"])


def set_clock(scene: Scene, by: timedelta) -> None:
    """Sets the bot's clock. Slack's goes on as it was."""
    scene.clock.jump(by)
    scene.ws.jump(-by.total_seconds())


def configure(scene: Scene, folder: Path, before: str, after: str) -> None:
    scene.config = folder / "config"
    scene.config.mkdir()
    shipped = (CONFIG / "district.yaml").read_text()
    assert before in shipped
    (scene.config / "district.yaml").write_text(shipped.replace(before, after))


def measurements(scene: Scene) -> list[datetime]:
    assert scene.services is not None
    taken = scene.services.store.readings.history("tickets", "campus-west", SEVEN - 3 * HOUR, SEVEN + 6 * HOUR)
    return [at for at, _ in taken]


@BY_AN_HOUR
@pytest.mark.parametrize("minutes", [10, 50], ids=["before the digest", "after it"])
async def test_each_digest_and_each_measurement_is_made_once(scene: Scene, by: timedelta, minutes: int) -> None:
    scene.clock.now = SEVEN - 30 * MINUTE
    scene.helpdesk.open("101", 2, MONDAY - timedelta(days=3))
    await scene.start()
    await scene.pass_by(minutes * MINUTE)
    set_clock(scene, by)
    await scene.pass_by(3 * HOUR, MINUTE)
    assert len(scene.digests("tech-leads")) == 1
    slots = [at.replace(minute=at.minute // 15 * 15, second=0) for at in measurements(scene)]
    assert len(slots) == len(set(slots))
    assert scene.clock.now - slots[-1] < 2 * QUARTER


@BY_AN_HOUR
async def test_a_breach_is_told_once_and_people_are_reminded_once(scene: Scene, by: timedelta, tmp_path: Path) -> None:
    configure(scene, tmp_path, "alert: {recovers_at: 4}", "alert: {recovers_at: 4, remind: 2 hours}")
    scene.helpdesk.open("101", 11, MONDAY - timedelta(days=3))
    await scene.start()
    await scene.pass_by(90 * MINUTE, MINUTE)
    (alert,) = scene.alerts()
    set_clock(scene, by)
    await scene.pass_by(5 * MINUTE, MINUTE)
    set_clock(scene, -by)  # as it is put right
    await scene.pass_by(75 * MINUTE, MINUTE)
    assert len(scene.alerts()) == 1
    assert ["still over the threshold" in line for line in scene.thread(alert)] == [True]


@BY_AN_HOUR
async def test_the_next_owner_is_called_once(scene: Scene, by: timedelta, tmp_path: Path) -> None:
    escalating = 'alert: {recovers_at: 4, escalate: [{after: 2h, to: "@dana"}]}'
    configure(scene, tmp_path, "alert: {recovers_at: 4}", escalating)
    scene.helpdesk.open("101", 11, MONDAY - timedelta(days=3))
    await scene.start()
    (alert,) = scene.alerts()
    await scene.pass_by(90 * MINUTE, MINUTE)
    set_clock(scene, by)
    await scene.pass_by(5 * MINUTE, MINUTE)
    set_clock(scene, -by)
    await scene.pass_by(75 * MINUTE, MINUTE)
    assert len(scene.thread(alert)) == 1


async def test_a_snooze_ends_once_though_the_clock_is_set_forward_and_back(scene: Scene) -> None:
    scene.helpdesk.open("101", 11, MONDAY - timedelta(days=3))
    await scene.start()
    (alert,) = scene.alerts()
    await scene.press(alert, "alert:snooze", value="1h")
    set_clock(scene, HOUR)
    await scene.pass_by(20 * MINUTE, MINUTE)
    set_clock(scene, -HOUR)
    await scene.pass_by(2 * HOUR, MINUTE)
    assert ["still over the threshold" in line for line in scene.thread(alert)] == [False, True]


async def test_what_people_did_outlasts_a_clock_that_is_set_back(scene: Scene) -> None:
    scene.helpdesk.open("101", 11, MONDAY - timedelta(days=3))
    await scene.start()
    (alert,) = scene.alerts()
    await scene.press(alert, "alert:ack")
    set_clock(scene, -HOUR)
    await scene.pass_by(30 * MINUTE, MINUTE)
    assert len(scene.thread(alert)) == 1
    assert "Acknowledged by @luis" in said(scene.alerts()[0])


@BY_AN_HOUR
async def test_a_message_in_doubt_is_found_though_slack_dates_it_by_another_clock(scene: Scene, by: timedelta) -> None:
    scene.helpdesk.open("101", 2, MONDAY - timedelta(days=3))
    set_clock(scene, by)
    scene.ws.fault(Fault("chat.postMessage", "drop_after", channel="tech-leads"))
    await scene.start()
    set_clock(scene, -by)
    await scene.pass_by(10 * MINUTE)
    assert len(scene.digests("tech-leads")) == 1
    assert scene.services is not None
    assert scene.services.store.outbox.counts() == {"sent": 2}


async def test_a_channel_does_not_wait_for_an_hour_because_the_clock_was_set_back(scene: Scene) -> None:
    scene.helpdesk.open("101", 2, MONDAY - timedelta(days=3))
    scene.ws.fault(Fault("chat.postMessage", "http_503", channel="tech-leads", times=5))
    await scene.start()
    await scene.pass_by(MINUTE)
    assert scene.digests("tech-leads") == []
    set_clock(scene, -HOUR)
    await scene.pass_by(5 * MINUTE)
    assert len(scene.digests("tech-leads")) == 1


async def test_what_a_process_with_a_wrong_clock_left_behind_is_not_stuck(scene: Scene) -> None:
    with closing(Store(open_engine(scene.state), owner="another")) as store:
        assert store.leases.acquire("digest:weekly", SEVEN, MONDAY + HOUR)  # by its clock; then it died
    await scene.start()
    await scene.pass_by(LEASE)
    assert len(scene.digests("tech-leads")) == 1


@pytest.mark.parametrize("sunday", [datetime(2026, 11, 1), datetime(2027, 3, 14)], ids=["back", "forward"])
@pytest.mark.parametrize("at", ["01:30", "02:30"])
async def test_a_digest_at_an_hour_that_the_clocks_repeat_or_skip_comes_once(
    scene: Scene, sunday: datetime, at: str, tmp_path: Path
) -> None:
    configure(scene, tmp_path, "when: monday 07:00", f"when: sunday {at}")
    scene.clock.now = sunday.replace(tzinfo=CHICAGO).astimezone(UTC)
    scene.helpdesk.open("101", 2, scene.clock.now - timedelta(days=3))
    await scene.start()
    before = len(scene.digests("tech-leads"))  # that of last week is still of use
    await scene.pass_by(5 * HOUR, 5 * MINUTE)
    assert len(scene.digests("tech-leads")) == before + 1
    await scene.pass_by(7 * 24 * HOUR, 6 * HOUR)
    assert len(scene.digests("tech-leads")) == before + 2
