"""What KPIs make of the columns of a dataset."""

from collections.abc import Iterable
from dataclasses import dataclass

from kpibot.core.kpis.conditions import NumberCondition
from kpibot.core.kpis.measures import Counted, Duration, Flow, OverRows, Stock


@dataclass(frozen=True, slots=True)
class ColumnUsage:
    """The columns of a dataset, by the KPIs' words: where rows begin, where they end, which of these belong together,
    and which hold numbers."""

    begins: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    pairs: frozenset[tuple[str, str]] = frozenset()
    numbers: frozenset[str] = frozenset()


def column_usage(measures: Iterable[OverRows]) -> ColumnUsage:
    """What these measures, all of one dataset, make of its columns."""
    begins, ends, pairs, numbers = set(), set(), set(), set()
    for measure in measures:
        match measure:
            case Stock(since=str(since), until=str(until)) | Duration(since=since, until=until):
                begins.add(since)
                ends.add(until)
                pairs.add((since, until))
            case Stock(since=str(since)) | Flow(at=since):
                begins.add(since)
        if isinstance(measure, Stock | Flow) and measure.amount.counted in (Counted.SUM, Counted.MEAN):
            numbers |= set(measure.amount.columns)
        numbers |= {
            condition.column
            for condition in measure.where
            if isinstance(condition, NumberCondition) and condition.other is None
        }
    return ColumnUsage(frozenset(begins), frozenset(ends - begins), frozenset(pairs), frozenset(numbers))
