"""The bot at work: connected to Slack, measuring on schedule, delivering what it owes."""

import asyncio
import logging
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any

from kpibot.app import views
from kpibot.app.clock import seconds_passed, utc_now
from kpibot.app.container import Services
from kpibot.app.slack_access import SlackAccess
from kpibot.scheduling import Schedule
from kpibot.services.delivery.delivery import Delivery
from kpibot.services.delivery.outage import OutageNotifier
from kpibot.slack.client.connection import check_app_token, missing_scopes, web_client
from kpibot.slack.client.directory import Directory
from kpibot.slack.client.gatekeeper import Gatekeeper
from kpibot.slack.client.sender import SlackSender
from kpibot.slack.conversation import Conversation
from kpibot.store.store import SlotLostError, StoreError, UpgradedError

log = logging.getLogger(__name__)

ANSWERING = 4  # threads for what people ask; the event loop itself never waits for a statement or a chart
WORKING = 3  # threads for measuring, digests and delivery, which must not wait behind people's questions
LEASING = 2  # threads for the leases of all that, which may be at work in every other thread
DELIVER_EVERY = timedelta(seconds=5)
LOOK_UP_EVERY = timedelta(minutes=1)
TELL_EVERY = timedelta(seconds=30)  # of the bot's own database
RENEW_EVERY = timedelta(seconds=30)  # several times within a lease
TAKE_OVER_EVERY = timedelta(minutes=1)  # a slot that somebody left behind is done soon after its lease
HANG_UP_WITHIN = 1.0  # seconds, and so are the next: all three are over before anybody kills the process, after 10 s
DRAIN_WITHIN = 6.0
RELEASE_WITHIN = 2.0
PRUNING = "prune"


class Bot:
    """One process of the bot. Make it inside the event loop in which it runs."""

    def __init__(
        self,
        services: Services,
        access: SlackAccess,
        now: Callable[[], datetime] = utc_now,
        passed: Callable[[], float] = seconds_passed,
    ) -> None:
        self._house = services
        self._access = access
        self._now = now
        self._answering = ThreadPoolExecutor(ANSWERING, thread_name_prefix="answering")
        self._working = ThreadPoolExecutor(WORKING, thread_name_prefix="working")
        self._leasing = ThreadPoolExecutor(LEASING, thread_name_prefix="leasing")
        self._under_way: set[asyncio.Task[Any]] = set()
        self._client = web_client(access.bot_token, access.api_url, waits_for_rate_limits=True)
        self._directory = Directory(self._client, services.catalog.channels)
        self._conversation = Conversation(
            answering=services.answering,
            commands=services.commands,
            once=services.once,
            client=self._client,
            gatekeeper=Gatekeeper(self._client, passed),
            directory=self._directory,
            now=now,
            in_thread=self._answer,
            deliver=self._deliver,
            views=views,
        )
        sending = web_client(access.bot_token, access.api_url, waits_for_rate_limits=False)
        sender = SlackSender(sending, self._directory, views.message_of)
        self._own_database = OutageNotifier(sender, services.catalog.district, now)
        self._delivery = Delivery(
            services.store.outbox,
            sender,
            services.catalog.district,
            services.store.owner,
            now,
            self._work,
            random.random,
            views.picture_of,
        )
        self._schedule = Schedule(services.catalog.district.calendar.zone, utc_now)
        self._delivering = asyncio.Lock()
        self._ends = asyncio.Event()
        self._upgraded: UpgradedError | None = None

    async def _answer(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Runs what people wait for outside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._answering, work, *arguments)

    async def _work(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Runs the bot's own work outside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._working, work, *arguments)

    async def _lease(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Keeps or gives back what this process has claimed."""
        return await asyncio.get_running_loop().run_in_executor(self._leasing, work, *arguments)

    async def run(self, stop: asyncio.Event, ready: asyncio.Event | None = None) -> None:
        """Works until `stop` is set, then finishes what is under way. `ready` is set when all that was due is done.

        Raises:
            ConnectionProblem: Slack does not let the bot in.
            UpgradedError: a later version has taken the state database over.
        """
        self._ends = stop
        async with AsyncExitStack() as stack:
            await self._connect(stack)
            self._plan()
            stack.callback(self._schedule.stop)
            begins = asyncio.create_task(self._begin(ready))
            await stop.wait()
            self._delivery.stop()
        await self._drain()
        begins.cancel()
        if self._upgraded is not None:
            raise self._upgraded

    async def _begin(self, ready: asyncio.Event | None) -> None:
        """Does what is due by now. Whoever wants the bot to end need not wait for it."""
        with self._noted():
            await self.catch_up()
        log.info("running in %s", self._house.catalog.district.calendar.zone)
        if ready is not None:
            ready.set()

    async def catch_up(self) -> None:
        """Measures and sends what is due: at the start, and whenever the schedule says so.

        A digest whose slot could not be prepared is tried again with the next measurement.
        """
        await self._guarded("measuring", self._house.watch.run)
        await self._guarded("preparing digests", self._house.digests.publish_due)
        await self._guarded("pruning", self.prune)

    def prune(self, now: datetime) -> bool:
        """Deletes what has been kept for long enough, unless this or another process did so today; whether it did."""
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        with self._house.store.claimed(PRUNING, today, now) as is_mine:
            if is_mine:
                self._house.store.prune(now)
                self._house.store.finish(PRUNING, today, now)
        return is_mine

    async def _drain(self) -> None:
        """Lets replies and jobs under way come to their end, but waits for nobody for ever.

        What has not begun by then is released, so that another process need not wait for the leases to end.
        """
        replies = asyncio.create_task(self._conversation.drain())
        await asyncio.wait({replies, *self._under_way}, timeout=DRAIN_WITHIN)
        for pool in (self._answering, self._working):
            pool.shutdown(wait=False, cancel_futures=True)
        await self._release()

    async def _release(self) -> None:
        """The pools take no work any more, and this is the last there is."""
        try:
            async with asyncio.timeout(RELEASE_WITHIN):
                await self._lease(self._house.store.release)
        except (StoreError, TimeoutError) as error:
            log.warning("the leases of this process end by themselves: %s", error or "the database is slow")
        self._leasing.shutdown(wait=False, cancel_futures=True)

    async def _connect(self, stack: AsyncExitStack) -> None:
        lacking = await missing_scopes(self._client)
        if lacking:
            log.warning("the Slack app lacks the scopes %s; update it from its manifest", ", ".join(lacking))
        await check_app_token(self._client, self._access.app_token)
        await self._look_up()
        # Loading Bolt takes a tenth of the start: a bot that Slack does not let in says so before.
        from kpibot.slack.alerts.buttons import AlertButtons  # noqa: PLC0415
        from kpibot.slack.client.bolt import bolt_app, close_connection, socket_mode  # noqa: PLC0415
        from kpibot.slack.questions.listeners import register  # noqa: PLC0415

        app = bolt_app(self._client)
        register(app, self._conversation)
        AlertButtons(
            self._house.acting,
            self._house.standing,
            self._conversation,
            self._client,
            self._directory,
            self._house.catalog.district.calendar,
            self._now,
            self._answer,
        ).register(app)
        handler = socket_mode(app, self._access.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        stack.push_async_callback(close_connection, handler, HANG_UP_WITHIN)

    def _plan(self) -> None:
        self._schedule.every(self._house.catalog.district.measure_every, self.catch_up, "measure")
        self._schedule.every(DELIVER_EVERY, self._deliver, "deliver")
        self._schedule.every(RENEW_EVERY, self._renew, "renew leases")
        self._schedule.every(TAKE_OVER_EVERY, self.catch_up, "take over")
        self._schedule.every(TELL_EVERY, self._own_database.notify, "tell of the own database")
        self._schedule.every(LOOK_UP_EVERY, self._look_up_again, "look up channels")
        for digest in self._house.catalog.digests.values():
            self._schedule.weekly(digest.weekdays, digest.at, self.catch_up, f"digest {digest.id}")
        self._schedule.start()

    async def _renew(self) -> None:
        with self._minded("renewing leases"):
            await self._lease(self._house.store.renew, self._now())

    async def _look_up(self) -> None:
        await self._directory.load()
        for problem in self._directory.problems:
            log.warning("%s", problem)

    async def _look_up_again(self) -> None:
        """A channel that was missing may have been made, and a Slack that was away may be back."""
        if not self._directory.is_loaded or self._directory.problems:
            await self._directory.load()

    async def _guarded(self, what: str, work: Callable[[datetime], object]) -> None:
        if self._ends.is_set():
            return
        with self._noted():
            with self._minded(what):
                await self._work(work, self._now())
            await self._deliver()

    async def _deliver(self) -> None:
        if self._delivering.locked():
            return
        async with self._delivering:
            with self._noted(), self._minded("delivering"):
                await self._delivery.deliver_due()

    @contextmanager
    def _minded(self, what: str) -> Iterator[None]:
        """Minds how a job ends: whatever failed, the schedule goes on."""
        try:
            yield
        except UpgradedError as error:
            self._upgraded = error
            self._ends.set()
        except SlotLostError as error:
            log.warning("%s: %s", what, error)
        except StoreError as error:
            self._own_database.record_failure(what, str(error))
        except Exception:
            log.exception("%s failed; it is tried again on schedule", what)
        else:
            self._own_database.record_success(what)

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """Notes that the current task is at work, so that the end waits for it."""
        task = asyncio.current_task()
        is_outermost = task is not None and task not in self._under_way
        if task is not None:
            self._under_way.add(task)
        try:
            yield
        finally:
            if is_outermost and task is not None:
                self._under_way.discard(task)
