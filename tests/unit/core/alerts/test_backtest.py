"""What an alert rule would have given in the past."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.alerts.backtest import (
    ReplayedAlert,
    ThresholdOption,
    daily_rule,
    replay,
    suggested_option,
    threshold_options,
    total_duration,
)
from kpibot.core.alerts.signals import Signal
from kpibot.core.kpis.alert_rule import AlertRule, AnomalyRule
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict

START = datetime(2026, 9, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LEVELS = Thresholds(Better.LOWER, 20, 40, 80)


def moments(values: Sequence[float | None]) -> list[tuple[datetime, float | None]]:
    return [(START + n * DAY, value) for n, value in enumerate(values)]


def test_each_alert_has_its_beginning_its_end_and_its_worst() -> None:
    values = [10, 50, 90, 30, 10, None, 45, 45]
    assert replay(moments(values), LEVELS, AlertRule()) == [
        ReplayedAlert(START + DAY, START + 3 * DAY, became_critical=True),
        ReplayedAlert(START + 6 * DAY, None),
    ]


def test_what_lasts_is_counted_to_the_end() -> None:
    alarms = replay(moments([50, 10, 50, 50]), LEVELS, AlertRule())
    assert total_duration(alarms, START + 3 * DAY) == 2 * DAY


def test_other_levels_are_round_and_give_fewer_alerts_the_milder_they_are() -> None:
    values = [float(n % 30) for n in range(300)]
    found = threshold_options([moments(values)], replace(LEVELS, recovers_at=35), AlertRule(), START + 300 * DAY)
    assert [trial.warning for trial in found] == [22, 27, 28, 29, 40]
    assert [trial.alerts for trial in found] == [10, 10, 10, 10, 0]
    assert [trial.duration for trial in found] == sorted((trial.duration for trial in found), reverse=True)


def test_higher_is_better_turns_it_round() -> None:
    values = [float(n) for n in range(100)]
    found = threshold_options([moments(values)], Thresholds(Better.HIGHER, 95, 90, 80), AlertRule(), START + 100 * DAY)
    assert [trial.warning for trial in found] == [90, 49, 24, 9, 4, 1, 0]


def test_what_meets_the_target_is_not_tried() -> None:
    values = [float(n) for n in range(100)]
    for better, target in ((Better.LOWER, 90.0), (Better.HIGHER, 10.0)):
        found = threshold_options([moments(values)], Thresholds(better, target), AlertRule(), START + 100 * DAY)
        assert found
        assert all(trial.warning > 90 if better is Better.LOWER else trial.warning < 10 for trial in found)


def test_a_level_that_every_value_reaches_is_not_tried() -> None:
    found = threshold_options(
        [moments([0.0] * 60 + [5.0] * 40)], Thresholds(Better.LOWER), AlertRule(), START + 100 * DAY
    )
    assert [trial.warning for trial in found] == [5]


def test_trials_are_of_all_campuses_together() -> None:
    histories = [moments([10, 50, 10, 50]), moments([10, 10, 10, 10])]
    (trial,) = [
        each for each in threshold_options(histories, LEVELS, AlertRule(), START + 4 * DAY) if each.warning == 40
    ]
    assert trial == ThresholdOption(40, alerts=2, duration=2 * DAY, campuses=1)


@pytest.mark.parametrize(("recovers_at", "at_40", "at_25"), [(None, 3, 5), (20, 5, 6)])
def test_the_recovery_threshold_keeps_its_distance_from_each_warning(
    recovers_at: float | None, at_40: int, at_25: int
) -> None:
    """One of 20 for a warning at 40 is one of 12.5 for a warning at 25."""
    values = [50.0, 50.0, 30.0, 25.0, 15.0, 5.0, 50.0, 5.0, 5.0, 5.0]
    found = threshold_options(
        [moments(values)], replace(LEVELS, recovers_at=recovers_at), AlertRule(), START + 10 * DAY
    )
    lasted = {trial.warning: trial.duration for trial in found}
    assert (lasted[40], lasted[25]) == (at_40 * DAY, at_25 * DAY)


def test_what_has_no_better_way_has_no_trials() -> None:
    assert threshold_options([moments([10, 50])], Thresholds(warning=40), AlertRule(), START + 2 * DAY) == []
    assert threshold_options([moments([None, None])], LEVELS, AlertRule(), START + 2 * DAY) == []


def test_what_is_suggested_is_the_mildest_that_is_calm() -> None:
    found = [
        ThresholdOption(10, 40, 200 * DAY),
        ThresholdOption(20, 13, 20 * DAY),
        ThresholdOption(30, 12, 40 * DAY),
        ThresholdOption(40, 12, 20 * DAY),
    ]
    assert suggested_option(found, campuses=1, days=365) == ThresholdOption(40, 12, 20 * DAY)
    assert suggested_option(found[:3], campuses=1, days=365) is None
    assert suggested_option(found, campuses=2, days=730) == ThresholdOption(20, 13, 20 * DAY)


@pytest.mark.parametrize(("campuses", "days"), [(0, 0), (1, 59), (10, 500)])
def test_too_little_of_the_past_suggests_nothing(campuses: int, days: int) -> None:
    assert suggested_option([ThresholdOption(40, 0, timedelta())], campuses, days) is None


@pytest.mark.parametrize(
    ("after", "every", "days"),
    [(1, "15m", 1), (4, "15m", 1), (96, "15m", 1), (97, "15m", 2), (2, "1d", 2)],
)
def test_measurements_in_a_row_become_days(after: int, every: str, days: int) -> None:
    length = timedelta(minutes=15) if every == "15m" else DAY
    assert daily_rule(AlertRule(after=after, remind=DAY), length) == AlertRule(after=days)


def test_a_signal_warns_where_no_threshold_does_and_holds_its_alert() -> None:
    signalled = {START + n * DAY: [Signal("30% more than 7 days ago")] for n in (1, 2)}
    assert replay(moments([10, 10, 10, 10]), LEVELS, AlertRule(), signalled) == [
        ReplayedAlert(START + DAY, START + 3 * DAY)
    ]
    assert replay(moments([10, None, 90, 10]), LEVELS, AlertRule(), signalled) == [
        ReplayedAlert(START + 2 * DAY, START + 3 * DAY, became_critical=True, initial_severity=Verdict.CRITICAL)
    ]


def test_what_only_signals_judge_is_over_when_they_are_silent() -> None:
    rule = AlertRule(signals=(AnomalyRule(),))
    found = replay(
        moments([10, 10, 10]), Thresholds(Better.LOWER), rule, {START + DAY: [Signal("unusual for a Wednesday")]}
    )
    assert found == [ReplayedAlert(START + DAY, START + 2 * DAY)]


@given(st.lists(st.none() | st.floats(0, 120), max_size=60), st.integers(1, 3))
def test_alerts_follow_each_other_and_do_not_overlap(values: list[float | None], after: int) -> None:
    alarms = replay(moments(values), LEVELS, AlertRule(after=after))
    for one, other in pairwise(alarms):
        assert one.end is not None
        assert one.start < one.end <= other.start
