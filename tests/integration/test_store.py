"""What the bot remembers, on SQLite and on PostgreSQL."""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.alerts.states import AlertState, Phase
from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.kpis.readings import Missing, Reading
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.series import Series
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict
from kpibot.core.reports.digests import DigestEdition
from kpibot.store.database.schema import daily_readings, outbox, readings
from kpibot.store.outbox import LeasedMessage, OutboxMessage
from kpibot.store.store import Store, open_engine

NOW = datetime(2026, 11, 16, 13, tzinfo=UTC)
LEASE = timedelta(minutes=2)
CARD = KpiInfo(id="tickets", name="Outstanding tickets", objective="", owner="@helpdesk-leads", rows="tickets")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> Iterator[Store]:
    store = Store(open_engine(new_url(request.param)))
    yield store
    store.close()


def reading(campus: str = "campus-west", value: float | None = 5.0, at: datetime = NOW) -> Reading:
    missing = Missing.SOURCE_DOWN if value is None else None
    return Reading(kpi="tickets", campus=campus, as_of=at, value=value, missing=missing, rows=5, valued=5, newest=at)


def forget_readings(store: Store) -> None:
    with store._engine.begin() as connection:
        for table in (readings, daily_readings):
            connection.execute(sa.delete(table))


def notice() -> AlertNotice:
    return AlertNotice(card=CARD, as_of=NOW, zone="America/Chicago", mention="@helpdesk-leads", changes=())


def owed(key: str, channel: str = "west-tech", useful_for: timedelta = timedelta(hours=1)) -> OutboxMessage:
    return OutboxMessage(key=key, channel=channel, body=notice(), expires_at=NOW + useful_for)


def put(store: Store, *messages: OutboxMessage) -> None:
    store.save_evaluation([], {}, messages, NOW)


def keys(claimed: list[LeasedMessage]) -> list[str]:
    return [row.message.key for row in claimed]


def test_readings_come_back_in_order_and_a_second_one_replaces_the_first(store: Store) -> None:
    earlier = NOW - timedelta(hours=1)
    store.save_readings([reading(value=7.0), reading(at=earlier, value=None), reading("campus-north")])
    store.save_readings([reading(value=8.0)])
    assert store.readings.history("tickets", "campus-west", earlier, NOW + timedelta(seconds=1)) == [
        (earlier, None),
        (NOW, 8.0),
    ]


def test_campuses_that_come_and_go_keep_their_own_past(store: Store) -> None:
    days = [NOW - timedelta(days=n) for n in (2, 1, 0)]
    store.save_readings([reading("campus-old", 1.0, days[0]), reading("campus-west", 2.0, days[0])])
    store.save_readings([reading("campus-west", 3.0, days[1])])
    store.save_readings([reading("campus-new", 4.0, days[2]), reading("campus-west", 5.0, days[2])])
    assert store.readings.daily("tickets", days[0].date(), NOW) == {
        "campus-old": [1.0, None, None],
        "campus-west": [2.0, 3.0, 5.0],
        "campus-new": [None, None, 4.0],
    }
    assert store.readings.history("tickets", "campus-old", days[0], NOW) == [(days[0], 1.0)]


def test_campuses_measured_apart_at_one_instant_are_kept_together(store: Store) -> None:
    store.save_readings([reading("campus-west", 1.0), reading("campus-north", 2.0)])
    store.save_readings([reading("campus-north", 3.0), reading("campus-east", 4.0)])
    kept = {"campus-west": 1.0, "campus-north": 3.0, "campus-east": 4.0}
    assert {slug: each.value for slug, each in store.readings.latest("tickets", NOW - LEASE, NOW).items()} == kept
    assert store.readings.daily("tickets", NOW.date(), NOW) == {slug: [value] for slug, value in kept.items()}


def test_the_latest_readings_are_the_last_ones_of_the_stretch_its_end_included(store: Store) -> None:
    for hours in range(4):
        store.save_readings([reading(value=float(hours), at=NOW + timedelta(hours=hours))])
    end = NOW + timedelta(hours=2)
    assert store.readings.latest("tickets", NOW, end)["campus-west"] == reading(value=2.0, at=end)
    assert store.readings.latest("tickets", end, end + timedelta(minutes=59)) == {}
    assert store.readings.latest("response-time", NOW, end) == {}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_day_has_its_last_reading_in_whatever_order_they_come(store: Store, order: tuple[int, ...]) -> None:
    for hour in order:
        store.save_readings([reading(value=float(hour), at=NOW + timedelta(hours=hour))])
    assert store.readings.daily("tickets", NOW.date(), NOW + timedelta(hours=9)) == {"campus-west": [2.0]}


def test_a_day_that_is_looked_at_before_its_end_has_the_last_reading_until_then(store: Store) -> None:
    for hour in range(3):
        store.save_readings([reading(value=float(hour), at=NOW + timedelta(hours=hour))])
    assert store.readings.daily("tickets", NOW.date(), NOW + timedelta(hours=1)) == {"campus-west": [1.0]}
    assert store.readings.daily("tickets", NOW.date(), NOW - timedelta(hours=1)) == {}


def test_days_are_local_and_midnight_ends_one(new_url: Callable[[str], str]) -> None:
    zone = ZoneInfo("America/Chicago")
    midnight = datetime(2026, 11, 17, tzinfo=zone)
    with closing(Store(open_engine(new_url("sqlite")), zone)) as store:
        store.save_readings([reading(value=1.0, at=midnight), reading(value=2.0, at=midnight + timedelta(seconds=1))])
        monday = date(2026, 11, 16)
        assert store.readings.daily("tickets", monday, midnight) == {"campus-west": [1.0]}
        assert store.readings.daily("tickets", monday, midnight + timedelta(hours=1)) == {"campus-west": [1.0, 2.0]}


def test_the_days_outlast_the_single_readings(store: Store) -> None:
    store.save_readings([reading(value=7.0)])
    with store._engine.begin() as connection:
        connection.execute(sa.delete(readings))
    assert store.readings.daily("tickets", NOW.date(), NOW) == {"campus-west": [7.0]}
    assert store.readings.latest("tickets", NOW - LEASE, NOW)["campus-west"].value == 7.0


def test_two_processes_that_measure_at_once_both_keep_what_they_found(store: Store) -> None:
    def save(n: int) -> None:
        Store(store._engine).save_readings([reading(f"campus-{n}", float(n))])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(save, range(12)))
    assert {slug: each.value for slug, each in store.readings.latest("tickets", NOW - LEASE, NOW).items()} == {
        f"campus-{n}": float(n) for n in range(12)
    }


amounts = st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(0, 2**63)
instants = st.datetimes(datetime(1980, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@st.composite
def measurements(draw: st.DrawFn) -> list[Reading]:
    """The readings of one KPI at one instant, as ugly as they come."""
    at = draw(instants)
    values = st.one_of(
        amounts.map(lambda value: {"value": value}),
        st.sampled_from(Missing).map(lambda why: {"value": None, "missing": why}),
    )
    return [
        Reading(
            kpi="kpi", campus=slug, as_of=at, **draw(values),
            numerator=draw(amounts | st.none()), denominator=draw(amounts | st.none()),
            rows=draw(counts), valued=draw(counts), unplaced=draw(counts), waiting=draw(counts),
            newest=draw(instants | st.none()),
        )
        for slug in draw(st.lists(st.text(), min_size=1, max_size=8, unique=True))
    ]  # fmt: skip


@given(taken=measurements())
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_readings_come_back_as_they_went_in(store: Store, taken: list[Reading]) -> None:
    forget_readings(store)
    at = taken[0].as_of
    store.save_readings(taken)
    assert store.readings.latest("kpi", at - LEASE, at) == {each.campus: each for each in taken}
    day = (at - timedelta(microseconds=1)).date()
    assert store.readings.daily("kpi", day, at) == {each.campus: [each.value] for each in taken}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_kept_as_missing(store: Store, value: float) -> None:
    store.save_readings([replace(reading(value=value), numerator=value)])
    kept = store.readings.latest("tickets", NOW - LEASE, NOW)["campus-west"]
    assert (kept.value, kept.missing, kept.numerator) == (None, Missing.NOT_A_NUMBER, None)


def test_a_watch_is_recorded_wholly_or_not_at_all(store: Store) -> None:
    firing = {("tickets", "campus-west"): AlertState(Phase.FIRING, Verdict.CRITICAL, NOW, 3, NOW)}
    put(store, owed("taken"))
    with pytest.raises(IntegrityError):
        store.save_evaluation([reading()], firing, [owed("taken")], NOW)
    assert store.readings.history("tickets", "campus-west", NOW, NOW + LEASE) == []
    assert store.readings.daily("tickets", NOW.date(), NOW) == {}
    assert store.alert_states() == {}
    store.save_evaluation([reading()], firing, [owed("new")], NOW)
    assert store.readings.history("tickets", "campus-west", NOW, NOW + LEASE) == [(NOW, 5.0)]
    assert store.alert_states() == firing


def test_alerts_at_rest_are_forgotten_and_others_remembered_whole(store: Store) -> None:
    firing = AlertState(Phase.FIRING, Verdict.CRITICAL, NOW, 3, NOW)
    store.save_evaluation([], {("tickets", "campus-west"): firing, ("tickets", "campus-north"): AlertState()}, [], NOW)
    assert store.alert_states() == {("tickets", "campus-west"): firing}
    store.save_evaluation([], {("tickets", "campus-west"): AlertState()}, [], NOW)
    assert store.alert_states() == {}


def test_a_slot_is_claimed_once_however_many_try(store: Store) -> None:
    def publish(n: int) -> bool:
        with Store(store._engine, owner=f"process-{n}").leases.hold("digest:weekly", NOW, NOW) as is_mine:
            if is_mine:
                Store(store._engine, owner=f"process-{n}").complete("digest:weekly", NOW, NOW, [owed(f"try-{n}")])
        return is_mine

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(publish, range(16)))
    assert won.count(True) == 1
    assert len(store.outbox.lease(NOW, "me", LEASE)) == 1
    assert store.leases.is_done("digest:weekly", NOW)
    assert not store.leases.is_done("digest:weekly", NOW + timedelta(days=7))


def test_a_row_has_one_owner_until_its_lease_ends(store: Store) -> None:
    put(store, owed("a"), owed("b", "tech-leads"))
    assert keys(store.outbox.lease(NOW, "one", LEASE)) == ["a", "b"]
    assert keys(store.outbox.lease(NOW, "two", LEASE)) == []
    assert keys(store.outbox.lease(NOW + LEASE, "two", LEASE)) == ["a", "b"]


def test_owners_that_claim_at_once_share_the_rows(store: Store) -> None:
    put(store, *(owed(f"row-{n}", f"channel-{n}") for n in range(20)))
    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(lambda n: keys(store.outbox.lease(NOW, f"owner-{n}", LEASE)), range(4)))
    assert sorted(key for share in shares for key in share) == sorted(f"row-{n}" for n in range(20))


def test_a_channel_gets_its_messages_in_order_however_long_the_first_one_waits(store: Store) -> None:
    put(store, owed("first"), owed("second"), owed("elsewhere", "tech-leads"))
    first, elsewhere = store.outbox.lease(NOW, "one", LEASE)
    assert (first.message.key, elsewhere.message.key) == ("first", "elsewhere")
    store.outbox.retry(first.id, NOW + timedelta(seconds=30), "Slack asks to wait", False, "one")
    assert store.outbox.lease(NOW + timedelta(seconds=20), "one", LEASE) == []
    (again,) = store.outbox.lease(NOW + timedelta(seconds=30), "one", LEASE)
    store.outbox.mark_sent(again.id, "1763298000.000100")
    assert keys(store.outbox.lease(NOW + timedelta(seconds=30), "one", LEASE)) == ["second"]


def test_a_message_that_was_being_sent_comes_back_in_doubt(store: Store) -> None:
    put(store, owed("a"))
    (row,) = store.outbox.lease(NOW, "one", LEASE)
    assert row.in_doubt_since is None
    assert store.outbox.begin_attempt(row.id, NOW, "one", LEASE)
    (again,) = store.outbox.lease(NOW + LEASE, "two", LEASE)
    assert again.in_doubt_since == NOW
    assert again.attempts == 1


def test_whoever_lost_a_lease_may_not_send(store: Store) -> None:
    put(store, owed("a"))
    (row,) = store.outbox.lease(NOW, "one", LEASE)
    store.outbox.lease(NOW + LEASE, "two", LEASE)
    assert not store.outbox.begin_attempt(row.id, NOW + LEASE, "one", LEASE)
    assert store.outbox.begin_attempt(row.id, NOW + LEASE, "two", LEASE)


def test_an_attempt_renews_the_lease(store: Store) -> None:
    put(store, owed("a"))
    (row,) = store.outbox.lease(NOW, "one", LEASE)
    late = NOW + LEASE - timedelta(seconds=1)
    store.outbox.begin_attempt(row.id, late, "one", LEASE)
    assert store.outbox.lease(NOW + LEASE, "two", LEASE) == []
    assert keys(store.outbox.lease(late + LEASE, "two", LEASE)) == ["a"]


@pytest.mark.parametrize(("in_doubt", "since"), [(True, NOW), (False, None)])
def test_a_retry_knows_whether_the_message_may_have_arrived(
    store: Store, in_doubt: bool, since: datetime | None
) -> None:
    put(store, owed("a"))
    (row,) = store.outbox.lease(NOW, "one", LEASE)
    store.outbox.begin_attempt(row.id, NOW, "one", LEASE)
    later = NOW + timedelta(seconds=30)
    store.outbox.retry(row.id, later, "Slack is away", in_doubt, "one")
    assert store.outbox.lease(NOW, "one", LEASE) == []
    (again,) = store.outbox.lease(later, "one", LEASE)
    assert again.in_doubt_since == since


def test_sent_parked_and_expired_rows_are_not_claimed_again(store: Store) -> None:
    put(store, owed("sent", "a"), owed("dead_letter", "b"), owed("late", "c", useful_for=timedelta(minutes=10)))
    sent, parked, _ = store.outbox.lease(NOW, "one", LEASE)
    store.outbox.mark_sent(sent.id, "1763298000.000100")
    store.outbox.dead_letter(parked.id, "is_archived", [], NOW, "one")
    assert store.outbox.lease(NOW + timedelta(minutes=30), "one", LEASE) == []
    assert store.outbox.counts() == {"sent": 1, "dead_letter": 1, "expired": 1}


def test_a_message_that_cannot_be_read_costs_no_other_one(store: Store) -> None:
    put(store, owed("broken", "a"), owed("sound", "b"))
    with store._engine.begin() as connection:
        connection.execute(sa.update(outbox).where(outbox.c.key == "broken").values(body='{"of": "another version"}'))
    assert keys(store.outbox.lease(NOW, "one", LEASE)) == ["sound"]
    assert store.outbox.counts() == {"dead_letter": 1, "waiting": 1}


def test_a_message_comes_back_as_it_went_in(store: Store) -> None:
    series = Series((NOW.date(), NOW.date() + timedelta(days=1)), (None, 2.5))
    report = Report(
        card=CARD,
        campus="campus-west",
        campus_name="Campus <!channel> West",
        reading=reading(),
        thresholds=Thresholds(Better.LOWER, 1, 2, 3),
        verdict=Verdict.CRITICAL,
        before=4.0,
        compared_with="same point last week",
        series=series,
    )
    edition = DigestEdition(
        digest="weekly",
        title="Weekly",
        campus="district",
        campus_name="Scenario ISD",
        slot=NOW,
        zone="America/Chicago",
        reports=(report,),
    )
    put(store, OutboxMessage(key="digest", channel="tech-leads", body=edition, expires_at=NOW + LEASE), owed("alert"))
    assert [row.message.body for row in store.outbox.lease(NOW, "me", LEASE)] == [edition, notice()]
