"""From the checked shape of a KPI to the KPI."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from kpibot.catalog.build.alerts import build_alert
from kpibot.catalog.model import Dataset
from kpibot.catalog.schema.config import KpiSchema, LevelsSchema
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
from kpibot.core.kpis.budget import Budget
from kpibot.core.kpis.conditions import Where
from kpibot.core.kpis.cross_check import CrossCheck
from kpibot.core.kpis.dimensions import Dimension
from kpibot.core.kpis.kpi import Format, Kpi, KpiInfo
from kpibot.core.kpis.measures import (
    ROWS,
    Amount,
    Clock,
    Counted,
    Duration,
    Flow,
    Limit,
    Measure,
    Query,
    Ratio,
    Simple,
    Statistic,
    Stock,
    components,
)
from kpibot.core.kpis.thresholds import Better, Thresholds

US_DOLLARS = "USD"
CAMPUS = "campus"  # the column that says whose a row is


def build_kpi(name: str, shape: KpiSchema, datasets: Mapping[str, Dataset]) -> Kpi:
    """The KPI of that id."""
    measure = _measure(shape.measure)
    counted = components(measure)[-1]  # a ratio rests on the rows that it divides by
    card = KpiInfo(
        id=name,
        name=shape.name,
        objective=shape.objective,
        owner=shape.owner,
        format=_format(shape),
        rows="rows" if isinstance(counted, Query) else datasets[counted.dataset].rows,
        currency=shape.currency or US_DOLLARS,
        period="" if shape.period is None else str(shape.period),
        about=shape.about,
        category=shape.category or "",
        dimensions=tuple(_dimensions(measure, datasets)),
        lists_rows=bool(shape.detail),
    )
    overrides = {campus: _levels(shape, levels) for campus, levels in shape.campuses.items()}
    of_types = {type_: _levels(shape, levels) for type_, levels in shape.campus_types.items()}
    return Kpi(
        card=card,
        measure=measure,
        thresholds=replace(_levels(shape, shape), recovers_at=None if shape.alert is None else shape.alert.recovers_at),
        overrides=overrides,
        period=shape.period,
        alert=None if shape.alert is None else build_alert(shape.alert),
        by_campus=_by_campus(measure, datasets),
        budget=_budget(shape),
        detail=tuple(shape.detail),
        dimensions=_dimensions(measure, datasets),
        type_overrides=of_types,
        cross_check=_cross_check(shape, measure, datasets),
        linked=shape.linked,
    )


def _by_campus(measure: Measure, datasets: Mapping[str, Dataset]) -> bool:
    return all(isinstance(half, Query) or CAMPUS in datasets[half.dataset].columns for half in components(measure))


def _cross_check(shape: KpiSchema, measure: Measure, datasets: Mapping[str, Dataset]) -> CrossCheck | None:
    """The second measure; the two are called by their systems, or by their datasets where these are in the same one."""
    if shape.cross_check is None:
        return None
    other = _measure(shape.cross_check.measure)
    own_half, other_half = components(measure)[0], components(other)[0]
    own_name, other_name = (_system(half, datasets) for half in (own_half, other_half))
    if own_name == other_name:
        own_name, other_name = (_rows(half) for half in (own_half, other_half))
    return CrossCheck(other, shape.cross_check.within, own_name, other_name, _by_campus(other, datasets))


def _rows(half: Simple) -> str:
    return half.database if isinstance(half, Query) else half.dataset


def _system(half: Simple, datasets: Mapping[str, Dataset]) -> str:
    if isinstance(half, Query):
        return half.database
    dataset = datasets[half.dataset]
    return dataset.system or dataset.database


def _budget(shape: KpiSchema) -> Budget | None:
    campuses = {campus: levels.budget for campus, levels in shape.campuses.items() if levels.budget}
    return Budget(shape.budget, campuses) if shape.budget or campuses else None


def _dimensions(measure: Measure, datasets: Mapping[str, Dataset]) -> dict[str, tuple[Dimension, ...]]:
    """The dimensions that every half of the measure has; a query has none."""
    each = [{} if isinstance(half, Query) else datasets[half.dataset].dimensions for half in components(measure)]
    return {name: tuple(known[name] for known in each) for name in each[0] if all(name in known for known in each)}


def _format(shape: KpiSchema) -> Format:
    if shape.as_ is not None:
        return Format(shape.as_)
    if not isinstance(shape.measure, DurationSchema):
        return Format.NUMBER
    return Format.PERCENT if shape.measure.statistic == Statistic.WITHIN else Format.HOURS


def _levels(kpi: KpiSchema, given: KpiSchema | LevelsSchema) -> Thresholds:
    return Thresholds(Better(kpi.better or Better.NEUTRAL), given.target, given.warning, given.critical)


def _measure(shape: AnyMeasure) -> Measure:
    if isinstance(shape, RatioSchema):
        return Ratio(_simple(shape.ratio.of), _simple(shape.ratio.over))
    return _simple(shape)


def _simple(shape: AnySimple) -> Simple:
    match shape:
        case StockSchema():
            average = shape.average is not None
            return Stock(
                dataset=shape.stock,
                since=shape.from_,
                until=shape.until,
                where=_where(shape),
                amount=_amount(shape),
                average=average,
            )
        case FlowSchema():
            return Flow(shape.flow, shape.at, _where(shape), _amount(shape))
        case DurationSchema():
            return _duration(shape)
        case QuerySchema():
            return Query(shape.query, shape.sql)


def _duration(shape: DurationSchema) -> Duration:
    return Duration(
        dataset=shape.duration,
        since=shape.from_,
        until=shape.to,
        statistic=Statistic(shape.statistic),
        where=_where(shape),
        clock=Clock(shape.clock),
        limit=_limit(shape.limit),
        also=tuple(map(Statistic, shape.also)),
    )


def _limit(shape: timedelta | LimitSchema | None) -> Limit | None:
    if not isinstance(shape, LimitSchema):
        return None if shape is None else Limit(shape.total_seconds())
    otherwise = None if shape.otherwise is None else shape.otherwise.total_seconds()
    return Limit(otherwise, shape.by, tuple((name, length.total_seconds()) for name, length in shape.values.items()))


def _where(shape: StockSchema | FlowSchema | DurationSchema) -> Where:
    return tuple(replace(each, column=column) for column, those in shape.where.items() for each in those)


def _amount(shape: StockSchema | FlowSchema) -> Amount:
    if shape.distinct is not None:
        return Amount(Counted.DISTINCT, shape.distinct)
    if shape.mean is not None:
        return Amount(Counted.MEAN, (shape.mean,))
    return ROWS if shape.sum is None else Amount(Counted.SUM, (shape.sum,))
