"""What a bot of an earlier version left behind: its state database, and its messages with their buttons in Slack."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from localslack import Message
from localslack.state.model import View
from tests.scenario.scene import Scene

STORED = Path(__file__).parent / "stored"
STATE, HELPDESK = STORED / "state.db.gz", STORED / "helpdesk.db.gz"
SLACK, EXPECTED = STORED / "slack.json", STORED / "expected.json"
LATER = timedelta(minutes=14)  # whatever waits is due by then, and no other measurement is
PNG = b"\x89PNG\r\n\x1a\n"  # enough of a picture for the workspace
KEPT = ("channel", "ts", "user", "text", "blocks", "thread_ts", "ephemeral_for", "metadata", "broadcast")
CHOSEN_BY, AT_HOME = "luis", "dana"
Json = dict[str, Any]


@dataclass(frozen=True)
class Press:
    """A button or menu of an old message that somebody uses; `value` is what they choose from a menu."""

    message: Message
    action_id: str
    block_id: str
    value: str | None

    @property
    def name(self) -> str:
        """What is pressed, and where."""
        return f"{self.action_id} {self.value or ''} of {self.message.ts}".replace("  ", " ")


def kept_messages(scene: Scene) -> list[Json]:
    """The workspace's messages as they stand, to be stored."""
    channels = scene.ws.conversations.values()
    messages = [message for each in channels for message in each.messages.values() if not message.deleted]
    return [{name: getattr(each, name) for name in KEPT} for each in messages]


def kept_slack(scene: Scene, former: list[Json]) -> Json:
    """All that is kept of the workspace. `former` are messages as they stood before they were edited."""
    ws = scene.ws
    return {
        "former": former,
        "now": scene.clock.now.isoformat(),
        "files": [file.name for file in ws.files],
        "messages": kept_messages(scene),
        "views": [
            {"id": view.id, "user": view.user, "type": view.type, "payload": view.payload, "hash": view.hash}
            for view in ws.views.values()
        ],
    }


def restore(scene: Scene, folder: Path) -> list[Message]:
    """Puts everything back into a scene whose bot has not started; the messages that people may look at."""
    for packed, name in ((STATE, "state.db"), (HELPDESK, "helpdesk.db")):
        (folder / name).write_bytes(gzip.decompress(packed.read_bytes()))
    stored: Json = json.loads(SLACK.read_text())
    scene.clock.now = datetime.fromisoformat(stored["now"]) + LATER
    ws = scene.ws
    for name in stored["files"]:
        ws.files.store(ws.files.add(name, len(PNG), ws.bot_user_id, 0), PNG)
    for each in stored["messages"]:
        ws.put(Message(**each))
    for view in stored["views"]:
        ws.put_view(View(**view))
        ws.number("modal")  # its id is given
    return [Message(**each) for each in (*stored["former"], *stored["messages"])]


def presses(messages: list[Message]) -> Iterator[Press]:
    """Every button and menu of these messages, once where a message stands there before and after an edit."""
    once: set[object] = set()
    for message in messages:
        for block in message.blocks:
            for element in _elements(block):
                if (same := (message.ts, element["action_id"], element.get("value"))) not in once:
                    once.add(same)
                    yield Press(message, element["action_id"], block["block_id"], _choice(element))


def _elements(block: Json) -> list[Json]:
    """The buttons and menus of a block."""
    return [each for each in (*block.get("elements", ()), block.get("accessory", {})) if "action_id" in each]


def _choice(element: Json) -> str | None:
    if element["type"] == "static_select":
        chosen: str = element["options"][-1]["value"]
        return chosen
    return CHOSEN_BY if element["type"] == "users_select" else None


def standing(scene: Scene) -> dict[tuple[str, str], Message]:
    """Every message of the workspace."""
    channels = scene.ws.conversations.values()
    return {(each.name, message.ts): message for each in channels for message in each.messages.values()}


def difference(scene: Scene, before: dict[tuple[str, str], Message]) -> list[Json]:
    """The messages that are new or changed, as people read them: by channel, in order."""
    after = sorted(standing(scene).items(), key=lambda each: each[0])
    return [_read(scene, channel, each) for (channel, ts), each in after if before.get((channel, ts)) != each]


def _read(scene: Scene, channel: str, message: Message) -> Json:
    alone = None if message.ephemeral_for is None else scene.ws.users[message.ephemeral_for].name
    above = None
    if message.thread_ts is not None:
        above = scene.ws.conversations[message.channel].messages[message.thread_ts].text
    key = ((message.metadata or {}).get("event_payload") or {}).get("key")
    blocks = [_without_chance(each) for each in message.blocks]
    return {"in": channel, "for": alone, "below": above, "key": key, "text": message.text, "blocks": blocks}


def _without_chance(block: Json) -> Json:
    """Without ids of pictures, and of blocks but for the alert that they may name."""
    given = {name: value for name, value in block.items() if name != "block_id"}
    if str(block.get("block_id", "")).startswith("{"):
        given["group"] = json.loads(block["block_id"])["group"]
    return {**given, "slack_file": "a picture"} if "slack_file" in given else given


async def go_on(scene: Scene, folder: Path) -> dict[str, list[Json]]:
    """Starts a bot on what was left behind, and uses all that there is to use; what people read, by what was done."""
    old = restore(scene, folder)
    before = standing(scene)
    await scene.start()
    told = {"the bot starts": difference(scene, before)}
    for number, press in enumerate(presses(old)):
        told[f"{number}. {press.name}"] = await _used(scene, press)
    told |= await _at_home(scene)
    told["the mute form is sent"] = await _submitted(scene)
    return told


async def _used(scene: Scene, press: Press) -> list[Json]:
    ws, message = scene.ws, press.message
    ws.put(message)  # whoever presses may look at it as it was before the bot's start
    before, forms = standing(scene), len(ws.views)
    user = CHOSEN_BY if message.ephemeral_for is None else ws.users[message.ephemeral_for].name
    outcome = await scene.server.press(
        message.ts,
        press.action_id,
        channel=ws.conversations[message.channel].name,
        user=user,
        value=ws.user_id(CHOSEN_BY) if press.value == CHOSEN_BY else press.value,
        block_id=press.block_id,
    )
    assert outcome.acked
    await scene.settled()
    await scene.delivered()
    opened = [{"form": view.payload} for view in list(ws.views.values())[forms:]]
    for _ in opened:
        await scene.server._as_people().modals.close(user=user)
    return [*difference(scene, before), *opened]


async def _at_home(scene: Scene) -> dict[str, list[Json]]:
    """The buttons of the home tab, which nobody has opened since."""
    told, home = {}, scene.ws.home_of(AT_HOME)
    assert home is not None
    for action in dict.fromkeys(each["action_id"] for block in home.payload["blocks"] for each in _elements(block)):
        before = standing(scene)
        outcome = await scene.server.press_home(action, user=AT_HOME)
        assert outcome.acked
        await scene.settled()
        told[f"{action} of the home tab"] = difference(scene, before)
    return told


async def _submitted(scene: Scene) -> list[Json]:
    """The form that was open when the earlier bot ended."""
    before = standing(scene)
    held = {"reason": {"it": "exam week"}, "lasting": {"it": "1h"}}
    outcome = await scene.server._as_people().modals.submit(user=CHOSEN_BY, held=held)
    assert outcome.acked
    assert outcome.error is None
    await scene.settled()
    await scene.delivered()
    return difference(scene, before)
