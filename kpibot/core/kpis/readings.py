"""Readings: what a measure gave for a campus, and what that number rests on."""

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
    """The additive parts of a measure for some rows: parts of parts are sums, so every group comes from its campuses.

    `numerator` is an amount, or seconds for a duration; `denominator` is None where nothing is divided. `valued` of
    the `rows` carry a usable amount. `newest` is the latest timestamp among them. `sample` holds the durations
    themselves, in seconds, where a percentile is wanted; `judged` of them have met or missed their limit, `met` of
    these met it. `shared` are distinct keys that other campuses have too: a group counts each of them once.
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
        """The numerator, with the distinct keys that are shared."""
        return self.numerator + len(self.shared)


def empty_aggregate(measure: Simple) -> Aggregate:
    """The parts of a measure over no rows: none of them is 0, and a mean of none is nothing at all."""
    divides = isinstance(measure, (Stock, Flow)) and measure.amount.counted is Counted.MEAN
    return Aggregate(denominator=0.0 if divides or isinstance(measure, Duration) else None)


def merge_aggregates(parts: Iterable[Aggregate]) -> Aggregate:
    """The parts of a group, from those of its members."""
    members = list(parts)
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
    """The parts of a ratio; it rests on the rows it divides by, and is as fresh as its older half.

    Two halves of the same dataset are as fresh as the newer one: the tickets older than two weeks are never new.
    A half that itself has nothing to divide by leaves nothing to divide.
    """
    freshest = max if one_dataset else min
    components = _quantity(of), _quantity(over)
    return Aggregate(
        numerator=0.0 if None in components else components[0] or 0.0,
        denominator=0.0 if None in components else components[1],
        rows=over.rows,
        valued=over.valued,
        waiting=of.waiting,
        newest=freshest(filter(None, (of.newest, over.newest)), default=None),
    )


def _quantity(parts: Aggregate) -> float | None:
    """A half of a ratio as one number; one that divides gives its quotient, if it has one."""
    if parts.denominator is None:
        return parts.amount
    return parts.numerator / parts.denominator if parts.denominator else None


def value_of(measure: Measure, parts: Aggregate) -> float | None:
    """The number, in the measure's own unit (seconds for a duration); None where there is nothing to say it from."""
    if isinstance(measure, Duration):
        return statistic_of(parts, measure.statistic)
    if parts.denominator is not None or isinstance(measure, Ratio):
        return parts.numerator / parts.denominator if parts.denominator else None
    return parts.amount


def statistic_of(parts: Aggregate, statistic: Statistic) -> float | None:
    """One number for the durations: seconds, or the share (0 to 1) within the limit; None without any."""
    if statistic is Statistic.WITHIN:
        return parts.met / parts.decided if parts.decided else None
    if statistic is Statistic.MEAN and parts.sample is None:
        return parts.numerator / parts.denominator if parts.denominator else None
    if parts.sample is None or not parts.sample.size:
        return None
    if statistic is Statistic.MEAN:  # beside a share within the limit, the parts are those of the share
        return float(parts.sample.mean())
    return percentile(parts.sample, statistic.percentile or 0.0)


def percentile(sample: Floats, percent: float) -> float:
    """A percentile of a sample that is not empty, interpolated between neighbours.

    numpy's own gives the same number, but takes ten times as long for a sample of a campus's size.
    """
    rank = (len(sample) - 1) * percent / 100
    below = int(rank)
    above = min(below + 1, len(sample) - 1)
    ordered = sample.copy()
    ordered.partition((below, above))
    return float(ordered[below] + (ordered[above] - ordered[below]) * (rank - below))


def why_missing(measure: Measure, parts: Aggregate) -> Missing:
    """The reason for a None of `value_of`."""
    divides = isinstance(measure, Ratio) and parts.numerator
    return Missing.NO_DENOMINATOR if divides else Missing.NO_ROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A KPI at a campus or group at an instant.

    `value` is in the KPI's unit (percent, hours, …) and None exactly where `missing` says why. `rows` is how many
    rows it rests on (of a ratio those that it divides by), `valued` those with a usable amount, `unplaced` those that
    no campus is known for (counted in the district only), `waiting` those that have not ended yet. `also` are other
    statistics of the same durations, in hours or percent; `pace` is that of a KPI with a budget. Instants are aware.
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
        """What thresholds are about: the value, or of a budget how much of its pace has been spent, in percent."""
        return self.value if self.pace is None else self.pace.percent

    @property
    def coverage(self) -> float | None:
        """The share of the rows, 0 to 1, that carry an amount and a campus; None without rows."""
        return (self.valued - min(self.unplaced, self.valued)) / self.rows if self.rows else None
