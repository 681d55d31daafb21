"""The process that bears lives, as the test sees it."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.chaos.life import Plan

START_WITHIN = 60.0  # seconds
LIFE_WITHIN = 120.0


class LifeError(AssertionError):
    """A life ended as none may: by an error of its own, or not at all."""


class Nursery:
    """Bears one life after another. What they log is kept in the folder."""

    def __init__(self, config: Path, helpdesk_url: str, folder: Path, name: str = "lives") -> None:
        self._arguments = (str(config), helpdesk_url)
        self._log = folder / f"{name}.log"
        self._process: Process | None = None
        self._news: list[dict[str, Any]] = []
        self.pid: int | None = None

    async def start(self) -> None:
        """Starts the process; it has loaded everything when this returns."""
        command = (sys.executable, "-m", "tests.chaos.life", *self._arguments)
        alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # a thread would not outlast a fork
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=log, env=alone, start_new_session=True
            )
        await self._next("ready", START_WITHIN)

    async def stop(self) -> None:
        """Ends the process, and whoever lives."""
        if self._process is not None:
            with suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()

    async def begin(self, plan: Plan) -> None:
        """A life begins."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(plan.line())
        await self._process.stdin.drain()
        self.pid = int((await self._next("born", START_WITHIN))["born"])

    async def end(self) -> bool:
        """Waits for the end of the life; whether it was killed.

        Raises:
            LifeError: it failed, or did not end.
        """
        code = (await self._next("ended", LIFE_WITHIN))["ended"]
        self.pid = None
        if code not in (0, -signal.SIGKILL):
            raise LifeError(f"a life ended with {code}:\n{self.log()[-3_000:]}")
        return bool(code)

    def kill(self) -> None:
        """Kills whoever lives."""
        if self.pid is not None:
            with suppress(ProcessLookupError):  # it has just ended by itself
                os.kill(self.pid, signal.SIGKILL)

    def log(self) -> str:
        """What the lives logged."""
        return self._log.read_text(errors="replace")

    async def _next(self, what: str, within: float) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        while (found := next((each for each in self._news if what in each), None)) is None:
            try:
                line = await asyncio.wait_for(self._process.stdout.readline(), within)
            except TimeoutError:
                raise LifeError(f"no word of `{what}` in {within:g} s:\n{self.log()[-3_000:]}") from None
            if not line:
                raise LifeError(f"the process that bears lives ended:\n{self.log()[-3_000:]}")
            self._news.append(json.loads(line))
        self._news.remove(found)
        return found
