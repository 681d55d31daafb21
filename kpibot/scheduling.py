"""APScheduler triggers for the services: the only place that knows apscheduler."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[object]]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_EVERY = 5.0  # seconds
LEEWAY = timedelta(seconds=5)


class Schedule:
    """Runs jobs in the event loop, on the wall clock of a zone, which `now` reads.

    A late run still runs, several late runs become one, and no job overlaps itself: a job must therefore find out on
    its own which slot it is for. One job stands for a whole schedule, never for a campus.
    """

    def __init__(self, zone: ZoneInfo, now: Callable[[], datetime], look_every: float = LOOK_EVERY) -> None:
        self._zone = zone
        self._now = now
        self._look_every = look_every
        self._looking: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=zone, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of each run that waits for the one before

    def every(self, interval: timedelta, job: Job, name: str) -> None:
        """Runs the job each time the interval has passed."""
        trigger = IntervalTrigger(seconds=int(interval.total_seconds()), timezone=self._zone)
        self._scheduler.add_job(job, trigger, id=name, name=name)

    def weekly(self, weekdays: Iterable[int], at: time, job: Job, name: str) -> None:
        """Runs the job at a local time on some weekdays, 0 being Monday."""
        days = ",".join(DAYS[day] for day in weekdays)
        trigger = CronTrigger(day_of_week=days, hour=at.hour, minute=at.minute, timezone=self._zone)
        self._scheduler.add_job(job, trigger, id=name, name=name)

    def start(self) -> None:
        """Begins to run jobs; needs a running event loop."""
        self._scheduler.start()
        self._looking = asyncio.create_task(self._look())

    def stop(self) -> None:
        """Ends the schedule; jobs under way go on."""
        if self._looking is not None:
            self._looking.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _look(self) -> None:
        """APScheduler sleeps until the next run's time of day: a clock that is set back would keep it asleep."""
        while True:
            await asyncio.sleep(self._look_every)
            self._wake_up()

    def _wake_up(self) -> None:
        """Runs now what would wait for longer than its interval."""
        latest = self._now() + LEEWAY
        asleep = [
            job
            for job in self._scheduler.get_jobs()
            if isinstance(job.trigger, IntervalTrigger) and job.next_run_time > latest + job.trigger.interval
        ]
        if asleep:
            log.warning("the clock was set back; the schedule continues")
        for job in asleep:
            job.modify(next_run_time=self._now())
