"""What a report says in sentences."""

import math
from dataclasses import replace

import pytest

from kpibot.core.kpis.kpi import Format
from kpibot.core.kpis.readings import Missing
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict
from kpibot.render.phrases import sentences
from kpibot.render.phrases.signs import SIGNS, WORST_FIRST


def test_every_verdict_has_a_sign_with_a_word_and_a_rank():
    assert set(SIGNS) == set(Verdict) == set(WORST_FIRST)
    assert all(sign.word for sign in SIGNS.values())


def test_the_value_names_what_it_counts(samples):
    assert sentences.quantity(samples.tickets) == "104 tickets"
    assert sentences.quantity(samples.report(value=1.0)) == "1 ticket"
    assert sentences.quantity(samples.utilization) == "79.2%"


def test_a_ratio_of_numbers_is_not_a_count(samples):
    report = samples.report(value=0.35, numerator=35.0, denominator=100.0)
    assert sentences.quantity(report) == "0.35"


def test_the_goal_is_aware_of_its_direction(samples):
    assert sentences.goal(samples.tickets) == "target ≤ 20 · warning from 40 · critical from 80"
    assert sentences.goal(samples.utilization) == "target ≥ 85% · warning from 80% down · critical from 70% down"
    assert sentences.goal(samples.po_value) == "target $1,200,000"
    assert sentences.goal(samples.report(thresholds=Thresholds())) == ""


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        (92.0, "▲ 12 more than the same point last week (92), worse"),
        (105.0, "▼ 1 fewer than the same point last week (105), better"),
        (104.0, "unchanged from the same point last week (104)"),
        (104.0 + 1e-12, "unchanged from the same point last week (104)"),
        (None, ""),
        (math.nan, ""),
    ],
)
def test_a_change_says_how_much_and_against_what(samples, before, sentence):
    assert sentences.change(samples.report(before=before)) == sentence


def test_a_change_of_a_percentage_is_in_points(samples):
    assert sentences.change(samples.utilization).startswith(
        "▼ 3.2 points lower than the same point last week (82.4%), worse"
    )


def test_a_change_without_a_better_direction_is_not_judged(samples):
    assert sentences.change(samples.po_value) == "▲ $242,300 more than the same point last fiscal year ($998,000)"


def test_the_earlier_point_keeps_an_article_of_its_own(samples):
    assert "than a week before (92)" in sentences.change(samples.report(before=92.0, compared_with="a week before"))


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
    assert sentences.difference_since(replace(report, card=replace(report.card, period=period))) == sentence


def test_in_a_list_what_is_unchanged_is_so_from_a_point(samples):
    report = samples.report(before=104.0, compared_with="same point last month")
    assert sentences.difference_since(report) == "unchanged from last month"
    to_date = replace(report, card=replace(report.card, period="month to date"))
    assert sentences.difference_since(to_date) == "unchanged from this point last month"
    assert sentences.difference_since(samples.report(before=None)) == ""


def test_a_number_says_what_it_rests_on(samples):
    assert sentences.basis(samples.tickets) == "rests on 104 tickets"
    assert sentences.basis(samples.utilization) == "412 of 520 assets"
    assert sentences.basis(samples.response_time) == (
        "rests on 312 tickets, 12 still waiting, counted with their wait so far"
    )


def test_a_count_of_something_else_does_not_claim_its_rows(samples):
    assert sentences.basis(samples.report(value=12.0, rows=30)) == "rests on 30 rows"


def test_incomplete_coverage_is_said(samples):
    assert sentences.gaps(samples.po_value) == (
        "31 purchase orders have no campus",
        "7 of 312 purchase orders have no usable amount",
    )
    assert sentences.gaps(samples.tickets) == ()


@pytest.mark.parametrize("reason", list(Missing))
def test_every_missing_value_says_why_and_what_to_do(samples, reason):
    report = samples.report(value=None, missing=reason)
    assert sentences.missing(report).startswith("No data: ")
    assert sentences.what_to_do(report).endswith("its owner is @helpdesk-leads.")


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_no_data_is_never_judged(samples, value):
    report = samples.report(value=value, verdict=Verdict.ON_TARGET)
    assert sentences.verdict(report) is Verdict.NO_DATA
    assert "0" not in sentences.said(report)


def test_stale_data_is_warned_of_only_where_it_is_stale(samples):
    assert sentences.stale(samples.tickets) == ""
    assert "22 min ago" in sentences.stale(samples.report(stale=True))


def test_lower_is_better_or_worse_as_the_kpi_says(samples):
    assert sentences.improved(samples.report(before=200.0)) is True
    assert sentences.improved(samples.utilization) is False
    assert sentences.improved(samples.po_value) is None
    assert samples.utilization.thresholds.better is Better.HIGHER
    assert samples.utilization.card.format is Format.PERCENT


@pytest.mark.parametrize(
    ("kpi", "value", "shown"),
    [
        ("utilization", 84.98, "84.98%"),
        ("utilization", 85.0, "85%"),
        ("utilization", 84.9999, "84.9999%"),
        ("response-time", 3.999, "3.999 h"),
        ("tickets", 20.0, "20"),
    ],
)
def test_a_value_beside_a_level_does_not_read_like_the_level(samples, kpi, value, shown):
    assert sentences.quantity(samples.report(kpi, value)).startswith(shown)


def test_spending_is_no_better_for_being_less_than_last_year(samples):
    report = replace(samples.of_budget.report, before=2_000_000.0)
    assert sentences.improved(report) is None
    assert sentences.change(report) == "▼ $759,700 less than the same point last fiscal year ($2,000,000)"
