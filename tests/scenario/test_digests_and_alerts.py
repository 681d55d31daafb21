"""What the bot says unasked: each thing once, whatever happens on the way."""

import json
from datetime import timedelta

import pytest

from kpibot.workspace import Fault, Message
from tests.scenario.scene import MONDAY, Scene

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)


def said(message: Message) -> str:
    return json.dumps([message.text, message.blocks], ensure_ascii=False)


def digests(scene: Scene, channel: str) -> list[Message]:
    return [message for message in scene.ws.messages(channel) if "Weekly KPI digest" in said(message)]


def alerts(scene: Scene, channel: str, words: str = "threshold") -> list[Message]:
    return [m for m in scene.ws.messages(channel) if words in said(m) and "Weekly" not in said(m)]


@pytest.fixture
def quiet(scene: Scene) -> Scene:
    """Everybody on target."""
    scene.helpdesk.open("101", 2, MONDAY - timedelta(days=3))
    return scene


async def test_a_digest_that_was_missed_is_sent_at_the_start_with_the_numbers_of_its_slot(quiet: Scene) -> None:
    quiet.helpdesk.open("101", 1, MONDAY - timedelta(hours=1))  # after the slot of seven o'clock
    await quiet.start()
    for channel in ("tech-leads", "west-tech"):
        assert len(digests(quiet, channel)) == 1
        assert "2 tickets" in said(digests(quiet, channel)[0])
    assert "slack_file" in said(digests(quiet, "tech-leads")[0])


async def test_a_bot_that_starts_again_does_not_send_the_digest_again(quiet: Scene) -> None:
    await quiet.start()
    await quiet.stop()
    await quiet.start()
    assert len(digests(quiet, "tech-leads")) == 1


async def test_a_digest_of_no_use_any_more_is_not_sent(quiet: Scene) -> None:
    quiet.clock.advance(6 * DAY)
    await quiet.start()
    assert digests(quiet, "tech-leads") == []


async def test_the_next_week_has_its_own_digest(quiet: Scene) -> None:
    await quiet.start()
    await quiet.later(7 * DAY)
    assert len(digests(quiet, "tech-leads")) == 2


async def test_one_bad_channel_does_not_stop_the_others(quiet: Scene) -> None:
    quiet.ws.fault(Fault("chat.postMessage", "error", error="is_archived", channel="tech-leads", times=1))
    await quiet.start()
    assert digests(quiet, "tech-leads") == []
    assert len(digests(quiet, "west-tech")) == 1
    assert quiet.house is not None
    assert quiet.house.store.outbox.counts() == {"sent": 2, "parked": 1}


async def test_the_administrators_hear_of_a_message_that_cannot_be_delivered(quiet: Scene) -> None:
    quiet.ws.fault(Fault("chat.postMessage", "error", error="is_archived", channel="tech-leads", times=1))
    await quiet.start()
    (complaint,) = quiet.ws.messages("kpibot-admin")
    assert "tech-leads" in said(complaint)
    assert "unarchive it" in said(complaint)


async def test_a_breach_is_told_once_to_the_campus_s_own_channel(quiet: Scene) -> None:
    await quiet.start()
    quiet.helpdesk.open("101", 9, MONDAY)
    await quiet.later(QUARTER)
    await quiet.later(QUARTER)
    (alert,) = alerts(quiet, "west-tech")
    for part in ("Campus West High School", "11", "10", "<!subteam^"):
        assert part in said(alert)
    assert "slack_file" in said(alert)
    assert alerts(quiet, "tech-leads") == []


async def test_a_breach_of_several_campuses_is_one_message(quiet: Scene) -> None:
    await quiet.start()
    quiet.helpdesk.open("101", 9, MONDAY)
    quiet.helpdesk.open("111", 7, MONDAY)
    await quiet.later(QUARTER)
    (alert,) = alerts(quiet, "west-tech")
    assert "Oakridge Middle School" in said(alert)


async def test_a_recovery_is_told_without_pinging_the_owner(quiet: Scene) -> None:
    await quiet.start()
    quiet.helpdesk.open("101", 9, MONDAY)
    await quiet.later(QUARTER)
    quiet.helpdesk.resolve("101", quiet.clock.now, keep=5)  # under the warning, not yet at the recovery threshold
    await quiet.later(QUARTER)
    assert alerts(quiet, "west-tech", "Recovered") == []
    quiet.helpdesk.resolve("101", quiet.clock.now, keep=2)
    await quiet.later(QUARTER)
    (recovery,) = alerts(quiet, "west-tech", "Recovered")
    assert "<!subteam^" not in said(recovery)


async def test_a_database_that_is_down_neither_fires_nor_recovers(quiet: Scene) -> None:
    await quiet.start()
    quiet.helpdesk.open("101", 9, MONDAY)
    await quiet.later(QUARTER)
    before = len(quiet.ws.messages("west-tech"))
    quiet.helpdesk.break_down()
    await quiet.later(QUARTER)
    await quiet.later(QUARTER)
    quiet.helpdesk.recover()
    await quiet.later(QUARTER)
    assert len(quiet.ws.messages("west-tech")) == before
    trouble, mended = quiet.ws.messages("kpibot-admin")
    assert "hd_tickets" in said(trouble)
    assert "Response time" in said(trouble)
    assert "works again" in said(mended)


async def test_a_post_that_slack_took_but_did_not_confirm_is_not_repeated(quiet: Scene) -> None:
    quiet.ws.fault(Fault("chat.postMessage", "drop_after", channel="tech-leads", times=1))
    await quiet.start()
    await quiet.later(timedelta(minutes=1))
    assert len(digests(quiet, "tech-leads")) == 1
    assert quiet.house is not None
    assert quiet.house.store.outbox.counts() == {"sent": 2}


async def test_a_post_that_never_reached_slack_is_repeated(quiet: Scene) -> None:
    quiet.ws.fault(Fault("chat.postMessage", "drop_before", channel="tech-leads", times=1))
    await quiet.start()
    assert digests(quiet, "tech-leads") == []
    await quiet.later(timedelta(minutes=1))
    assert len(digests(quiet, "tech-leads")) == 1


async def test_slack_is_waited_for_as_long_as_it_asks(quiet: Scene) -> None:
    quiet.ws.fault(Fault("chat.postMessage", "ratelimited", channel="tech-leads", times=1, seconds=30))
    await quiet.start()
    await quiet.later(timedelta(seconds=20))
    assert digests(quiet, "tech-leads") == []
    await quiet.later(timedelta(seconds=20))
    assert len(digests(quiet, "tech-leads")) == 1


async def test_a_channel_reads_its_messages_in_order_when_the_first_one_must_wait(quiet: Scene) -> None:
    quiet.helpdesk.open("101", 9, MONDAY - timedelta(hours=5))  # an alert at once, then the digest
    quiet.ws.fault(Fault("chat.postMessage", "ratelimited", channel="west-tech", times=1, seconds=30))
    await quiet.start()
    assert quiet.ws.messages("west-tech") == []
    await quiet.later(timedelta(seconds=40))
    first, second = quiet.ws.messages("west-tech")
    assert "threshold" in said(first)
    assert "Weekly KPI digest" in said(second)


async def test_a_message_behind_one_that_waits_is_still_looked_up_when_in_doubt(quiet: Scene) -> None:
    quiet.helpdesk.open("101", 9, MONDAY - timedelta(hours=5))
    quiet.ws.fault(Fault("chat.postMessage", "drop_after", channel="west-tech", times=1))
    quiet.ws.fault(Fault("conversations.history", "ratelimited", channel="west-tech", times=1, seconds=10))
    await quiet.start()
    for _ in range(3):
        await quiet.later(timedelta(seconds=40))
    assert len(quiet.ws.messages("west-tech")) == 2


async def test_channels_that_slack_could_not_list_at_the_start_are_looked_up_again(quiet: Scene) -> None:
    quiet.ws.fault(Fault("conversations.list", "error", error="internal_error", times=1))
    await quiet.start()
    assert quiet.ws.messages("tech-leads") == []
    assert quiet.bot is not None
    await quiet.bot._look_up_again()
    await quiet.later(timedelta(minutes=1))
    assert len(digests(quiet, "tech-leads")) == 1
    assert quiet.house is not None
    assert "parked" not in quiet.house.store.outbox.counts()


async def test_a_breach_of_today_began_when_it_was_seen_and_not_at_midnight(quiet: Scene) -> None:
    await quiet.start()
    quiet.helpdesk.open("101", 9, MONDAY)
    await quiet.later(QUARTER)
    (alert,) = alerts(quiet, "west-tech")
    assert "since Mon, Nov 16, 10:15 AM CST" in said(alert)


async def test_a_recovery_says_the_same_beginning_as_the_alert(scene: Scene) -> None:
    scene.helpdesk.open("101", 11, MONDAY - timedelta(days=5))
    await scene.start()
    assert "since Nov 11 (5 days)" in said(alerts(scene, "west-tech")[0])
    scene.helpdesk.resolve("101", MONDAY)
    await scene.later(QUARTER)
    assert "was over the threshold for 5 days" in said(alerts(scene, "west-tech", "Recovered")[0])
