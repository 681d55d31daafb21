"""Whatever happens to those who deliver: nothing is lost, nothing is doubled, and each channel reads in order."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kpibot.core.alerts.groups import AlertGroup, DeliveryKind
from kpibot.core.reports.messages import AdminNotice
from kpibot.store.database.schema import outbox
from kpibot.store.outbox import LeasedMessage, OutboxMessage
from kpibot.store.store import Store, open_engine

START = datetime(2026, 11, 16, 13, tzinfo=UTC)
LEASE = timedelta(minutes=1)
CHANNELS = ("tech-leads", "west-tech")
OWNERS = ("one", "two")
ENDINGS = ("sent", "dies before", "dies attempting", "dies after", "put off", "dead_letter")


class Deliveries(RuleBasedStateMachine):
    """Messages are owed, and processes deliver them, die over them, or are told to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.engine = open_engine(f"sqlite:///{Path(self.folder.name) / 'state.db'}")
        self.store = Store(self.engine)
        self.now = START
        self.owed: list[str] = []
        self.shown: list[LeasedMessage] = []  # as Slack took them
        self.groups = {channel: AlertGroup(kpi="tickets", channel=channel, opened=START) for channel in CHANNELS}
        self.store.save_evaluation([], {}, [], START, {("tickets", each): group for each, group in self.groups.items()})

    def teardown(self) -> None:
        """Somebody delivers all that is left: every message is where it belongs."""
        self.now += timedelta(minutes=20)
        while rows := self.store.outbox.lease(self.now, "last", LEASE):
            for row in rows:
                self.deliver(row, "last", "sent")
        states = self.states()
        assert "waiting" not in states.values()
        assert {row.message.key for row in self.shown} >= {key for key, state in states.items() if state == "sent"}
        self.edits_are_superseded_by_what_says_more(states)
        self.engine.dispose()
        self.folder.cleanup()

    @rule(channel=st.sampled_from(CHANNELS), how=st.sampled_from(DeliveryKind))
    def owe(self, channel: str, how: DeliveryKind) -> None:
        key = f"{len(self.owed):03} {how} {channel}"
        notice = AdminNotice(self.now, "America/Chicago")
        message = OutboxMessage(
            key=key,
            channel=channel,
            body=notice,
            expires_at=self.now + timedelta(days=1),
            kind=how,
            group=self.groups[channel].key,
        )
        self.store.save_evaluation([], {}, [message], self.now)
        self.owed.append(key)

    @rule(owner=st.sampled_from(OWNERS), ending=st.sampled_from(ENDINGS))
    def work(self, owner: str, ending: str) -> None:
        for row in self.store.outbox.lease(self.now, owner, LEASE):
            self.deliver(row, owner, ending)

    @rule(owner=st.sampled_from(OWNERS))
    def stop(self, owner: str) -> None:
        self.store.outbox.release(owner)

    @rule(minutes=st.sampled_from([0.5, 1, -5, 60]))
    def time_passes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    def deliver(self, row: LeasedMessage, owner: str, ending: str) -> None:
        found = row.in_doubt_since is not None and any(each.id == row.id for each in self.shown)
        if ending == "dies before":
            return
        if not found:
            assert self.store.outbox.begin_attempt(row.id, self.now, owner, LEASE)
            if ending == "dies attempting":
                return
            if ending == "put off":
                self.store.outbox.retry(row.id, self.now + LEASE, "Slack asks to wait", False, owner)
                return
            if ending == "dead_letter":
                self.store.outbox.dead_letter(row.id, "is_archived", [], self.now, owner)
                return
            self.shown.append(row)
        if ending != "dies after":
            self.store.outbox.mark_sent(row.id, f"ts of {row.message.key}")

    def states(self) -> dict[str, str]:
        with self.engine.connect() as connection:
            return {key: state for key, state in connection.execute(sa.select(outbox.c.key, outbox.c.state))}

    @invariant()
    def nothing_is_doubled(self) -> None:
        keys = [row.message.key for row in self.shown]
        assert len(keys) == len(set(keys))

    @invariant()
    def each_channel_reads_in_order(self) -> None:
        for channel in CHANNELS:
            keys = [row.message.key for row in self.shown if row.message.channel == channel]
            assert keys == sorted(keys)

    @invariant()
    def edits_and_thread_lines_belong_to_the_last_message_before_them(self) -> None:
        for n, row in enumerate(self.shown):
            if row.message.kind is not DeliveryKind.POST:
                before = [each.message for each in self.shown[:n] if each.message.group == row.message.group]
                posts = [each.key for each in before if each.kind is DeliveryKind.POST]
                assert posts
                assert row.parent_ts == f"ts of {posts[-1]}"

    @invariant()
    def nothing_is_lost(self) -> None:
        assert sorted(self.states()) == self.owed

    def edits_are_superseded_by_what_says_more(self, states: dict[str, str]) -> None:
        for key, state in states.items():
            if state == "superseded":
                edits = [each for each in self.owed if each[4:] == key[4:]]
                assert key != edits[-1]


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
