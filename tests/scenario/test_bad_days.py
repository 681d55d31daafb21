"""A bad day for Slack: much of what the bot sends fails, in every way there is, and each thing is said once."""

import json
from datetime import timedelta

import pytest

from kpibot.workspace import Fault, Message
from kpibot.workspace.faults import Faults
from tests.scenario.scene import MONDAY, Scene

TROUBLES = ("ratelimited", "http_500", "http_503", "drop_before", "drop_after", "reset")
RATE = 0.12  # of each: together, every other call fails


def said(message: Message) -> str:
    return json.dumps([message.text, message.blocks], ensure_ascii=False)


def spoil(scene: Scene, seed: int) -> None:
    """Lets half of the bot's posts, uploads and look-ups fail."""
    scene.ws.faults = Faults(seed)
    for method in ("chat.postMessage", "files.getUploadURLExternal", "files.upload", "conversations.history"):
        for kind in TROUBLES:
            scene.ws.fault(Fault(method, kind, times=None, rate=RATE))  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_each_digest_and_alert_arrives_once_whatever_fails_on_the_way(scene: Scene, seed: int) -> None:
    scene.helpdesk.open("101", 11, MONDAY - timedelta(days=3))
    spoil(scene, seed)
    await scene.start()
    for _ in range(40):
        await scene.later(timedelta(seconds=301))
    assert any(call.fault for call in scene.ws.calls("chat.postMessage"))
    shown = {channel: [said(one) for one in scene.ws.messages(channel)] for channel in ("tech-leads", "west-tech")}
    assert [sum("Weekly KPI digest" in one for one in channel) for channel in shown.values()] == [1, 1]
    assert sum("threshold" in one and "Weekly" not in one for one in shown["west-tech"]) == 1
    assert scene.house is not None
    assert set(scene.house.store.outbox.counts()) == {"sent"}
