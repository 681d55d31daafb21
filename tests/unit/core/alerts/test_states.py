"""When a breach becomes a notice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.alerts.states import AlertState, Assessment, Phase, Reason, next_state
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
LEVELS = Thresholds(Better.LOWER, 20, 40, 80)
VALUES = st.none() | st.floats(0, 120)
RULES = st.builds(AlertRule, after=st.integers(1, 4), remind=st.none() | st.timedeltas(QUARTER, 20 * QUARTER))
LIMITS = st.builds(lambda recovers_at: replace(LEVELS, recovers_at=recovers_at), st.none() | st.floats(0, 39))


def judged(value: float | None, levels: Thresholds) -> Assessment:
    if value is None:
        return Assessment(levels.verdict_of(value), recovered=False)
    return Assessment(levels.verdict_of(value), levels.recovered(value), levels.eased(value))


def watched(
    values: Sequence[float | None], rule: AlertRule, levels: Thresholds = LEVELS
) -> list[tuple[AlertState, Reason | None]]:
    """The state and the reason after each measurement, a quarter of an hour apart."""
    state, steps = AlertState(), []
    for n, value in enumerate(values):
        state, reason = next_state(state, judged(value, levels), rule, START + n * QUARTER)
        steps.append((state, reason))
    return steps


def reasons(values: Sequence[float | None], levels: Thresholds = LEVELS, **rule: object) -> list[Reason | None]:
    return [reason for _, reason in watched(values, AlertRule(**rule), levels)]  # type: ignore[arg-type]


def test_all_well() -> None:
    assert reasons([10, 39, 20]) == [None, None, None]


def test_a_breach_fires_once_and_recovers_once() -> None:
    assert reasons([50, 51, 39, 10]) == [Reason.FIRING, None, Reason.RECOVERED, None]


def test_a_breach_must_be_seen_often_enough_in_a_row() -> None:
    assert reasons([50, 50, 50], after=2) == [None, Reason.FIRING, None]
    assert reasons([50, 10, 50, 50], after=2) == [None, None, None, Reason.FIRING]


def test_missing_data_does_not_break_a_row() -> None:
    assert reasons([50, None, 50], after=2) == [None, None, Reason.FIRING]


def test_it_gets_worse_and_eases() -> None:
    assert reasons([50, 90, 95, 50]) == [Reason.FIRING, Reason.WORSE, None, Reason.EASED]


def test_it_may_begin_critical() -> None:
    states = watched([90], AlertRule())
    assert states[0] == (AlertState(Phase.FIRING, Verdict.CRITICAL, START, 1, START), Reason.FIRING)


def test_between_recovery_and_warning_it_is_neither_over_nor_critical() -> None:
    levels = replace(LEVELS, recovers_at=35)
    assert reasons([90, 38, 36, 35], levels) == [
        Reason.FIRING,
        Reason.EASED,
        None,
        Reason.RECOVERED,
    ]


def test_what_is_critical_eases_as_far_from_critical_as_it_recovers_from_the_warning() -> None:
    values = [90, 75, 82, 71, 70, 75, 80]
    assert reasons(values) == [
        Reason.FIRING, Reason.EASED, Reason.WORSE, Reason.EASED, None, None, Reason.WORSE,
    ]  # fmt: skip
    assert reasons(values, replace(LEVELS, recovers_at=35)) == [
        Reason.FIRING, None, None, None, Reason.EASED, None, Reason.WORSE,
    ]  # fmt: skip


def test_it_reminds_after_the_time_since_people_were_last_told() -> None:
    found = reasons([50] * 6, remind=2 * QUARTER)
    assert found == [Reason.FIRING, None, Reason.STILL_FIRING, None, Reason.STILL_FIRING, None]


def test_news_put_the_reminder_off() -> None:
    assert reasons([50, 90, 90, 90], remind=2 * QUARTER) == [Reason.FIRING, Reason.WORSE, None, Reason.STILL_FIRING]


def test_every_measurement_that_saw_it_is_counted_and_missing_ones_are_not() -> None:
    found = watched([50, None, 50, 90, 38], AlertRule(after=2), replace(LEVELS, recovers_at=30))
    assert [state.streak for state, _ in found] == [1, 1, 2, 3, 4]


def test_since_is_when_it_was_first_seen_not_when_it_fired() -> None:
    state, reason = watched([50, 50], AlertRule(after=2))[-1]
    assert reason is Reason.FIRING
    assert (state.since, state.notified_at, state.streak) == (START, START + QUARTER, 2)


@pytest.mark.parametrize("verdict", [Verdict.NO_DATA, Verdict.NOT_EVALUATED])
@given(values=st.lists(VALUES, max_size=8), rule=RULES, levels=LIMITS, recovered=st.booleans())
def test_missing_data_never_changes_a_state(
    verdict: Verdict, values: list[float | None], rule: AlertRule, levels: Thresholds, recovered: bool
) -> None:
    state = watched(values, rule, levels)[-1][0] if values else AlertState()
    assert next_state(state, Assessment(verdict, recovered), rule, START + timedelta(days=9)) == (state, None)


@given(st.lists(VALUES, max_size=40), RULES, LIMITS)
def test_firing_and_recovered_alternate(values: list[float | None], rule: AlertRule, levels: Thresholds) -> None:
    turns = [reason for _, reason in watched(values, rule, levels) if reason in (Reason.FIRING, Reason.RECOVERED)]
    assert turns == [Reason.FIRING, Reason.RECOVERED] * (len(turns) // 2) + [Reason.FIRING] * (len(turns) % 2)


@given(st.lists(st.builds(Assessment, st.sampled_from(Verdict), st.booleans(), st.booleans()), max_size=40), RULES)
def test_they_alternate_whatever_is_judged(assessments: list[Assessment], rule: AlertRule) -> None:
    state, firing = AlertState(), False
    for n, assessment in enumerate(assessments):
        state, reason = next_state(state, assessment, rule, START + n * QUARTER)
        if reason is Reason.FIRING:
            assert not firing
        elif reason is not None:
            assert firing
        firing = (firing or reason is Reason.FIRING) and reason is not Reason.RECOVERED
        assert firing == (state.phase is Phase.FIRING)


@given(st.lists(VALUES, max_size=40), RULES, LIMITS)
def test_a_state_holds_what_its_phase_needs(values: list[float | None], rule: AlertRule, levels: Thresholds) -> None:
    for state, _ in watched(values, rule, levels):
        if state.phase is Phase.OK:
            assert state == AlertState()
        if state.phase is Phase.PENDING:
            assert 0 < state.streak < rule.after
            assert state.since is not None
            assert state.notified_at is None
        if state.phase is Phase.FIRING:
            assert state.severity in (Verdict.WARNING, Verdict.CRITICAL)
            assert state.since is not None
            assert state.notified_at is not None
            assert state.since <= state.notified_at


@given(st.lists(st.floats(0, 120), min_size=1, max_size=40), st.floats(0, 39))
def test_nothing_is_recovered_before_the_recovery_threshold(values: list[float], recovers_at: float) -> None:
    found = watched(values, AlertRule(), replace(LEVELS, recovers_at=recovers_at))
    for value, (_, reason) in zip(values, found, strict=True):
        assert reason is not Reason.RECOVERED or value <= recovers_at


@given(st.lists(VALUES, min_size=1, max_size=60), st.timedeltas(QUARTER, 20 * QUARTER))
def test_nobody_is_left_without_word_for_longer_than_the_reminder(
    values: list[float | None], remind: timedelta
) -> None:
    rule = AlertRule(remind=remind)
    for n, (state, _) in enumerate(watched(values, rule)):
        if state.phase is Phase.FIRING and values[n] is not None and state.notified_at is not None:
            assert START + n * QUARTER - state.notified_at < remind
