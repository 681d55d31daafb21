"""The arithmetic of a chart."""

import itertools
import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.kpis.kpi import Format
from kpibot.core.kpis.thresholds import Better, Thresholds
from kpibot.render.charts.scales import bands, day_ticks, drawable, spread, ticks, value_range

LOWER = Thresholds(Better.LOWER, 20, 40, 80)
HIGHER = Thresholds(Better.HIGHER, 85, 80, 70)


def test_amounts_begin_at_zero_and_percentages_where_they_are():
    assert value_range([90, 100], Thresholds(), Format.NUMBER)[0] == 0
    assert value_range([90, 95], Thresholds(), Format.PERCENT)[0] > 80


def test_near_thresholds_are_shown_and_far_ones_do_not_flatten_the_line():
    low, high = value_range([10, 12], LOWER, Format.NUMBER)
    assert low == 0
    assert 20 < high < 40


def test_nothing_but_zeros_is_shown_against_the_nearest_threshold():
    assert value_range([0, 0], LOWER, Format.NUMBER)[1] > 20
    assert value_range([0, 0], Thresholds(), Format.NUMBER) == (0, pytest.approx(1.08))


def test_percentages_do_not_promise_more_than_everything():
    assert value_range([97, 100], Thresholds(), Format.PERCENT)[1] < 101


def test_bands_are_cut_to_what_is_visible():
    warning, critical = bands(LOWER, (0, 100))
    assert (warning.word, warning.bottom, warning.top) == ("warning", 40, 80)
    assert (critical.word, critical.bottom, critical.top) == ("critical", 80, 100)
    assert bands(LOWER, (0, 30)) == []


def test_bands_of_higher_is_better_hang_below():
    warning, critical = bands(HIGHER, (60, 100))
    assert (warning.bottom, warning.top) == (70, 80)
    assert (critical.bottom, critical.top) == (60, 70)


def test_neutral_kpis_have_no_bands():
    assert bands(Thresholds(Better.NEUTRAL, 5, 5, 5), (0, 10)) == []


@pytest.mark.parametrize(
    ("shown", "marks"),
    [((0, 110), [0, 25, 50, 75, 100]), ((68, 90), [70, 75, 80, 85, 90]), ((0, 8.6), [0, 2, 4, 6, 8])],
)
def test_ticks_are_round_and_few(shown, marks):
    assert ticks(shown) == marks


def test_counts_have_no_fractions():
    assert ticks((0, 1.08), whole=True) == [0, 1]


@given(st.floats(-1e15, 1e15), st.floats(1e-9, 1e15))
def test_any_range_has_a_few_ticks(low, span):
    if low + span > low + 1e-9 * abs(low):
        assert 1 <= len(ticks((low, low + span))) <= 8


@pytest.mark.parametrize("days", [1, 2, 7, 14, 30, 60, 90, 180, 365, 400, 730, 1_825, 10_000])
def test_dates_are_few_within_the_window_and_all_different(days):
    last = date(2026, 11, 22)
    first = last - timedelta(days=days - 1)
    marks = day_ticks(first, last)
    assert 1 <= len(marks) <= 7
    assert all(first <= day <= last for day, _ in marks)
    assert len(set(marks)) == len(marks)


def test_a_week_is_marked_by_weekdays_and_a_year_by_months():
    assert day_ticks(date(2026, 11, 16), date(2026, 11, 22))[-1][1] == "Sun 22"
    assert [text for _, text in day_ticks(date(2025, 11, 23), date(2026, 11, 22))] == [
        "2026",
        "Mar",
        "May",
        "Jul",
        "Sep",
        "Nov",
    ]


def test_huge_values_are_gaps():
    assert drawable([1.0, None, 1e300, math.inf])[0] == 1.0
    assert all(map(math.isnan, drawable([None, 1e300, math.inf, math.nan])))


@given(st.lists(st.floats(0, 500), min_size=1, max_size=4))
def test_labels_never_cover_one_another(places):
    moved = sorted(spread(places, [45.0] * len(places), (0, 500)))
    assert all(upper - lower > 44 for lower, upper in itertools.pairwise(moved))
    assert moved[0] >= 22
    assert moved[-1] <= 478


def test_labels_with_room_stay_where_they_are():
    assert spread([100, 300], [45, 45], (0, 500)) == [100, 300]
