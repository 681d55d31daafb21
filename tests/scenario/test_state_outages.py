"""The bot's own database is away: what waits, what goes on, and what people are told of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kpibot.store.store import StoreError
from localslack import Fault, Message
from tests.scenario.scene import MONDAY, Scene, said

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
SEVEN = MONDAY - 3 * HOUR  # when the digest is due, and a measurement
ADMINS = "kpibot-admin"

Away = Callable[[], None]


class Memory:
    """The bot's own database, which can be taken away and brought back."""

    def __init__(self, away: Away, back: Away) -> None:
        self.goes_away = away
        self.comes_back = back


def file(state: str) -> Memory:
    database = Path(state.removeprefix("sqlite:///"))
    elsewhere = database.with_name("moved.db")
    return Memory(lambda: _move(database, elsewhere), lambda: _move(elsewhere, database))


def _move(before: Path, after: Path) -> None:
    before.rename(after)


@contextmanager
def server(url: str, administrators: str) -> Iterator[Memory]:
    name = sa.make_url(url).database
    engine = sa.create_engine(administrators, isolation_level="AUTOCOMMIT")
    ends = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    with engine.connect() as administrator:

        def away() -> None:
            administrator.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            administrator.execute(ends, {"name": name})

        def back() -> None:
            administrator.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

        yield Memory(away, back)
        back()
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def memory(
    scene: Scene,
    request: pytest.FixtureRequest,
    new_url: Callable[[str], str],
) -> Iterator[Memory]:
    """That of the scene, whose bot does not run yet: a quarter to seven, everybody but Campus North on target."""
    scene.clock.now = SEVEN - 15 * MINUTE
    scene.helpdesk.open("101", 2, MONDAY - timedelta(days=3))
    scene.helpdesk.open("201", 11, MONDAY - timedelta(days=3))
    if request.param == "sqlite":
        yield file(scene.state)
        return
    scene.state = new_url("postgresql")
    with server(scene.state, request.getfixturevalue("postgresql")) as taken:
        yield taken


async def test_a_minute_without_it_costs_nothing_but_that_minute(
    scene: Scene, memory: Memory, log: pytest.LogCaptureFixture
) -> None:
    await scene.start()
    await scene.pass_by(15 * MINUTE - 20 * SECOND)
    (north,) = scene.alerts("tech-leads")

    memory.goes_away()
    scene.helpdesk.open("101", 9, SEVEN - 10 * SECOND)
    await scene.pass_by(MINUTE, 10 * SECOND)  # the digest, a measurement and a breach fall into it
    assert (scene.digests("tech-leads"), scene.alerts()) == ([], [])
    answer = await scene.ask("tickets campus-west")
    assert "11 tickets (Critical)" in answer
    assert "slack_file" in answer
    assert "my own database does not answer" in await scene.ask("alerts")
    assert "try again in a few minutes" in await scene.ask("mute tickets campus-west 1h")
    assert "alerts can be neither shown nor changed" in await scene.press(north, "alert:ack")
    assert scene.thread(north) == []

    memory.comes_back()
    await scene.pass_by(20 * MINUTE)
    for channel in ("tech-leads", "west-tech"):
        (digest,) = scene.digests(channel)
        assert "Mon, Nov 16" in digest
    (west,) = scene.alerts()
    assert "Campus West High School is critical" in said(west)
    assert await scene.press(north, "alert:ack") == ""
    assert len(scene.thread(north)) == 1
    assert scene.told(ADMINS) == []  # a minute is nothing that anybody must see to

    assert "Traceback" not in log.text
    assert "put it back, and kpibot goes on by itself" in log.text or "see that it runs" in log.text
    assert [log.text.count(f"{job} failed") for job in ("measuring", "preparing digests", "delivering")] == [1, 1, 1]
    assert "measuring works again" in log.text


async def test_the_administrators_hear_once_of_a_longer_outage_and_once_of_its_end(
    scene: Scene, memory: Memory
) -> None:
    await scene.start()
    memory.goes_away()
    await scene.pass_by(4 * MINUTE)
    assert scene.told(ADMINS) == []
    await scene.pass_by(HOUR, MINUTE)
    (away,) = scene.told(ADMINS)
    assert "The bot's own database" in said(away)
    assert "It has not worked since 6:45 AM CST" in said(away)
    assert "digests and alerts wait, and nobody can acknowledge or mute. Questions are answered" in said(away)
    memory.comes_back()
    await scene.pass_by(10 * MINUTE)
    _, back = scene.told(ADMINS)
    assert "The bot's own database* works again" in said(back)
    await scene.pass_by(HOUR, MINUTE)
    assert len(scene.told(ADMINS)) == 2
    assert len(scene.digests("tech-leads")) == 1


async def test_one_that_comes_and_goes_is_told_once(scene: Scene, memory: Memory) -> None:
    await scene.start()
    for _ in range(5):
        memory.goes_away()
        await scene.pass_by(8 * MINUTE, MINUTE)
        memory.comes_back()
        await scene.pass_by(4 * MINUTE, MINUTE)
    assert len(scene.told(ADMINS)) == 1
    await scene.pass_by(2 * MINUTE, MINUTE)
    assert len(scene.told(ADMINS)) == 2


async def test_what_slack_does_not_take_at_once_is_told_later_and_once(
    scene: Scene, memory: Memory, log: pytest.LogCaptureFixture
) -> None:
    await scene.start()
    memory.goes_away()
    scene.ws.fault(Fault("chat.postMessage", "http_503"), Fault("chat.postMessage", "drop_after"))
    scene.ws.fault(Fault("conversations.history", "ratelimited"))
    await scene.pass_by(10 * MINUTE)
    assert len(scene.told(ADMINS)) == 1
    assert log.text.count("the administrators cannot be notified about the bot's own database") == 3


@pytest.mark.parametrize("memory", ["postgresql"], indirect=True)
async def test_of_two_bots_that_miss_it_one_tells(scene: Scene, memory: Memory, tmp_path: Path) -> None:
    other = Scene(scene.server, scene.helpdesk, tmp_path, scene.clock)
    other.state = scene.state
    await scene.start()
    await other.start()
    for act in (memory.goes_away, memory.comes_back):
        act()
        for _ in range(20):
            await scene.pass_by(30 * SECOND)
            await other.does_its_rounds()
    assert ["works again" in said(each) for each in scene.told(ADMINS)] == [False, True]
    assert len(scene.digests("tech-leads")) == 1
    await other.stop()


@pytest.mark.parametrize("memory", ["postgresql"], indirect=True)  # a file that is not there is made
async def test_a_bot_that_was_started_again_says_that_it_is_over(scene: Scene, memory: Memory) -> None:
    await scene.start()
    memory.goes_away()
    await scene.pass_by(6 * MINUTE)
    await scene.stop()
    with pytest.raises(StoreError, match="own database"):
        await scene.start()
    memory.comes_back()
    await scene.start()
    await scene.pass_by(6 * MINUTE)
    assert len(scene.told(ADMINS)) == 2
    assert "works again" in said(scene.told(ADMINS)[-1])
    await scene.stop()
    await scene.start()
    await scene.pass_by(6 * MINUTE)
    assert len(scene.told(ADMINS)) == 2


def has_number(message: Message) -> bool:
    return "2 tickets" in said(message)


async def test_what_is_said_to_the_bot_and_pressed_is_answered_though_nobody_knows_whether_it_was_before(
    scene: Scene, memory: Memory, log: pytest.LogCaptureFixture
) -> None:
    await scene.start()
    memory.goes_away()
    await scene.server.say(f"<@{scene.ws.bot_user_id}> tickets", channel="west-tech", user="luis")
    answer = await scene.server.wait_for(lambda _: next(filter(has_number, scene.told("west-tech")), None))
    await scene.settled()
    assert "2 tickets" in said(answer)
    await scene.press(answer, "show:tickets")
    assert "13 tickets" in "".join(scene.thread(answer))
    assert "cannot tell whether this was answered before" in log.text
    assert "Traceback" not in log.text
