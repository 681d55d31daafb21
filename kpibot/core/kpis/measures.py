"""The five kinds of measure, as data; how a database computes them is not known here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kpibot.core.kpis.conditions import ValueCondition, Where


class Counted(StrEnum):
    """What a measure adds up."""

    ROWS = "rows"
    DISTINCT = "distinct"
    SUM = "sum"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Amount:
    """The number of rows or of distinct combinations of columns, or the sum or mean of a column."""

    counted: Counted = Counted.ROWS
    columns: tuple[str, ...] = ()


ROWS = Amount()


class Statistic(StrEnum):
    """How durations become one number."""

    MEAN = "mean"
    MEDIAN = "median"
    P90 = "p90"
    WITHIN = "within"

    @property
    def percentile(self) -> float | None:
        """The percentile, 0 to 100; None for other statistics."""
        return {Statistic.MEDIAN: 50.0, Statistic.P90: 90.0}.get(self)


class Clock(StrEnum):
    """The clock that measures a duration: all hours, or working hours only."""

    WALL = "wall"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class Limit:
    """The longest allowed duration in seconds: by the value of a column (a priority), or the same for every row.

    A row whose value is not in `by_value` has `seconds`; where that is None, it has no limit and is left out.
    """

    seconds: float | None = None
    column: str | None = None
    by_value: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """How much there is at an instant: rows with `since` before it and `until` not before it.

    Without `since` it is a snapshot: what the dataset holds now. With `average` it is the mean over the period,
    weighted by time, instead of the value at its end.
    """

    dataset: str
    since: str | None = None
    until: str | None = None
    where: Where = ()
    amount: Amount = ROWS
    average: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """How much happens in a period: rows whose `at` is in it."""

    dataset: str
    at: str
    where: Where = ()
    amount: Amount = ROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """The time from one timestamp to another, in seconds of `clock`, over the rows that begin in a period.

    A row that has not ended counts with its waiting time so far, and is reported as waiting. `limit` is for the
    statistic `within`: a waiting row misses it once it is late, and is left out until then. `also` are other statistics
    to show beside the KPI's own.
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
    """One measure over another: a ratio of sums, never a mean of ratios. The two may be in different databases."""

    of: Simple
    over: Simple = field()

    @property
    def is_of_one_dataset(self) -> bool:
        """Whether numerator and denominator are over rows of the same dataset."""
        return (
            not isinstance(self.of, Query) and not isinstance(self.over, Query) and self.of.dataset == self.over.dataset
        )


Measure = Simple | Ratio


def components(measure: Measure) -> tuple[Simple, ...]:
    """The simple measures that a measure consists of: itself, or numerator and denominator."""
    return (measure.of, measure.over) if isinstance(measure, Ratio) else (measure,)


def measure_columns(measure: Simple) -> Iterator[tuple[str, str]]:
    """Each (role, column) that the measure uses of its dataset; the role is the configuration's word for it."""
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
    """The measure over the rows that meet more conditions, one tuple for each component. A query stays as it is."""
    narrowed = [_narrowed(component, more) for component, more in zip(components(measure), conditions, strict=True)]
    return Ratio(*narrowed) if isinstance(measure, Ratio) else narrowed[0]


def _narrowed(measure: Simple, conditions: tuple[ValueCondition, ...]) -> Simple:
    return measure if isinstance(measure, Query) else replace(measure, where=(*measure.where, *conditions))


def link_rate_measure(measure: OverRows, column: str) -> Ratio:
    """The share of a measure's rows that have a value in a column; conditions on that column do not count."""
    others = tuple(condition for condition in measure.where if column not in condition.columns)
    match measure:
        case Duration():
            every: Stock | Flow = Flow(measure.dataset, measure.since, others)
        case Stock() | Flow():
            every = replace(measure, where=others, amount=ROWS)
    return Ratio(replace(every, where=(*others, ValueCondition(column, (None,), negated=True))), every)
