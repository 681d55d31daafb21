"""A group's message, its edits and its thread: each where it belongs, or not at all."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from kpibot.core.alerts.groups import AlertGroup, DeliveryKind
from kpibot.core.kpis.thresholds import Verdict
from kpibot.core.reports.messages import AdminNotice
from kpibot.store.database.schema import outbox
from kpibot.store.outbox import LeasedMessage, OutboxMessage
from kpibot.store.store import Store, open_engine

NOW = datetime(2026, 11, 16, 13, tzinfo=UTC)
LEASE = timedelta(minutes=1)
DAY = timedelta(days=1)
GROUP = AlertGroup(kpi="tickets", channel="west-tech", opened=NOW, severities={"oak": Verdict.WARNING})
KEY = (GROUP.kpi, GROUP.channel)
TS = "1763298000.000100"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> Iterator[Store]:
    store = Store(open_engine(new_url(request.param)))
    store.save_evaluation([], {}, [], NOW, {KEY: GROUP})
    yield store
    store.close()


def owe(store: Store, *told: str, useful_for: timedelta = DAY) -> None:
    """Each is a name; its first word says how it is told."""
    store.save_evaluation([], {}, [owed(each, useful_for) for each in told], NOW)


def owed(told: str, useful_for: timedelta = DAY) -> OutboxMessage:
    how = DeliveryKind(told.split(maxsplit=1)[0])
    notice = AdminNotice(NOW, "America/Chicago")
    return OutboxMessage(
        key=told,
        channel="west-tech",
        body=notice,
        expires_at=NOW + useful_for,
        kind=how,
        group=GROUP.key,
        in_channel=told.endswith("aloud"),
    )


def the_next(store: Store, now: datetime = NOW) -> LeasedMessage:
    (row,) = store.outbox.lease(now, "me", LEASE)
    return row


def send(store: Store, ts: str = TS) -> str:
    row = the_next(store)
    assert store.outbox.begin_attempt(row.id, NOW, "me", LEASE)
    store.outbox.mark_sent(row.id, ts)
    return row.message.key


def everything_sent(store: Store) -> list[str]:
    keys = []
    while claimed := store.outbox.lease(NOW, "me", LEASE):
        store.outbox.mark_sent(claimed[0].id, TS)
        keys.append(claimed[0].message.key)
    return keys


def test_edits_and_thread_lines_know_their_message(store: Store) -> None:
    owe(store, "post", "update", "reply aloud")
    assert the_next(store).parent_ts is None
    store.outbox.release("me")
    send(store)
    for told in ("update", "reply aloud"):
        row = the_next(store)
        assert (row.message, row.parent_ts) == (owed(told), TS)
        store.outbox.mark_sent(row.id, "1763298001.000100")


def test_edits_wait_for_their_message_however_long_it_takes(store: Store) -> None:
    owe(store, "post", "update")
    row = the_next(store)
    store.outbox.retry(row.id, NOW + LEASE, "Slack is away", True, "me")
    assert store.outbox.lease(NOW, "me", LEASE) == []
    assert the_next(store, NOW + LEASE).message.key == "post"


def test_of_the_edits_that_wait_only_the_last_is_made(store: Store) -> None:
    owe(store, "post", "update 1", "reply 1", "update 2", "reply 2", "update 3")
    assert everything_sent(store) == ["post", "reply 1", "reply 2", "update 3"]
    assert store.outbox.counts() == {"sent": 4, "superseded": 2}


def test_an_edit_on_its_way_comes_to_its_end_before_the_next_one(store: Store) -> None:
    owe(store, "post", "update 1")
    send(store)
    row = the_next(store)
    owe(store, "update 2")
    assert store.outbox.lease(NOW, "other", LEASE) == []
    store.outbox.mark_sent(row.id, TS)
    assert the_next(store).message.key == "update 2"


@pytest.mark.parametrize("fate", ["dead_letter", "expired"])
def test_where_the_message_never_came_what_belongs_to_it_is_dropped_and_the_next_one_is_posted(
    store: Store, fate: str
) -> None:
    owe(store, "post", useful_for=LEASE)
    owe(store, "update", "reply")
    if fate == "dead_letter":
        store.outbox.dead_letter(the_next(store).id, "is_archived", [], NOW, "me")
    assert store.outbox.lease(NOW + LEASE, "me", LEASE) == []
    assert store.outbox.counts() == {fate: 1, "dropped": 2}
    assert store.alert_groups()[KEY].repost
    owe(store, "post again", "update again")
    assert everything_sent(store) == ["post again", "update again"]


def test_where_somebody_deleted_the_message_the_next_one_is_posted(store: Store) -> None:
    owe(store, "post", "update", "reply")
    send(store)
    store.outbox.drop(the_next(store).id, "message_not_found", "me")
    assert store.outbox.lease(NOW, "me", LEASE) == []
    assert store.outbox.counts() == {"deleted": 1, "dropped": 2}
    assert store.alert_groups()[KEY].repost
    owe(store, "post again", "reply again")
    send(store, "1763298009.000100")
    assert the_next(store).parent_ts == "1763298009.000100"


def test_a_measurement_under_way_does_not_undo_the_mark(store: Store) -> None:
    owe(store, "post", "update")
    read = store.alert_groups()[KEY]
    store.outbox.dead_letter(the_next(store).id, "is_archived", [], NOW, "me")
    store.outbox.lease(NOW, "me", LEASE)
    assert store.save_evaluation([], {}, [], NOW, {KEY: read}) == {KEY}
    assert store.alert_groups()[KEY].repost


def test_what_is_on_its_way_does_not_expire(store: Store) -> None:
    owe(store, "post", useful_for=LEASE / 2)
    row = the_next(store)
    store.outbox.begin_attempt(row.id, NOW, "me", LEASE)
    assert store.outbox.lease(NOW + LEASE / 2, "other", LEASE) == []
    assert store.outbox.counts() == {"waiting": 1}
    store.outbox.mark_sent(row.id, TS)
    assert store.outbox.counts() == {"sent": 1}


def test_what_is_on_its_way_is_not_given_back(store: Store) -> None:
    owe(store, "post")
    store.outbox.begin_attempt(the_next(store).id, NOW, "me", LEASE)
    store.outbox.release("me")
    assert store.outbox.lease(NOW, "other", LEASE) == []


def test_a_lease_that_has_ended_is_lost_even_if_nobody_took_it(store: Store) -> None:
    owe(store, "post")
    assert not store.outbox.begin_attempt(the_next(store).id, NOW + LEASE, "me", LEASE)


def test_an_edit_does_not_wait_for_a_message_that_comes_after_it(store: Store) -> None:
    owe(store, "update", "reply", "post")
    assert everything_sent(store) == ["post"]
    assert store.outbox.counts() == {"sent": 1, "dropped": 2}


def test_a_message_that_was_committed_late_waits_until_its_channel_is_free(store: Store) -> None:
    owe(store, "post 1", "post 2")
    set_state(store, "post 1", "not there yet")
    row = the_next(store)
    set_state(store, "post 1", "waiting")
    assert (row.message.key, store.outbox.lease(NOW, "other", LEASE)) == ("post 2", [])
    store.outbox.mark_sent(row.id, TS)
    assert the_next(store).message.key == "post 1"


def set_state(store: Store, key: str, state: str) -> None:
    with store._engine.begin() as connection:
        connection.execute(sa.update(outbox).where(outbox.c.key == key).values(state=state))


def test_what_has_not_begun_is_given_back_at_once_even_if_it_is_in_doubt(store: Store) -> None:
    owe(store, "post")
    row = the_next(store)
    store.outbox.begin_attempt(row.id, NOW, "me", LEASE)
    later = NOW + LEASE
    assert the_next(store, later).in_doubt_since == NOW
    store.outbox.release("me")
    assert [each.in_doubt_since for each in store.outbox.lease(later, "other", LEASE)] == [NOW]
    assert not store.outbox.begin_attempt(row.id, later, "me", LEASE)


def test_whoever_lost_the_lease_changes_nothing_for_whoever_has_it(store: Store) -> None:
    owe(store, "post")
    row = the_next(store)
    store.outbox.begin_attempt(row.id, NOW, "me", LEASE)
    late = NOW + LEASE
    (again,) = store.outbox.lease(late, "other", LEASE)
    assert store.outbox.begin_attempt(again.id, late, "other", LEASE)
    store.outbox.retry(row.id, late, "too late", False, "me")
    store.outbox.dead_letter(row.id, "too late", [owed("post complaint")], late, "me")
    store.outbox.drop(row.id, "too late", "me")
    assert store.outbox.lease(late, "third", LEASE) == []
    (third,) = store.outbox.lease(late + LEASE, "third", LEASE)
    assert (third.message.key, third.in_doubt_since) == ("post", late)


def test_a_clock_that_is_set_back_holds_no_message_back(store: Store) -> None:
    ahead = NOW + timedelta(hours=1)
    store.save_evaluation([], {}, [owed("post")], ahead)
    row = the_next(store, ahead)
    assert the_next(store).message.key == "post"
    store.outbox.retry(row.id, ahead + LEASE, "Slack is away", True, "me")
    assert the_next(store).message.key == "post"
