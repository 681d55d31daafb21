"""Three bots on one PostgreSQL, of which one is killed every few seconds while many channels are owed messages."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from kpibot.core.alerts.groups import DeliveryKind
from kpibot.core.reports.messages import AdminNotice
from kpibot.store.outbox import OutboxMessage
from kpibot.store.store import Store
from tests.chaos.ledger import Ledger
from tests.chaos.nursery import LifeError, Nursery
from tests.chaos.reading import Said, should_say
from tests.chaos.slack import Clock, Slack
from tests.chaos.world import CONFIG

CHANNELS = tuple(f"channel-{n:02}" for n in range(40))
BEGAN = datetime(2026, 11, 16, 16, tzinfo=UTC)
SPEED = 8.0  # a lease ends after eight seconds, a hundred times what a call takes
REPLICAS = 3
BETWEEN_DEATHS = (2.0, 5.0)  # seconds
RATE = 0.01  # of each kind of trouble: together a twelfth of the calls
WAITING = 8 * len(CHANNELS)  # at most
LOOK_AGAIN = 0.5
OF_USE_FOR = timedelta(days=30)
HOWS = (
    DeliveryKind.POST,
    DeliveryKind.POST,
    DeliveryKind.POST,
    DeliveryKind.UPDATE,
    DeliveryKind.REPLY,
    DeliveryKind.REPLY,
)


class Author:
    """Owes messages to channels, edits of them and lines in their threads, in an order that a seed decides.

    `owed` is what each channel should read when all has been delivered.
    """

    def __init__(self, seed: str) -> None:
        self._chance = random.Random(seed)
        self._number = 0
        self._group: dict[str, str] = {}
        self.owed: dict[str, list[Said]] = {each: [] for each in CHANNELS}

    def owe(self, store: Store, messages: int, now: datetime) -> None:
        """Owes so many more."""
        owed = [self._next(self._chance.choice(CHANNELS), now) for _ in range(messages)]
        store.save_evaluation([], {}, owed, now)

    def _next(self, channel: str, now: datetime) -> OutboxMessage:
        self._number += 1
        group = self._group.get(channel)
        how = self._chance.choice(HOWS) if group else DeliveryKind.POST
        key = f"{how}-{self._number}"
        if how is DeliveryKind.POST:
            self._group[channel] = group = key
        notice = AdminNotice(now, "America/Chicago", ((f"Message {self._number}", f"for {channel}"),))
        in_channel = how is DeliveryKind.REPLY and self._chance.random() < 0.3
        self._say(channel, Said(key, group if how is DeliveryKind.REPLY else None, in_channel, should_say(notice)), how)
        return OutboxMessage(
            key=key,
            channel=channel,
            body=notice,
            expires_at=now + OF_USE_FOR,
            kind=how,
            group=group or "",
            in_channel=in_channel,
        )

    def _say(self, channel: str, said: Said, how: DeliveryKind) -> None:
        reads = self.owed[channel]
        if how is not DeliveryKind.UPDATE:
            reads.append(said)
            return
        place = next(n for n, each in enumerate(reads) if each.key == self._group[channel])
        reads[place] = Said(reads[place].key, None, False, said.says)


class Replicas:
    """Bots that share a state database, and the Slack that they talk to."""

    def __init__(self, seed: str, state_url: str, helpdesk_url: str, folder: Path) -> None:
        self._chance = random.Random(seed)
        self._state_url = state_url
        config = _config(folder / "config")
        self.author = Author(seed)
        self.slack = Slack(CHANNELS, Clock(BEGAN, SPEED), self._chance.randrange(2**32))
        self.killed = 0
        self._nurseries = [Nursery(config, helpdesk_url, folder, f"replica-{n}") for n in range(REPLICAS)]

    async def deliver(self, messages: int, deaths: int, store: Store, ledger: Ledger) -> None:
        """Owes messages until so many have been delivered, so many replicas have died, and nothing waits."""
        await self.slack.start()
        tasks: list[asyncio.Task[None]] = []
        try:
            await asyncio.gather(*(each.start() for each in self._nurseries))
            self.slack.spoil(RATE)
            work = asyncio.create_task(self._owe(messages, deaths, store, ledger))
            tasks = [work, *(asyncio.create_task(self._keep_alive(each)) for each in self._nurseries)]
            tasks.append(asyncio.create_task(self._kill()))
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()  # tells what went wrong
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.gather(*(each.stop() for each in self._nurseries))
            await self.slack.stop()

    async def _owe(self, messages: int, deaths: int, store: Store, ledger: Ledger) -> None:
        while True:
            counts = ledger.counts()
            waiting = counts.get("waiting", 0)
            left = messages - counts.get("sent", 0) - waiting if self.killed >= deaths else WAITING
            if left <= 0 and not waiting:
                return
            if (more := min(left, WAITING - waiting)) > 0:
                self.author.owe(store, more, self.slack.clock.now)
            await asyncio.sleep(LOOK_AGAIN)

    async def _keep_alive(self, nursery: Nursery) -> None:
        """Another begins as soon as one is dead."""
        while True:
            await nursery.begin(self.slack.plan(self._state_url, stays=True))
            if not await nursery.end():
                raise LifeError(f"a replica ended that was not killed:\n{nursery.log()[-3_000:]}")
            self.killed += 1

    async def _kill(self) -> None:
        while True:
            await asyncio.sleep(self._chance.uniform(*BETWEEN_DEATHS))
            self._chance.choice(self._nurseries).kill()


def _config(folder: Path) -> Path:
    """The district of this package with nothing to tell of its own, and many channels."""
    folder.mkdir()
    district = yaml.safe_load((CONFIG / "district.yaml").read_text())
    quiet = {name: section for name, section in district.items() if name not in ("digests", "alerts")}
    for kpi in quiet["kpis"].values():
        kpi.pop("alert")
    quiet["district"].pop("administrators")
    quiet["channels"] = {each: {"slack": f"#{each}"} for each in CHANNELS}
    (folder / "district.yaml").write_text(yaml.safe_dump(quiet))
    return folder
