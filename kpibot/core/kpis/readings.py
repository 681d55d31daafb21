"""Readings: the value of a measure at a campus, and the rows that it is based on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from kpibot.core.kpis.budget import Pace
from kpibot.core.kpis.measures import Counted, Duration, Flow, Measure, Ratio, Simple, Statistic, Stock

Floats = NDArray[np.float64]


class Missing(StrEnum):
    """Why there is no value. A missing value is never 0."""

    NO_ROWS = "no rows"
    NO_DENOMINATOR = "nothing to divide by"
    NOT_A_NUMBER = "not a number"
    SOURCE_DOWN = "source down"
    MISFIT = "set-up does not fit the database"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """The additive parts of a measure over some rows, so that a group is the sum of its campuses.

    `numerator` is an amount, or seconds for a duration; `denominator` is None where nothing is divided. `valued` of
    the `rows` have a usable amount. `newest` is their latest timestamp. `sample` holds the durations, in seconds,
    where a percentile is needed; `decided` of them have met or missed their limit, `met` have met it. `shared` are
    distinct keys that other campuses have too: a group counts each of them once.
    """

    numerator: float = 0.0
    denominator: float | None = None
    rows: int = 0
    valued: int = 0
    waiting: int = 0
    newest: datetime | None = None
    sample: Floats | None = None
    met: float = 0.0
    decided: float = 0.0
    shared: frozenset[object] = frozenset()

    def __add__(self, other: "Aggregate") -> "Aggregate":
        return merge_aggregates((self, other))

    @property
    def amount(self) -> float:
        """The numerator, shared distinct keys included."""
        return self.numerator + len(self.shared)


def empty_aggregate(measure: Simple) -> Aggregate:
    """The aggregate over no rows: a count of 0, but a mean without a value."""
    divides = isinstance(measure, (Stock, Flow)) and measure.amount.counted is Counted.MEAN
    return Aggregate(denominator=0.0 if divides or isinstance(measure, Duration) else None)


def merge_aggregates(aggregates: Iterable[Aggregate]) -> Aggregate:
    """The aggregate of a group, from those of its members."""
    members = list(aggregates)
    if len(members) == 1:
        return members[0]
    denominators = [each.denominator for each in members if each.denominator is not None]
    samples = [each.sample for each in members if each.sample is not None]
    return Aggregate(
        numerator=sum(each.numerator for each in members),
        denominator=sum(denominators) if denominators else None,
        rows=sum(each.rows for each in members),
        valued=sum(each.valued for each in members),
        waiting=sum(each.waiting for each in members),
        newest=max((each.newest for each in members if each.newest is not None), default=None),
        sample=np.concatenate(samples) if samples else None,
        met=sum(each.met for each in members),
        decided=sum(each.decided for each in members),
        shared=frozenset().union(*(each.shared for each in members)),
    )


def divide(of: Aggregate, over: Aggregate, *, one_dataset: bool = False) -> Aggregate:
    """The aggregate of a ratio; it is based on the rows of its denominator, and as fresh as its older component.

    Two components of the same dataset are as fresh as the newer one: tickets older than two weeks are never new.
    A component that has nothing to divide by leaves the ratio without a value.
    """
    freshest = max if one_dataset else min
    quantities = _quantity(of), _quantity(over)
    return Aggregate(
        numerator=0.0 if None in quantities else quantities[0] or 0.0,
        denominator=0.0 if None in quantities else quantities[1],
        rows=over.rows,
        valued=over.valued,
        waiting=of.waiting,
        newest=freshest(filter(None, (of.newest, over.newest)), default=None),
    )


def _quantity(aggregate: Aggregate) -> float | None:
    """A component of a ratio as one number: its quotient where it divides."""
    if aggregate.denominator is None:
        return aggregate.amount
    return aggregate.numerator / aggregate.denominator if aggregate.denominator else None


def value_of(measure: Measure, aggregate: Aggregate) -> float | None:
    """The value in the measure's own unit (seconds for a duration); None where there is none."""
    if isinstance(measure, Duration):
        return statistic_of(aggregate, measure.statistic)
    if aggregate.denominator is not None or isinstance(measure, Ratio):
        return aggregate.numerator / aggregate.denominator if aggregate.denominator else None
    return aggregate.amount


def statistic_of(aggregate: Aggregate, statistic: Statistic) -> float | None:
    """A statistic of the durations: seconds, or the share (0 to 1) within the limit; None without any."""
    if statistic is Statistic.WITHIN:
        return aggregate.met / aggregate.decided if aggregate.decided else None
    if statistic is Statistic.MEAN and aggregate.sample is None:
        return aggregate.numerator / aggregate.denominator if aggregate.denominator else None
    if aggregate.sample is None or not aggregate.sample.size:
        return None
    if statistic is Statistic.MEAN:  # beside a share within the limit, numerator and denominator are the share's
        return float(aggregate.sample.mean())
    return percentile(aggregate.sample, statistic.percentile or 0.0)


def percentile(sample: Floats, percent: float) -> float:
    """A percentile of a non-empty sample, interpolated between neighbors.

    numpy.percentile returns the same number, but takes ten times as long for a sample of a campus's size.
    """
    rank = (len(sample) - 1) * percent / 100
    below = int(rank)
    above = min(below + 1, len(sample) - 1)
    ordered = sample.copy()
    ordered.partition((below, above))
    return float(ordered[below] + (ordered[above] - ordered[below]) * (rank - below))


def why_missing(measure: Measure, aggregate: Aggregate) -> Missing:
    """The reason for a None of `value_of`."""
    divides = isinstance(measure, Ratio) and aggregate.numerator
    return Missing.NO_DENOMINATOR if divides else Missing.NO_ROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A KPI at a campus or group at an instant.

    `value` is in the KPI's unit (percent, hours, …), and None exactly where `missing` says why. `rows` is the number of
    rows that it is based on (of a ratio, those of the denominator), `valued` those with a usable amount, `unplaced`
    those whose campus is unknown (counted in the district only), `waiting` those that have not ended yet. `also` are
    other statistics of the same durations, in hours or percent; `pace` is set for a KPI with a budget. Instants are
    aware.
    """

    kpi: str
    campus: str
    as_of: datetime
    value: float | None
    missing: Missing | None = None
    detail: str | None = None
    numerator: float | None = None
    denominator: float | None = None
    rows: int = 0
    valued: int = 0
    unplaced: int = 0
    waiting: int = 0
    newest: datetime | None = None
    also: tuple[tuple[Statistic, float | None], ...] = ()
    pace: Pace | None = None

    @property
    def threshold_value(self) -> float | None:
        """The value that thresholds apply to; with a budget, the spending in percent of its pace."""
        return self.value if self.pace is None else self.pace.percent

    @property
    def coverage(self) -> float | None:
        """The share of rows, 0 to 1, that have an amount and a campus; None without rows."""
        return (self.valued - min(self.unplaced, self.valued)) / self.rows if self.rows else None
