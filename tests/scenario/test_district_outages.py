"""The district's database is away: nobody is alarmed or calmed by it, and those who run the bot hear of it once."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.scenario.scene import CONFIG, MONDAY, Scene, said

HOUR, QUARTER, MINUTE = timedelta(hours=1), timedelta(minutes=15), timedelta(minutes=1)
EIGHT = MONDAY - 2 * HOUR  # people are at work
ADMINS = "kpibot-admin"


@pytest.fixture
async def morning(scene: Scene) -> Scene:
    """It is eight. Campus North is over its threshold, everybody else on target; the digest of seven was sent."""
    scene.clock.now = EIGHT
    scene.helpdesk.open("101", 2, MONDAY - timedelta(days=3))
    scene.helpdesk.open("201", 11, MONDAY - timedelta(days=3))
    await scene.start()
    return scene


async def test_an_hour_without_it_changes_no_alert_and_is_told_once(
    morning: Scene, log: pytest.LogCaptureFixture
) -> None:
    (north,) = morning.alerts("tech-leads")
    stood = said(north)

    morning.helpdesk.open("101", 9, EIGHT)  # a breach and a recovery that nobody can see yet
    morning.helpdesk.resolve("201", EIGHT)
    morning.helpdesk.go_away()
    await morning.pass_by(HOUR)
    assert morning.alerts() == []
    assert [said(each) for each in morning.alerts("tech-leads")] == [stood]
    assert morning.thread(north) == []
    (away,) = morning.told(ADMINS)
    assert "Database helpdesk" in said(away)
    assert "No data for Outstanding tickets, Response time" in said(away)
    answer = await morning.ask("tickets campus-west")
    assert "No data" in answer
    assert "helpdesk" in answer
    assert "critical" in await morning.ask("alerts")  # what stood still stands

    morning.helpdesk.come_back()
    await morning.pass_by(HOUR)
    (west,) = morning.alerts()
    assert "Campus West High School is critical" in said(west)
    assert "recovered" in "".join(morning.thread(north))
    _, back = morning.told(ADMINS)
    assert "Outstanding tickets* works again" in said(back)
    assert "Response time* works again" in said(back)
    assert "Traceback" not in log.text


async def test_a_breach_that_is_over_when_it_comes_back_is_never_told(morning: Scene) -> None:
    morning.helpdesk.open("101", 9, EIGHT)
    morning.helpdesk.go_away()
    await morning.pass_by(HOUR)
    morning.helpdesk.come_back()
    morning.helpdesk.resolve("101", morning.clock.now)
    await morning.pass_by(HOUR)
    assert morning.alerts() == []


async def test_a_digest_that_falls_into_it_says_what_is_missing_and_why(scene: Scene) -> None:
    scene.clock.now = MONDAY - 3 * HOUR - 10 * MINUTE
    scene.helpdesk.open("101", 2, MONDAY - timedelta(days=3))
    await scene.start()
    scene.helpdesk.go_away()
    await scene.pass_by(HOUR)
    (digest,) = scene.digests("tech-leads")
    assert digest.count("No data") >= 2
    assert "helpdesk" in digest
    scene.helpdesk.come_back()
    await scene.pass_by(HOUR)
    assert len(scene.digests("tech-leads")) == 1


@pytest.mark.parametrize("every", [10 * MINUTE, 20 * MINUTE])
async def test_one_that_comes_and_goes_for_an_hour_and_more_is_told_once(morning: Scene, every: timedelta) -> None:
    for _ in range(4):
        morning.helpdesk.go_away()
        await morning.pass_by(every)
        morning.helpdesk.come_back()
        await morning.pass_by(every)
    assert len(morning.told(ADMINS)) == 1
    await morning.pass_by(HOUR)
    assert ["works again" in said(each) for each in morning.told(ADMINS)] == [False, True]


async def test_who_asks_for_what_only_the_rows_can_tell_is_told_the_reason(
    scene: Scene, log: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    scene.config = tmp_path / "config"
    scene.config.mkdir()
    shipped = (CONFIG / "district.yaml").read_text()
    with_rows = shipped.replace("    target: 3\n", "    target: 3\n    detail: [id, opened]\n")
    (scene.config / "district.yaml").write_text(with_rows)
    await scene.start()
    scene.helpdesk.go_away()
    told = await scene.ask("rows tickets campus-west")
    assert "database `helpdesk` cannot be reached" in told
    assert "try again in a few minutes" in told
    assert "Traceback" not in log.text
