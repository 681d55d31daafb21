"""What is kept for how long."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from kpibot.core.alerts.groups import AlertGroup, DeliveryKind
from kpibot.core.alerts.silences import Silence
from kpibot.core.kpis.readings import Reading
from kpibot.core.reports.messages import AdminNotice
from kpibot.store.database.schema import leases
from kpibot.store.outbox import OutboxMessage
from kpibot.store.retention import BATCH
from kpibot.store.store import AuditEntry, Store, open_engine

NOW = datetime(2026, 11, 16, 13, tzinfo=UTC)
DAY = timedelta(days=1)
LEASE = timedelta(minutes=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> Iterator[Store]:
    store = Store(open_engine(new_url(request.param)))
    yield store
    store.close()


def owed(key: str, channel: str, at: datetime, group: str = "") -> OutboxMessage:
    return OutboxMessage(
        key=key,
        channel=channel,
        body=AdminNotice(at, "America/Chicago"),
        expires_at=at + DAY,
        kind=DeliveryKind.POST,
        group=group,
    )


def ago(days: int) -> datetime:
    return NOW - days * DAY


def entry(days: int) -> AuditEntry:
    return AuditEntry(ago(days), "U-LUIS", "muted", "tickets")


def send(store: Store, now: datetime, *messages: OutboxMessage) -> None:
    store.save_evaluation([], {}, messages, now)
    for row in store.outbox.lease(now, "me", LEASE):
        store.outbox.mark_sent(row.id, "1763298000.000100")


def test_single_readings_are_kept_for_90_days_and_what_a_day_came_to_for_ever(store: Store) -> None:
    store.save_readings(
        [Reading(kpi="tickets", campus="campus-west", as_of=ago(n), value=float(n)) for n in (91, 90, 1)]
    )
    assert store.prune(NOW)["readings"] == 1
    kept = [at for at, _ in store.readings.history("tickets", "campus-west", ago(100), NOW)]
    assert kept == [ago(90), ago(1)]
    assert store.readings.daily("tickets", ago(91).date(), NOW)["campus-west"][:2] == [91.0, 90.0]


def test_messages_are_kept_for_30_days_unless_somebody_must_see_to_them(store: Store) -> None:
    old, recent = ago(31), ago(29)
    send(store, old, owed("sent", "a", old))
    store.save_evaluation([], {}, [owed("expired", "b", old), owed("dead_letter", "c", old)], old)
    expired, parked = store.outbox.lease(old, "me", LEASE)
    store.outbox.dead_letter(parked.id, "is_archived", [], old, "me")
    store.outbox.retry(expired.id, old, "Slack is away", False, "me")
    send(store, recent, owed("sent lately", "a", recent))
    assert store.outbox.counts() == {"sent": 2, "expired": 1, "dead_letter": 1}
    assert store.prune(NOW)["outbox"] == 2
    assert store.outbox.counts() == {"sent": 1, "dead_letter": 1}


def test_messages_that_could_not_be_delivered_are_kept_for_a_year(store: Store) -> None:
    for days in (366, 364):
        store.save_evaluation([], {}, [owed(f"parked-{days}", "a", ago(days))], ago(days))
        (row,) = store.outbox.lease(ago(days), "me", LEASE)
        store.outbox.dead_letter(row.id, "is_archived", [], ago(days), "me")
    assert store.prune(NOW)["outbox"] == 1
    assert store.outbox.counts() == {"dead_letter": 1}


def test_the_message_of_an_open_group_is_kept_for_as_long_as_it_may_be_edited(store: Store) -> None:
    group = AlertGroup(kpi="tickets", channel="west-tech", opened=ago(60))
    store.save_evaluation([], {}, [], ago(60), {("tickets", "west-tech"): group})
    send(store, ago(60), owed("post", "west-tech", ago(60), group.key))
    assert store.prune(NOW)["outbox"] == 0
    store.save_evaluation([], {}, [], NOW, {("tickets", "west-tech"): None})
    assert store.prune(NOW)["outbox"] == 1


def test_closed_groups_and_ended_silences_are_kept_for_a_year(store: Store) -> None:
    for days in (366, 364):
        key = (f"kpi-{days}", "west-tech")
        store.save_evaluation([], {}, [], ago(400), {key: AlertGroup(kpi=key[0], channel=key[1], opened=ago(400))})
        store.save_evaluation([], {}, [], ago(days), {key: None})
        store.add_silence(Silence(id=f"S{days}", start=ago(400), end=ago(days)), entry(1), [], ago(400))
    store.save_evaluation(
        [], {}, [], ago(400), {("open", "west-tech"): AlertGroup(kpi="open", channel="west-tech", opened=ago(400))}
    )
    pruned = store.prune(NOW)
    assert (pruned["alert_groups"], pruned["silences"]) == (1, 1)
    assert list(store.alert_groups()) == [("open", "west-tech")]
    assert [each.id for each in store.silences(ago(365))] == ["S364"]


def test_the_audit_log_is_kept_for_two_years(store: Store) -> None:
    for days in (731, 729, 1):
        store.record_action(entry(days))
    assert store.prune(NOW)["audit_log"] == 1
    assert store.audit_entries(ago(1000), 10) == [entry(1), entry(729)]


def test_claims_are_kept_for_90_days(store: Store) -> None:
    for days in (91, 89):
        assert store.leases.acquire("watch", ago(days), ago(days))
        store.complete("watch", ago(days), ago(days))
    assert store.prune(NOW)["leases"] == 1
    assert store.leases.is_done("watch", ago(89))


def test_much_is_deleted_in_several_transactions(store: Store) -> None:
    rows = [{"work": f"w{n}", "slot": ago(100), "acquired_at": ago(100)} for n in range(2 * BATCH + 1)]
    with store._engine.begin() as connection:
        connection.execute(sa.insert(leases), rows)
    committed: list[sa.Connection] = []
    sa.event.listen(store._engine, "commit", committed.append)
    assert store.prune(NOW)["leases"] == 2 * BATCH + 1
    assert len(committed) >= 3
    assert store.prune(NOW)["leases"] == 0
