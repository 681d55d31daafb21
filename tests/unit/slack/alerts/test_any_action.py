"""Whatever people do, or ask of alerts, becomes a message that Slack takes and that pings nobody."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.alerts.actions import Action, ActionKind, ActionNotice, ActionResult, Scope
from kpibot.core.alerts.active_alerts import (
    ActiveAlert,
    ActiveMute,
    AlertExplanation,
    AlertHistory,
    AlertList,
    MuteChoices,
    MuteList,
    RecurringMute,
)
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict
from kpibot.slack.alerts.action_messages import action_message, action_result_message
from kpibot.slack.alerts.active_alerts import alerts_message, mutes_message, why_message
from kpibot.slack.alerts.mute_form import mute_form
from localslack.blocks.blocks import problems_of
from tests.unit.samples.any_report import ZONE, check, counts, floats, instants, reports, thorough, words

scopes = st.builds(Scope, words, words)
actions = st.builds(
    Action,
    kind=st.sampled_from(ActionKind),
    by=words,
    at=instants,
    scope=scopes,
    until=st.none() | instants,
    to=words,
    reason=words,
)
severities = st.sampled_from([Verdict.WARNING, Verdict.CRITICAL])
LEVELS = Thresholds(Better.LOWER, 20, 40, 80)  # a configuration's are numbers
judged = reports.map(lambda report: replace(report, thresholds=LEVELS))
standing = st.builds(
    ActiveAlert,
    report=judged,
    severity=severities,
    since=instants,
    acknowledged_by=words,
    acknowledged_until=st.none() | instants,
    assigned_to=words,
    snoozed_until=st.none() | instants,
    is_muted=st.booleans(),
)
days = st.dates(date(2026, 1, 1), date(2027, 1, 1))
muted = st.builds(ActiveMute, words, scopes, words, instants, words)
recurring = st.builds(RecurringMute, words, scopes, st.booleans(), st.none() | st.tuples(days, days))
times = st.sampled_from([1, 60])
routes = st.lists(st.tuples(words, words), max_size=3)


@thorough
@given(st.lists(actions, max_size=3), times, words, instants, st.booleans())
def test_any_action(some, often, asker, now, is_new):
    check(
        action_result_message(ActionResult(asker=asker, now=now, zone=ZONE, actions=tuple(some * often), is_new=is_new))
    )
    for action in some:
        check(action_message(ActionNotice(action, ZONE)))


@thorough
@given(words, instants, st.lists(standing, max_size=2), times)
def test_any_alerts(name, now, some, often):
    check(alerts_message(AlertList(name, now, ZONE, tuple(some * often))))


@thorough
@given(instants, st.lists(muted, max_size=2), st.lists(recurring, max_size=2), times)
def test_any_mutes(now, some, others, often):
    check(mutes_message(MuteList(now, ZONE, tuple(some * often), tuple(others * often))))


@thorough
@given(st.lists(standing, max_size=3), instants, floats, routes, st.lists(muted, max_size=2), counts)
def test_any_why(some, now, value, ways, mutes, more):
    measured = tuple(AlertHistory(each, ((now, value),) * 5) for each in some)
    for each in some[:1]:
        why = AlertExplanation(
            card=each.report.card,
            as_of=now,
            zone=ZONE,
            opened=now,
            histories=measured,
            further_campuses=more,
            rule=AlertRule(),
            channel="c",
            routes=tuple(ways),
            mutes=tuple(mutes),
            recurring=(),
        )
        check(why_message(why))


@thorough
@given(words, st.lists(st.tuples(words.filter(bool), words), max_size=3), st.booleans())
def test_any_form(name, places, is_at_one):
    places = [(each[:70], said or "-") for each, said in places]
    view = mute_form(MuteChoices("tickets", name or "-", tuple(places), is_at_one and bool(places)), {})
    assert problems_of(view["blocks"], "modal") == []
