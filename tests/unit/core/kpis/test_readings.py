"""Readings: parts that add up, and values that are never made up."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.kpis.measures import Duration, Flow, Measure, Query, Ratio, Statistic, Stock
from kpibot.core.kpis.readings import (
    Aggregate,
    Missing,
    Reading,
    divide,
    merge_aggregates,
    percentile,
    value_of,
    why_missing,
)

STOCK, FLOW = Stock(dataset="t", since="a", until="b"), Flow("t", "a")
MEDIAN, MEAN = (
    Duration(dataset="t", since="a", until="b"),
    Duration(dataset="t", since="a", until="b", statistic=Statistic.MEAN),
)
RATIO = Ratio(STOCK, STOCK)
OLD, NEW = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)
WHOLE = st.integers(0, 1_000_000)
PARTS = st.builds(
    Aggregate,
    numerator=WHOLE.map(float),
    denominator=st.none() | WHOLE.map(float),
    rows=WHOLE,
    valued=WHOLE,
    waiting=WHOLE,
    newest=st.none() | st.datetimes(timezones=st.just(UTC)),
)


@given(st.lists(PARTS, max_size=6), st.integers(0, 6))
def test_parts_of_parts_are_sums_however_they_are_grouped(parts: list[Aggregate], cut: int) -> None:
    if parts:
        grouped = merge_aggregates(filter(None, [merge_aggregates(parts[:cut]) if parts[:cut] else None, *parts[cut:]]))
        assert grouped == merge_aggregates(parts)
    else:
        assert merge_aggregates(parts) == Aggregate()


def test_samples_are_joined() -> None:
    joined = merge_aggregates([Aggregate(sample=np.array([1.0])), Aggregate(), Aggregate(sample=np.array([2.0, 3.0]))])
    assert joined.sample is not None
    assert joined.sample.tolist() == [1, 2, 3]


def test_nothing_together_has_no_denominator() -> None:
    assert merge_aggregates([]).denominator is None
    assert (Aggregate(denominator=3) + Aggregate()).denominator == 3


def test_a_ratio_rests_on_what_it_divides_by_and_is_as_fresh_as_its_older_half() -> None:
    of = Aggregate(numerator=30, rows=30, valued=30, waiting=2, newest=NEW)
    over = Aggregate(numerator=40, rows=50, valued=40, newest=OLD)
    assert divide(of, over) == Aggregate(numerator=30, denominator=40, rows=50, valued=40, waiting=2, newest=OLD)


def test_two_halves_of_one_dataset_are_as_fresh_as_the_newer_one() -> None:
    assert (
        divide(Aggregate(numerator=1, newest=OLD), Aggregate(numerator=4, newest=NEW), one_dataset=True).newest == NEW
    )
    assert divide(Aggregate(numerator=1), Aggregate(numerator=4, newest=NEW), one_dataset=True).newest == NEW


def test_a_half_that_is_a_quotient_itself_is_divided_first() -> None:
    assert divide(Aggregate(numerator=30, denominator=10), Aggregate(numerator=6)) == Aggregate(
        numerator=3, denominator=6
    )


@pytest.mark.parametrize(
    ("measure", "parts", "value"),
    [
        (STOCK, Aggregate(numerator=12, rows=12), 12),
        (STOCK, Aggregate(), 0),
        (FLOW, Aggregate(numerator=99.5, rows=2), 99.5),
        (MEAN, Aggregate(numerator=100, denominator=4, rows=4), 25),
        (MEAN, Aggregate(numerator=0, denominator=0), None),
        (MEDIAN, Aggregate(sample=np.array([1.0, 2.0, 10.0])), 2),
        (MEDIAN, Aggregate(sample=np.array([])), None),
        (MEDIAN, Aggregate(), None),
        (RATIO, Aggregate(numerator=3, denominator=4), 0.75),
        (RATIO, Aggregate(numerator=3, denominator=0), None),
        (RATIO, Aggregate(numerator=0, denominator=0), None),
        (Query("d", ""), Aggregate(numerator=7), 7),
        (Query("d", ""), Aggregate(numerator=7, denominator=14), 0.5),
        (Query("d", ""), Aggregate(numerator=7, denominator=0), None),
    ],
)
def test_the_value_of_parts(measure: Measure, parts: Aggregate, value: float | None) -> None:
    assert value_of(measure, parts) == value


def test_the_reason_for_a_missing_value() -> None:
    assert why_missing(RATIO, Aggregate(numerator=3, denominator=0)) is Missing.NO_DENOMINATOR
    assert why_missing(RATIO, Aggregate(numerator=0, denominator=0)) is Missing.NO_ROWS
    assert why_missing(MEDIAN, Aggregate()) is Missing.NO_ROWS


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=50), st.sampled_from([50.0, 90.0, 0.0, 100.0]))
def test_a_percentile_is_numpys(sample: list[float], percent: float) -> None:
    assert percentile(np.array(sample), percent) == pytest.approx(np.percentile(sample, percent))


@pytest.mark.parametrize(
    ("rows", "valued", "unplaced", "coverage"),
    [(0, 0, 0, None), (10, 10, 0, 1), (10, 8, 0, 0.8), (10, 10, 1, 0.9), (10, 8, 1, 0.7), (10, 2, 9, 0)],
)
def test_coverage_is_the_share_of_rows_with_amount_and_campus(
    rows: int, valued: int, unplaced: int, coverage: float | None
) -> None:
    reading = Reading(
        kpi="tickets", campus="district", as_of=NEW, value=1.0, rows=rows, valued=valued, unplaced=unplaced
    )
    assert reading.coverage == coverage


def test_a_ratio_over_a_query_without_quotient_is_no_data_and_not_0() -> None:
    half = Query("d", "")
    assert (
        value_of(Ratio(half, half), divide(Aggregate(numerator=0.0, denominator=0.0), Aggregate(numerator=6.0))) is None
    )
