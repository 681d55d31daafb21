"""The running bot: connected to Slack, measuring on schedule, delivering its outbox."""

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
from kpibot.services.delivery.delivery import Delivery, InThread
from kpibot.services.delivery.outage import OutageNotifier
from kpibot.slack.client.connection import check_app_token, missing_scopes, web_client
from kpibot.slack.client.directory import Directory
from kpibot.slack.client.gatekeeper import Gatekeeper
from kpibot.slack.client.sender import SlackSender
from kpibot.slack.conversation import Conversation
from kpibot.store.store import SlotLostError, StoreError, UpgradedError

log = logging.getLogger(__name__)

QUESTION_THREADS = 4  # threads for questions; the event loop itself never waits for a statement or a chart
WORK_THREADS = 3  # threads for measuring, digests and delivery, which must not wait behind questions
LEASE_THREADS = 2  # threads for leases, which must be renewed while all other threads are busy
DELIVER_EVERY = timedelta(seconds=5)
REFRESH_DIRECTORY_EVERY = timedelta(minutes=1)
REPORT_OUTAGE_EVERY = timedelta(seconds=30)  # of the bot's own database
RENEW_EVERY = timedelta(seconds=30)  # several times per lease
TAKE_OVER_EVERY = timedelta(minutes=1)  # a slot that another process abandoned is done soon after its lease ends
CLOSE_WITHIN = 1.0  # seconds, as are the next two: together less than the 10 s after which a process manager kills
DRAIN_WITHIN = 6.0
RELEASE_WITHIN = 2.0
PRUNING = "prune"


class Bot:
    """One process of the bot. Create it inside the event loop that it runs in."""

    def __init__(
        self,
        services: Services,
        access: SlackAccess,
        now: Callable[[], datetime] = utc_now,
        passed: Callable[[], float] = seconds_passed,
    ) -> None:
        self._services = services
        self._access = access
        self._now = now
        self._question_pool = ThreadPoolExecutor(QUESTION_THREADS, thread_name_prefix="answering")
        self._work_pool = ThreadPoolExecutor(WORK_THREADS, thread_name_prefix="working")
        self._lease_pool = ThreadPoolExecutor(LEASE_THREADS, thread_name_prefix="leasing")
        self._answer = _runner(self._question_pool)
        self._work = _runner(self._work_pool)
        self._lease = _runner(self._lease_pool)
        self._running: set[asyncio.Task[Any]] = set()
        self._client = web_client(access.bot_token, access.api_url, waits_for_rate_limits=True)
        self._directory = Directory(self._client, services.catalog.channels)
        self._conversation = Conversation(
            answering=services.answering,
            dispatcher=services.dispatcher,
            once=services.idempotency,
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
        self._outage = OutageNotifier(sender, services.catalog.district, now)
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
        self._delivery_lock = asyncio.Lock()
        self._stop = asyncio.Event()
        self._upgraded: UpgradedError | None = None

    async def run(self, stop: asyncio.Event, ready: asyncio.Event | None = None) -> None:
        """Runs until `stop` is set, then finishes what is in progress. `ready` is set once everything due is done.

        Raises:
            ConnectionProblem: Slack refuses the bot.
            UpgradedError: a later version has taken over the state database.
        """
        self._stop = stop
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
        """Does what is due now. Stopping the bot does not wait for it."""
        with self._track():
            await self.catch_up()
        log.info("running in %s", self._services.catalog.district.calendar.zone)
        if ready is not None:
            ready.set()

    async def catch_up(self) -> None:
        """Measures and sends what is due: at the start, and on schedule.

        A digest that could not be prepared is retried with the next measurement.
        """
        await self._run_job("measuring", self._services.alert_monitor.run)
        await self._run_job("preparing digests", self._services.digests.publish_due)
        await self._run_job("pruning", self.prune)

    def prune(self, now: datetime) -> bool:
        """Deletes expired rows, unless this or another process already did so today; returns whether it did."""
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        with self._services.store.leases.hold(PRUNING, today, now) as is_mine:
            if is_mine:
                self._services.store.prune(now)
                self._services.store.complete(PRUNING, today, now)
        return is_mine

    async def _drain(self) -> None:
        """Lets replies and jobs in progress finish, within a limit.

        What has not begun by then is released, so that another process need not wait for the leases to expire.
        """
        replies = asyncio.create_task(self._conversation.drain())
        await asyncio.wait({replies, *self._running}, timeout=DRAIN_WITHIN)
        for pool in (self._question_pool, self._work_pool):
            pool.shutdown(wait=False, cancel_futures=True)
        await self._release()

    async def _release(self) -> None:
        """Gives back the leases of this process; the last work that it does."""
        try:
            async with asyncio.timeout(RELEASE_WITHIN):
                await self._lease(self._services.store.release)
        except (StoreError, TimeoutError) as error:
            log.warning("the leases of this process end by themselves: %s", error or "the database is slow")
        self._lease_pool.shutdown(wait=False, cancel_futures=True)

    async def _connect(self, stack: AsyncExitStack) -> None:
        lacking = await missing_scopes(self._client)
        if lacking:
            log.warning("the Slack app lacks the scopes %s; update it from its manifest", ", ".join(lacking))
        await check_app_token(self._client, self._access.app_token)
        await self._load_directory()
        # Loading Bolt takes a tenth of the start-up time: a bot that Slack refuses says so before.
        from kpibot.slack.alerts.buttons import AlertButtons  # noqa: PLC0415
        from kpibot.slack.client.bolt import bolt_app, close_connection, socket_mode  # noqa: PLC0415
        from kpibot.slack.questions.listeners import register  # noqa: PLC0415

        app = bolt_app(self._client)
        register(app, self._conversation)
        AlertButtons(
            self._services.alert_actions,
            self._services.active_alerts,
            self._conversation,
            self._client,
            self._directory,
            self._services.catalog.district.calendar,
            self._now,
            self._answer,
        ).register(app)
        handler = socket_mode(app, self._access.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        stack.push_async_callback(close_connection, handler, CLOSE_WITHIN)

    def _plan(self) -> None:
        self._schedule.every(self._services.catalog.district.measure_every, self.catch_up, "measure")
        self._schedule.every(DELIVER_EVERY, self._deliver, "deliver")
        self._schedule.every(RENEW_EVERY, self._renew, "renew leases")
        self._schedule.every(TAKE_OVER_EVERY, self.catch_up, "take over")
        self._schedule.every(REPORT_OUTAGE_EVERY, self._outage.notify, "tell of the own database")
        self._schedule.every(REFRESH_DIRECTORY_EVERY, self._refresh_directory, "look up channels")
        for digest in self._services.catalog.digests.values():
            self._schedule.weekly(digest.weekdays, digest.at, self.catch_up, f"digest {digest.id}")
        self._schedule.start()

    async def _renew(self) -> None:
        with self._report_job("renewing leases"):
            await self._lease(self._services.store.leases.renew, self._now())

    async def _load_directory(self) -> None:
        await self._directory.load()
        for problem in self._directory.problems:
            log.warning("%s", problem)

    async def _refresh_directory(self) -> None:
        """A missing channel may have been created, and Slack may be reachable again."""
        if not self._directory.is_loaded or self._directory.problems:
            await self._directory.load()

    async def _run_job(self, what: str, work: Callable[[datetime], object]) -> None:
        if self._stop.is_set():
            return
        with self._track():
            with self._report_job(what):
                await self._work(work, self._now())
            await self._deliver()

    async def _deliver(self) -> None:
        if self._delivery_lock.locked():
            return
        async with self._delivery_lock:
            with self._track(), self._report_job("delivering"):
                await self._delivery.deliver_due()

    @contextmanager
    def _report_job(self, what: str) -> Iterator[None]:
        """Reports how a job ends; the schedule continues whatever failed."""
        try:
            yield
        except UpgradedError as error:
            self._upgraded = error
            self._stop.set()
        except SlotLostError as error:
            log.warning("%s: %s", what, error)
        except StoreError as error:
            self._outage.record_failure(what, str(error))
        except Exception:
            log.exception("%s failed; it is tried again on schedule", what)
        else:
            self._outage.record_success(what)

    @contextmanager
    def _track(self) -> Iterator[None]:
        """Registers the current task, so that stopping waits for it."""
        task = asyncio.current_task()
        is_outermost = task is not None and task not in self._running
        if task is not None:
            self._running.add(task)
        try:
            yield
        finally:
            if is_outermost and task is not None:
                self._running.discard(task)


def _runner(pool: ThreadPoolExecutor) -> InThread:
    """Runs blocking work in the pool, outside the event loop."""

    async def run(work: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(pool, work, *arguments)

    return run
