"""The process that bears lives: it loads everything once, and forks a bot whenever it is asked for one.

It reads a plan a line from its standard input, one life at a time, and tells on its standard output of each birth and
end. The bot is the one of `bot.py run`, at a clock that its plan sets, and it may die by its own hand:
SIGKILL at a moment of its plan, with no chance to tidy up.
"""

import asyncio
import gc
import json
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import sqlalchemy as sa

from kpibot.app.bot import Bot
from kpibot.app.container import build_services
from kpibot.app.slack_access import SlackAccess
from kpibot.catalog import Catalog, load
from kpibot.render.charts.canvas import INK, Canvas
from kpibot.slack.alerts import buttons
from kpibot.slack.client import bolt
from kpibot.slack.questions import listeners
from kpibot.store.database.instance_lock import instance_lock
from tests.chaos import steps

LONGEST = 300  # seconds; a life that nobody ends any more ends itself
LOADED = (buttons, bolt, listeners)  # by the bot itself only when it connects


@dataclass(frozen=True, slots=True)
class Plan:
    """A life: where its state and Slack are, what its clock shows, and at which moment, met for the n-th time, it dies.

    The clock shows `began` seconds since 1970 when the machine's monotonic one shows `at`, and runs `speed` times as
    fast. One that `stays` goes on when all that was due is done.
    """

    state_url: str
    api_url: str
    bot_token: str
    app_token: str
    began: float
    at: float
    speed: float = 1.0
    stays: bool = False
    dies_at: str | None = None
    nth: int = 1

    def now(self) -> datetime:
        """What the clock shows."""
        return datetime.fromtimestamp(self.began + (time.monotonic() - self.at) * self.speed, UTC)

    def line(self) -> bytes:
        """The plan as it is handed over."""
        return json.dumps(asdict(self)).encode() + b"\n"


def main(config: str, helpdesk_url: str) -> None:
    """Bears a life for each line, until there are no more lines."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    catalog = load(Path(config), {"HELPDESK_URL": helpdesk_url})
    warm_up()
    gc.freeze()  # a life that collected garbage of its parent's would copy all of its memory
    tell(ready=True)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os._exit(lived(catalog, Plan(**json.loads(line))))
        tell(born=pid)
        tell(ended=os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def warm_up() -> None:
    """What the first picture of a process loads takes longer than a life."""
    canvas = Canvas(100, 100)
    canvas.write("kpibot", 0, 20, 20, bold=True)
    canvas.write("kpibot", 0, 50, 20)
    canvas.line((0, 99), (0, 99), 2)
    canvas.dots((0, 99), (0, 99), 5, edge=INK)
    canvas.rectangle(0, 0, 99, 99, fill=INK)
    canvas.png()


def tell(**news: object) -> None:
    """One line, written at once and whole."""
    os.write(1, json.dumps(news).encode() + b"\n")


def lived(catalog: Catalog, plan: Plan) -> int:
    """A life from its beginning to an end in peace."""
    signal.alarm(LONGEST)
    try:
        die_as_planned(Fate(plan.dies_at, plan.nth))
        with instance_lock(plan.state_url), closing(build_services(catalog, plan.state_url)) as services:
            bot = Bot(services, SlackAccess(plan.bot_token, plan.app_token, plan.api_url), plan.now)
            asyncio.run(work(bot, plan.stays))
    except BaseException:  # noqa: BLE001 - whatever it was, the parent is told by the exit code
        traceback.print_exc()
        return 1
    return 0


async def work(bot: Bot, stays: bool) -> None:
    """Runs until all that was due is done, or for ever."""
    stop, ready = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(bot.run(stop, ready))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not stays:
        stop.set()
    await running


class Fate:
    """Ends the process at a moment, when that is met for the n-th time."""

    def __init__(self, moment: str | None, nth: int) -> None:
        self._moment = moment
        self._left = nth
        self._counting = threading.Lock()

    def reached(self, moment: str) -> None:
        """The process is at this moment."""
        if moment != self._moment:
            return
        with self._counting:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def die_as_planned(fate: Fate) -> None:
    """Watches every transaction and every call of this process."""
    Transactions(fate.reached).watch()
    watch_calls(fate.reached)


class Transactions:
    """Tells of every moment of a transaction. Each is the matter of one thread."""

    def __init__(self, reached: Callable[[str], None]) -> None:
        self._reached = reached
        self._own = threading.local()

    def watch(self) -> None:
        """All engines that this process will have."""
        sa.event.listen(sa.Engine, "before_cursor_execute", self._before)
        sa.event.listen(sa.Engine, "after_cursor_execute", self._after)
        sa.event.listen(sa.Engine, "commit", self._committing)
        sa.event.listen(sa.Engine, "rollback", self._forget)
        sa.event.listen(sa.Pool, "checkin", self._committed)

    def _before(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if (found := steps.of_statement(statement, parameters)) is None:
            return
        step, table = found
        if step == "measuring":
            self._reached("measuring: before")
        elif (begun := getattr(self._own, "step", None)) is None:
            self._own.step = step
            self._reached(f"{step}: before")
        else:
            self._reached(f"{begun}: {table}")

    def _after(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if steps.of_statement(statement, parameters) == ("measuring", None):
            self._reached("measuring: done")

    def _committing(self, _connection: Any) -> None:
        if (step := getattr(self._own, "step", None)) is not None:
            self._reached(f"{step}: committing")

    def _committed(self, *_: Any) -> None:
        """A connection goes back to its pool right after its transaction was kept; one that was not is forgotten."""
        step = getattr(self._own, "step", None)
        self._own.step = None
        if step is not None:
            self._reached(f"{step}: committed")

    def _forget(self, *_: Any) -> None:
        self._own.step = None


def watch_calls(reached: Callable[[str], None]) -> None:
    """Tells of every call to Slack before it leaves and when it is answered: all go through aiohttp's session."""
    request = aiohttp.ClientSession._request

    async def watched(session: aiohttp.ClientSession, verb: str, url: Any, **given: Any) -> Any:
        step = _step_of(str(url), given)
        if step is not None:
            reached(f"{step}: before")
        answer = await request(session, verb, url, **given)
        if step is not None:
            reached(f"{step}: answered")
        return answer

    aiohttp.ClientSession._request = watched  # type: ignore[method-assign]


def _step_of(url: str, given: dict[str, Any]) -> str | None:
    path = urlsplit(url).path
    if "/upload/" in path:
        return steps.of_call("files.upload", {})
    arguments = next((given[each] for each in ("json", "params", "data") if isinstance(given.get(each), dict)), {})
    return steps.of_call(path.rpartition("/")[2], arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
