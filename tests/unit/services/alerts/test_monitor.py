"""What is told of breaches, to whom and when: a fake database at the seam, a real state database."""

import logging
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpibot.core.alerts.groups import AlertGroup, DeliveryKind, acknowledge
from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.alerts.routing import Route
from kpibot.core.alerts.silences import Recurrence, RecurringSilence, Silence
from kpibot.core.alerts.states import Reason
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict
from kpibot.services.alerts.notifications import with_actions
from kpibot.store.outbox import OutboxMessage
from kpibot.store.store import AuditEntry
from tests.unit.services.watching import CALENDAR, HOUR, LEVELS, MONDAY, NAMES, QUARTER, Watched, kpi

POST, UPDATE, REPLY = DeliveryKind.POST, DeliveryKind.UPDATE, DeliveryKind.REPLY
RULE = AlertRule(remind=timedelta(hours=4))
RECOVERING = replace(LEVELS, recovers_at=30)
BY_SEVERITY = (Route(channel="leads", severities=frozenset({"critical"}), mention="@director"), Route(channel="team"))
BY_HOURS = (Route(channel="team", in_working_hours=True), Route(channel="oncall"))
NIGHT = datetime(2026, 11, 16, 21, tzinfo=CALENDAR.zone)


def at(watched: Watched, moment: datetime) -> timedelta:
    """How long it is until then."""
    return moment - watched.now


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path, kpi("tickets", RULE, levels=RECOVERING))


def test_the_breaches_of_many_campuses_are_one_message(watched: Watched) -> None:
    assert watched.told(oak=50, birch=90, cedar=5) == [
        ("leads", POST, Reason.FIRING, {"birch": Reason.FIRING, "oak": Reason.FIRING})
    ]


def test_what_joins_worsens_and_recovers_edits_the_message_and_adds_a_line(watched: Watched) -> None:
    watched.told(oak=50)
    assert watched.told(birch=50) == [
        ("leads", UPDATE, Reason.MORE, {"oak": Reason.STILL_FIRING, "birch": Reason.STILL_FIRING}),
        ("leads", REPLY, Reason.MORE, {"birch": Reason.MORE}),
    ]
    assert watched.told(oak=90, birch=10) == [
        ("leads", UPDATE, Reason.WORSE, {"oak": Reason.STILL_FIRING}),
        ("leads", REPLY, Reason.WORSE, {"oak": Reason.WORSE, "birch": Reason.RECOVERED}),
    ]
    assert watched.told(oak=10) == [
        ("leads", UPDATE, Reason.RECOVERED, {"oak": Reason.RECOVERED}),
        ("leads", REPLY, Reason.RECOVERED, {"oak": Reason.RECOVERED}),
    ]
    assert watched.store.alert_groups() == {}
    assert [how for _, how, _, _ in watched.told(oak=50)] == [POST]  # armed again


def test_what_does_not_change_is_told_only_to_remind(watched: Watched) -> None:
    watched.told(oak=50)
    assert [watched.told() for _ in range(15)] == [[]] * 15
    assert watched.told() == [("leads", REPLY, Reason.STILL_FIRING, {"oak": Reason.STILL_FIRING})]


def test_between_the_recovery_threshold_and_the_warning_nothing_is_told(watched: Watched) -> None:
    watched.told(oak=50)
    assert watched.told(oak=35) == []
    assert watched.told(oak=50) == []


def test_what_is_critical_is_shown_in_the_channel(watched: Watched) -> None:
    watched.measure(oak=50)
    assert [each.in_channel for each in watched.measure(oak=90)] == [False, True]
    assert [each.in_channel for each in watched.measure(oak=50)] == [False, False]


def test_a_notice_holds_what_people_did(watched: Watched) -> None:
    watched.measure(oak=50)
    (group,) = watched.store.alert_groups().values()
    acknowledged(watched, group)
    (edit, _) = watched.measure(birch=50)
    assert isinstance(edit.body, AlertNotice)
    assert (edit.body.acknowledged_by, edit.body.acknowledged_until) == ("@luis", MONDAY + 8 * HOUR)


def acknowledged(watched: Watched, group: AlertGroup) -> None:
    entry = AuditEntry(MONDAY, "@luis", "acknowledged", group.key)
    change = lambda found: acknowledge(found, "@luis", MONDAY, 8 * HOUR)  # noqa: E731
    assert watched.store.update_group(group.key, change, lambda _: [], entry, MONDAY) is not None


def test_nobody_who_acknowledges_calls_the_next_and_an_acknowledgement_lapses(tmp_path: Path) -> None:
    rule = replace(RULE, escalation=((HOUR, "@director"),), acknowledged_for=8 * HOUR)
    watched = Watched(tmp_path, kpi("tickets", rule, levels=RECOVERING))
    watched.measure(oak=90)
    (line,) = watched.measure(HOUR)
    assert isinstance(line.body, AlertNotice)
    assert (line.body.reason, line.body.mention, line.in_channel) == (Reason.ESCALATED, "@director", True)
    (group,) = watched.store.alert_groups().values()
    acknowledged(watched, group)  # at ten, for eight hours
    assert watched.told(4 * HOUR) == []
    assert watched.told(4 * HOUR) == []  # it lapsed in the evening, when nobody is told
    assert [told[1:3] for told in watched.told(14 * HOUR)] == [(UPDATE, Reason.LAPSED), (REPLY, Reason.LAPSED)]


def test_the_worst_come_first_and_of_these_the_oldest(watched: Watched) -> None:
    watched.measure(pine=50)
    watched.measure(cedar=50, birch=90)
    (edit, line) = watched.measure(oak=90)
    assert isinstance(edit.body, AlertNotice)
    assert isinstance(line.body, AlertNotice)
    assert [each.report.campus for each in edit.body.changes] == ["birch", "oak", "pine", "cedar"]
    assert all(each.report.series is not None for each in edit.body.changes)
    assert [each.report.series for each in line.body.changes] == [None]  # a thread has no pictures


def test_what_is_over_says_since_when_it_was(watched: Watched) -> None:
    watched.measure(oak=50)
    began = watched.now
    for each in watched.measure(HOUR, oak=10):
        assert isinstance(each.body, AlertNotice)
        assert [change.since for change in each.body.changes] == [began]


def test_how_long_each_message_is_worth_sending(watched: Watched) -> None:
    """A breach for a day, how it stands for as long as it may, a reminder until the next would be."""

    def worth(owed: list[OutboxMessage]) -> list[timedelta]:
        return [each.expires_at - watched.now for each in owed]

    day, month = timedelta(days=1), timedelta(days=30)
    assert worth(watched.measure(oak=50)) == [day]
    assert worth(watched.measure(birch=50)) == [month, day]
    assert worth(watched.measure(4 * HOUR)) == [4 * HOUR]


def test_what_people_did_is_shown_while_it_lasts(watched: Watched) -> None:
    watched.measure(oak=50)
    (group,) = watched.store.alert_groups().values()
    acknowledged(watched, group)
    seen = replace(group, acknowledged_by="@luis", acknowledged_at=MONDAY, acknowledged_until=MONDAY + 8 * HOUR)
    taken = replace(seen, assigned_to="@mei", snoozed_until=MONDAY + HOUR)
    (edit, _) = watched.measure(birch=50)
    assert isinstance(edit.body, AlertNotice)
    for now, by, until, snoozed in (
        (MONDAY, "@luis", MONDAY + 8 * HOUR, MONDAY + HOUR),
        (MONDAY + HOUR, "@luis", MONDAY + 8 * HOUR, None),
        (MONDAY + 8 * HOUR, "", None, None),
    ):
        notice = with_actions(edit.body, taken, now)
        assert (notice.acknowledged_by, notice.acknowledged_until, notice.snoozed_until) == (by, until, snoozed)
        assert notice.acknowledged_at == (MONDAY if by else None)
        assert notice.assigned_to == "@mei"


def test_what_is_muted_everywhere_is_no_longer_said_to_be_everywhere(watched: Watched) -> None:
    watched.measure(**dict.fromkeys(NAMES, 50.0))
    mute = Silence(
        id="s1", start=watched.now, end=watched.now + HOUR, kpi="tickets", campus=None, reason="power cut", by="@luis"
    )
    watched.store.add_silence(mute, AuditEntry(watched.now, "@luis", "muted", "s1"), [], watched.now)
    (edit,) = watched.measure()
    assert isinstance(edit.body, AlertNotice)
    assert (edit.body.is_over, edit.body.is_common) == (True, False)


def test_most_of_the_district_at_once_is_said_as_such(watched: Watched) -> None:
    for counts, is_common in (({"oak": 50, "birch": 50, "cedar": 50}, False), ({"elm": 50}, True)):
        message = watched.measure(**counts)[0].body  # type: ignore[arg-type]
        assert isinstance(message, AlertNotice)
        assert message.is_common is is_common


def test_the_district_itself_is_no_campus(tmp_path: Path) -> None:
    levels = Thresholds(Better.LOWER, 20, 40)
    watched = Watched(tmp_path, kpi("tickets", replace(RULE, at_district=True), levels=levels))
    message = watched.measure(oak=190, birch=50, cedar=50)[0].body
    assert isinstance(message, AlertNotice)
    assert (len(message.changes), message.is_common) == (4, False)


def test_an_interval_is_measured_once_whoever_asks(watched: Watched) -> None:
    ran = [watched.watch.run(MONDAY + minutes * timedelta(minutes=1)) for minutes in (0, 1, 14, 15, 29)]
    assert ran == [True, False, False, True, False]
    history = watched.store.readings.history("tickets", "oak", MONDAY, MONDAY + HOUR)
    assert [at for at, _ in history] == [MONDAY, MONDAY + QUARTER]


def test_people_may_act_while_a_measurement_is_under_way(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.measure(oak=50)
    (group,) = watched.store.alert_groups().values()
    record = watched.store.save_evaluation

    def late(*arguments: object, **more: object) -> object:
        monkeypatch.undo()
        acknowledged(watched, group)
        return record(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(watched.store, "save_evaluation", late)
    assert [how for _, how, _, _ in watched.told(birch=50)] == [UPDATE, REPLY]
    (after,) = watched.store.alert_groups().values()
    assert (after.acknowledged_by, set(after.severities)) == ("@luis", {"oak", "birch"})


def test_a_message_that_expired_before_slack_came_back_is_told_anew(watched: Watched) -> None:
    watched.database.counts["oak"] = 50
    watched.now += QUARTER
    watched.watch.measure(watched.now)
    watched.now += timedelta(days=1)
    assert watched.store.outbox.lease(watched.now, "test", HOUR) == []  # it was of no use any more
    assert watched.told() == [("leads", POST, Reason.STILL_FIRING, {"oak": Reason.STILL_FIRING})]


# routes


def test_of_several_people_in_one_channel_the_one_for_the_worst_campus_is_called(tmp_path: Path) -> None:
    routes = (Route(channel="leads", severities=frozenset({"critical"}), mention="@director"), Route(channel="leads"))
    watched = Watched(tmp_path, kpi("tickets", RULE), routes=routes)
    for counts, called in (({"birch": 50}, "@helpdesk"), ({"oak": 90}, "@director"), ({"cedar": 50}, "@director")):
        *_, told = watched.measure(**counts)  # type: ignore[arg-type]
        assert isinstance(told.body, AlertNotice)
        assert told.body.mention == called


def test_a_breach_that_no_route_takes_is_told_nowhere_and_said_once_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "kpibot.services")  # `check`, where it ran before, wants less
    routes = (Route(channel="team", campuses=frozenset({"birch"}), in_working_hours=True),)
    watched = Watched(tmp_path, kpi("tickets", replace(RULE, remind=None)), routes=routes)
    assert [told[0] for told in watched.told(oak=90, birch=90)] == ["team"]
    assert watched.told() == []
    assert [each.message for each in caplog.records if "no route" in each.message] == [
        "tickets at oak: no route leads anywhere; add one under alerts"
    ]
    assert watched.told(at(watched, NIGHT)) == []  # birch stands where it was told, though no route leads there now
    assert [set(each.severities) for each in watched.store.alert_groups().values()] == [{"birch"}]


def test_a_campus_whose_route_changes_with_its_severity_moves(tmp_path: Path) -> None:
    watched = Watched(tmp_path, kpi("tickets", RULE, levels=RECOVERING), routes=BY_SEVERITY)
    assert [told[:3] for told in watched.told(oak=50, birch=50)] == [("team", POST, Reason.FIRING)]
    assert watched.told(oak=90) == [
        ("leads", POST, Reason.FIRING, {"oak": Reason.FIRING}),
        ("team", UPDATE, Reason.MOVED, {"birch": Reason.STILL_FIRING}),
        ("team", REPLY, Reason.MOVED, {"oak": Reason.MOVED}),
    ]
    assert watched.told(oak=50) == [
        ("leads", UPDATE, Reason.MOVED, {"oak": Reason.MOVED}),
        ("leads", REPLY, Reason.MOVED, {"oak": Reason.MOVED}),
        ("team", UPDATE, Reason.MORE, {"birch": Reason.STILL_FIRING, "oak": Reason.STILL_FIRING}),
        ("team", REPLY, Reason.MORE, {"oak": Reason.MORE}),
    ]
    assert {channel for _, channel in watched.store.alert_groups()} == {"team"}


def test_whoever_is_told_that_a_breach_moved_is_told_where_to(tmp_path: Path) -> None:
    watched = Watched(tmp_path, kpi("tickets", RULE, levels=RECOVERING), routes=BY_SEVERITY)
    watched.measure(oak=50)
    post, _, line = watched.measure(oak=90)
    assert isinstance(line.body, AlertNotice)
    assert isinstance(post.body, AlertNotice)
    assert line.body.changes[0].details == ("now posted in #leads",)
    assert (line.body.mention, post.body.mention) == ("", "@director")


def test_a_breach_that_becomes_critical_at_night_is_told_at_once_and_its_move_in_the_morning(tmp_path: Path) -> None:
    watched = Watched(tmp_path, kpi("tickets", RULE, levels=RECOVERING), routes=BY_SEVERITY)
    watched.told(oak=50)
    assert watched.told(at(watched, NIGHT), oak=90) == [("leads", POST, Reason.FIRING, {"oak": Reason.FIRING})]
    assert watched.told(oak=90) == []
    assert [told[:3] for told in watched.told(11 * HOUR)] == [
        ("leads", REPLY, Reason.STILL_FIRING),
        ("team", UPDATE, Reason.MOVED),
        ("team", REPLY, Reason.MOVED),
    ]


def test_what_was_told_in_working_hours_is_not_told_again_to_others_after_them(tmp_path: Path) -> None:
    watched = Watched(tmp_path, kpi("tickets", replace(RULE, remind=None), levels=RECOVERING), routes=BY_HOURS)
    assert [told[:2] for told in watched.told(oak=90)] == [("team", POST)]
    assert watched.told(at(watched, NIGHT)) == []
    assert [told[:2] for told in watched.told(birch=90)] == [("oncall", POST)]
    assert watched.told(11 * HOUR) == []


# quiet


def test_outside_working_hours_only_what_is_critical_is_told(watched: Watched) -> None:
    assert watched.told(at(watched, NIGHT), oak=50) == []
    assert [told[:3] for told in watched.told(birch=90)] == [("leads", POST, Reason.FIRING)]
    assert watched.told(cedar=50) == []
    assert watched.told(birch=10, oak=10, cedar=10) == []
    assert [told[:3] for told in watched.told(11 * HOUR)] == [
        ("leads", UPDATE, Reason.RECOVERED),
        ("leads", REPLY, Reason.RECOVERED),
    ]


def test_at_night_the_next_owner_is_called_for_what_is_critical_and_people_are_reminded_in_the_morning(
    tmp_path: Path,
) -> None:
    rule = replace(RULE, remind=HOUR, escalation=((HOUR, "@director"),))
    watched = Watched(tmp_path, kpi("tickets", rule))
    watched.told(at(watched, NIGHT), oak=90, birch=50)
    (line,) = watched.measure(HOUR)
    assert isinstance(line.body, AlertNotice)
    assert (line.body.reason, line.body.mention, line.in_channel) == (Reason.ESCALATED, "@director", True)
    assert [change.report.campus for change in line.body.changes] == ["oak"]
    assert watched.told(HOUR) == []
    assert [told[2] for told in watched.told(10 * HOUR)] == [Reason.STILL_FIRING]


def test_at_night_nobody_is_called_next_for_what_is_muted(tmp_path: Path) -> None:
    watched = Watched(tmp_path, kpi("tickets", replace(RULE, escalation=((HOUR, "@director"),))))
    watched.told(at(watched, NIGHT), oak=90)
    mute = Silence(
        id="s1",
        start=watched.now,
        end=watched.now + 9 * HOUR,
        kpi="tickets",
        campus="oak",
        reason="power cut",
        by="@luis",
    )
    watched.store.add_silence(mute, AuditEntry(watched.now, "@luis", "muted", "s1"), [], watched.now)
    assert watched.told(2 * HOUR) == []


@pytest.mark.parametrize(("on_holidays", "calls"), [(False, []), (True, [Reason.ESCALATED])])
def test_on_a_holiday_nobody_is_called_next_unless_the_rule_says_so(
    tmp_path: Path, on_holidays: bool, calls: list[Reason]
) -> None:
    rule = replace(RULE, on_holidays=on_holidays, escalation=((HOUR, "@director"),))
    watched = Watched(tmp_path, kpi("tickets", rule))
    watched.told(at(watched, datetime(2026, 11, 25, 23, 30, tzinfo=CALENDAR.zone)), oak=90)
    assert [told[2] for told in watched.told(HOUR)] == calls


def test_what_is_over_by_the_morning_is_never_told(watched: Watched) -> None:
    assert watched.told(at(watched, NIGHT), oak=50) == []
    assert watched.told(oak=10) == []
    assert watched.told(11 * HOUR) == []


def test_a_rule_may_tell_at_any_time(tmp_path: Path) -> None:
    watched = Watched(tmp_path, kpi("tickets", replace(RULE, any_time=True), levels=RECOVERING))
    assert [told[:2] for told in watched.told(at(watched, NIGHT), oak=50)] == [("leads", POST)]


@pytest.mark.parametrize(("on_holidays", "told"), [(False, 0), (True, 1)])
def test_on_a_holiday_nothing_is_told_unless_the_rule_says_so(tmp_path: Path, on_holidays: bool, told: int) -> None:
    watched = Watched(tmp_path, kpi("tickets", replace(RULE, on_holidays=on_holidays), levels=RECOVERING))
    thanksgiving = datetime(2026, 11, 26, 10, tzinfo=CALENDAR.zone)
    assert len(watched.told(at(watched, thanksgiving), oak=90)) == told
    assert len(watched.told(timedelta(days=1))) == 1


# mutes and inhibition


def test_a_muted_campus_is_not_told_and_has_not_recovered(watched: Watched) -> None:
    watched.told(oak=50, birch=50)
    mute = Silence(
        id="s1", start=watched.now, end=watched.now + HOUR, kpi="tickets", campus="oak", reason="exam week", by="@luis"
    )
    watched.store.add_silence(mute, AuditEntry(watched.now, "@luis", "muted", "s1"), [], watched.now)
    assert watched.told() == [("leads", UPDATE, Reason.MUTED, {"birch": Reason.STILL_FIRING})]
    assert [told[3] for told in watched.told(HOUR)] == [
        {"birch": Reason.STILL_FIRING, "oak": Reason.STILL_FIRING},
        {"oak": Reason.MORE},
    ]


def test_a_silence_that_recurs_hides_what_fires_until_it_ends(tmp_path: Path) -> None:
    window = RecurringSilence(
        name="Monday patches",
        when=Recurrence.WEEKLY,
        weekdays=(0,),
        hours=(time(10), time(12)),
        kpis=frozenset({"tickets"}),
    )
    watched = Watched(tmp_path, kpi("tickets", RULE), kpi("chats", RULE, "chats"), silences=(window,))
    owed = watched.measure(oak=90)
    assert [each.body.card.id for each in owed if isinstance(each.body, AlertNotice)] == ["chats"]
    assert watched.told() == []
    (post,) = watched.measure(2 * HOUR)
    assert isinstance(post.body, AlertNotice)
    assert (post.kind, post.body.card.id, post.body.changes[0].severity) == (POST, "tickets", Verdict.CRITICAL)


def test_a_district_that_fires_may_silence_its_campuses(tmp_path: Path) -> None:
    watched = Watched(tmp_path, kpi("tickets", replace(RULE, at_district=True, inhibits=True)))
    watched.told(oak=50)
    assert watched.told(oak=190, birch=190) == [
        ("leads", UPDATE, Reason.MORE, {"district": Reason.STILL_FIRING}),
        ("leads", REPLY, Reason.MORE, {"district": Reason.MORE, "oak": Reason.INHIBITED}),
    ]
    assert [told[3] for told in watched.told(oak=50, birch=5)] == [
        {"oak": Reason.STILL_FIRING},
        {"oak": Reason.MORE, "district": Reason.RECOVERED},
    ]


# what was forgotten


def test_a_kpi_that_is_watched_no_more_is_forgotten(tmp_path: Path) -> None:
    Watched(tmp_path, kpi("tickets", RULE, levels=RECOVERING)).told(oak=50)
    later = Watched(tmp_path, kpi("tickets", None))
    assert later.told(oak=90) == []
    assert (later.store.alert_groups(), later.store.alert_states()) == ({}, {})


def test_a_campus_that_is_gone_from_the_configuration_leaves_its_message_without_a_word(watched: Watched) -> None:
    watched.measure(oak=50)
    ((key, group),) = watched.store.alert_groups().items()
    both = replace(group, severities={**group.severities, "closed-school": Verdict.WARNING})
    watched.store.save_evaluation([], {}, [], watched.now, {key: both})
    assert watched.told() == [("leads", UPDATE, Reason.RECOVERED, {"oak": Reason.STILL_FIRING})]


# laws


COUNTS = st.dictionaries(st.sampled_from(NAMES), st.sampled_from([5.0, 35.0, 50.0, 90.0]), min_size=1)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(COUNTS, st.sampled_from([1, 5, 40])), max_size=8))
def test_in_working_hours_every_channel_shows_what_fires_and_nothing_twice(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[tuple[dict[str, float], int]]
) -> None:
    watched = Watched(tmp_path_factory.mktemp("law"), kpi("tickets", RULE, levels=RECOVERING), routes=BY_SEVERITY)
    for counts, quarters in rounds:
        watched.measure(quarters * QUARTER, **counts)
        if not CALENDAR.is_working_time(watched.now):
            continue
        shown = [pair for group in watched.store.alert_groups().values() for pair in group.severities.items()]
        states = watched.store.alert_states()
        assert sorted(shown) == sorted((campus, state.severity) for (_, campus), state in states.items())
        for (_, channel), group in watched.store.alert_groups().items():
            expected = Verdict.CRITICAL if channel == "leads" else Verdict.WARNING
            assert set(group.severities.values()) == {expected}
    watched.store.close()
