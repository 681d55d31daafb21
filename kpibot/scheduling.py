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
CHECK_EVERY = 5.0  # seconds
LEEWAY = timedelta(seconds=5)


class Schedule:
    """Runs jobs in the event loop, on the wall clock of a zone, which `now` reads.

    A late run still runs, several late runs become one, and no job overlaps itself: a job must therefore determine its
    slot itself. There is one job per schedule, not one per campus.
    """

    def __init__(self, zone: ZoneInfo, now: Callable[[], datetime], check_every: float = CHECK_EVERY) -> None:
        self._zone = zone
        self._now = now
        self._check_every = check_every
        self._checking: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=zone, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of each run that waits for the previous one

    def every(self, interval: timedelta, job: Job, name: str) -> None:
        """Runs the job at an interval."""
        trigger = IntervalTrigger(seconds=int(interval.total_seconds()), timezone=self._zone)
        self._scheduler.add_job(job, trigger, id=name, name=name)

    def weekly(self, weekdays: Iterable[int], at: time, job: Job, name: str) -> None:
        """Runs the job at a local time on some weekdays, 0 being Monday."""
        days = ",".join(DAYS[day] for day in weekdays)
        trigger = CronTrigger(day_of_week=days, hour=at.hour, minute=at.minute, timezone=self._zone)
        self._scheduler.add_job(job, trigger, id=name, name=name)

    def start(self) -> None:
        """Starts the schedule; needs a running event loop."""
        self._scheduler.start()
        self._checking = asyncio.create_task(self._check())

    def stop(self) -> None:
        """Stops the schedule; running jobs continue."""
        if self._checking is not None:
            self._checking.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _check(self) -> None:
        """APScheduler sleeps until the time of the next run, which is too long after the clock is set back."""
        while True:
            await asyncio.sleep(self._check_every)
            self._wake_up()

    def _wake_up(self) -> None:
        """Runs jobs now that would wait longer than their interval."""
        latest = self._now() + LEEWAY
        overdue = [
            job
            for job in self._scheduler.get_jobs()
            if isinstance(job.trigger, IntervalTrigger) and job.next_run_time > latest + job.trigger.interval
        ]
        if overdue:
            log.warning("the clock was set back; the schedule continues")
        for job in overdue:
            job.modify(next_run_time=self._now())
