"""Makes what is stored beside it. It ran at commit 5d9fcab, and is kept to show what the stored bot lived through.

    python -m tests.scenario.stored.make state       the state database and Slack, as a bot leaves them behind
    python -m tests.scenario.stored.make expected    what people read when a bot goes on with them

To run the first at a later commit would make the stored state one of that commit, and the test of it worthless. The
second may be run again when the words of messages change on purpose; read what differs.
"""

import asyncio
import gzip
import json
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

from localslack import Channel, Fault, Group, Person, Workspace, WorkspaceServer
from tests.scenario.earlier import EXPECTED, HELPDESK, SLACK, STATE, Json, go_on, kept_messages, kept_slack
from tests.scenario.scene import MONDAY, Clock, Helpdesk, Scene

QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
FRIDAY = MONDAY - 3 * DAY
QUESTIONS = (
    "",
    "help",
    "tickets",
    "tickets campus-west 30d",
    "tickets by campus",
    "rows tickets",
    "about tickets",
    "alerts",
    "mutes",
)
AWAY = ("chat.postMessage", "chat.update")


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Scene]:
    """The scene of the scenario tests."""
    clock = Clock(FRIDAY)
    workspace = Workspace(
        name="Scenario ISD",
        bot_name="kpibot",
        channels=[
            Channel("tech-leads"),
            Channel("west-tech"),
            Channel("kpibot-admin"),
            Channel("teachers-lounge", members=("dana",)),
        ],
        people=[Person("dana", "Dana Okafor"), Person("luis", "Luis Ortega")],
        groups=[Group("helpdesk-leads", members=("luis",))],
        clock=lambda: clock().timestamp(),
        file_seconds=0.01,
    )
    server = WorkspaceServer(workspace)
    await server.start()
    scene = Scene(server, Helpdesk(folder / "helpdesk.db"), folder, clock)
    try:
        yield scene
    finally:
        await scene.stop()
        await server.stop()


async def live(scene: Scene) -> list[Json]:
    """A Friday on which all is well in Slack, and a Monday morning on which it takes nothing; the alerts as posted."""
    posted = await friday(scene)
    for method in AWAY:
        scene.ws.fault(Fault(method, "http_503", times=None))
    scene.clock.now = MONDAY
    await monday(scene)
    return posted


async def friday(scene: Scene) -> list[Json]:
    """Alerts on which people act, questions with their buttons, mutes, and a form that is left open."""
    scene.helpdesk.open("101", 11, FRIDAY - 3 * DAY)
    scene.helpdesk.open("201", 7, FRIDAY - DAY)
    await scene.start()
    posted = [each for each in kept_messages(scene) if each["text"].startswith("Outstanding tickets: ")]
    await scene.server.open_home(user="dana")
    for question in QUESTIONS:
        await scene.ask(question, channel="west-tech")
    await scene.ask("mute response-time feeder-north 1w exam week", channel="west-tech")
    await scene.ask("mute tickets oakridge-middle 1h power cut", channel="west-tech")
    await scene.ask("mutes", channel="west-tech")
    (alert,) = scene.alerts()
    for action, value in (("ack", None), ("assign", scene.ws.user_id("dana")), ("why", None), ("chart", None)):
        await scene.press(alert, f"alert:{action}", value=value)
    await scene.press(alert, "alert:mute")
    await scene.delivered()
    return posted


async def monday(scene: Scene) -> None:
    """A digest, an alert that worsens and is acted on, a new one, and a database that goes and comes back."""
    assert scene.services is not None
    actions, store = scene.services.alert_actions, scene.services.store
    scene.helpdesk.resolve("201", MONDAY - HOUR)
    await scene.later(timedelta())
    scene.helpdesk.open("111", 12, MONDAY)
    scene.helpdesk.open("201", 8, MONDAY)
    await scene.later(QUARTER)
    now = scene.clock.now
    (west,) = [each for each in store.alert_groups().values() if each.channel == "west-tech"]
    actions.assign(west.key, "@luis", "@dana", now)
    actions.mute("tickets", "campus-west", now + 3 * DAY, "new switches", "@dana", now)
    (north,) = [each for each in store.alert_groups().values() if each.channel == "tech-leads"]
    actions.acknowledge(north.key, "@luis", now)
    actions.snooze(north.key, now + 4 * HOUR, "@luis", now)
    scene.helpdesk.break_down()
    await scene.later(QUARTER)
    await scene.later(QUARTER)
    scene.helpdesk.recover()
    for _ in range(3):
        await scene.later(QUARTER)
    actions.unmute(store.silences(scene.clock.now)[0].id, "@luis", scene.clock.now)


async def make_state() -> None:
    """Stores what a bot leaves behind."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with stage(folder) as scene:
            posted = await live(scene)
            await scene.stop()
            SLACK.write_text(json.dumps(kept_slack(scene, posted), ensure_ascii=False, indent=1) + "\n")
        for file, packed in (("state.db", STATE), ("helpdesk.db", HELPDESK)):
            with closing(sqlite3.connect(folder / file)) as database:
                database.execute("PRAGMA journal_mode = DELETE")
                database.execute("VACUUM")
            packed.write_bytes(gzip.compress((folder / file).read_bytes(), mtime=0))


async def make_expected() -> None:
    """Stores what people read then."""
    with tempfile.TemporaryDirectory() as name:
        async with stage(Path(name)) as scene:
            told = await go_on(scene, Path(name))
    EXPECTED.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    asyncio.run({"state": make_state, "expected": make_expected}[sys.argv[1]]())
