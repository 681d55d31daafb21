"""The five kinds of measure. A KPI is one of these, as data; how a database answers it is not known here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kpibot.core.kpis.conditions import ValueCondition, Where


class Counted(StrEnum):
    """What is added up."""

    ROWS = "rows"
    DISTINCT = "distinct"
    SUM = "sum"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Amount:
    """Rows, distinct combinations of some columns, the sum of one column, or its mean over the rows that have it."""

    counted: Counted = Counted.ROWS
    columns: tuple[str, ...] = ()


ROWS = Amount()


class Statistic(StrEnum):
    """How many durations become one number."""

    MEAN = "mean"
    MEDIAN = "median"
    P90 = "p90"
    WITHIN = "within"

    @property
    def percentile(self) -> float | None:
        """The percentile that it is, of 100; None for what is no percentile."""
        return {Statistic.MEDIAN: 50.0, Statistic.P90: 90.0}.get(self)


class Clock(StrEnum):
    """On which clock a duration runs: all the time, or in working hours only."""

    WALL = "wall"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a duration may take, in seconds: by the value of a column (a priority), or the same for every row.

    A row whose value is none of `by_value` has `seconds`; where that is None, it has no limit and is not judged.
    """

    seconds: float | None = None
    column: str | None = None
    by_value: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """How much stands at an instant: rows with `since` before it and `until` not before it.

    Without `since` it is a snapshot: what the dataset holds now. `average` makes it the mean level over the period,
    weighted by time, instead of the level at its end.
    """

    dataset: str
    since: str | None = None
    until: str | None = None
    where: Where = ()
    amount: Amount = ROWS
    average: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """How much happens in a period: rows whose `at` lies in it."""

    dataset: str
    at: str
    where: Where = ()
    amount: Amount = ROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """How long from one timestamp to another, in seconds of `clock`, over the rows that begin in a period.

    A row that has not ended counts with its waiting time so far, and is reported as waiting. `limit` is what the
    statistic `within` asks about: it takes a waiting row for missed once it is late, and leaves it out until then.
    `also` are other statistics that are shown beside the KPI's own.
    """

    dataset: str
    since: str
    until: str
    statistic: Statistic = Statistic.MEDIAN
    where: Where = ()
    clock: Clock = Clock.WALL
    limit: Limit | None = None
    also: tuple[Statistic, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """The district's own SELECT, giving (campus, value) or (campus, numerator, denominator).

    It may bind `:as_of`, `:period_start` and `:period_end`.
    """

    database: str
    sql: str


OverRows = Stock | Flow | Duration
Simple = OverRows | Query


@dataclass(frozen=True, slots=True)
class Ratio:
    """One measure over another: always the ratio of sums, never a mean of ratios. The halves may live apart."""

    of: Simple
    over: Simple = field()

    @property
    def is_of_one_dataset(self) -> bool:
        """Whether both halves are over rows of the same dataset."""
        return (
            not isinstance(self.of, Query) and not isinstance(self.over, Query) and self.of.dataset == self.over.dataset
        )


Measure = Simple | Ratio


def components(measure: Measure) -> tuple[Simple, ...]:
    """The simple measures that a measure is made of: itself, or numerator and denominator."""
    return (measure.of, measure.over) if isinstance(measure, Ratio) else (measure,)


def measure_columns(measure: Simple) -> Iterator[tuple[str, str]]:
    """Each (role, column) that the measure takes from its dataset; the role is the word used in configuration."""
    match measure:
        case Stock():
            yield from ((role, name) for role, name in (("from", measure.since), ("until", measure.until)) if name)
        case Flow():
            yield "at", measure.at
        case Duration():
            yield from (("from", measure.since), ("to", measure.until))
            if measure.limit is not None and measure.limit.column is not None:
                yield "limit", measure.limit.column
        case Query():
            return
    for condition in measure.where:
        yield from (("where", name) for name in condition.columns)
    if isinstance(measure, (Stock, Flow)):
        yield from ((str(measure.amount.counted), name) for name in measure.amount.columns)


def time_columns(measure: Simple) -> tuple[str, ...]:
    """The columns of the measure that hold timestamps, each once."""
    if isinstance(measure, Query):
        return ()
    own = (name for role, name in measure_columns(measure) if role in {"from", "until", "at", "to"})
    compared = (condition.column for condition in measure.where if condition.is_about_time)
    return tuple(dict.fromkeys((*own, *compared)))


def narrowed_measure(measure: Measure, conditions: Sequence[tuple[ValueCondition, ...]]) -> Measure:
    """The measure over the rows that meet more conditions, given for each of its halves. A query knows none."""
    parts = [_narrowed(half, those) for half, those in zip(components(measure), conditions, strict=True)]
    return Ratio(*parts) if isinstance(measure, Ratio) else parts[0]


def _narrowed(measure: Simple, conditions: tuple[ValueCondition, ...]) -> Simple:
    return measure if isinstance(measure, Query) else replace(measure, where=(*measure.where, *conditions))


def link_rate_measure(measure: OverRows, column: str) -> Ratio:
    """How many of the rows that a measure looks at have something in a column, over all of them, with and without."""
    others = tuple(condition for condition in measure.where if column not in condition.columns)
    match measure:
        case Duration():
            every: Stock | Flow = Flow(measure.dataset, measure.since, others)
        case Stock() | Flow():
            every = replace(measure, where=others, amount=ROWS)
    return Ratio(replace(every, where=(*others, ValueCondition(column, (None,), negated=True))), every)
