"""The bot at work: connected to Slack, measuring on schedule, delivering what it owes."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

from kpibot.app.access import SlackAccess
from kpibot.app.clock import utc_now
from kpibot.app.house import House
from kpibot.scheduling import Schedule
from kpibot.services.deliver import Delivery
from kpibot.slack.connection import bolt_app, check_app_token, missing_scopes, socket_mode, web_client
from kpibot.slack.conversation import Conversation
from kpibot.slack.directory import Directory
from kpibot.slack.listeners import register
from kpibot.slack.sender import SlackSender

log = logging.getLogger(__name__)

THREADS = 4  # statements and charts under way at once; the event loop itself never waits for one
DELIVER_EVERY = timedelta(seconds=5)


class Bot:
    """One process of the bot. Make it inside the event loop in which it runs."""

    def __init__(self, house: House, access: SlackAccess, now: Callable[[], datetime] = utc_now) -> None:
        self._house = house
        self._access = access
        self._now = now
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="kpibot")
        self._client = web_client(access.bot_token, access.api_url, waits_for_rate_limits=True)
        self._directory = Directory(self._client, house.catalog.channels)
        self._conversation = Conversation(house.answering, self._client, self._directory, now, self.in_thread)
        sending = web_client(access.bot_token, access.api_url, waits_for_rate_limits=False)
        self._delivery = Delivery(
            house.store.outbox,
            SlackSender(sending, self._directory),
            house.catalog.district,
            _owner(),
            now,
            self.in_thread,
        )
        self._schedule = Schedule(house.catalog.district.calendar.zone)
        self._delivering = asyncio.Lock()

    async def in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Runs what blocks outside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)

    async def run(self, stop: asyncio.Event, ready: asyncio.Event | None = None) -> None:
        """Works until `stop` is set, then finishes what is under way. `ready` is set when all that was due is done.

        Raises:
            ConnectionProblem: Slack does not let the bot in.
        """
        async with AsyncExitStack() as stack:
            await self._connect(stack)
            self._plan()
            stack.callback(self._schedule.stop)
            await self.catch_up()
            log.info("at work in %s", self._house.catalog.district.calendar.zone)
            if ready is not None:
                ready.set()
            await stop.wait()
        await self._conversation.drain()
        async with self._delivering:
            self._pool.shutdown(wait=True)

    async def catch_up(self) -> None:
        """Measures and sends what is due: at the start, and whenever the schedule says so."""
        await self._measure()
        await self._digest()

    async def _connect(self, stack: AsyncExitStack) -> None:
        lacking = await missing_scopes(self._client)
        if lacking:
            log.warning("the Slack app lacks the scopes %s; update it from its manifest", ", ".join(lacking))
        await check_app_token(self._client, self._access.app_token)
        await self._directory.load()
        for problem in self._directory.problems:
            log.warning("%s", problem)
        app = bolt_app(self._client)
        register(app, self._conversation, self._house.catalog.kpis)
        handler = socket_mode(app, self._access.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        stack.push_async_callback(handler.close_async)

    def _plan(self) -> None:
        self._schedule.every(self._house.catalog.district.measure_every, self._measure, "measure")
        self._schedule.every(DELIVER_EVERY, self._deliver, "deliver")
        for digest in self._house.catalog.digests.values():
            self._schedule.weekly(digest.weekdays, digest.at, self._digest, f"digest {digest.id}")
        self._schedule.start()

    async def _measure(self) -> None:
        await self._guarded("measuring", self._house.watch.run)

    async def _digest(self) -> None:
        await self._guarded("preparing digests", self._house.digests.publish_due)

    async def _guarded(self, what: str, work: Callable[[datetime], object]) -> None:
        """One failed round must not end the schedule: the next one is due soon."""
        try:
            await self.in_thread(work, self._now())
        except Exception:
            log.exception("%s failed; it is tried again on schedule", what)
        await self._deliver()

    async def _deliver(self) -> None:
        if self._delivering.locked():
            return
        async with self._delivering:
            while await self._delivery.work_off():
                pass


def _owner() -> str:
    """A name for this process that no other one has."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
