"""An alert in Slack from its beginning to its end: one message that is edited, and its story in the thread."""

from datetime import timedelta

import pytest

from localslack import Fault, Message
from tests.scenario.scene import MONDAY, Scene, said

QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)


def alerts(scene: Scene, channel: str = "west-tech") -> list[Message]:
    """The alerts that stand in the channel itself."""
    told = [each for each in scene.ws.messages(channel) if "Outstanding tickets:" in said(each)]
    return [each for each in told if each.thread_ts is None and "Weekly KPI digest" not in said(each)]


def thread(scene: Scene, of: Message) -> list[Message]:
    return [each for each in scene.ws.messages("west-tech") if each.thread_ts == of.ts]


@pytest.fixture
def quiet(scene: Scene) -> Scene:
    """Everybody on target."""
    scene.helpdesk.open("101", 2, MONDAY - timedelta(days=3))
    return scene


async def test_a_breach_is_told_once_to_the_campus_s_own_channel(quiet: Scene) -> None:
    await quiet.start()
    quiet.helpdesk.open("101", 9, MONDAY)
    await quiet.later(QUARTER)
    await quiet.later(QUARTER)
    (alert,) = alerts(quiet)
    for part in ("Campus West High School", "11", "10", "<!subteam^", "slack_file", "alert:ack"):
        assert part in said(alert)
    assert thread(quiet, alert) == []
    assert alerts(quiet, "tech-leads") == []


async def test_breaches_of_several_campuses_are_one_message(quiet: Scene) -> None:
    await quiet.start()
    quiet.helpdesk.open("101", 9, MONDAY)
    quiet.helpdesk.open("111", 7, MONDAY)
    await quiet.later(QUARTER)
    (alert,) = alerts(quiet)
    assert said(alert).index("Campus West High School") < said(alert).index("Oakridge Middle School")
    assert "2 campuses over the threshold, 1 critical" in said(alert)


async def test_what_joins_edits_the_message_and_adds_a_line_to_its_thread(quiet: Scene) -> None:
    await quiet.start()
    quiet.helpdesk.open("101", 5, MONDAY)
    await quiet.later(QUARTER)
    quiet.helpdesk.open("111", 7, MONDAY)
    await quiet.later(QUARTER)
    (alert,) = alerts(quiet)
    assert alert.edited is not None
    assert "slack_file" in said(alert)
    assert "<!subteam^" not in said(alert)  # an edit calls nobody, and need not seem to
    (line,) = thread(quiet, alert)
    assert "also over the threshold" in line.text
    assert "*Oakridge Middle School*: 7 tickets" in line.text
    assert "<!subteam^" in line.text
    assert not line.broadcast


async def test_what_becomes_critical_is_shown_in_the_channel_too(quiet: Scene) -> None:
    await quiet.start()
    quiet.helpdesk.open("101", 5, MONDAY)
    await quiet.later(QUARTER)
    quiet.helpdesk.open("101", 5, MONDAY)
    await quiet.later(QUARTER)
    (alert,) = alerts(quiet)
    (line,) = thread(quiet, alert)
    assert line.broadcast
    assert "Outstanding tickets: worse" in line.text


async def test_a_recovery_is_told_without_calling_the_owner_and_the_message_says_that_it_is_over(quiet: Scene) -> None:
    await quiet.start()
    quiet.helpdesk.open("101", 9, MONDAY)
    await quiet.later(QUARTER)
    quiet.helpdesk.resolve("101", quiet.clock.now, keep=5)  # under the warning, not yet at the recovery threshold
    await quiet.later(QUARTER)
    (alert,) = alerts(quiet)
    (eased,) = thread(quiet, alert)
    assert "better, but still over the threshold" in eased.text
    quiet.helpdesk.resolve("101", quiet.clock.now, keep=2)
    await quiet.later(QUARTER)
    (alert,) = alerts(quiet)
    assert "recovered Mon, Nov 16, 10:45 AM CST" in said(alert)
    assert "alert:ack" not in said(alert)
    recovered = thread(quiet, alert)[-1]
    assert "recovered" in recovered.text
    assert "<!subteam^" not in said(recovered)


async def test_a_breach_that_comes_back_is_a_message_of_its_own(quiet: Scene) -> None:
    await quiet.start()
    for _ in range(2):
        quiet.helpdesk.open("101", 9, quiet.clock.now)
        await quiet.later(QUARTER)
        quiet.helpdesk.resolve("101", quiet.clock.now)
        await quiet.later(QUARTER)
    assert len(alerts(quiet)) == 2


async def test_what_comes_at_night_waits_for_the_morning_unless_it_is_critical(quiet: Scene) -> None:
    await quiet.start()
    await quiet.later(10 * HOUR)  # eight in the evening
    quiet.helpdesk.open("111", 7, quiet.clock.now)
    await quiet.later(QUARTER)
    assert alerts(quiet) == []
    quiet.helpdesk.open("101", 9, quiet.clock.now)
    await quiet.later(QUARTER)
    (alert,) = alerts(quiet)
    assert "critical" in said(alert)
    quiet.helpdesk.resolve("101", quiet.clock.now)
    await quiet.later(QUARTER)
    assert thread(quiet, alert) == []
    await quiet.later(12 * HOUR)
    (alert,) = alerts(quiet)
    (line,) = thread(quiet, alert)
    assert "recovered" in line.text
    assert "Campus West High School" in line.text
    assert "Outstanding tickets: Oakridge Middle School is over the threshold" in said(alert)


async def test_a_database_that_is_down_neither_fires_nor_recovers_and_is_told_once(quiet: Scene) -> None:
    await quiet.start()
    quiet.helpdesk.open("101", 9, MONDAY)
    await quiet.later(QUARTER)
    before = quiet.ws.messages("west-tech")
    quiet.helpdesk.break_down()
    await quiet.later(QUARTER)
    await quiet.later(QUARTER)
    quiet.helpdesk.recover()
    for _ in range(3):
        await quiet.later(QUARTER)
    assert quiet.ws.messages("west-tech") == before
    trouble, mended = quiet.ws.messages("kpibot-admin")
    assert "hd_tickets" in said(trouble)
    assert "Outstanding tickets, Response time" in said(trouble)
    assert "works again" in said(mended)


async def test_a_breach_of_today_began_when_it_was_seen_and_not_at_midnight(quiet: Scene) -> None:
    await quiet.start()
    quiet.helpdesk.open("101", 9, MONDAY)
    await quiet.later(QUARTER)
    (alert,) = alerts(quiet)
    assert "since Mon, Nov 16, 10:15 AM CST" in said(alert)


async def test_a_recovery_says_the_same_beginning_as_the_alert(scene: Scene) -> None:
    scene.helpdesk.open("101", 11, MONDAY - timedelta(days=5))
    await scene.start()
    assert "since Nov 11 (5 days)" in said(alerts(scene)[0])
    scene.helpdesk.resolve("101", MONDAY)
    await scene.later(QUARTER)
    assert "was over the threshold for 5 days" in said(alerts(scene)[0])


# when Slack does not do as it should


async def joined(scene: Scene, *faults: Fault) -> Message:
    """An alert that another campus joins while something fails; ten minutes later it is as it is returned."""
    await scene.start()
    scene.helpdesk.open("101", 5, MONDAY)
    await scene.later(QUARTER)
    for fault in faults:
        scene.ws.fault(fault)
    scene.helpdesk.open("111", 7, MONDAY)
    await scene.later(QUARTER)
    for _ in range(4):
        await scene.later(timedelta(minutes=2))
    (alert,) = alerts(scene)
    return alert


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "http_503", "ratelimited", "reset"])
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_an_edit_and_a_line_come_once_whatever_fails(quiet: Scene, kind: str, method: str) -> None:
    alert = await joined(quiet, Fault(method, kind, channel="west-tech"))  # type: ignore[arg-type]
    assert "2 campuses" in said(alert)
    assert len(thread(quiet, alert)) == 1


async def test_a_line_in_doubt_is_looked_up_in_its_thread(quiet: Scene) -> None:
    alert = await joined(quiet, Fault("chat.postMessage", "drop_after", channel="west-tech"))
    assert len(thread(quiet, alert)) == 1
    assert quiet.ws.calls("conversations.replies")


@pytest.mark.parametrize("kind", ["error", "http_503", "drop_after", "ratelimited"])
@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.upload", "files.completeUploadExternal"])
async def test_a_picture_that_cannot_be_uploaded_costs_no_text(quiet: Scene, method: str, kind: str) -> None:
    await quiet.start()
    quiet.ws.fault(Fault(method, kind, times=None))  # type: ignore[arg-type]
    quiet.helpdesk.open("101", 9, MONDAY)
    await quiet.later(QUARTER)
    (alert,) = alerts(quiet)
    assert "Campus West High School is critical" in said(alert)
    assert "slack_file" not in said(alert)


async def test_a_slow_answer_is_an_answer(quiet: Scene) -> None:
    alert = await joined(
        quiet, Fault("chat.update", "slow", seconds=0.5), Fault("chat.postMessage", "slow", seconds=0.5)
    )
    assert "2 campuses" in said(alert)
    assert len(thread(quiet, alert)) == 1


async def test_a_picture_that_cannot_be_renewed_stays_as_it_was(quiet: Scene) -> None:
    alert = await joined(quiet, Fault("files.getUploadURLExternal", "error", times=None))
    assert "2 campuses" in said(alert)
    assert "slack_file" in said(alert)


async def test_a_message_that_somebody_deleted_is_posted_anew(quiet: Scene) -> None:
    await quiet.start()
    quiet.helpdesk.open("101", 5, MONDAY)
    await quiet.later(QUARTER)
    (gone,) = alerts(quiet)
    quiet.ws.remove(gone)
    quiet.helpdesk.open("111", 7, MONDAY)
    await quiet.later(QUARTER)
    assert alerts(quiet) == []
    await quiet.later(QUARTER)
    (alert,) = alerts(quiet)
    assert "2 campuses over the threshold" in said(alert)
