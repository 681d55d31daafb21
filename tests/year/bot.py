"""The real bot through a year: its services and its state database, with a clock that is set and a model to measure."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kpibot.catalog import Catalog
from kpibot.core.campuses.campus_tree import CampusTree
from kpibot.core.kpis.district import District
from kpibot.core.kpis.measures import Query, Simple
from kpibot.core.time.calendar import Calendar
from kpibot.services.alerts.actions import AlertActions
from kpibot.services.alerts.active_alerts import ActiveAlerts
from kpibot.services.alerts.monitor import AlertMonitor
from kpibot.services.delivery.delivery import Delivery
from kpibot.services.digests.digests import Digests
from kpibot.services.measurement.measurement import Measurement
from kpibot.services.measurement.reporting import Reporting
from kpibot.sources.base import Source
from kpibot.store.store import Store, open_engine
from tests.year import incidents, world
from tests.year.slack import Recorder
from tests.year.source import Model

RETENTION = timedelta(days=90)


@dataclass
class Clock:
    """The time, which passes when somebody says so."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


class Bot:
    """One process of the bot, from its start to its end."""

    def __init__(
        self, catalog: Catalog, sources: dict[str, Source], folder: Path, slack: Recorder, clock: Clock
    ) -> None:
        calendar = catalog.district.calendar

        def database_of(measure: Simple) -> str:
            return measure.database if isinstance(measure, Query) else catalog.datasets[measure.dataset].database

        tree = CampusTree(catalog.campuses, catalog.district.name)
        district = District(tree, calendar, catalog.kpis)
        measurement = Measurement(district, lambda measure: sources[database_of(measure)], database_of)
        self.store = Store(_memory(folder), calendar.zone, f"bot-{clock.now}")
        rhythms = {each.id: each.fresh_within for each in catalog.datasets.values() if each.fresh_within is not None}
        reporting = Reporting(district, measurement, self.store, rhythms)
        standing = ActiveAlerts(district, catalog.routes, catalog.silences, reporting, self.store)
        self.acting = AlertActions(district, standing, self.store, None)
        self._digests = Digests(district, catalog.digests, catalog.channels, reporting, self.store, database_of)
        self._watch = AlertMonitor(district, catalog, reporting, self.store, database_of)
        # A picture would take longer than everything else of its message: none is drawn.
        self._delivery = Delivery(
            self.store.outbox, slack, catalog.district, self.store.owner, clock, _at_once, lambda: 0.5, lambda _: None
        )

    async def catch_up(self, now: datetime) -> None:
        """What the schedule does: it measures, prepares digests, and delivers after each."""
        for work in (self._watch.run, self._digests.publish_due):
            work(now)
            await self._delivery.deliver_due()

    async def deliver(self) -> None:
        await self._delivery.deliver_due()

    def close(self) -> None:
        self.store.close()


def _memory(folder: Path) -> sa.Engine:
    """The state database. No power is cut here, and to wait for the disk would take longer than all the rest."""
    engine = open_engine(f"sqlite:///{folder / 'kpibot.db'}")
    engine.dispose()
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return engine


async def _at_once(work: Callable[..., Any], *arguments: Any) -> Any:
    """What blocks may block here."""
    return work(*arguments)


class People:
    """Those who acknowledge: during working hours, of what is critical most, some time after they were called."""

    def __init__(self, calendar: Calendar, seed: int) -> None:
        self._calendar = calendar
        self._seed = seed

    def act(self, bot: Bot, now: datetime) -> None:
        if not self._calendar.is_working_time(now):
            return
        for group in bot.store.alert_groups().values():
            called = group.mentioned_at or group.opened
            patience = random.Random(f"{self._seed} {group.key} {called}")
            if group.critical_since is None or group.is_acknowledged(now) or patience.random() < 0.2:
                continue
            if now - called >= timedelta(minutes=30 + 90 * patience.random()):
                bot.acting.acknowledge(group.key, "@luis", now)


@dataclass(frozen=True)
class Lived:
    """What came of a stretch of time: what was sent, how many rows of the outbox stood in each state when there
    last were any, how old the oldest readings were after each day's pruning, and when the bot was at work."""

    catalog: Catalog
    first: datetime
    last: datetime
    slack: Recorder
    outbox: dict[str, int]
    oldest: list[tuple[datetime, timedelta]]
    instants: list[datetime]


async def live(
    catalog: Catalog, databases: dict[str, Any], folder: Path, first: datetime, last: datetime, rhythm: "Rhythm"
) -> Lived:
    """The bot at work from one instant to another."""
    calendar, clock = catalog.district.calendar, Clock(first)
    sources = {
        name: Model(name, datasets, world.names(), calendar, incidents.BAD, clock)
        for name, datasets in databases.items()
    }
    slack, people, oldest, worked = Recorder(clock), People(calendar, world.SEED), [], []
    outbox: dict[str, int] = {}
    bot = Bot(catalog, sources, folder, slack, clock)
    started = first  # of this process
    for now in rhythm.instants(catalog, first, last):
        clock.now = now
        if _is_off(now):
            continue
        if now - started >= incidents.RESTART_EVERY:
            bot.close()
            bot, started = Bot(catalog, sources, folder, slack, clock), now
        await bot.catch_up(now)
        people.act(bot, now)
        await bot.deliver()
        if not worked or calendar.local(worked[-1]).date() != calendar.local(now).date():
            outbox |= bot.store.outbox.counts()
            bot.store.prune(now)
            oldest.append((now, _oldest(bot.store, now)))
        worked.append(now)
    with closing(bot):
        outbox |= bot.store.outbox.counts()
        return Lived(catalog, first, last, slack, outbox, oldest, worked)


def _is_off(now: datetime) -> bool:
    """Whether nobody runs the bot."""
    return any(begins <= now < ends for begins, ends in incidents.OFF)


def _oldest(store: Store, now: datetime) -> timedelta:
    """The age of the oldest reading of all measurements."""
    history = store.readings.history("tickets", "district", now - 4 * RETENTION, now)
    return now - history[0][0] if history else timedelta()


@dataclass(frozen=True)
class Rhythm:
    """When the bot measures: at these local hours of a day on which people work, and at those of any other."""

    at_work: Sequence[float]
    at_rest: Sequence[float]

    def instants(self, catalog: Catalog, first: datetime, last: datetime) -> list[datetime]:
        """Every instant at which something is scheduled: measurements and the slots of digests, in order."""
        return sorted({each for each in self._all(catalog, first, last) if first <= each < last})

    def _all(self, catalog: Catalog, first: datetime, last: datetime) -> Iterator[datetime]:
        calendar = catalog.district.calendar
        day = calendar.local(first).date()
        while day <= calendar.local(last).date():
            for hour in self.at_work if calendar.is_working_day(day) else self.at_rest:
                yield (calendar.midnight(day) + timedelta(hours=hour)).astimezone(UTC)
            for digest in catalog.digests.values():
                if day.weekday() in digest.weekdays:
                    yield datetime.combine(day, digest.at, calendar.zone).astimezone(UTC)
            day += timedelta(days=1)


# A coarser rhythm than the quarter of an hour that ships, so that a year fits into minutes.
RHYTHM = Rhythm((7.5, 10, 13, 15.5), (10,))
