"""APScheduler triggers for the services: the only place that knows apscheduler."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

Job = Callable[[], Awaitable[object]]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Schedule:
    """Runs jobs in the event loop, on the wall clock of a zone.

    A late run still runs, several late runs become one, and no job overlaps itself: a job must therefore find out on
    its own which slot it is for. One job stands for a whole schedule, never for a campus.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._scheduler = AsyncIOScheduler(
            timezone=zone, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

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

    def stop(self) -> None:
        """Ends the schedule; jobs under way go on."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
