"""What the bot says unasked: each thing once, whatever happens on the way."""

from datetime import timedelta

import pytest

from localslack import Fault, Message
from tests.scenario.scene import MONDAY, Scene, said

DAY = timedelta(days=1)


def digests(scene: Scene, channel: str) -> list[Message]:
    return [message for message in scene.ws.messages(channel) if is_digest(message)]


def is_digest(message: Message) -> bool:
    return "Weekly KPI digest" in said(message)


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
    assert quiet.services is not None
    assert quiet.services.store.outbox.counts() == {"sent": 2, "dead_letter": 1}


async def test_the_administrators_hear_of_a_message_that_cannot_be_delivered(quiet: Scene) -> None:
    quiet.ws.fault(Fault("chat.postMessage", "error", error="is_archived", channel="tech-leads", times=1))
    await quiet.start()
    (complaint,) = quiet.ws.messages("kpibot-admin")
    assert "tech-leads" in said(complaint)
    assert "unarchive it" in said(complaint)


async def test_a_post_that_slack_took_but_did_not_confirm_is_not_repeated(quiet: Scene) -> None:
    quiet.ws.fault(Fault("chat.postMessage", "drop_after", channel="tech-leads", times=1))
    await quiet.start()
    await quiet.later(timedelta(minutes=1))
    assert len(digests(quiet, "tech-leads")) == 1
    assert quiet.services is not None
    assert quiet.services.store.outbox.counts() == {"sent": 2}


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
    assert not is_digest(first)
    assert is_digest(second)


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
    await quiet.bot._refresh_directory()
    await quiet.later(timedelta(minutes=1))
    assert len(digests(quiet, "tech-leads")) == 1
    assert quiet.services is not None
    assert "dead_letter" not in quiet.services.store.outbox.counts()
