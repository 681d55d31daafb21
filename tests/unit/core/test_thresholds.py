"""Thresholds and verdicts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.thresholds import Better, Thresholds, Verdict

LOWER = Thresholds(Better.LOWER, 20, 40, 80)
HIGHER = Thresholds(Better.HIGHER, 85, 75, 65)
NUMBERS = st.floats(-1e6, 1e6)
ORDER = [Verdict.ON_TARGET, Verdict.OFF_TARGET, Verdict.WARNING, Verdict.CRITICAL]


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (0, Verdict.ON_TARGET), (20, Verdict.ON_TARGET), (20.1, Verdict.OFF_TARGET), (39.9, Verdict.OFF_TARGET),
        (40, Verdict.WARNING), (79.9, Verdict.WARNING), (80, Verdict.CRITICAL), (1e9, Verdict.CRITICAL),
    ],
)  # fmt: skip
def test_lower_is_better(value: float, verdict: Verdict) -> None:
    assert LOWER.judge(value) is verdict


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (100, Verdict.ON_TARGET), (85, Verdict.ON_TARGET), (84.9, Verdict.OFF_TARGET), (75.1, Verdict.OFF_TARGET),
        (75, Verdict.WARNING), (65.1, Verdict.WARNING), (65, Verdict.CRITICAL), (0, Verdict.CRITICAL),
    ],
)  # fmt: skip
def test_higher_is_better(value: float, verdict: Verdict) -> None:
    assert HIGHER.judge(value) is verdict


def test_no_value_is_no_data_whatever_the_thresholds() -> None:
    assert {each.judge(None) for each in (LOWER, HIGHER, Thresholds())} == {Verdict.NO_DATA}


def test_without_levels_or_a_direction_nothing_is_judged() -> None:
    assert Thresholds().judge(1) is Verdict.NOT_JUDGED
    assert Thresholds(Better.LOWER).judge(1) is Verdict.NOT_JUDGED
    assert Thresholds(Better.NEUTRAL, 20, 40, 80).judge(1) is Verdict.NOT_JUDGED


def test_levels_may_be_lacking() -> None:
    assert Thresholds(Better.LOWER, critical=80).judge(79) is Verdict.ON_TARGET
    assert Thresholds(Better.LOWER, warning=40).judge(90) is Verdict.WARNING
    assert Thresholds(Better.LOWER, target=20).judge(21) is Verdict.OFF_TARGET


@given(NUMBERS, NUMBERS)
def test_a_better_value_is_never_judged_worse(one: float, other: float) -> None:
    better, worse = sorted((one, other))
    assert ORDER.index(LOWER.judge(better)) <= ORDER.index(LOWER.judge(worse))
    assert ORDER.index(HIGHER.judge(worse)) <= ORDER.index(HIGHER.judge(better))


@given(NUMBERS)
def test_without_a_recovery_threshold_a_breach_is_over_past_the_warning(value: float) -> None:
    assert LOWER.recovered(value, None) == (value < 40)
    assert HIGHER.recovered(value, None) == (value > 75)


def test_a_recovery_threshold_is_reached_on_the_good_side() -> None:
    assert LOWER.recovered(35, 35)
    assert not LOWER.recovered(36, 35)
    assert HIGHER.recovered(78, 78)
    assert not HIGHER.recovered(77, 78)


def test_scaling_and_adding_agree() -> None:
    assert Thresholds(Better.LOWER, 40, 80, 160) == LOWER + LOWER


def test_a_level_that_one_lacks_is_lacking_in_the_sum() -> None:
    assert LOWER + Thresholds(Better.LOWER, target=5) == Thresholds(Better.LOWER, 25)
