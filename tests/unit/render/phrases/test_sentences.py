"""What a report says in sentences."""

import math

import pytest

from kpibot.core.kpis.readings import Missing
from kpibot.core.kpis.thresholds import Thresholds, Verdict
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
    assert sentences.goal(samples.utilization) == "target ≥ 85% · warning at 80% or below · critical at 70% or below"
    assert sentences.goal(samples.po_value) == "target $1,200,000"
    assert sentences.goal(samples.report(thresholds=Thresholds())) == ""


def test_a_number_says_what_it_rests_on(samples):
    assert sentences.basis(samples.tickets) == ""
    assert sentences.basis(samples.utilization) == "412 of 520 assets"
    assert sentences.basis(samples.response_time) == (
        "based on 312 tickets; 12 still waiting, counted with the wait so far"
    )


def test_a_count_of_something_else_does_not_claim_its_rows(samples):
    assert sentences.basis(samples.report(value=12.0, rows=30)) == "based on 30 rows"


def test_incomplete_coverage_is_said(samples):
    assert sentences.missing_coverage(samples.po_value) == (
        "31 purchase orders have no campus",
        "7 of 312 purchase orders have no usable amount",
    )
    assert sentences.missing_coverage(samples.tickets) == ()


@pytest.mark.parametrize("reason", list(Missing))
def test_every_missing_value_says_why_and_what_to_do(samples, reason):
    report = samples.report(value=None, missing=reason)
    assert sentences.missing(report).startswith("No data: ")
    assert sentences.what_to_do(report).endswith("Questions go to @helpdesk-leads.")


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_no_data_is_never_judged(samples, value):
    report = samples.report(value=value, verdict=Verdict.ON_TARGET)
    assert sentences.verdict(report) is Verdict.NO_DATA
    assert "0" not in sentences.said(report)


def test_stale_data_is_warned_of_only_where_it_is_stale(samples):
    assert sentences.stale(samples.tickets) == ""
    assert "22 min ago" in sentences.stale(samples.report(stale=True))


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
