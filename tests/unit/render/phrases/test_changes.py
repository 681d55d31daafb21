"""How a number changed, in words."""

import math
from dataclasses import replace

import pytest

from kpibot.core.kpis.kpi import Format
from kpibot.core.kpis.thresholds import Better
from kpibot.render.phrases.changes import change, difference_since, improved


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        (92.0, "▲ 12 more than the same point last week (92), worse"),
        (105.0, "▼ 1 fewer than the same point last week (105), better"),
        (104.0, "unchanged from last week (104)"),
        (104.0 + 1e-12, "unchanged from last week (104)"),
        (None, ""),
        (math.nan, ""),
    ],
)
def test_a_change_says_how_much_and_against_what(samples, before, sentence):
    assert change(samples.report(before=before)) == sentence


@pytest.mark.parametrize(
    ("kpi", "value", "before", "sentence"),
    [
        ("response-time", 4.23, 4.2372, "about the same as last week (4.2 h)"),
        ("response-time", 4.23, 4.1, "▲ 8 min longer than the same point last week (4.1 h), worse"),
        ("response-time", 0.5, 0.504, "about the same as last week (30 min)"),
        ("response-time", 0.5, 0.512, "▼ 1 min shorter than the same point last week (31 min), better"),
        ("po-value", 1_240_300.0, 1_240_300.45, "about the same as at this point last week ($1,240,300)"),
        ("po-value", 5_210.0, 5_164.55, "▲ $45 more than the same point last week ($5,165)"),
        ("utilization", 79.2, 79.16, "about the same as last week (79.2%)"),
        ("tickets", 1_204.4, 1_204.0, "about the same as last week (1,204)"),
    ],
)
def test_a_change_is_no_more_exact_than_the_numbers(samples, kpi, value, before, sentence):
    assert change(samples.report(kpi, value, before=before)) == sentence


def test_a_change_of_a_percentage_is_in_points(samples):
    assert change(samples.utilization).startswith("▼ 3.2 points lower than the same point last week (82.4%), worse")


def test_a_change_without_a_better_direction_is_not_judged(samples):
    assert change(samples.po_value) == "▲ $242,300 more than the same point last fiscal year ($998,000)"


def test_the_earlier_point_keeps_an_article_of_its_own(samples):
    assert "than a week before (92)" in change(samples.report(before=92.0, compared_with="a week before"))


@pytest.mark.parametrize(
    ("period", "compared_with", "sentence"),
    [
        ("", "same point last week", "▼ 31 fewer than last week"),
        ("week to date", "same point last week", "▼ 31 fewer than at this point last week"),
        ("fiscal year to date", "same point last fiscal year", "▼ 31 fewer than at this point last fiscal year"),
        ("30 days", "30 days before", "▼ 31 fewer than the 30 days before"),
        ("1 day", "day before", "▼ 31 fewer than the day before"),
    ],
)
def test_in_a_list_a_period_to_date_is_not_compared_with_a_whole_one(samples, period, compared_with, sentence):
    report = samples.report(before=135.0, compared_with=compared_with)
    assert difference_since(replace(report, card=replace(report.card, period=period))) == sentence


def test_in_a_list_what_is_unchanged_is_so_from_a_point(samples):
    report = samples.report(before=104.0, compared_with="same point last month")
    assert difference_since(report) == "unchanged from last month"
    to_date = replace(report, card=replace(report.card, period="month to date"))
    assert difference_since(to_date) == "unchanged from this point last month"
    assert difference_since(samples.report(before=None)) == ""


def test_lower_is_better_or_worse_as_the_kpi_says(samples):
    assert improved(samples.report(before=200.0)) is True
    assert improved(samples.utilization) is False
    assert improved(samples.po_value) is None
    assert samples.utilization.thresholds.better is Better.HIGHER
    assert samples.utilization.card.format is Format.PERCENT


def test_spending_is_no_better_for_being_less_than_last_year(samples):
    report = replace(samples.of_budget.report, before=2_000_000.0)
    assert improved(report) is None
    assert change(report) == "▼ $759,700 less than the same point last fiscal year ($2,000,000)"
