"""A bad day for Slack: much of what the bot sends fails, in every way there is, and each thing is said once."""

from datetime import timedelta

import pytest

from localslack import Fault, Message
from localslack.state.faults import Faults
from tests.scenario.scene import MONDAY, Scene, said

TROUBLES = ("ratelimited", "http_500", "http_503", "drop_before", "drop_after", "reset")
METHODS = (
    "chat.postMessage",
    "chat.update",
    "files.getUploadURLExternal",
    "files.upload",
    "conversations.history",
    "conversations.replies",
)
RATE = 0.12  # of each: together, every other call fails


def spoil(scene: Scene, seed: int) -> None:
    """Lets half of the bot's posts, edits, uploads and look-ups fail."""
    scene.ws.faults = Faults(seed)
    for method in METHODS:
        for kind in TROUBLES:
            scene.ws.fault(Fault(method, kind, times=None, rate=RATE))  # type: ignore[arg-type]


def is_digest(message: Message) -> bool:
    return "Weekly KPI digest" in said(message)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_each_digest_and_alert_arrives_once_whatever_fails_on_the_way(scene: Scene, seed: int) -> None:
    scene.helpdesk.open("101", 7, MONDAY - timedelta(days=3))
    spoil(scene, seed)
    await scene.start()
    scene.helpdesk.open("111", 7, MONDAY)
    for _ in range(20):
        await scene.later(timedelta(seconds=301))
    scene.helpdesk.open("101", 7, MONDAY)
    for _ in range(20):
        await scene.later(timedelta(seconds=301))
    assert any(call.fault for call in scene.ws.calls("chat.postMessage"))
    west, leads = scene.ws.messages("west-tech"), scene.ws.messages("tech-leads")
    assert [sum(map(is_digest, channel)) for channel in (west, leads)] == [1, 1]
    (alert,) = (each for each in west if each.thread_ts is None and not is_digest(each))
    assert "2 campuses over the threshold, 1 critical" in said(alert)
    assert ["also over" in said(each) for each in west if each.thread_ts == alert.ts] == [True, False]
    assert scene.services is not None
    assert set(scene.services.store.outbox.counts()) <= {"sent", "superseded"}
