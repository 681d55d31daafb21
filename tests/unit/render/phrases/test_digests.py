"""The sentence that sums up a digest."""

from dataclasses import replace

import pytest

from kpibot.render.phrases.digests import digest_headline
from kpibot.render.terminal.text import digest_text


def test_a_digest_sums_up_in_one_sentence(samples):
    assert digest_headline(samples.edition) == (
        "1 of 2 rated KPIs is critical; 1 KPI has no data; 7 campus thresholds are crossed."
    )
    calm = replace(samples.edition, reports=(samples.report(value=5.0),) * 3, breaches=0)
    assert digest_headline(calm) == "All 3 rated KPIs are on target."


def test_what_is_calm_in_sum_is_not_called_so_where_campuses_are_over_a_threshold(samples):
    edition = replace(samples.edition, reports=(samples.report(value=5.0),) * 2, breaches=1)
    assert digest_headline(edition) == "Both rated KPIs are on target; 1 campus threshold is crossed."
    assert digest_text(edition).count("crossed") == 1


@pytest.mark.parametrize(
    ("kpis", "sentence"),
    [
        ({}, "No KPIs in this digest."),
        ({"po-value": 5.0}, "For information only."),
        ({"tickets": 5.0, "po-value": 5.0}, "The one rated KPI is on target."),
        ({"tickets": 50.0, "po-value": 5.0}, "The one rated KPI is at warning."),
        ({"tickets": None, "response-time": None}, "2 KPIs have no data."),
        ({"tickets": 5.0, "response-time": None}, "The one rated KPI is on target; 1 KPI has no data."),
        ({"tickets": 50.0, "response-time": 7.0}, "Both rated KPIs are at warning."),
        ({"tickets": 30.0, "response-time": 7.0}, "1 of 2 rated KPIs is at warning, 1 off target."),
    ],
)
def test_a_digest_counts_only_what_is_judged(samples, kpis, sentence):
    reports = tuple(samples.report(kpi, value) for kpi, value in kpis.items())
    assert digest_headline(replace(samples.edition, reports=reports, breaches=0)) == sentence


def test_a_digest_praises_no_improvement_that_is_small(samples):
    def headline_after(before):
        reports = (samples.report(value=19.0, before=before),)
        return digest_headline(replace(samples.edition, reports=reports, breaches=0))

    assert headline_after(19.5) == "The one rated KPI is on target."
    assert headline_after(20.0) == "The one rated KPI is on target; Outstanding tickets improved most."
