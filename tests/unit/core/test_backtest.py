"""What an alert rule would have given in the past."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.alerts import AlertRule
from kpibot.core.backtest import Alarm, replay, total, trials
from kpibot.core.thresholds import Better, Thresholds

START = datetime(2026, 9, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LEVELS = Thresholds(Better.LOWER, 20, 40, 80)


def moments(values: Sequence[float | None]) -> list[tuple[datetime, float | None]]:
    return [(START + n * DAY, value) for n, value in enumerate(values)]


def test_each_alert_has_its_beginning_its_end_and_its_worst() -> None:
    values = [10, 50, 90, 30, 10, None, 45, 45]
    assert replay(moments(values), LEVELS, AlertRule()) == [
        Alarm(START + DAY, START + 3 * DAY, became_critical=True),
        Alarm(START + 6 * DAY, None),
    ]


def test_what_lasts_is_counted_to_the_end() -> None:
    alarms = replay(moments([50, 10, 50, 50]), LEVELS, AlertRule())
    assert total(alarms, START + 3 * DAY) == 2 * DAY


def test_other_levels_are_round_and_give_fewer_alerts_the_milder_they_are() -> None:
    values = [float(n % 30) for n in range(300)]
    found = trials(moments(values), LEVELS, AlertRule(recovers_at=35))
    assert [trial.warning for trial in found] == [15, 22, 27, 28, 29]
    assert [trial.alarms for trial in found] == [10] * 5
    assert [trial.lasted for trial in found] == sorted((trial.lasted for trial in found), reverse=True)


def test_higher_is_better_turns_it_round() -> None:
    found = trials(moments([float(n) for n in range(100)]), Thresholds(Better.HIGHER, 95, 90, 80), AlertRule())
    assert [trial.warning for trial in found] == [49, 24, 9, 4, 0]


@given(st.lists(st.none() | st.floats(0, 120), max_size=60), st.integers(1, 3))
def test_alerts_follow_each_other_and_do_not_overlap(values: list[float | None], after: int) -> None:
    alarms = replay(moments(values), LEVELS, AlertRule(after=after))
    for one, other in pairwise(alarms):
        assert one.end is not None
        assert one.start < one.end <= other.start
