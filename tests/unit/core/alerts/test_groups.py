"""One message for the breaches of one KPI in one channel: what is told, when, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.alerts.groups import (
    AlertGroup,
    DeliveryKind,
    GroupRule,
    Notification,
    acknowledge,
    assign,
    is_whole_district,
    snooze,
    transition,
)
from kpibot.core.alerts.states import Reason
from kpibot.core.kpis.thresholds import Verdict

START = datetime(2026, 11, 23, 15, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
WARNING, CRITICAL = Verdict.WARNING, Verdict.CRITICAL
RULE = GroupRule("@helpdesk", timedelta(hours=4), ((timedelta(hours=1), "@director"), (timedelta(hours=2), "@super")))
FIRING = st.dictionaries(st.sampled_from(["oak", "west", "birch"]), st.sampled_from([WARNING, CRITICAL]))
ROUNDS = st.lists(st.tuples(FIRING, st.booleans()), max_size=12)


def told(
    rounds: Sequence[Mapping[str, Verdict]], rule: GroupRule = RULE, *, every: timedelta = QUARTER, quiet: bool = False
) -> list[list[tuple[DeliveryKind, Reason]]]:
    """What is told in each round."""
    group, found = None, []
    for n, firing in enumerate(rounds):
        group, tellings = transition(group, firing, rule, START + n * every, quiet=quiet, named=("tickets", "leads"))
        found.append([(each.kind, each.reason) for each in tellings])
    return found


def opened(**firing: Verdict) -> AlertGroup:
    group, _ = transition(None, firing, RULE, START, named=("tickets", "leads"))
    assert group is not None
    return group


def test_many_campuses_are_one_message() -> None:
    group, tellings = transition(None, {"oak": WARNING, "west": CRITICAL}, RULE, START, named=("tickets", "leads"))
    assert group is not None
    assert (group.kpi, group.channel, group.severities) == ("tickets", "leads", {"oak": WARNING, "west": CRITICAL})
    changes = {"oak": Reason.FIRING, "west": Reason.FIRING}
    assert tellings == (Notification(DeliveryKind.POST, Reason.FIRING, changes, "@helpdesk"),)


def test_a_campus_that_joins_edits_the_message_and_adds_a_line_to_its_thread() -> None:
    assert told([{"oak": WARNING}, {"oak": WARNING, "west": WARNING}, {"west": WARNING}, {}]) == [
        [(DeliveryKind.POST, Reason.FIRING)],
        [(DeliveryKind.UPDATE, Reason.MORE), (DeliveryKind.REPLY, Reason.MORE)],
        [(DeliveryKind.UPDATE, Reason.RECOVERED), (DeliveryKind.REPLY, Reason.RECOVERED)],
        [(DeliveryKind.UPDATE, Reason.RECOVERED), (DeliveryKind.REPLY, Reason.RECOVERED)],
    ]


def test_several_changes_are_one_line_named_after_the_worst() -> None:
    group = opened(oak=WARNING, west=WARNING)
    after, (_, reply) = transition(group, {"oak": CRITICAL, "birch": WARNING}, RULE, START + QUARTER)
    assert reply.reason is Reason.WORSE
    assert reply.changes == {"oak": Reason.WORSE, "birch": Reason.MORE, "west": Reason.RECOVERED}
    assert after is not None
    assert after.critical_since == START + QUARTER


def test_easing_is_told_as_such_and_calls_nobody() -> None:
    _, (edit, line) = transition(opened(oak=CRITICAL), {"oak": WARNING}, RULE, START + QUARTER)
    assert edit == Notification(DeliveryKind.UPDATE, Reason.EASED)
    assert line == Notification(DeliveryKind.REPLY, Reason.EASED, {"oak": Reason.EASED})


def test_whoever_has_it_is_called_in_the_place_of_its_owner() -> None:
    group = assign(opened(oak=WARNING), "@mei")
    assert group is not None
    assert group.assigned_to == "@mei"
    snoozed = snooze(group, START + QUARTER)
    for taken, firing, after in (
        (group, {"oak": CRITICAL}, QUARTER),
        (group, {"oak": WARNING}, timedelta(hours=4)),
        (snoozed, {"oak": WARNING}, QUARTER),
    ):
        _, tellings = transition(taken, firing, RULE, START + after)
        assert [each.mention for each in tellings if each.kind is DeliveryKind.REPLY] == ["@mei"]


def test_people_are_reminded_as_often_as_the_rule_says_however_often_is_measured() -> None:
    found = told([{"oak": WARNING}] * 50)
    assert [n for n, tellings in enumerate(found) if tellings] == [0, 16, 32, 48]
    assert told([{"oak": WARNING}] * 50, replace(RULE, remind=None))[1:] == [[]] * 49
    _, (reminder,) = transition(opened(oak=WARNING), {"oak": WARNING}, RULE, START + timedelta(hours=4))
    assert reminder == Notification(DeliveryKind.REPLY, Reason.STILL_FIRING, {"oak": Reason.STILL_FIRING}, "@helpdesk")


def test_news_that_call_somebody_put_the_reminder_off_and_others_do_not() -> None:
    both = {"oak": WARNING, "west": WARNING}
    joined = [{"oak": WARNING}] * 8 + [both] * 20
    assert [n for n, tellings in enumerate(told(joined)) if tellings] == [0, 8, 24]
    left = [both] * 8 + [{"oak": WARNING}] * 20
    assert [n for n, tellings in enumerate(told(left)) if tellings] == [0, 8, 16]


def test_what_is_critical_is_shown_in_the_channel_and_not_in_the_thread_only() -> None:
    for severity, in_channel in ((WARNING, False), (CRITICAL, True)):
        _, (_, reply) = transition(opened(oak=WARNING), {"oak": WARNING, "west": severity}, RULE, START + QUARTER)
        assert reply.in_channel is in_channel


def test_what_is_over_before_it_was_told_is_never_told() -> None:
    assert told([{"oak": WARNING}, {}], quiet=True) == [[], []]


def test_in_quiet_hours_only_what_becomes_critical_is_told() -> None:
    rounds = [{"oak": WARNING}, {"oak": CRITICAL}, {"oak": CRITICAL, "west": WARNING}, {"oak": WARNING}, {}]
    assert told(rounds, quiet=True) == [[], [(DeliveryKind.POST, Reason.FIRING)], [], [], []]


def test_in_quiet_hours_what_stands_may_become_critical() -> None:
    both = {"oak": CRITICAL, "west": WARNING}
    _, tellings = transition(opened(oak=WARNING), both, RULE, START + QUARTER, quiet=True)
    assert [(each.kind, each.reason, each.mention) for each in tellings] == [
        (DeliveryKind.UPDATE, Reason.WORSE, ""),
        (DeliveryKind.REPLY, Reason.WORSE, "@helpdesk"),
    ]


def test_what_quiet_hours_held_back_is_told_when_they_end() -> None:
    group = opened(oak=CRITICAL)
    held, nothing = transition(group, {"oak": CRITICAL, "west": WARNING}, RULE, START + QUARTER, quiet=True)
    assert (held, nothing) == (group, ())
    _, tellings = transition(held, {"oak": CRITICAL, "west": WARNING}, RULE, START + 2 * QUARTER)
    assert [each.reason for each in tellings] == [Reason.MORE, Reason.MORE]


def test_people_are_reminded_until_somebody_sees_to_it() -> None:
    still = [{"oak": WARNING}] * 4
    assert (
        told(still, every=timedelta(hours=4))
        == [[(DeliveryKind.POST, Reason.FIRING)]] + [[(DeliveryKind.REPLY, Reason.STILL_FIRING)]] * 3
    )
    group = acknowledge(opened(oak=WARNING), "U1", START, timedelta(hours=8))
    assert group is not None
    assert transition(group, {"oak": WARNING}, RULE, START + timedelta(hours=5)) == (group, ())


def test_an_acknowledgement_lapses_and_people_are_asked_again() -> None:
    group = acknowledge(opened(oak=WARNING), "U1", START, timedelta(hours=8))
    after, tellings = transition(group, {"oak": WARNING}, RULE, START + timedelta(hours=8))
    assert [(each.kind, each.reason) for each in tellings] == [
        (DeliveryKind.UPDATE, Reason.LAPSED),
        (DeliveryKind.REPLY, Reason.LAPSED),
    ]
    assert after is not None
    assert after.acknowledged_by == ""


def test_two_people_who_acknowledge_do_so_once() -> None:
    group = acknowledge(opened(oak=WARNING), "U1", START, timedelta(hours=8))
    assert group is not None
    assert acknowledge(group, "U2", START + QUARTER, timedelta(hours=8)) is None
    assert assign(replace(group, assigned_to="U2"), "U2") is None
    snoozed = snooze(group, START + timedelta(hours=1))
    assert snoozed is not None
    for minutes, is_same in ((59, True), (60, True), (61, True), (58, False), (62, False)):
        assert (snooze(snoozed, START + timedelta(minutes=minutes)) is None) is is_same


def test_an_acknowledgement_says_who_and_when_and_ends_a_snooze_and_is_forgotten_when_it_lapses() -> None:
    snoozed = snooze(opened(oak=WARNING), START + timedelta(hours=1))
    assert snoozed is not None
    group = acknowledge(snoozed, "@luis", START + QUARTER, timedelta(hours=8))
    assert group is not None
    assert (group.acknowledged_by, group.acknowledged_at, group.snoozed_until) == ("@luis", START + QUARTER, None)
    after, _ = transition(group, {"oak": WARNING}, RULE, START + timedelta(hours=9))
    assert after is not None
    assert (after.acknowledged_by, after.acknowledged_at, after.acknowledged_until) == ("", None, None)


def test_what_gets_worse_is_news_even_to_whoever_acknowledged_the_rest() -> None:
    group = acknowledge(opened(oak=WARNING), "U1", START, timedelta(hours=8))
    after, tellings = transition(group, {"oak": CRITICAL}, RULE, START + QUARTER)
    assert tellings[1].mention == "@helpdesk"
    assert after is not None
    assert not after.is_acknowledged(START + QUARTER)


def test_the_next_owner_is_called_while_nobody_takes_a_critical_breach() -> None:
    rounds = [{"oak": CRITICAL}] * 11
    calls, group = [], None
    for n, firing in enumerate(rounds):
        group, tellings = transition(group, firing, RULE, START + n * QUARTER, named=("tickets", "leads"))
        calls += [(n, each.mention) for each in tellings if each.reason is Reason.ESCALATED]
    assert calls == [(4, "@director"), (8, "@super")]
    taken = acknowledge(opened(oak=CRITICAL), "U1", START, timedelta(hours=8))
    assert transition(taken, {"oak": CRITICAL}, RULE, START + timedelta(hours=3))[1] == ()


def escalations(group: AlertGroup, firing: Mapping[str, Verdict], hours: float, *, quiet: bool = False) -> list[str]:
    """Who is called next within so many hours, and after how many of them."""
    found, state = list[str](), group
    for n in range(1, int(4 * hours) + 1):
        after, tellings = transition(state, firing, RULE, START + n * QUARTER, quiet=quiet)
        assert after is not None
        state = after
        found += [f"{n / 4:g} h: {each.mention}" for each in tellings if each.reason is Reason.ESCALATED]
    return found


def test_the_next_owner_is_called_at_night_too() -> None:
    assert escalations(opened(oak=CRITICAL), {"oak": CRITICAL}, 12, quiet=True) == ["1 h: @director", "2 h: @super"]
    _, tellings = transition(opened(oak=CRITICAL), {"oak": CRITICAL}, RULE, START + timedelta(hours=1), quiet=True)
    assert tellings == (
        Notification(DeliveryKind.REPLY, Reason.ESCALATED, {"oak": Reason.ESCALATED}, "@director", in_channel=True),
    )


def test_nobody_is_called_next_at_night_for_what_is_critical_no_more() -> None:
    group = opened(oak=CRITICAL, west=WARNING)
    for firing in ({}, {"west": WARNING}, {"oak": WARNING, "west": WARNING}):
        assert escalations(group, firing, 12, quiet=True) == []


@pytest.mark.parametrize("quiet", [False, True])
def test_the_next_owner_is_told_of_what_is_critical_only(quiet: bool) -> None:
    both = {"oak": CRITICAL, "west": WARNING}
    _, (line,) = transition(opened(**both), both, RULE, START + timedelta(hours=1), quiet=quiet)
    assert line.changes == {"oak": Reason.ESCALATED}


def test_nobody_is_called_next_at_night_for_what_only_warns() -> None:
    assert escalations(opened(oak=WARNING), {"oak": WARNING}, 12, quiet=True) == []


@pytest.mark.parametrize("quiet", [False, True])
def test_the_next_owner_is_called_when_an_acknowledgement_has_lapsed_for_the_time(quiet: bool) -> None:
    taken = acknowledge(opened(oak=CRITICAL), "@luis", START + QUARTER, timedelta(hours=8))
    assert taken is not None
    assert escalations(taken, {"oak": CRITICAL}, 12, quiet=quiet) == ["9.25 h: @director", "10.25 h: @super"]


def test_what_was_taken_before_an_upgrade_is_taken() -> None:
    """Versions before this one kept the time at which it became critical."""
    taken = acknowledge(opened(oak=CRITICAL), "@luis", START, timedelta(hours=8))
    assert taken is not None
    kept = replace(taken, critical_since=START)
    assert escalations(kept, {"oak": CRITICAL}, 7.75, quiet=True) == []


@pytest.mark.parametrize("quiet", [False, True])
def test_the_next_owner_is_called_when_a_snooze_has_been_over_for_the_time(quiet: bool) -> None:
    group = snooze(opened(oak=CRITICAL), START + timedelta(hours=3))
    assert group is not None
    assert escalations(group, {"oak": CRITICAL}, 12, quiet=quiet) == ["4 h: @director", "5 h: @super"]


def test_whoever_snoozes_what_they_have_acknowledged_still_sees_to_it() -> None:
    taken = acknowledge(opened(oak=CRITICAL), "@luis", START, timedelta(hours=8))
    assert taken is not None
    snoozed = snooze(taken, START + timedelta(hours=1))
    assert snoozed is not None
    assert escalations(snoozed, {"oak": CRITICAL}, 12) == ["9 h: @director", "10 h: @super"]


def test_a_campus_that_becomes_critical_has_its_own_time_though_the_others_are_taken() -> None:
    taken = acknowledge(opened(oak=CRITICAL), "@luis", START, timedelta(hours=8))
    both = {"oak": CRITICAL, "west": CRITICAL}
    group, _ = transition(taken, both, RULE, START + timedelta(hours=3))
    assert group is not None
    assert escalations(group, both, 6) == ["4 h: @director", "5 h: @super"]


def test_a_campus_that_joins_with_a_warning_does_not_take_what_is_taken_from_anybody() -> None:
    taken = acknowledge(opened(oak=CRITICAL), "@luis", START, timedelta(hours=8))
    assert taken is not None
    assert escalations(taken, {"oak": CRITICAL, "west": WARNING}, 12) == ["9 h: @director", "10 h: @super"]


def test_a_campus_that_becomes_critical_does_not_put_the_next_owner_off() -> None:
    both = {"oak": CRITICAL, "west": CRITICAL}
    group, _ = transition(opened(oak=CRITICAL), both, RULE, START + 2 * QUARTER)
    assert group is not None
    assert escalations(group, both, 3) == ["1 h: @director", "2 h: @super"]


def test_whoever_was_called_next_is_not_called_again_when_something_else_changes() -> None:
    called, _ = transition(opened(oak=CRITICAL), {"oak": CRITICAL}, RULE, START + timedelta(hours=1))
    both = {"oak": CRITICAL, "west": WARNING}
    group, _ = transition(called, both, RULE, START + timedelta(hours=1, minutes=15))
    assert group is not None
    assert escalations(group, both, 3) == ["2 h: @super"]


def test_where_something_changes_all_the_time_the_next_owner_is_called_as_elsewhere() -> None:
    rounds = [{"oak": CRITICAL}, *[{"oak": CRITICAL, "west": WARNING}, {"oak": CRITICAL}] * 4]
    calls = [n for n, tellings in enumerate(told(rounds)) if (DeliveryKind.REPLY, Reason.ESCALATED) in tellings]
    assert calls == [4, 8]


def test_where_something_changes_all_the_time_people_are_reminded_and_an_acknowledgement_lapses() -> None:
    eases = [{"oak": WARNING, "west": WARNING}, {"oak": WARNING}]
    assert told(eases, every=timedelta(hours=5))[1] == [
        (DeliveryKind.UPDATE, Reason.RECOVERED),
        (DeliveryKind.REPLY, Reason.RECOVERED),
        (DeliveryKind.REPLY, Reason.STILL_FIRING),
    ]
    taken = acknowledge(opened(oak=WARNING, west=WARNING), "@luis", START, timedelta(hours=1))
    after, tellings = transition(taken, {"oak": WARNING}, RULE, START + timedelta(hours=1))
    assert [each.reason for each in tellings] == [Reason.RECOVERED, Reason.RECOVERED, Reason.LAPSED]
    assert after is not None
    assert after.acknowledged_by == ""


def test_what_eases_and_becomes_critical_again_begins_with_the_first_owner() -> None:
    group = replace(opened(oak=CRITICAL), escalation_step=2)
    eased, _ = transition(group, {"oak": WARNING}, RULE, START + QUARTER)
    again, _ = transition(eased, {"oak": CRITICAL}, RULE, START + 2 * QUARTER)
    assert again is not None
    assert escalations(again, {"oak": CRITICAL}, 3) == ["1.5 h: @director", "2.5 h: @super"]


def test_where_the_message_is_gone_at_night_the_next_owner_is_called_in_one_of_its_own() -> None:
    group = replace(opened(oak=CRITICAL), repost=True)
    after, (post,) = transition(group, {"oak": CRITICAL}, RULE, START + timedelta(hours=1), quiet=True)
    assert (post.kind, post.reason, post.mention) == (DeliveryKind.POST, Reason.ESCALATED, "@director")
    assert after is not None
    assert not after.repost


def test_a_snoozed_alert_comes_back_when_its_time_is_over_or_it_becomes_critical() -> None:
    group = snooze(opened(oak=WARNING), START + timedelta(hours=5))
    assert group is not None
    both = {"oak": WARNING, "west": WARNING}
    assert transition(group, both, RULE, START + timedelta(hours=4, minutes=59)) == (group, ())
    assert transition(group, both, RULE, START + timedelta(hours=5))[1][0].reason is Reason.MORE
    worse, tellings = transition(group, {"oak": CRITICAL}, RULE, START + QUARTER)
    assert tellings[0].reason is Reason.WORSE
    assert worse is not None
    assert worse.is_snoozed(START + QUARTER)  # and goes on for all else
    assert transition(worse, {}, RULE, START + 2 * QUARTER) == (worse, ())


def test_what_is_the_same_when_the_snooze_ends_is_told_once_more() -> None:
    group = snooze(opened(oak=WARNING), START + timedelta(hours=1))
    awake, tellings = transition(group, {"oak": WARNING}, RULE, START + timedelta(hours=1))
    assert [(each.kind, each.reason, each.mention) for each in tellings] == [
        (DeliveryKind.UPDATE, Reason.STILL_FIRING, ""),
        (DeliveryKind.REPLY, Reason.STILL_FIRING, "@helpdesk"),
    ]
    assert awake is not None
    assert awake.snoozed_until is None
    assert transition(awake, {"oak": WARNING}, RULE, START + timedelta(hours=2))[1] == ()


def test_a_campus_that_joins_after_a_snooze_is_not_told_twice() -> None:
    group = snooze(opened(oak=WARNING), START + timedelta(hours=1))
    both = {"oak": WARNING, "west": WARNING}
    awake, tellings = transition(group, both, RULE, START + timedelta(hours=1))
    assert [each.reason for each in tellings] == [Reason.MORE, Reason.MORE]
    assert transition(awake, both, RULE, START + timedelta(hours=2))[1] == ()


def test_a_muted_campus_has_not_recovered_and_its_thread_knows_already() -> None:
    over, tellings = transition(opened(oak=WARNING), {}, RULE, START + QUARTER, left={"oak": Reason.MUTED})
    assert over is None
    assert [(each.kind, each.reason) for each in tellings] == [(DeliveryKind.UPDATE, Reason.MUTED)]
    _, (_, reply) = transition(opened(oak=WARNING, west=WARNING), {}, RULE, START + QUARTER, left={"oak": Reason.MUTED})
    assert reply.changes == {"oak": Reason.MUTED, "west": Reason.RECOVERED}


def test_most_campuses_at_once_have_one_cause() -> None:
    assert is_whole_district(20, 24)
    assert not is_whole_district(19, 24)
    assert not is_whole_district(1, 1)
    assert is_whole_district(2, 2)


@given(ROUNDS)
def test_a_message_is_posted_once_and_over_once_in_turn(rounds: list[tuple[dict[str, Verdict], bool]]) -> None:
    group, story = None, []
    for n, (firing, quiet) in enumerate(rounds):
        group, tellings = transition(group, firing, GroupRule(), START + n * QUARTER, quiet=quiet, named=("k", "c"))
        story += [True for each in tellings if each.kind is DeliveryKind.POST]
        story += [False for each in tellings if each.kind is DeliveryKind.REPLY and group is None]
    assert story == [n % 2 == 0 for n in range(len(story))]


@given(ROUNDS)
def test_when_it_may_speak_people_were_shown_what_fires(rounds: list[tuple[dict[str, Verdict], bool]]) -> None:
    group = None
    for n, (firing, quiet) in enumerate(rounds):
        group, _ = transition(group, firing, GroupRule(), START + n * QUARTER, quiet=quiet, named=("k", "c"))
        if not quiet:
            assert (dict(group.severities) if group else {}) == firing


@given(FIRING, FIRING, st.booleans())
def test_a_decision_that_was_made_is_not_made_again(
    first: dict[str, Verdict], then: dict[str, Verdict], quiet: bool
) -> None:
    group, _ = transition(None, first, RULE, START, named=("k", "c"))
    group, _ = transition(group, then, RULE, START + QUARTER, quiet=quiet, named=("k", "c"))
    again, tellings = transition(
        group, dict(group.severities) if group else {}, RULE, START + QUARTER, named=("k", "c")
    )
    assert (again, tellings) == (group, ())


def test_where_the_message_is_gone_what_was_lost_with_it_is_told_in_one_of_its_own() -> None:
    group = replace(opened(oak=WARNING), repost=True)
    after, tellings = transition(group, {"oak": WARNING}, RULE, START)
    assert [(each.kind, each.changes, each.mention) for each in tellings] == [
        (DeliveryKind.POST, {"oak": Reason.STILL_FIRING}, "")
    ]
    assert after == replace(group, repost=False)
    assert transition(group, {"oak": WARNING}, RULE, START, quiet=True) == (group, ())


def test_where_the_message_is_gone_the_next_thing_told_is_a_message_of_its_own() -> None:
    group = replace(opened(oak=WARNING), repost=True)
    _, again = transition(group, {"oak": WARNING}, RULE, START)
    assert [(each.kind, each.reason) for each in again] == [(DeliveryKind.POST, Reason.STILL_FIRING)]
    after, tellings = transition(group, {"oak": WARNING, "west": CRITICAL}, RULE, START + QUARTER)
    assert tellings == (Notification(DeliveryKind.POST, Reason.MORE, {"west": Reason.MORE}, "@helpdesk"),)
    assert after is not None
    assert (after.repost, after.key) == (False, group.key)


def test_where_the_message_is_gone_and_all_is_over_nothing_is_told() -> None:
    group = replace(opened(oak=WARNING), repost=True)
    assert transition(group, {}, RULE, START + QUARTER) == (None, ())


def test_a_group_has_one_name_whatever_the_zone_of_its_beginning() -> None:
    elsewhere = replace(opened(oak=WARNING), opened=START.astimezone(timezone(timedelta(hours=-6))))
    assert elsewhere.key == opened(oak=WARNING).key
