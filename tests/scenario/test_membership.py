"""Only full members are shown anything, and only where nobody from outside reads along; at every door."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from localslack import Fault, Message
from tests.scenario.scene import MONDAY, Scene, said

KINDS: dict[str, dict[str, Any]] = {
    "s14-guest": {"guest": "multi_channel"},
    "s14-single-channel-guest": {"guest": "single_channel"},
    "s13-stranger": {"team_id": "T99"},
    "deactivated": {"deactivated": True},
    "bot": {"is_bot": True},
}
SECRETS = ("Outstanding", "ticket", "Response", "ampus", "West", "feeder", "/kpi", "11 ")
MEMBERS_ONLY = "only for members of this workspace"
DIRECTLY = "Ask me in a direct message"
FORGOTTEN = timedelta(minutes=6)  # after which Slack is asked again who somebody is


@pytest.fixture
async def alert(scene: Scene) -> Message:
    """Eleven tickets at Campus West stand as an alert in #west-tech."""
    scene.helpdesk.open("101", 11, MONDAY - timedelta(days=3))
    await scene.start()
    (posted,) = scene.alerts()
    return posted


def seen_by_all(scene: Scene) -> list[str]:
    """What everybody reads, in every channel."""
    places = ("tech-leads", "west-tech", "kpibot-admin")
    return [said(each) for place in places for each in scene.ws.messages(place) if not each.ephemeral_for]


class Doors:
    """What luis can do; each gives what he is told."""

    def __init__(self, scene: Scene, alert: Message) -> None:
        self.scene = scene
        self.alert = alert

    async def told(self, channel: str, deed: Callable[[], Awaitable[object]]) -> str:
        """What a deed is answered with in a channel, to luis alone or in his own messages."""
        before = {each.ts for each in self._said_to_luis(channel)}
        await deed()
        await self.scene.server.wait_for(lambda _: {each.ts for each in self._said_to_luis(channel)} - before)
        await self.scene.settled()
        return "\n".join(said(each) for each in self._said_to_luis(channel) if each.ts not in before)

    def _said_to_luis(self, channel: str) -> list[Message]:
        """What the bot says in a channel, and in his own messages."""
        places = dict.fromkeys((channel, "@luis"))
        found = [each for place in places for each in self.scene.ws.messages(place)]
        return [each for each in found if each.user == self.scene.ws.bot_user_id]

    async def typed(self, text: str, channel: str = "west-tech") -> str:
        server = self.scene.server
        return await self.told(channel, lambda: server.command("/kpi", text, channel=channel, user="luis"))

    async def mention(self, channel: str = "west-tech") -> str:
        say = self.scene.server.say
        return await self.told(channel, lambda: say("@kpibot rows tickets campus-west", channel=channel, user="luis"))

    async def direct(self) -> str:
        return await self.told("@luis", lambda: self.scene.server.say("tickets", channel="@luis", user="luis"))

    async def press(self, message: Message, action: str, value: str | None = None) -> str:
        channel = self.scene.ws.conversations[message.channel].name
        press = self.scene.server.press
        return await self.told(channel, lambda: press(message.ts, action, channel=channel, user="luis", value=value))

    async def alert_buttons(self) -> dict[str, str]:
        luis = self.scene.ws.user_id("luis")
        values = {"ack": None, "snooze": "1h", "assign": luis, "mute": None, "why": None, "chart": None}
        return {name: await self.press(self.alert, f"alert:{name}", value) for name, value in values.items()}

    async def home(self) -> str:
        server, ws = self.scene.server, self.scene.ws
        before = len(ws.calls("views.publish"))
        await server.open_home(user="luis")
        await server.wait_for(lambda ws: len(ws.calls("views.publish")) > before)
        await self.scene.settled()
        view = ws.home_of("luis")
        assert view is not None
        return json.dumps(view.payload)

    async def form(self) -> str:
        """Submits the form that was opened before."""
        held = {name: {"it": value} for name, value in {"reason": "exam week", "lasting": "1h"}.items()}
        modals = self.scene.server._as_people().modals
        return await self.told("west-tech", lambda: modals.submit(user="luis", held=held))


@pytest.fixture
def doors(scene: Scene, alert: Message) -> Doors:
    return Doors(scene, alert)


async def answers(scene: Scene) -> Message:
    """An answer to dana, with its buttons."""
    await scene.ask("tickets campus-west", channel="west-tech")
    return next(each for each in scene.told("west-tech") if "Asked by" in said(each))


def button(message: Message, prefix: str | tuple[str, ...]) -> str:
    elements = [each for block in message.blocks for each in block.get("elements", ()) if "action_id" in each]
    return next(each["action_id"] for each in elements if each["action_id"].startswith(prefix))


@pytest.mark.parametrize("kind", KINDS)
async def test_whoever_is_no_full_member_is_shown_nothing_at_any_door(scene: Scene, doors: Doors, kind: str) -> None:
    answer = await answers(scene)
    await scene.server.press(doors.alert.ts, "alert:mute", channel="west-tech", user="luis")
    await scene.server.wait_for(lambda _: scene.server._as_people().modals.stack("luis").views)
    assert "Outstanding" in await doors.home()  # seen while luis was a member
    before = seen_by_all(scene)
    scene.ws.change_user("luis", **KINDS[kind])
    scene.clock.advance(FORGOTTEN)
    told = {
        "form": await doors.form(),
        "mention": await doors.mention(),
        "direct message": await doors.direct(),
        "window": await doors.press(answer, button(answer, "window:")),
        "show": await doors.press(answer, button(answer, ("show:", "by:", "rows", "about"))),
        "home": await doors.home(),
        **await doors.alert_buttons(),
    }
    for text in ("", "help", "list", "rows tickets campus-west", "alerts", "mutes", "ack", "mute tickets 3d", "tikets"):
        told[f"/kpi {text}"] = await doors.typed(text)
    for door, words in told.items():
        assert MEMBERS_ONLY in words, door
        assert not [secret for secret in SECRETS if secret in words], door
    asked = [each for each in seen_by_all(scene) if each not in before]
    assert len(asked) == 1 and "rows tickets" in asked[0]  # what luis said himself
    assert scene.services is not None
    assert not scene.services.store.silences(scene.clock.now)
    assert not scene.services.store.alert_groups()["tickets", "west-tech"].acknowledged_by


@pytest.mark.parametrize("sharing", ["ext_shared", "org_shared"])
async def test_s13_in_a_shared_channel_only_the_asker_reads_that_it_is_shared(
    scene: Scene, doors: Doors, sharing: str
) -> None:
    before = seen_by_all(scene)
    setattr(scene.ws.conversations[scene.ws.channel_id("west-tech")], sharing, True)
    told = {
        "mention": await doors.mention(),
        "command": await doors.typed("rows tickets campus-west"),
        "help": await doors.typed("help"),
        **await doors.alert_buttons(),
    }
    for door, words in told.items():
        assert DIRECTLY in words, door
        assert not [secret for secret in SECRETS if secret in words], door
    assert len(seen_by_all(scene)) == len(before) + 1  # what luis said himself
    assert "Outstanding tickets" in await doors.direct()


async def test_s13_a_stranger_in_a_shared_channel_is_not_sent_to_a_direct_message(scene: Scene, doors: Doors) -> None:
    scene.ws.conversations[scene.ws.channel_id("west-tech")].ext_shared = True
    scene.ws.change_user("luis", team_id="T99")
    for words in (await doors.mention(), await doors.typed("rows tickets campus-west")):
        assert MEMBERS_ONLY in words
        assert DIRECTLY not in words


async def test_whoever_cannot_be_looked_up_is_asked_to_try_again(
    scene: Scene, doors: Doors, log: pytest.LogCaptureFixture
) -> None:
    scene.ws.fault(Fault("users.info", "http_503", times=4))
    told = [await doors.typed("tickets"), await doors.mention(), await doors.home()]
    told.append(await doors.press(doors.alert, "alert:why"))
    for words in told:
        assert "try again in a moment" in words
        assert not [secret for secret in SECRETS if secret in words]
    assert scene.ws.user_id("luis") not in log.text
    assert "Outstanding tickets" in await doors.typed("tickets")


async def test_a_command_is_acknowledged_before_anybody_is_looked_up(scene: Scene, alert: Message) -> None:
    scene.ws.fault(Fault("users.info", "slow", seconds=1.0))
    outcome = await scene.server.command("/kpi", "tickets", channel="tech-leads", user="dana")
    assert outcome.acked and outcome.seconds < 0.9
    await scene.settled()


async def test_a_button_of_the_home_tab_is_refused_in_a_direct_message(scene: Scene, doors: Doors) -> None:
    await doors.home()
    view = scene.ws.home_of("luis")
    assert view is not None
    elements = [each for block in view.payload["blocks"] for each in block.get("elements", ()) if "action_id" in each]
    scene.ws.change_user("luis", guest="multi_channel")
    scene.clock.advance(FORGOTTEN)
    action = elements[0]["action_id"]
    words = await doors.told("@luis", lambda: scene.server.press_home(action, user="luis"))
    assert MEMBERS_ONLY in words
