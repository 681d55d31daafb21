"""Each message once, in order, whatever happens: a fake Slack at the seam, a real state database."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.catalog.model import DistrictConfig
from kpibot.core.alerts.groups import AlertGroup, DeliveryKind, Notification
from kpibot.core.alerts.states import Reason
from kpibot.core.kpis.thresholds import Verdict
from kpibot.core.reports.messages import AdminNotice, Message, Picture
from kpibot.services.alerts.notifications import lifetime
from kpibot.services.delivery.delivery import (
    Delivery,
    DeliveryError,
    GoneError,
    InDoubtError,
    NotNowError,
    RefusedError,
    backoff,
)
from kpibot.store.outbox import OutboxMessage
from kpibot.store.store import Store, open_engine
from tests.unit.services.watching import CALENDAR

NOW = datetime(2026, 11, 16, 16, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
GROUP = AlertGroup(kpi="tickets", channel="leads", opened=NOW, severities={"oak": Verdict.WARNING})


class Slack:
    """A Sender that does what a test says: `fails` are the errors of the next calls, by channel."""

    def __init__(self) -> None:
        self.stands: dict[str, str] = {}  # keys by ts
        self.calls: list[tuple[str, str]] = []
        self.fails: dict[str, list[DeliveryError]] = {}
        self.slow: dict[str, asyncio.Event] = {}
        self.has_three = asyncio.Event()

    async def send(self, channel: str, key: str, message: Message, picture: Picture | None) -> str:
        return await self._take("send", channel, key)

    async def reply(self, channel: str, key: str, message: Message, thread: str, *, in_channel: bool) -> str:
        return await self._take(f"reply {thread}{' in channel' if in_channel else ''}", channel, key)

    async def edit(self, channel: str, ts: str, message: Message, picture: Picture | None) -> None:
        await self._take(f"edit {ts}", channel, "")

    async def find(self, channel: str, key: str, since: datetime, thread: str | None) -> str | None:
        self.calls.append((f"find {thread}", key))
        return next((ts for ts, its in self.stands.items() if its == key), None)

    def mention(self, owner: str) -> str:
        return owner

    async def _take(self, what: str, channel: str, key: str) -> str:
        if channel in self.slow:
            await self.slow[channel].wait()
        self.calls.append((what, key))
        if len(self.calls) == 3:
            self.has_three.set()
        ts = f"{len(self.calls)}.0"
        error = next(iter(self.fails.get(channel, [])), None)
        if error is None or isinstance(error, InDoubtError):
            self.stands[ts] = key
        if error is not None:
            self.fails[channel].remove(error)
            raise error
        return ts


class Post:
    """A delivery on its way, with its clock."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.slack = Slack()
        self.now = NOW
        district = DistrictConfig("Maple Valley", CALENDAR, administrators="admins")
        self.delivery = Delivery(
            store.outbox, self.slack, district, "test", lambda: self.now, _here, lambda: 0.5, lambda _: None
        )

    def owe(self, *owed: OutboxMessage) -> None:
        self.store.save_evaluation([], {}, owed, self.now)

    async def later(self, after: timedelta) -> None:
        self.now += after
        await self.delivery.deliver_due()

    def sent(self) -> list[str]:
        return [what for what, _ in self.slack.calls]


async def _here(work: Callable[..., Any], *arguments: Any) -> Any:
    return work(*arguments)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    store = Store(open_engine(f"sqlite:///{tmp_path / 'state.db'}"), CALENDAR.zone)
    yield Post(store)
    store.close()


def owed(
    key: str, how: DeliveryKind = DeliveryKind.POST, channel: str = "leads", *, in_channel: bool = False
) -> OutboxMessage:
    notice = AdminNotice(NOW, "America/Chicago", (("a", "b"),))
    return OutboxMessage(
        key=key, channel=channel, body=notice, expires_at=NOW + DAY, kind=how, group=GROUP.key, in_channel=in_channel
    )


async def test_a_message_its_edit_and_the_lines_of_its_thread_come_in_order(post: Post) -> None:
    post.owe(
        owed("p"),
        owed("u", DeliveryKind.UPDATE),
        owed("r", DeliveryKind.REPLY),
        owed("c", DeliveryKind.REPLY, in_channel=True),
    )
    await post.later(SECOND)
    assert post.sent() == ["send", "edit 1.0", "reply 1.0", "reply 1.0 in channel"]


async def test_a_message_in_doubt_is_looked_up_before_it_is_sent_again(post: Post) -> None:
    post.slack.fails["leads"] = [InDoubtError("broke off")]
    post.owe(owed("p"))
    await post.later(SECOND)
    await post.later(MINUTE)
    assert post.slack.calls == [("send", "p"), ("find None", "p")]
    assert post.store.outbox.counts() == {"sent": 1}


@pytest.mark.parametrize("arrived", [True, False])
async def test_what_expires_in_doubt_is_looked_up_and_never_sent_again(post: Post, arrived: bool) -> None:
    post.slack.fails["leads"] = [InDoubtError("broke off")]
    post.owe(owed("p"))
    await post.later(SECOND)
    if not arrived:
        post.slack.stands.clear()
    await post.later(2 * DAY)
    assert post.slack.calls == [("send", "p"), ("find None", "p")]
    assert post.store.outbox.counts() == {"sent" if arrived else "expired": 1}


async def test_a_line_in_doubt_is_looked_up_in_its_thread_and_an_edit_just_repeated(post: Post) -> None:
    post.owe(owed("p"))
    await post.later(SECOND)
    for owing in (owed("u", DeliveryKind.UPDATE), owed("r", DeliveryKind.REPLY)):
        post.slack.fails["leads"] = [InDoubtError("broke off")]
        post.owe(owing)
        await post.later(MINUTE)
        await post.later(MINUTE)
    assert post.sent() == ["send", "edit 1.0", "edit 1.0", "reply 1.0", "find 1.0"]


async def test_what_certainly_did_not_arrive_is_not_looked_up_and_waits_as_long_as_slack_asks(post: Post) -> None:
    post.slack.fails["leads"] = [NotNowError("asks to wait", after=30 * SECOND)]
    post.owe(owed("p"))
    await post.later(SECOND)
    await post.later(29 * SECOND)
    assert post.sent() == ["send"]
    await post.later(2 * SECOND)
    assert post.sent() == ["send", "send"]


async def test_a_deleted_message_takes_its_lines_with_it_and_the_group_asks_for_another(post: Post) -> None:
    post.store.save_evaluation([], {}, [owed("p")], NOW, {("tickets", "leads"): GROUP})
    await post.later(SECOND)
    post.slack.fails["leads"] = [GoneError("somebody deleted it")]
    post.owe(owed("u", DeliveryKind.UPDATE), owed("r", DeliveryKind.REPLY))
    await post.later(SECOND)
    assert post.sent() == ["send", "edit 1.0"]
    assert post.store.outbox.counts() == {"deleted": 1, "dropped": 2}
    assert post.store.alert_groups()["tickets", "leads"].repost


async def test_what_is_refused_is_told_to_the_administrators_and_costs_no_other_channel(post: Post) -> None:
    post.slack.fails["leads"] = [RefusedError("is_archived: unarchive it")]
    post.owe(owed("p"), owed("q", channel="team"))
    await post.later(SECOND)
    assert post.store.outbox.counts() == {"dead_letter": 1, "sent": 2}
    assert ("send", "refused:p") in post.slack.calls


async def test_a_slow_channel_makes_no_other_one_wait(post: Post) -> None:
    post.slack.slow["leads"] = asyncio.Event()
    post.owe(owed("p"), owed("q", channel="team"), owed("r", channel="team"), owed("s", channel="team"))
    working = asyncio.create_task(post.delivery.deliver_due())
    async with asyncio.timeout(5):
        await post.slack.has_three.wait()
        assert [key for _, key in post.slack.calls] == ["q", "r", "s"]
        post.slack.slow.pop("leads").set()
        assert await working == 4


async def test_once_it_is_to_stop_nothing_more_is_taken_up(post: Post) -> None:
    post.owe(owed("p"))
    post.delivery.stop()
    await post.later(SECOND)
    assert post.sent() == []


async def test_a_failing_state_database_is_no_delivery(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(post.store.outbox, "mark_sent", fails)
    post.owe(owed("p"))
    with pytest.raises(OSError, match="disk full"):
        await post.later(SECOND)
    assert post.store.outbox.counts() == {"waiting": 1}


@given(st.integers(0, 100), st.floats(0, 1))
def test_each_wait_is_about_twice_as_long_as_the_one_before(attempts: int, chance: float) -> None:
    wait = backoff(attempts, chance)
    expected = min(2**attempts, 300)
    assert 0.899 * expected <= wait.total_seconds() <= 1.101 * expected
    assert backoff(attempts, 0.0) < backoff(attempts, 1.0)


def test_a_reminder_of_yesterday_is_of_no_use_but_a_recovery_is_for_a_day() -> None:
    lasting = {
        (how, reason): lifetime(Notification(how, reason))
        for how in DeliveryKind
        for reason in (Reason.STILL_FIRING, Reason.RECOVERED)
    }
    assert lasting[DeliveryKind.REPLY, Reason.STILL_FIRING] < DAY / 2
    assert lasting[DeliveryKind.REPLY, Reason.RECOVERED] == lasting[DeliveryKind.POST, Reason.STILL_FIRING] == DAY
    assert lasting[DeliveryKind.UPDATE, Reason.STILL_FIRING] > 7 * DAY
