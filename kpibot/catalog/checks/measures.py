"""What can be said of a measure by itself: its columns, how it may be shown, and what in it cannot be."""

from collections.abc import Iterator

from kpibot.catalog.problems import Path
from kpibot.catalog.schema.measures import (
    AnyMeasure,
    AnySimple,
    DurationSchema,
    FlowSchema,
    LimitSchema,
    QuerySchema,
    RatioSchema,
    StockSchema,
)
from kpibot.core.kpis.conditions import NumberCondition
from kpibot.core.kpis.measures import Statistic

FORMATS: dict[type[AnyMeasure], tuple[str, ...]] = {
    StockSchema: ("number", "currency"),
    FlowSchema: ("number", "currency"),
    DurationSchema: ("hours", "days"),
    RatioSchema: ("percent", "number", "currency"),
    QuerySchema: ("number", "percent", "currency", "hours", "days"),
}


def measure_keyword(measure: AnyMeasure) -> str:
    """The word for the kind of measure, as it is written."""
    return next(iter(type(measure).known_keys()))


def component_schemas(measure: AnyMeasure) -> list[tuple[Path, AnySimple]]:
    """The simple measures in a measure, each with its path from there."""
    if isinstance(measure, RatioSchema):
        return [(("ratio", "of"), measure.ratio.of), (("ratio", "over"), measure.ratio.over)]
    return [((), measure)]


def columns(measure: StockSchema | FlowSchema | DurationSchema) -> Iterator[tuple[Path, str]]:
    """Every column that a measure uses, with its path from there."""
    for field in ("from_", "until", "at", "to", "sum", "mean"):
        if (column := getattr(measure, field, None)) is not None:
            yield (field.rstrip("_"),), column
    for index, column in enumerate(getattr(measure, "distinct", None) or ()):
        yield ("distinct", index), column
    for column, conditions in measure.where.items():
        yield ("where", column), column
        others = (each.other for each in conditions if isinstance(each, NumberCondition) and each.other)
        yield from ((("where", column), other) for other in others)
    if isinstance(measure, DurationSchema) and isinstance(measure.limit, LimitSchema):
        yield ("limit", "by"), measure.limit.by


def contradictions(measure: StockSchema | FlowSchema | DurationSchema) -> Iterator[tuple[str, str, str]]:
    """What a measure says that cannot be: the key, what is wrong, and a hint."""
    if isinstance(measure, DurationSchema):
        if Statistic.WITHIN in (measure.statistic, *measure.also) and measure.limit is None:
            yield "limit", "is missing: `within` asks how many were within it", "write for example `limit: 8h`"
        return
    counted = [key for key in ("distinct", "sum", "mean") if getattr(measure, key)]
    if len(counted) > 1:
        yield counted[1], f"`{counted[0]}` and `{counted[1]}` at once", "keep one of them"
    if not isinstance(measure, StockSchema):
        return
    if measure.until and not measure.from_:
        yield "from", "is missing: there is an `until`", "say since when a row counts"
    if measure.average and not measure.from_:
        yield "from", "is missing: an average needs to know since when", "say since when a row counts"
    if measure.average and (measure.distinct or measure.mean):
        yield "average", "only rows and sums can be averaged over a period", "leave it out"


def formats(measure: AnyMeasure) -> tuple[str, ...]:
    """What a measure can be shown as."""
    if isinstance(measure, DurationSchema) and measure.statistic == Statistic.WITHIN:
        return ("percent",)
    return FORMATS[type(measure)]


def dataset_of(component: AnySimple) -> str:
    """The dataset that the kind's own key names."""
    return str(getattr(component, measure_keyword(component)))


def needs_period(measure: AnySimple) -> bool:
    """Whether it is measured over a period."""
    if isinstance(measure, QuerySchema):
        return ":period_start" in measure.sql or ":period_end" in measure.sql
    return isinstance(measure, FlowSchema | DurationSchema) or (
        isinstance(measure, StockSchema) and bool(measure.average)
    )
