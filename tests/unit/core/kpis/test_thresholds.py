"""Thresholds and verdicts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict

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
    assert LOWER.verdict_of(value) is verdict


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (100, Verdict.ON_TARGET), (85, Verdict.ON_TARGET), (84.9, Verdict.OFF_TARGET), (75.1, Verdict.OFF_TARGET),
        (75, Verdict.WARNING), (65.1, Verdict.WARNING), (65, Verdict.CRITICAL), (0, Verdict.CRITICAL),
    ],
)  # fmt: skip
def test_higher_is_better(value: float, verdict: Verdict) -> None:
    assert HIGHER.verdict_of(value) is verdict


def test_no_value_is_no_data_whatever_the_thresholds() -> None:
    assert {each.verdict_of(None) for each in (LOWER, HIGHER, Thresholds())} == {Verdict.NO_DATA}


def test_without_levels_or_a_direction_nothing_is_judged() -> None:
    assert Thresholds().verdict_of(1) is Verdict.NOT_EVALUATED
    assert Thresholds(Better.LOWER).verdict_of(1) is Verdict.NOT_EVALUATED
    assert Thresholds(Better.NEUTRAL, 20, 40, 80).verdict_of(1) is Verdict.NOT_EVALUATED


def test_levels_may_be_lacking() -> None:
    assert Thresholds(Better.LOWER, critical=80).verdict_of(79) is Verdict.ON_TARGET
    assert Thresholds(Better.LOWER, warning=40).verdict_of(90) is Verdict.WARNING
    assert Thresholds(Better.LOWER, target=20).verdict_of(21) is Verdict.OFF_TARGET


@given(NUMBERS, NUMBERS)
def test_a_better_value_is_never_judged_worse(one: float, other: float) -> None:
    better, worse = sorted((one, other))
    assert ORDER.index(LOWER.verdict_of(better)) <= ORDER.index(LOWER.verdict_of(worse))
    assert ORDER.index(HIGHER.verdict_of(worse)) <= ORDER.index(HIGHER.verdict_of(better))


@given(NUMBERS)
def test_without_a_recovery_threshold_a_breach_is_over_past_the_warning(value: float) -> None:
    assert LOWER.recovered(value) == (value < 40)
    assert HIGHER.recovered(value) == (value > 75)


def test_a_recovery_threshold_is_reached_on_the_good_side() -> None:
    lower, higher = replace(LOWER, recovers_at=35), replace(HIGHER, recovers_at=78)
    assert (lower.recovered(35), lower.recovered(36)) == (True, False)
    assert (higher.recovered(78), higher.recovered(77)) == (True, False)


def test_a_recovery_threshold_goes_with_the_warning_in_proportion() -> None:
    usual = Thresholds(Better.LOWER, 20, 40, 80, recovers_at=35)
    assert Thresholds(Better.LOWER, warning=60).over(usual) == Thresholds(Better.LOWER, 20, 60, 80, 52.5)
    assert Thresholds(Better.LOWER, critical=100).over(usual).recovers_at == 35
    assert usual.recovery_from(20) == 17.5
    assert replace(usual, warning=None).recovery_from(160) == 70
    assert LOWER.recovery_from(60) is None


def test_where_there_is_no_proportion_a_breach_is_over_past_the_warning() -> None:
    from_nothing = Thresholds(Better.LOWER, warning=0, recovers_at=-5)
    assert from_nothing.recovery_from(10) is None
    assert Thresholds(Better.LOWER, warning=10, recovers_at=5).recovery_from(-10) is None


def test_a_recovery_threshold_without_a_warning_beside_it_is_meant_for_every_campus() -> None:
    assert Thresholds(Better.LOWER, warning=60).over(Thresholds(Better.LOWER, recovers_at=35)).recovers_at == 35


@given(st.floats(1, 1e6), st.floats(0.01, 0.99), st.floats(1, 1e6))
def test_a_recovery_threshold_stays_on_the_good_side(warning: float, share: float, other: float) -> None:
    lower = Thresholds(Better.LOWER, warning=warning, recovers_at=warning * share)
    recovers_at = lower.recovery_from(other)
    assert recovers_at is not None
    assert recovers_at < other
    higher = Thresholds(Better.HIGHER, warning=warning, recovers_at=warning / share).recovery_from(other)
    assert higher is not None
    assert higher > other


def test_critical_eases_in_the_same_proportion() -> None:
    lower, higher = replace(LOWER, recovers_at=35), replace(HIGHER, recovers_at=78)
    assert [lower.eased(value) for value in (79, 70.1, 70)] == [False, False, True]
    assert [higher.eased(value) for value in (66, 67.5, 68)] == [False, False, True]
    assert [LOWER.eased(value) for value in (80, 79)] == [False, True]
    assert Thresholds(Better.LOWER, warning=40).eased(1e9)


def test_scaling_and_adding_agree() -> None:
    assert Thresholds(Better.LOWER, 40, 80, 160) == LOWER + LOWER
    usual = replace(LOWER, recovers_at=35)
    assert usual + usual == Thresholds(Better.LOWER, 40, 80, 160, 70)
    assert (usual + LOWER).recovers_at is None


def test_a_level_that_one_lacks_is_lacking_in_the_sum() -> None:
    assert LOWER + Thresholds(Better.LOWER, target=5) == Thresholds(Better.LOWER, 25)
