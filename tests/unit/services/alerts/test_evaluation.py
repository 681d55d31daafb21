"""What the alert rule sees of a measurement, signals among it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.alerts.signals import Signal
from kpibot.core.alerts.states import AlertState, Reason, assess, next_state
from kpibot.core.kpis.alert_rule import AlertRule, AnomalyRule, ChangeRule, ForecastRule
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict
from kpibot.services.alerts.evaluation import watched_campuses
from tests.unit.services.watching import LEVELS, MONDAY, NAMES, QUARTER, TREE, Watched, kpi

GROWS = Signal("at this pace critical in 9 school days")
FORECAST = AlertRule(signals=(ForecastRule(10),))


def test_between_the_recovery_threshold_and_the_warning_a_breach_is_not_over() -> None:
    levels = replace(LEVELS, recovers_at=35)
    assert [assess(levels, value, AlertRule()).recovered for value in (35.0, 36.0, 40.0)] == [True, False, False]


def test_a_missing_value_is_neither_a_breach_nor_a_recovery() -> None:
    judged = assess(LEVELS, None, AlertRule())
    assert (judged.verdict, judged.breached, judged.recovered) == (Verdict.NO_DATA, False, False)


@pytest.mark.parametrize(
    ("value", "found", "verdict"),
    [
        (10.0, (), Verdict.ON_TARGET),
        (10.0, (GROWS,), Verdict.WARNING),
        (90.0, (GROWS,), Verdict.CRITICAL),
        (90.0, None, Verdict.CRITICAL),
        (10.0, None, Verdict.NO_DATA),
    ],
)
def test_a_signal_warns_and_one_that_nobody_knows_changes_nothing(
    value: float, found: tuple[Signal, ...] | None, verdict: Verdict
) -> None:
    assert assess(LEVELS, value, FORECAST, found).verdict is verdict
    assert assess(LEVELS, value, FORECAST, found).recovered is (verdict is Verdict.ON_TARGET)


def test_a_kpi_without_levels_is_judged_by_its_signals() -> None:
    levels = Thresholds(Better.LOWER)
    assert assess(levels, 10.0, FORECAST, (GROWS,)).breached
    assert assess(levels, 10.0, FORECAST, ()).recovered
    assert assess(levels, 10.0, FORECAST, ()).verdict is Verdict.ON_TARGET
    assert assess(Thresholds(), 10.0, FORECAST, ()).verdict is Verdict.NOT_EVALUATED
    assert assess(levels, 10.0, AlertRule(), ()).verdict is Verdict.NOT_EVALUATED


def test_what_is_watched_are_the_campuses_and_the_district_if_the_rule_says_so() -> None:
    tickets = kpi("tickets", AlertRule())
    assert watched_campuses(tickets, AlertRule(), TREE) == NAMES
    assert watched_campuses(tickets, AlertRule(at_district=True), TREE) == (*NAMES, "district")
    assert watched_campuses(replace(tickets, by_campus=False), AlertRule(at_district=True), TREE) == ("district",)


@pytest.mark.parametrize("rule", [ForecastRule(10), ChangeRule(20, 7), AnomalyRule(4)])
def test_a_signal_fires_below_the_thresholds_with_its_words_and_ends_with_the_signal(
    tmp_path: Path, rule: ForecastRule | ChangeRule | AnomalyRule
) -> None:
    scene = Watched(tmp_path, kpi("tickets", AlertRule(signals=(rule,)), levels=Thresholds(Better.LOWER, 30, 70, 80)))
    scene.database.before["oak"] = [5.0] * 400 + [float(n) for n in range(8, 66, 2)]
    (post,) = scene.measure(oak=66)
    assert isinstance(post.body, AlertNotice)
    (change,) = post.body.changes
    assert (change.report.campus, change.severity, len(change.details)) == ("oak", Verdict.WARNING, 1)
    scene.database.has_series = False  # nobody knows the signal now: that is no recovery
    assert scene.told(timedelta(days=1)) == []
    scene.database.has_series = True
    scene.database.before["oak"] = [5.0] * 400
    assert [told[2] for told in scene.told(oak=5)] == [Reason.RECOVERED, Reason.RECOVERED]


def test_a_signal_sees_today_with_every_measurement_and_the_days_before_as_they_were_this_morning(
    tmp_path: Path,
) -> None:
    rule, levels = AlertRule(signals=(ChangeRule(20, 7),)), Thresholds(Better.LOWER, 300, 700, 800)
    scene = Watched(tmp_path, kpi("tickets", rule, levels=levels))
    scene.database.before["oak"] = [10.0] * 30
    assert scene.told(oak=10) == []
    scene.database.before["oak"] = [1.0] * 30
    assert scene.told(oak=11) == []
    assert [told[2] for told in scene.told(oak=12)] == [Reason.FIRING]
    scene.database.before["oak"] = [100.0] * 30
    assert [told[2] for told in scene.told(timedelta(days=1))] == [Reason.RECOVERED] * 2


@pytest.mark.parametrize("after", [1, 2])
def test_a_breach_that_is_older_than_the_bot_began_when_the_series_says(tmp_path: Path, after: int) -> None:
    scene = Watched(tmp_path, kpi("tickets", AlertRule(after=after)))
    scene.database.before["oak"] = [5.0] * 80 + [50.0] * 3
    for _ in range(after - 1):
        assert scene.measure(oak=50) == []
    (post,) = scene.measure(oak=50)
    assert isinstance(post.body, AlertNotice)
    assert f"{post.body.changes[0].since:%Y-%m-%d %H:%M}" == "2026-11-13 00:00"
    assert post.body.changes[0].since == scene.store.alert_states()["tickets", "oak"].since


def test_a_breach_fires_after_so_many_measurements_in_a_row(tmp_path: Path) -> None:
    scene = Watched(tmp_path, kpi("tickets", AlertRule(after=3)))
    assert [bool(scene.told(QUARTER, oak=count)) for count in (50, 50, 5, 50, 50, 50)] == [False] * 5 + [True]
    assert scene.store.alert_states()["tickets", "oak"].since == scene.now - timedelta(minutes=30)


@pytest.mark.parametrize(("tickets", "devices"), [(1, 3), (3, 1)])
def test_each_kpi_counts_its_own_measurements(tmp_path: Path, tickets: int, devices: int) -> None:
    rules = (AlertRule(after=tickets), AlertRule(after=devices))
    scene = Watched(tmp_path, kpi("tickets", rules[0]), kpi("devices", rules[1], "assets"))
    scene.other.counts["oak"] = 50
    for count in (1, 2, 3):
        notices = [each.body for each in scene.measure(oak=50)]
        told = [notice.card.id for notice in notices if isinstance(notice, AlertNotice)]
        assert told == ["tickets"] * (count == tickets) + ["devices"] * (count == devices)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.none() | st.sampled_from([5.0, 35.0, 50.0, 90.0]), max_size=12), st.integers(1, 3))
def test_a_replay_of_the_readings_gives_the_same_state(
    tmp_path_factory: pytest.TempPathFactory, values: list[float | None], after: int
) -> None:
    """None is a database that is down."""
    rule, levels = AlertRule(after=after), replace(LEVELS, recovers_at=30)
    scene = Watched(tmp_path_factory.mktemp("replay"), kpi("tickets", rule, levels=levels))
    scene.database.has_series = False
    for value in values:
        scene.database.is_down = value is None
        scene.measure(QUARTER, **({} if value is None else {"oak": value}))
    replayed = AlertState()
    for at, value in scene.store.readings.history("tickets", "oak", MONDAY, scene.now + QUARTER):
        replayed, _ = next_state(replayed, assess(levels, value, rule), rule, at)
    assert scene.store.alert_states().get(("tickets", "oak"), AlertState()) == replayed
    scene.store.close()
