"""Series against the plainest way to say the same."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.kpis.measures import Statistic
from kpibot.core.kpis.readings import Floats
from kpibot.core.kpis.series import (
    DailyTotals,
    DistinctCounts,
    Intervals,
    Series,
    Window,
    mean_values,
    merge_series,
    statistic_over,
    streak_start,
    sums_since,
    walk_back,
)

DAYS = 30
# Rows open and close at some time of some day, perhaps before the window, after it, or never.
ROWS = st.lists(st.tuples(st.floats(-20, DAYS + 5), st.none() | st.floats(0, 60)), max_size=60)
SECONDS = st.integers(0, 100_000)
SPANS = st.lists(st.tuples(SECONDS, st.none() | st.integers(0, 200_000)), max_size=40)
WINDOWS = st.lists(st.tuples(SECONDS, SECONDS).map(lambda pair: (float(min(pair)), float(max(pair)))), max_size=6)


def spans(rows: list[tuple[int, int | None]]) -> Intervals:
    began = np.array([began for began, _ in rows], dtype=float)
    ended = np.array([np.nan if lasts is None else began + lasts for began, lasts in rows], dtype=float)
    return Intervals(began, ended)


def per_day(instants: list[float]) -> Floats:
    return np.array([sum(day <= instant < day + 1 for instant in instants) for day in range(DAYS)], dtype=float)


@given(ROWS)
def test_walking_back_gives_the_levels_that_counting_gives(rows: list[tuple[float, float | None]]) -> None:
    """A row counts at an instant if it opened before it and did not close before it."""
    instants = [(opened, np.inf if lasts is None else opened + lasts) for opened, lasts in rows]
    counted = [sum(opened < end <= closed for opened, closed in instants) for end in range(1, DAYS + 1)]
    opened, closed = per_day([each for each, _ in instants]), per_day([each for _, each in instants])
    assert walk_back(float(counted[-1]), opened - closed).tolist() == counted


@given(st.floats(0, 1e6), st.integers(1, 40))
def test_where_nothing_happens_the_level_stays(level: float, days: int) -> None:
    assert walk_back(level, np.zeros(days)).tolist() == [level] * days


@st.composite
def flows(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    per_day = draw(st.lists(st.integers(0, 1_000), min_size=1, max_size=60))
    shown = draw(st.integers(1, len(per_day)))
    first = [draw(st.integers(0, len(per_day) - shown + n)) for n in range(shown)]
    return per_day, first


@given(flows())
def test_sums_are_those_of_the_days_since_the_period_began(flow: tuple[list[int], list[int]]) -> None:
    per_day, first = flow
    offset = len(per_day) - len(first)
    expected = [sum(per_day[begin : offset + n + 1]) for n, begin in enumerate(first)]
    assert sums_since(np.array(per_day, dtype=float), first).tolist() == expected


@given(rows=SPANS, windows=WINDOWS, allowed=st.integers(0, 60_000))
def test_the_share_within_a_limit_leaves_out_what_waits_and_is_not_late(
    rows: list[tuple[int, int | None]], windows: list[tuple[float, float]], allowed: int
) -> None:
    limited = replace(spans(rows), allowed=np.full(len(rows), float(allowed)))
    found = statistic_over(limited, windows, Statistic.WITHIN)
    for (start, end), share in zip(windows, found, strict=True):
        met = missed = 0
        for began, lasts in rows:
            if not start <= began < end:
                continue
            has_ended = lasts is not None and began + lasts < end
            lasted = lasts if has_ended and lasts is not None else end - began
            met += has_ended and lasted <= allowed
            missed += lasted > allowed
        assert share == pytest.approx(met / (met + missed) if met + missed else np.nan, nan_ok=True)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=8), st.lists(st.integers(0, 3), max_size=8))
def test_a_group_counts_a_day_of_a_shared_key_once(stretches: list[tuple[int, int]], owners: list[int]) -> None:
    """Several campuses name the same keys; together each day counts the keys that any of them counts."""
    campuses = [DistinctCounts(np.zeros(10), {}) for _ in range(4)]
    for key, ((first, last), owner) in enumerate(zip(stretches, owners, strict=False)):
        campuses[owner] += DistinctCounts(np.zeros(10), {key % 2: ((first, last),)})
    together_counts = merge_series(campuses)
    assert isinstance(together_counts, DistinctCounts)
    for day in range(10):
        named = {
            key % 2
            for key, ((first, last), _) in enumerate(zip(stretches, owners, strict=False))
            if first <= day < last
        }
        assert together_counts.counts()[day] == len(named)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), max_size=6), st.integers(0, 3), st.integers(1, 4))
def test_an_average_weighs_each_level_by_the_time_that_it_stood(
    rows: list[tuple[float, float]], first: int, days: int
) -> None:
    """Four days of 25 seconds each; a row stands from its first time to its second."""
    last = min(first + days, 4)
    edges = np.arange(0.0, 101.0, 25.0)
    lives = [(min(row), max(row)) for row in rows]
    areas = [sum(max(0.0, min(e, b) - max(s, a)) for s, e in lives) for a, b in itertools.pairwise(edges)]
    (mean,) = mean_values(np.array(areas), edges, [(first, last)])
    whole = sum(max(0.0, min(e, edges[last]) - max(s, edges[first])) for s, e in lives)
    assert mean == pytest.approx(whole / (edges[last] - edges[first]))


@pytest.mark.parametrize("statistic", [Statistic.MEAN, Statistic.MEDIAN, Statistic.P90])
@given(rows=SPANS, windows=WINDOWS)
def test_statistics_are_those_of_the_rows_that_began_in_the_window(
    statistic: Statistic, rows: list[tuple[int, int | None]], windows: list[tuple[float, float]]
) -> None:
    """A row that had not ended by the window's end counts with its wait so far."""
    found = statistic_over(spans(rows), windows, statistic)
    assert len(found) == len(windows)
    for (start, end), number in zip(windows, found, strict=True):
        lasted = [
            min(np.inf if lasts is None else began + lasts, end) - began
            for began, lasts in rows
            if start <= began < end
        ]
        if not lasted:
            assert np.isnan(number)
        elif statistic is Statistic.MEAN:
            assert number == pytest.approx(sum(lasted) / len(lasted))
        else:
            assert number == pytest.approx(np.percentile(lasted, statistic.percentile))


def test_curves_add_up_and_divide_only_where_there_is_something() -> None:
    one = DailyTotals(np.array([1.0, 2.0]), np.array([2.0, 0.0]))
    both = merge_series([one, DailyTotals(np.array([1.0, 0.0]), np.array([2.0, 0.0]))])
    assert isinstance(both, DailyTotals)
    values = both.values(2)
    assert values[0] == 0.5
    assert np.isnan(values[1])
    assert DailyTotals(np.array([3.0])).values(1).tolist() == [3.0]


@given(st.lists(SPANS, min_size=1, max_size=4))
def test_the_spans_of_a_group_are_all_of_its_members(groups: list[list[tuple[int, int | None]]]) -> None:
    joined = merge_series(map(spans, groups))
    assert isinstance(joined, Intervals)
    assert joined.began.tolist() == [began for rows in groups for began, _ in rows]


def test_nothing_together_is_nothing_and_unlike_tracks_have_no_sum() -> None:
    assert merge_series([]) is None
    with pytest.raises(TypeError, match="have no sum"):
        merge_series([DailyTotals(np.zeros(1)), Intervals(np.zeros(1), np.zeros(1))])


def series(*values: float | None) -> Series:
    return Series(tuple(date(2026, 11, 1) + timedelta(days=n) for n in range(len(values))), values)


@pytest.mark.parametrize(
    ("values", "since"),
    [
        ((1, 9, 9), 2),
        ((9, 1, 9), 3),
        ((9, 9, 1), None),
        ((9, None, 9), 1),
        ((1, None, 9, None), 3),
        ((9, 9, 9), 1),
        ((None, None), None),
        ((), None),
    ],
)
def test_how_long_it_has_been_so(values: tuple[float | None, ...], since: int | None) -> None:
    found = streak_start(series(*values), lambda value: value > 5)
    assert found == (None if since is None else date(2026, 11, since))


def test_a_window_opens_with_its_earliest_period() -> None:
    july, november = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    window = Window((date(2026, 11, 1),) * 2, (november, july), (november, november))
    assert window.opens == july
