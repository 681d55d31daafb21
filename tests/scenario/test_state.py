"""What the bot does about its own memory: shares it, tidies it, holds it alone, and outlives its failures."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from kpibot.core.kpis.readings import Reading
from kpibot.store.database.instance_lock import instance_lock
from kpibot.store.leases import LEASE
from kpibot.store.store import Store, UpgradedError, open_engine
from tests.scenario.scene import CONFIG, MONDAY, Scene

BOT = Path(__file__).parents[2] / "bot.py"
DAY = timedelta(days=1)
DIGEST = ("digest:weekly", MONDAY - timedelta(hours=3))
MEASUREMENT = ("watch", MONDAY)


@contextmanager
def another_process(scene: Scene, name: str = "another") -> Iterator[Store]:
    with closing(Store(open_engine(scene.state), owner=name)) as store:
        yield store


def digests(scene: Scene) -> int:
    return sum("Weekly KPI digest" in message.text for message in scene.ws.messages("tech-leads"))


def measured(scene: Scene) -> bool:
    assert scene.services is not None
    return bool(scene.services.store.readings.latest("tickets", MONDAY - DAY, MONDAY + DAY))


async def test_what_another_process_left_behind_is_done_after_its_lease(scene: Scene) -> None:
    with another_process(scene) as store:
        for work, slot in (DIGEST, MEASUREMENT):
            assert store.leases.acquire(work, slot, MONDAY)
    await scene.start()
    assert (digests(scene), measured(scene)) == (0, False)
    await scene.later(LEASE)
    assert (digests(scene), measured(scene)) == (1, True)


async def test_what_another_process_is_at_is_left_to_it(scene: Scene) -> None:
    with another_process(scene) as store:
        store.leases.acquire(*MEASUREMENT, MONDAY)
        await scene.start()
        store.leases.renew(MONDAY + LEASE)
        await scene.later(LEASE)
        assert not measured(scene)


async def test_a_bot_that_stops_leaves_nothing_for_others_to_wait_for(scene: Scene) -> None:
    await scene.start()
    assert scene.services is not None
    assert scene.services.store.leases.acquire("something", MONDAY, MONDAY)
    await scene.stop()
    with another_process(scene) as store:
        assert store.leases.acquire("something", MONDAY, MONDAY)
        assert store.leases.is_done(*MEASUREMENT)
        assert store.leases.is_done(*DIGEST)


async def test_what_nobody_needs_is_deleted_once_a_day(scene: Scene) -> None:
    old = MONDAY - 100 * DAY

    def kept() -> int:
        return len(store.readings.history("tickets", "campus-west", old - DAY, old + DAY))

    with another_process(scene) as store:
        store.save_readings([Reading(kpi="tickets", campus="campus-west", as_of=old, value=1.0)])
        await scene.start()
        assert kept() == 0
        store.save_readings([Reading(kpi="tickets", campus="campus-west", as_of=old, value=1.0)])
        await scene.later(timedelta(hours=1))
        assert kept() == 1
        await scene.later(DAY)
        assert kept() == 0


def move(state: str, before: str, after: str) -> None:
    folder = Path(state.removeprefix("sqlite:///")).parent
    (folder / before).rename(folder / after)


async def test_a_database_that_is_away_for_a_while_costs_nothing_but_time(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    await scene.start()
    move(scene.state, "state.db", "away.db")
    scene.helpdesk.open("101", 11, MONDAY - 3 * DAY)
    await scene.later(timedelta(minutes=15))
    assert "state.db has vanished; put it back" in caplog.text
    assert "Traceback" not in caplog.text
    move(scene.state, "away.db", "state.db")
    await scene.later(timedelta(minutes=15))
    told = [message.text for message in scene.ws.messages("west-tech")]
    assert [text.startswith("Outstanding tickets: ") for text in told].count(True) == 1


async def test_a_bot_whose_database_another_version_has_upgraded_says_so_and_ends(scene: Scene) -> None:
    await scene.start()
    with closing(sqlite3.connect(scene.state.removeprefix("sqlite:///"))) as database, database:
        database.execute("UPDATE kpibot_version SET version_num = '0999'")
    scene.helpdesk.open("101", 11, MONDAY - 3 * DAY)
    await scene.later(timedelta(minutes=15))
    assert scene.ws.messages("west-tech")[1:] == []  # the digest of before
    with pytest.raises(UpgradedError, match="this kpibot ends; install that version here, too, and start it"):
        await scene.stop()


def environment(folder: Path) -> dict[str, str]:
    helpdesk = folder / "helpdesk.db"
    sqlite3.connect(helpdesk).close()
    slack = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": "http://127.0.0.1:9/api/"}
    state = f"sqlite:///{folder / 'state.db'}"
    return {**os.environ, **slack, "HELPDESK_URL": f"sqlite:///{helpdesk}", "KPIBOT_STATE_URL": state}


def test_a_second_bot_on_the_same_file_is_told_which_one_has_it(tmp_path: Path) -> None:
    with instance_lock(f"sqlite:///{tmp_path / 'state.db'}"):
        command = [sys.executable, str(BOT), "run", "--config", str(CONFIG)]
        second = subprocess.run(
            command, env=environment(tmp_path), cwd=tmp_path, capture_output=True, text=True, check=False
        )
    assert second.returncode == 1
    assert second.stderr == (
        f"another kpibot (pid {os.getpid()}) is using {tmp_path / 'state.db'}; stop it, or use PostgreSQL for several\n"
    )
