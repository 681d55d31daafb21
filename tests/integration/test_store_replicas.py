"""Several bots on one PostgreSQL: each message, slot and measurement is done by exactly one, whoever is killed when."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from kpibot.core.reports.messages import AdminNotice
from kpibot.store.leases import LEASE as SLOT_LEASE
from kpibot.store.leases import RENEWED_FOR
from kpibot.store.outbox import OutboxMessage
from kpibot.store.store import SlotLostError, Store, open_engine
from tests.integration.replica import LEASE, Channels, posted, work_off

NOW = datetime(2026, 11, 16, 13, tzinfo=UTC)
REPLICAS = 3
CHANNELS = 20


class KilledError(Exception):
    """The replica is gone, wherever it was."""


@pytest.fixture
def url(new_url: Callable[[str], str]) -> str:
    return new_url("postgresql")


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    with closing(sa.create_engine(url, isolation_level="AUTOCOMMIT").connect()) as connection:
        # Nobody cuts the power here, and to wait for the disk would be most of the time.
        connection.exec_driver_sql(f"ALTER DATABASE {sa.make_url(url).database} SET synchronous_commit TO off")
    connection.engine.dispose()
    engine = open_engine(url)
    posted.create(engine)
    yield engine
    engine.dispose()


def owe(engine: sa.Engine, messages: int) -> dict[str, list[str]]:
    """So many messages for the channels in turn; the keys of each channel, as it should read them."""
    keys: dict[str, list[str]] = {}
    for n in range(messages):
        keys.setdefault(f"channel-{n % CHANNELS}", []).append(f"message-{n}")
    notice = AdminNotice(NOW, "America/Chicago")
    owed = [
        OutboxMessage(key=key, channel=channel, body=notice, expires_at=NOW + timedelta(days=30))
        for channel, each in keys.items()
        for key in each
    ]
    Store(engine).save_evaluation([], {}, owed, NOW)
    return keys


def by_channel(channels: Channels) -> dict[str, list[str]]:
    shown: dict[str, list[str]] = {}
    for channel, key in channels.shown():
        shown.setdefault(channel, []).append(key)
    return shown


def is_waiting(engine: sa.Engine) -> bool:
    return "waiting" in Store(engine).outbox.counts()


class Fate:
    """Kills at random steps, the same ones for a seed, and counts where."""

    def __init__(self, seed: int, rate: float) -> None:
        self._random = random.Random(seed)
        self._rate = rate
        self.killed: Counter[str] = Counter()

    def __call__(self, step: str) -> None:
        if self._random.random() < self._rate:
            self.killed[step] += 1
            raise KilledError


def test_replicas_that_are_killed_at_any_step_deliver_each_message_once_and_in_order(engine: sa.Engine) -> None:
    owed, channels, fate, now, lives = owe(engine, 2_000), Channels(engine), Fate(7, 0.02), NOW, iter(range(10_000))

    def live(_n: int) -> None:
        with suppress(KilledError):
            work_off(Store(engine, owner=f"replica-{next(lives)}"), channels, now, fate)

    while is_waiting(engine):
        with ThreadPoolExecutor(REPLICAS) as pool:
            list(pool.map(live, range(REPLICAS)))
        now += LEASE
    assert by_channel(channels) == owed
    assert set(fate.killed) == {"claimed", "looked up", "attempted", "posted", "marked"}


def test_each_slot_is_done_once_though_replicas_die_over_it(engine: sa.Engine) -> None:
    fate, now = Fate(3, 0.2), NOW
    slots = [NOW + n * timedelta(minutes=15) for n in range(60)]
    done: list[datetime] = []

    def live(n: int) -> None:
        store = Store(engine, owner=f"{now.isoformat()}-{n}")
        with suppress(KilledError):
            for slot in slots:
                if store.leases.acquire("watch", slot, now):
                    fate("claimed")
                    store.save_evaluation(
                        [],
                        {},
                        [OutboxMessage(key=f"of {slot}", channel="c", body=AdminNotice(slot, "UTC"), expires_at=slot)],
                        now,
                        slot=("watch", slot),
                    )
                    done.append(slot)
                    fate("done")

    while not all(Store(engine).leases.is_done("watch", slot) for slot in slots):
        with ThreadPoolExecutor(REPLICAS) as pool:
            list(pool.map(live, range(REPLICAS)))
        now += SLOT_LEASE
    assert sorted(done) == slots
    assert set(fate.killed) == {"claimed", "done"}


@pytest.fixture(params=["sqlite", "postgresql"])
def replicas(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> Iterator[tuple[Store, Store]]:
    engine = open_engine(new_url(request.param))
    yield Store(engine, owner="one"), Store(engine, owner="two")
    engine.dispose()


def test_a_slot_that_was_left_behind_is_taken_over_after_its_lease(replicas: tuple[Store, Store]) -> None:
    one, two = replicas
    assert one.leases.acquire("digest:weekly", NOW, NOW)
    assert not two.leases.acquire("digest:weekly", NOW, NOW + SLOT_LEASE - timedelta(seconds=1))
    assert two.leases.acquire("digest:weekly", NOW, NOW + SLOT_LEASE)
    with pytest.raises(SlotLostError):
        one.complete(
            "digest:weekly",
            NOW,
            NOW + SLOT_LEASE,
            [OutboxMessage(key="late", channel="c", body=AdminNotice(NOW, "UTC"), expires_at=NOW)],
        )
    two.complete("digest:weekly", NOW, NOW + SLOT_LEASE)
    assert not one.leases.acquire("digest:weekly", NOW, NOW + timedelta(days=1))
    assert one.outbox.counts() == {}


def test_whoever_lives_keeps_its_slots_but_not_for_ever(replicas: tuple[Store, Store]) -> None:
    one, two = replicas
    one.leases.acquire("watch", NOW, NOW)
    almost = SLOT_LEASE - timedelta(seconds=1)
    now = NOW
    while now < NOW + RENEWED_FOR:
        one.leases.renew(now)
        assert not two.leases.acquire("watch", NOW, now + almost)
        now += almost
    one.leases.renew(now)
    assert two.leases.acquire("watch", NOW, now + almost)


def test_work_that_fails_is_given_back_at_once(replicas: tuple[Store, Store]) -> None:
    one, two = replicas
    with pytest.raises(ZeroDivisionError), one.leases.hold("watch", NOW, NOW) as is_mine:
        assert is_mine
        _ = 1 / 0
    assert two.leases.acquire("watch", NOW, NOW)


def test_whoever_fails_after_it_lost_a_slot_takes_it_from_nobody(replicas: tuple[Store, Store]) -> None:
    one, two = replicas
    with pytest.raises(ZeroDivisionError), one.leases.hold("watch", NOW, NOW):
        assert two.leases.acquire("watch", NOW, NOW + SLOT_LEASE)
        _ = 1 / 0
    assert not one.leases.acquire("watch", NOW, NOW + SLOT_LEASE)


def test_a_process_that_stops_gives_back_what_it_has_not_done(replicas: tuple[Store, Store]) -> None:
    one, two = replicas
    for work in ("watch", "digest:weekly"):
        assert one.leases.acquire(work, NOW, NOW)
    one.complete(
        "watch",
        NOW,
        NOW,
        [OutboxMessage(key="alert", channel="west-tech", body=AdminNotice(NOW, "UTC"), expires_at=NOW + LEASE)],
    )
    assert len(one.outbox.lease(NOW, "one", LEASE)) == 1
    one.release()
    assert not two.leases.acquire("watch", NOW, NOW)
    assert two.leases.acquire("digest:weekly", NOW, NOW)
    assert [row.message.key for row in two.outbox.lease(NOW, "two", LEASE)] == ["alert"]


def test_a_clock_that_is_set_back_holds_no_slot_for_long(replicas: tuple[Store, Store]) -> None:
    one, two = replicas
    assert one.leases.acquire("watch", NOW, NOW + timedelta(hours=1))
    assert two.leases.acquire("watch", NOW, NOW)
