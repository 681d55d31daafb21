"""People act on alerts: each deed has effect once, and whoever should know is told."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from localslack import Fault, Message
from localslack.page.modals import Modals
from tests.scenario.scene import CONFIG, MONDAY, Scene, said

QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
WEST = "west-tech"


def alerts(scene: Scene) -> list[Message]:
    """The alerts' own messages, oldest first."""
    return [m for m in scene.ws.messages(WEST) if m.text.startswith("Outstanding tickets: ") and not m.thread_ts]


def thread(scene: Scene, alert: Message) -> list[str]:
    """What the thread of an alert tells, oldest first."""
    return [said(m) for m in scene.ws.messages(WEST) if m.thread_ts == alert.ts and not m.ephemeral_for]


def whispers(scene: Scene, user: str) -> list[str]:
    """What one person is told alone."""
    return [said(m) for m in scene.ws.messages(WEST) if m.ephemeral_for == scene.ws.user_id(user)]


async def until(scene: Scene, holds: Callable[[], object]) -> None:
    await scene.server.wait_for(lambda _: holds())


async def press(scene: Scene, alert: Message, name: str, user: str = "luis", value: str | None = None) -> None:
    outcome = await scene.server.press(alert.ts, f"alert:{name}", channel=WEST, user=user, value=value)
    assert outcome.acked
    assert outcome.seconds < 3


async def settle(scene: Scene) -> None:
    """Waits for what people's presses started, and for its delivery."""
    assert scene.bot is not None
    assert scene.services is not None
    await scene.bot._conversation.drain()
    await scene.bot.catch_up()
    outbox = scene.services.store.outbox
    await until(scene, lambda: not outbox.counts().get("waiting"))


async def later(scene: Scene, by: timedelta) -> None:
    """Lets time pass; what is due then has been told when this returns."""
    await scene.later(by)
    await settle(scene)


def now_is(scene: Scene, alert: Message) -> str:
    """The alert's message as it stands."""
    return next(said(m) for m in scene.ws.messages(WEST) if m.ts == alert.ts)


@pytest.fixture
def config(scene: Scene, tmp_path: Path) -> None:
    """As configured, but people are reminded every two hours."""
    scene.config = tmp_path / "config"
    scene.config.mkdir()
    shipped = (CONFIG / "district.yaml").read_text()
    reminding = shipped.replace("alert: {recovers_at: 4}", "alert: {recovers_at: 4, remind: 2 hours}")
    assert reminding != shipped
    (scene.config / "district.yaml").write_text(reminding)


@pytest.fixture
async def alert(scene: Scene, config: None) -> Message:
    """Eleven tickets at Campus West: critical, and told at 10:15."""
    scene.helpdesk.open("101", 2, MONDAY - 3 * DAY)
    await scene.start()
    scene.helpdesk.open("101", 9, MONDAY)
    await later(scene, QUARTER)
    (posted,) = alerts(scene)
    return posted


# acknowledging


async def test_whoever_acknowledges_is_named_in_the_message_and_its_thread_and_not_called(
    scene: Scene, alert: Message
) -> None:
    await press(scene, alert, "ack")
    await until(scene, lambda: thread(scene, alert))
    (line,) = thread(scene, alert)
    assert "@luis has it (acknowledged until 6:15 PM CST)" in line
    assert "<@" not in line
    assert "@luis" in now_is(scene, alert)
    assert whispers(scene, "luis") == []


async def test_a_double_click_acknowledges_once(scene: Scene, alert: Message) -> None:
    await asyncio.gather(*(press(scene, alert, "ack") for _ in range(3)))
    await settle(scene)
    assert len(thread(scene, alert)) == 1
    assert all("Already acknowledged by you at 10:15 AM CST" in each for each in whispers(scene, "luis"))
    assert len(whispers(scene, "luis")) == 2


async def test_of_two_people_at_once_one_acknowledges_and_the_other_is_told_who(scene: Scene, alert: Message) -> None:
    await asyncio.gather(press(scene, alert, "ack", "luis"), press(scene, alert, "ack", "dana"))
    await settle(scene)
    (line,) = thread(scene, alert)
    first, second = ("luis", "dana") if "@luis has it" in line else ("dana", "luis")
    (told,) = whispers(scene, second)
    assert f"Already acknowledged by @{first} at 10:15 AM CST" in told
    assert whispers(scene, first) == []


async def test_reminders_stop_until_the_acknowledgement_lapses(scene: Scene, alert: Message) -> None:
    await later(scene, 2 * HOUR)
    assert len(thread(scene, alert)) == 1  # the reminder
    await press(scene, alert, "ack")
    await settle(scene)
    for _ in range(4):
        await later(scene, 5 * HOUR)
        if scene.clock.now < MONDAY + 20 * HOUR:  # at night nothing is told
            assert len(thread(scene, alert)) == 2
    assert "The acknowledgment has expired" in thread(scene, alert)[2].replace("the ack", "The ack")
    assert "Acknowledged by" not in now_is(scene, alert)


async def test_what_is_over_cannot_be_acknowledged(scene: Scene, alert: Message) -> None:
    button = next(m for m in scene.ws.messages(WEST) if m.ts == alert.ts)
    scene.helpdesk.resolve("101", scene.clock.now)
    pressed = scene.server.press(button.ts, "alert:ack", channel=WEST, user="luis")
    assert scene.services is not None
    scene.services.store.save_evaluation([], {}, [], scene.clock.now, {("tickets", WEST): None})
    await pressed
    await until(scene, lambda: whispers(scene, "luis"))
    assert "This alert is over already" in whispers(scene, "luis")[0]


async def test_whom_slack_did_not_list_is_named_when_they_act(scene: Scene, config: None) -> None:
    scene.ws.fault(Fault("users.list", "error", error="internal_error", times=1))
    scene.helpdesk.open("101", 11, MONDAY - 3 * DAY)
    await scene.start()
    (posted,) = alerts(scene)
    await press(scene, posted, "ack")
    await until(scene, lambda: thread(scene, posted))
    assert "@luis has it" in thread(scene, posted)[0]


async def test_whoever_presses_while_nothing_can_be_kept_is_told_so(
    scene: Scene, alert: Message, tmp_path: Path
) -> None:
    (tmp_path / "state.db").rename(tmp_path / "away.db")
    await press(scene, alert, "ack")
    await until(scene, lambda: whispers(scene, "luis"))
    assert "my own database does not answer" in whispers(scene, "luis")[0]
    (tmp_path / "away.db").rename(tmp_path / "state.db")
    await press(scene, alert, "ack")
    await until(scene, lambda: thread(scene, alert))


# snoozing and assigning


async def test_a_snooze_until_monday_ends_when_the_department_opens(scene: Scene, alert: Message) -> None:
    await press(scene, alert, "snooze", value="monday")
    await until(scene, lambda: thread(scene, alert))
    (line,) = thread(scene, alert)
    assert "Snoozed by @luis until Mon, Nov 23, 7:30 AM CST" in line
    await later(scene, 6 * DAY)
    await later(scene, 21 * HOUR)  # Monday, 7:15
    assert len(thread(scene, alert)) == 1
    await later(scene, QUARTER)
    assert len(thread(scene, alert)) == 2
    await later(scene, QUARTER)
    assert len(thread(scene, alert)) == 2


async def test_a_snooze_ends_at_once_for_what_becomes_critical_elsewhere(scene: Scene, alert: Message) -> None:
    await press(scene, alert, "snooze", value="1h")
    await settle(scene)
    scene.helpdesk.open("111", 12, scene.clock.now)
    await later(scene, QUARTER)
    assert "Oakridge Middle School" in now_is(scene, alert)


async def test_whoever_is_given_an_alert_is_called_once_and_not_for_taking_it(scene: Scene, alert: Message) -> None:
    await press(scene, alert, "assign", user="dana", value=scene.ws.user_id("luis"))
    await until(scene, lambda: thread(scene, alert))
    (line,) = thread(scene, alert)
    assert f"<@{scene.ws.user_id('luis')}>" in line
    assert "by @dana" in line
    await press(scene, alert, "assign", user="dana", value=scene.ws.user_id("dana"))
    await until(scene, lambda: len(thread(scene, alert)) == 2)
    assert "<@" not in thread(scene, alert)[1]
    assert "@dana has it" in thread(scene, alert)[1]


# asking


async def test_why_is_told_to_the_asker_only(scene: Scene, alert: Message) -> None:
    await press(scene, alert, "why")
    await until(scene, lambda: whispers(scene, "luis"))
    (why,) = whispers(scene, "luis")
    for part in ("11 tickets", "critical from 10", "last measured", "matches", "reminder every 2 h"):
        assert part in why
    assert thread(scene, alert) == []


async def test_the_chart_comes_into_the_thread_once_though_it_is_pressed_twice(scene: Scene, alert: Message) -> None:
    await asyncio.gather(press(scene, alert, "chart"), press(scene, alert, "chart"))
    await until(scene, lambda: any("slack_file" in each for each in thread(scene, alert)))
    await settle(scene)
    (answer,) = thread(scene, alert)
    assert "11 tickets" in answer
    assert "Asked by" in answer


# muting


def modals(scene: Scene) -> Modals:
    return scene.server._as_people().modals


async def opened(scene: Scene, alert: Message) -> None:
    await press(scene, alert, "mute")
    await until(scene, lambda: modals(scene).stack("luis").views)


def form(**held: str | None) -> dict[str, dict[str, str | None]]:
    return {name: {"it": value} for name, value in held.items()}


async def test_a_mute_asks_for_a_reason_and_how_long(scene: Scene, alert: Message) -> None:
    await opened(scene, alert)
    view = json.dumps(modals(scene).top("luis").payload)
    for part in ("Outstanding tickets", "Campus West High School", "West feeder", "Everywhere"):
        assert part in view
    outcome = await modals(scene).submit(user="luis", held=form(reason="exam week"))
    assert outcome.payload == {"response_action": "errors", "errors": {"lasting": "Choose either how long or a day"}}
    outcome = await modals(scene).submit(user="luis", held=form(reason="exam week", day="2026-11-15"))
    assert outcome.payload is not None
    assert "day" in outcome.payload["errors"]
    assert thread(scene, alert) == []


async def test_what_is_muted_is_told_again_when_the_mute_has_ended(scene: Scene, alert: Message) -> None:
    await opened(scene, alert)
    await modals(scene).submit(user="luis", held=form(reason="exam week", lasting="1h"))
    await until(scene, lambda: thread(scene, alert) and whispers(scene, "luis"))
    (line,) = thread(scene, alert)
    assert "muted by @luis until 11:15 AM CST: exam week" in line
    assert "muted by you" in whispers(scene, "luis")[0]
    await later(scene, QUARTER)
    await later(scene, QUARTER)
    assert len(thread(scene, alert)) == 1
    assert len(alerts(scene)) == 1
    await later(scene, HOUR)
    assert len(alerts(scene)) == 2


async def test_a_form_that_is_sent_by_two_people_mutes_once(scene: Scene, alert: Message) -> None:
    for user in ("luis", "dana"):
        await press(scene, alert, "mute", user)
    await until(scene, lambda: all(modals(scene).stack(user).views for user in ("luis", "dana")))
    held = form(reason="exam week", lasting="1h")
    await asyncio.gather(*(modals(scene).submit(user=user, held=held) for user in ("luis", "dana")))
    await settle(scene)
    assert len(thread(scene, alert)) == 1
    told = whispers(scene, "luis") + whispers(scene, "dana")
    assert sorted("Already muted" in each for each in told) == [False, True]


async def test_s15_the_form_mutes_everything_everywhere_only_in_the_administrators_channel(
    scene: Scene, alert: Message
) -> None:
    await opened(scene, alert)
    wide = form(reason="quiet please", lasting="1h", kpi="*", campus="*")
    await modals(scene).submit(user="luis", held=wide)
    await until(scene, lambda: whispers(scene, "luis"))
    assert "can only be made in `#kpibot-admin`" in whispers(scene, "luis")[0]
    assert scene.services is not None
    assert scene.services.store.silences(scene.clock.now) == []


async def test_s15_the_form_mutes_for_more_than_30_days_only_in_the_administrators_channel(
    scene: Scene, alert: Message
) -> None:
    await opened(scene, alert)
    await modals(scene).submit(user="luis", held=form(reason="quiet please", day="2027-05-01"))
    await until(scene, lambda: whispers(scene, "luis"))
    assert "can only be made in `#kpibot-admin`" in whispers(scene, "luis")[0]


@pytest.mark.parametrize("text", ["mute everything everywhere 52w quiet please", "mute tickets everywhere 31d quiet"])
async def test_s15_a_wide_or_long_mute_is_made_and_told_in_the_administrators_channel(
    scene: Scene, alert: Message, text: str
) -> None:
    for channel in (WEST, "@dana"):
        assert "can only be made in `#kpibot-admin`" in await typed(scene, text, channel=channel)
    before = len(scene.told("kpibot-admin"))
    assert "muted by you" in await typed(scene, text, channel="kpibot-admin")
    await settle(scene)
    (told,) = scene.told("kpibot-admin")[before:]
    assert "muted by @dana until " in said(told)
    assert "quiet" in said(told)


# words


async def typed(scene: Scene, text: str, user: str = "dana", channel: str = WEST) -> str:
    """Types `/kpi …` and returns what comes of it."""

    def in_channel() -> list[Message]:
        return [m for m in scene.ws.messages(channel) if not m.thread_ts]

    before = len(in_channel())
    outcome = await scene.server.command("/kpi", text, channel=channel, user=user)
    assert outcome.acked
    await until(scene, lambda: len(in_channel()) > before)
    return said(in_channel()[before])


async def test_what_stands_is_shown_with_who_sees_to_it(scene: Scene, alert: Message) -> None:
    assert "nobody has acknowledged it" in await typed(scene, "alerts")
    await press(scene, alert, "ack")
    await settle(scene)
    assert "acknowledged by @luis until 6:15 PM CST" in await typed(scene, "alerts")
    assert "11 tickets" in await typed(scene, "alerts everywhere", channel="tech-leads")
    assert "No active alerts at" in await typed(scene, "alerts campus-north", channel="tech-leads")


async def test_an_alert_is_acknowledged_by_word_where_it_stands(scene: Scene, alert: Message) -> None:
    assert "there is one in" in await typed(scene, "ack tickets", channel="tech-leads")
    await typed(scene, "ack")
    await until(scene, lambda: any("@dana has it" in each for each in thread(scene, alert)))
    assert "Already acknowledged by @dana" in await typed(scene, "ack tickets", user="luis")


async def test_a_mute_by_word_is_told_to_the_channel_listed_and_ended_by_a_button(scene: Scene, alert: Message) -> None:
    told = await typed(scene, "mute tickets 3d exam week")
    assert "muted by @dana until Thu, Nov 19, 10:15 AM CST: exam week" in told
    assert "<@" not in told
    listed = await typed(scene, "mutes", user="luis")
    assert "by @dana: exam week" in listed
    mutes = next(m for m in scene.ws.messages(WEST) if "alert:unmute" in said(m))
    assert mutes.ephemeral_for == scene.ws.user_id("luis")
    await press(scene, mutes, "unmute")
    await until(scene, lambda: any("unmuted by you" in each for each in whispers(scene, "luis")))
    assert "Nothing is muted" in await typed(scene, "mutes")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("mute tickets", "for how long? Add for example"),
        ("mute tickets 3m", "minutes or months"),
        ("mute tikets 3d", "did you mean `tickets`?"),
        ("unmute", "no such mute; type `mutes`"),
    ],
)
async def test_what_nobody_can_tell_is_said_to_who_typed_it(scene: Scene, alert: Message, text: str, told: str) -> None:
    assert told in await typed(scene, text)
    assert scene.ws.messages(WEST)[-1].ephemeral_for == scene.ws.user_id("dana")


async def test_an_event_that_slack_delivers_again_has_effect_once_even_after_a_new_start(
    scene: Scene, alert: Message
) -> None:
    place, user = scene.ws.channel_id(WEST), scene.ws.user_id("dana")
    words = f"<@{scene.ws.bot_user_id}> mute tickets 3d exam week"
    said_so = {"type": "app_mention", "user": user, "text": words, "ts": "1.0", "channel": place, "event_ts": "1.0"}
    event = {"type": "event_callback", "event_id": "Ev1", "team_id": scene.ws.team_id, "event": said_so}
    scene.server._dispatcher.event(event)
    await until(scene, lambda: any("muted by @dana" in said(m) for m in scene.ws.messages(WEST) if not m.thread_ts))
    await settle(scene)
    before = len(scene.ws.messages(WEST))
    await scene.stop()
    await scene.start()
    scene.server._dispatcher.event(event)
    await typed(scene, "mutes")
    await settle(scene)
    assert len(scene.ws.messages(WEST)) == before + 1
