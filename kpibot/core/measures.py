"""The five kinds of measure. A KPI is one of these, as data; how a database answers it is not known here."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Condition:
    """One column of a dataset is, or is not, among these values; None among them means an empty cell."""

    column: str
    values: tuple[Scalar, ...]
    negated: bool = False


class Counted(StrEnum):
    """What is added up."""

    ROWS = "rows"
    DISTINCT = "distinct"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Amount:
    """Rows, distinct combinations of some columns, or the sum of one column."""

    counted: Counted = Counted.ROWS
    columns: tuple[str, ...] = ()


ROWS = Amount()


class Statistic(StrEnum):
    """How many durations become one number."""

    MEAN = "mean"
    MEDIAN = "median"
    P90 = "p90"

    @property
    def percentile(self) -> float | None:
        """The percentile that it is, of 100; None for the mean."""
        return {Statistic.MEDIAN: 50.0, Statistic.P90: 90.0}.get(self)


@dataclass(frozen=True, slots=True)
class Stock:
    """How much stands at an instant: rows with `since` before it and `until` not before it.

    Without `since` it is a snapshot: what the dataset holds now.
    """

    dataset: str
    since: str | None = None
    until: str | None = None
    where: tuple[Condition, ...] = ()
    amount: Amount = ROWS


@dataclass(frozen=True, slots=True)
class Flow:
    """How much happens in a period: rows whose `at` lies in it."""

    dataset: str
    at: str
    where: tuple[Condition, ...] = ()
    amount: Amount = ROWS


@dataclass(frozen=True, slots=True)
class Duration:
    """How long from one timestamp to another, in seconds, over the rows that begin in a period.

    A row that has not ended counts with its waiting time so far, and is reported as waiting.
    """

    dataset: str
    since: str
    until: str
    statistic: Statistic = Statistic.MEDIAN
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """The district's own SELECT, giving (campus, value) or (campus, numerator, denominator).

    It may bind `:as_of`, `:period_start` and `:period_end`.
    """

    database: str
    sql: str


Simple = Stock | Flow | Duration | Query


@dataclass(frozen=True, slots=True)
class Ratio:
    """One measure over another: always the ratio of sums, never a mean of ratios. The halves may live apart."""

    of: Simple
    over: Simple = field()


Measure = Simple | Ratio


def halves(measure: Measure) -> tuple[Simple, ...]:
    """The simple measures that a measure is made of: itself, or numerator and denominator."""
    return (measure.of, measure.over) if isinstance(measure, Ratio) else (measure,)


def columns(measure: Simple) -> Iterator[tuple[str, str]]:
    """Each (role, column) that the measure takes from its dataset; the role is the word used in configuration."""
    match measure:
        case Stock():
            yield from ((role, name) for role, name in (("from", measure.since), ("until", measure.until)) if name)
        case Flow():
            yield "at", measure.at
        case Duration():
            yield from (("from", measure.since), ("to", measure.until))
        case Query():
            return
    yield from (("where", condition.column) for condition in measure.where)
    if isinstance(measure, (Stock, Flow)):
        yield from ((str(measure.amount.counted), name) for name in measure.amount.columns)


def times(measure: Simple) -> tuple[str, ...]:
    """The columns of the measure that hold timestamps."""
    return tuple(name for role, name in columns(measure) if role in {"from", "until", "at", "to"})
