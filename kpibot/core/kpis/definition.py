"""The exact definition of a measure in words, for people who have to defend the number in a meeting."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from kpibot.core.kpis.conditions import (
    Ago,
    Condition,
    DaysAgo,
    Now,
    NumberCondition,
    Relation,
    RelativeTime,
    Scalar,
    StartOf,
    TimeCondition,
    ValueCondition,
)
from kpibot.core.kpis.measures import (
    Amount,
    Clock,
    Counted,
    Duration,
    Flow,
    Limit,
    Measure,
    OverRows,
    Query,
    Ratio,
    Simple,
    Statistic,
    Stock,
)
from kpibot.core.text import plural

STATISTICS = {
    Statistic.MEAN: "The mean time",
    Statistic.MEDIAN: "The median time",
    Statistic.P90: "The time within which 9 of 10 are done",
    Statistic.WITHIN: "The share that is done within its limit",
}
RELATIONS = {
    Relation.ABOVE: "above",
    Relation.AT_LEAST: "at least",
    Relation.AT_MOST: "at most",
    Relation.BELOW: "below",
}


def definition(measure: Measure, rows: Mapping[str, str]) -> Iterator[str]:
    """The definition in sentences.

    Args:
        measure: what is measured.
        rows: the noun for the rows of each dataset, in the plural, by the dataset's id.
    """
    if isinstance(measure, Ratio):
        yield "One total divided by another:"
        yield f"the first: {_simple(measure.of, rows)}"
        yield f"the second: {_simple(measure.over, rows)}"
        return
    said = _simple(measure, rows)
    yield f"{said[0].upper()}{said[1:]}."
    if isinstance(measure, Duration):
        yield from _duration_notes(measure)


def _simple(measure: Simple, rows: Mapping[str, str]) -> str:
    match measure:
        case Query():
            return "what a query of the district's own gives"
        case Stock():
            said = f"{_amount(measure.amount, rows[measure.dataset])}{_existing(measure)}"
        case Flow():
            said = f"{_amount(measure.amount, rows[measure.dataset])} whose {_word(measure.at)} lies in the period"
        case Duration():
            said = (
                f"{STATISTICS[measure.statistic]} from {_word(measure.since)} to {_word(measure.until)}, "
                f"of {rows[measure.dataset]} whose {_word(measure.since)} lies in the period"
            )
    return ", ".join([said, *_where(measure)])


def _duration_notes(duration: Duration) -> Iterator[str]:
    clock = (
        "Only working hours count." if duration.clock is Clock.WORKING else "All hours count, nights and weekends too."
    )
    yield clock
    yield f"Without {_word(duration.until)}, a row counts with its wait so far."
    if duration.limit is not None:
        yield f"The limit is {_limit(duration.limit)}; what still waits has missed it once it is late."


def _limit(limit: Limit) -> str:
    by_value = [f"{_length(seconds)} for {_word(limit.column or '')} {name}" for name, seconds in limit.by_value]
    usual = [] if limit.seconds is None else [f"{_length(limit.seconds)}{' otherwise' if by_value else ''}"]
    return ", ".join([*by_value, *usual])


def _amount(amount: Amount, rows: str) -> str:
    columns = " and ".join(map(_word, amount.columns))
    return {
        Counted.ROWS: f"the number of {rows}",
        Counted.DISTINCT: f"the number of different {columns} of {rows}",
        Counted.SUM: f"the sum of {columns} of {rows}",
        Counted.MEAN: f"the mean {columns} of {rows} that have one",
    }[amount.counted]


def _existing(stock: Stock) -> str:
    if stock.since is None:
        return " as they stand now"
    over = " on average over the period" if stock.average else ""
    ends = f" and no {_word(stock.until)} yet" if stock.until is not None else ""
    return f" with {_word(stock.since)} in the past{ends}{over}"


def _where(measure: OverRows) -> list[str]:
    return [_condition(each) for each in measure.where]


def _condition(condition: Condition) -> str:
    match condition:
        case ValueCondition():
            values = " or ".join(map(_value, condition.values))
            return f"{_word(condition.column)} {'not ' if condition.negated else ''}{values}"
        case NumberCondition():
            than = f"{condition.than:g}" if condition.other is None else _word(condition.other)
            said = f"{_word(condition.column)} {RELATIONS[condition.relation]} {than}"
        case TimeCondition():
            said = f"{_word(condition.column)} {_time(condition)}"
    return f"{said} or empty" if condition.or_empty else said


def _time(condition: TimeCondition) -> str:
    match condition.since, condition.until:
        case None, (Ago() | DaysAgo()) as age:
            return f"more than {_age(age)} ago"
        case StartOf(period), _:
            return f"within the {period}"
        case (Ago() | DaysAgo()) as age, _:
            return f"within the last {_age(age)}"
        case None, Now():
            return "in the past"
    return "in the future"


def _age(time: RelativeTime | datetime) -> str:
    match time:
        case DaysAgo(days, working):
            return plural(days, "working day" if working else "day")
        case Ago(length):
            return _length(length.total_seconds())
    return "now"


def _length(seconds: float) -> str:
    hours = seconds / 3_600
    return plural(int(hours), "hour") if hours == int(hours) else plural(round(seconds / 60), "minute")


def _value(value: Scalar) -> str:
    return "empty" if value is None else str(value)


def _word(column: str) -> str:
    return f"“{column.replace('_', ' ')}”"
