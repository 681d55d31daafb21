"""What people are told of a KPI in a channel, and what they do about it, each thing once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest

from kpibot.core.alerts.groups import AlertGroup, DeliveryKind, acknowledge
from kpibot.core.alerts.silences import Silence
from kpibot.core.alerts.states import AlertState, Phase
from kpibot.core.kpis.thresholds import Verdict
from kpibot.core.reports.messages import AdminNotice
from kpibot.store.outbox import OutboxMessage
from kpibot.store.store import AuditEntry, SlotLostError, Store, open_engine

NOW = datetime(2026, 11, 16, 13, tzinfo=UTC)
HOUR = timedelta(hours=1)
WARNING, CRITICAL = Verdict.WARNING, Verdict.CRITICAL
KEY = ("tickets", "west-tech")
WEST = ("tickets", "campus-west")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> Iterator[Store]:
    store = Store(open_engine(new_url(request.param)))
    yield store
    store.close()


def new_group(opened: datetime = NOW, **shown: Verdict) -> AlertGroup:
    kpi, channel = KEY
    severities = shown or {"oak": WARNING}
    return AlertGroup(kpi=kpi, channel=channel, opened=opened, severities=severities, mentioned_at=NOW)


def owed(key: str, group: AlertGroup, how: DeliveryKind = DeliveryKind.POST) -> OutboxMessage:
    return OutboxMessage(
        key=key,
        channel=KEY[1],
        body=AdminNotice(NOW, "America/Chicago"),
        expires_at=NOW + HOUR,
        kind=how,
        group=group.key,
    )


def opened(store: Store, group: AlertGroup | None = None) -> AlertGroup:
    """A group that the store has kept, as it is read from there."""
    group = group or new_group()
    assert store.save_evaluation([], {}, [owed("opened", group)], NOW, {KEY: group}) == set()
    return store.alert_groups()[KEY]


def entry(did: str, by: str = "U-LUIS") -> AuditEntry:
    return AuditEntry(NOW, by, did, "tickets in west-tech")


def press(store: Store, by: str, group: AlertGroup) -> AlertGroup | None:
    """Somebody presses Acknowledge."""
    return store.update_group(
        group.key,
        lambda it: acknowledge(it, by, NOW, HOUR),
        lambda after: [owed(f"edit by {by}", after, DeliveryKind.UPDATE)],
        entry("acknowledged", by),
        NOW,
    )


def test_a_group_comes_back_as_it_went_in(store: Store) -> None:
    chicago = timezone(timedelta(hours=-6))
    group = AlertGroup(
        kpi="tickets", channel="west-tech", opened=NOW.astimezone(chicago),
        severities={"oak": WARNING, "west": CRITICAL}, mentioned_at=NOW, critical_since=NOW - HOUR, escalation_step=2,
        acknowledged_by="U-LUIS", acknowledged_at=NOW, acknowledged_until=NOW + HOUR,
        snoozed_until=NOW + 2 * HOUR, assigned_to="U-DANA", repost=True,
    )  # fmt: skip
    assert opened(store, group) == group
    assert store.group(group.key) == group
    assert opened_again(store).key == group.key


def opened_again(store: Store) -> AlertGroup:
    return store.alert_groups()[KEY]


def test_a_closed_group_is_no_longer_there_and_the_next_one_is_another(store: Store) -> None:
    first = opened(store)
    store.save_evaluation([], {}, [], NOW, {KEY: None})
    assert (store.alert_groups(), store.group(first.key)) == ({}, None)
    second = new_group(NOW + HOUR)
    assert store.save_evaluation([], {}, [], NOW + HOUR, {KEY: second}) == set()
    assert store.alert_groups() == {KEY: second}


def test_what_somebody_did_meanwhile_is_not_undone_and_the_decision_is_made_again(store: Store) -> None:
    group = opened(store)
    worse = replace(group, severities={"oak": CRITICAL})
    states = {WEST: AlertState(Phase.FIRING, CRITICAL, NOW, 1, NOW)}
    assert press(store, "U-LUIS", group) is not None
    telling = [
        owed("worse", group, DeliveryKind.UPDATE),
        OutboxMessage(key="other", channel="tech-leads", body=AdminNotice(NOW, "UTC"), expires_at=NOW + HOUR),
    ]
    assert store.save_evaluation([], states, telling, NOW, {KEY: worse}) == {KEY}
    kept = store.alert_groups()[KEY]
    assert (kept.acknowledged_by, kept.severities) == ("U-LUIS", {"oak": WARNING})
    assert store.alert_states() == states
    assert [row.message.key for row in store.outbox.lease(NOW, "me", HOUR)] == ["opened", "other"]
    again = replace(kept, severities={"oak": CRITICAL})
    assert store.save_evaluation([], {}, [owed("worse", group, DeliveryKind.UPDATE)], NOW, {KEY: again}) == set()
    assert store.alert_groups() == {KEY: again}


def test_two_measurements_do_not_open_one_group_twice(store: Store) -> None:
    group = opened(store)
    other = new_group(NOW + HOUR)
    assert store.save_evaluation([], {}, [owed("second", other)], NOW, {KEY: other}) == {KEY}
    assert store.alert_groups() == {KEY: group}
    assert store.outbox.counts() == {"waiting": 1}


def test_a_button_pressed_by_many_at_once_acts_once(store: Store) -> None:
    group = opened(store)
    people = [f"U-{n}" for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        won = [each for each in pool.map(lambda by: press(store, by, group), people) if each is not None]
    assert len(won) == 1
    assert store.alert_groups() == {KEY: won[0]}
    assert [each.by for each in store.audit_entries(NOW, 10)] == [won[0].acknowledged_by]
    assert store.outbox.counts() == {"waiting": 2}


def test_different_things_done_at_once_all_last(store: Store) -> None:
    group = opened(store)

    def add(campus: str, before: AlertGroup) -> AlertGroup:
        return replace(before, severities={**before.severities, campus: CRITICAL})

    def act(campus: str) -> None:
        store.update_group(group.key, partial(add, campus), lambda _: [], entry(campus), NOW)

    campuses = [f"campus-{n}" for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, campuses))
    assert set(store.alert_groups()[KEY].severities) == {"oak", *campuses}


def test_nothing_can_be_done_about_a_group_that_is_over(store: Store) -> None:
    group = opened(store)
    store.save_evaluation([], {}, [], NOW, {KEY: None})
    assert press(store, "U-LUIS", group) is None
    assert store.audit_entries(NOW, 10) == []


def test_an_action_that_fails_leaves_nothing_behind(store: Store) -> None:
    group = opened(store)
    with pytest.raises(ZeroDivisionError):
        store.update_group(
            group.key, lambda it: replace(it, assigned_to="U-DANA"), lambda _: 1 / 0, entry("assigned"), NOW
        )  # type: ignore[arg-type, return-value]
    assert store.alert_groups() == {KEY: group}
    assert store.audit_entries(NOW, 10) == []


def test_a_measurement_that_was_taken_over_keeps_nothing(new_url: Callable[[str], str]) -> None:
    engine = open_engine(new_url("sqlite"))
    slow, quick = Store(engine, owner="slow"), Store(engine, owner="quick")
    assert slow.leases.acquire("watch", NOW, NOW)
    assert quick.leases.acquire("watch", NOW, NOW + HOUR)
    with pytest.raises(SlotLostError, match="watch took longer than its lease"):
        slow.save_evaluation([], {}, [], NOW, {KEY: new_group()}, ("watch", NOW))
    assert slow.alert_groups() == {}
    quick.save_evaluation([], {}, [], NOW, {KEY: new_group()}, ("watch", NOW))
    assert (quick.alert_groups(), quick.leases.is_done("watch", NOW)) == ({KEY: new_group()}, True)
    engine.dispose()


def silence(wanted: str = "S1", until: datetime = NOW + HOUR) -> Silence:
    return Silence(
        id=wanted, start=NOW, end=until, kpi="tickets", campus="campus-west", reason="exam week", by="U-LUIS"
    )


def test_a_silence_lasts_until_its_end_or_until_somebody_ends_it(store: Store) -> None:
    long, short, everything = (
        silence("S1", NOW + 3 * HOUR),
        silence("S2"),
        Silence(id="S3", start=NOW, end=NOW + 4 * HOUR),
    )
    for each in (long, short, everything):
        assert store.add_silence(each, entry("muted"), [], NOW)
    assert store.silences(NOW) == [short, long, everything]
    assert store.silences(NOW + HOUR) == [long, everything]
    assert store.end_silence("S1", entry("unmuted"), [], NOW + HOUR) == long
    assert store.silences(NOW + HOUR) == [everything]


def test_a_silence_that_is_over_is_not_ended_again(store: Store) -> None:
    store.add_silence(silence(), entry("muted"), [], NOW)
    assert store.end_silence("S1", entry("unmuted"), [], NOW + HOUR) is None
    assert store.end_silence("S2", entry("unmuted"), [], NOW) is None
    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(lambda _: store.end_silence("S1", entry("unmuted"), [], NOW), range(4)))
    assert sorted(ended, key=bool) == [None, None, None, silence()]
    assert [each.action for each in store.audit_entries(NOW, 10)] == ["unmuted", "muted"]


def test_a_silence_asked_for_twice_is_kept_and_told_once(store: Store) -> None:
    group = new_group()
    with ThreadPoolExecutor(4) as pool:
        won = list(
            pool.map(lambda n: store.add_silence(silence(), entry("muted"), [owed(str(n), group)], NOW), range(4))
        )
    assert sorted(won) == [False, False, False, True]
    assert len(store.audit_entries(NOW, 10)) == 1
    assert store.outbox.counts() == {"waiting": 1}


def test_the_trail_tells_the_latest_first_and_no_more_than_asked(store: Store) -> None:
    entries = [AuditEntry(NOW + n * HOUR, "U-LUIS", f"did {n}", "tickets", "because") for n in range(4)]
    for each in entries:
        store.record_action(each)
    assert store.audit_entries(NOW + HOUR, 2) == [entries[3], entries[2]]
    assert store.audit_entries(NOW + HOUR, 10) == entries[:0:-1]
