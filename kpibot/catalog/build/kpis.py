"""From the checked shape of a KPI to the KPI."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from kpibot.catalog.build.alerts import build_alert
from kpibot.catalog.model import Dataset
from kpibot.catalog.schema.config import KpiSchema, ThresholdsSchema
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


def build_kpi(name: str, schema: KpiSchema, datasets: Mapping[str, Dataset]) -> Kpi:
    """The KPI of that id."""
    measure = _measure(schema.measure)
    denominator = components(measure)[-1]  # a ratio rests on the rows that it divides by
    card = KpiInfo(
        id=name,
        name=schema.name,
        objective=schema.objective,
        owner=schema.owner,
        format=_format(schema),
        rows="rows" if isinstance(denominator, Query) else datasets[denominator.dataset].rows,
        currency=schema.currency or US_DOLLARS,
        period="" if schema.period is None else str(schema.period),
        about=schema.about,
        category=schema.category or "",
        dimensions=tuple(_dimensions(measure, datasets)),
        lists_rows=bool(schema.detail),
    )
    overrides = {campus: _thresholds(schema, thresholds) for campus, thresholds in schema.campuses.items()}
    of_types = {type_: _thresholds(schema, thresholds) for type_, thresholds in schema.campus_types.items()}
    return Kpi(
        card=card,
        measure=measure,
        thresholds=replace(
            _thresholds(schema, schema), recovers_at=None if schema.alert is None else schema.alert.recovers_at
        ),
        overrides=overrides,
        period=schema.period,
        alert=None if schema.alert is None else build_alert(schema.alert),
        by_campus=_by_campus(measure, datasets),
        budget=_budget(schema),
        detail=tuple(schema.detail),
        dimensions=_dimensions(measure, datasets),
        type_overrides=of_types,
        cross_check=_cross_check(schema, measure, datasets),
        linked=schema.linked,
    )


def _by_campus(measure: Measure, datasets: Mapping[str, Dataset]) -> bool:
    return all(
        isinstance(component, Query) or CAMPUS in datasets[component.dataset].columns
        for component in components(measure)
    )


def _cross_check(schema: KpiSchema, measure: Measure, datasets: Mapping[str, Dataset]) -> CrossCheck | None:
    """The second measure; the two are called by their systems, or by their datasets where these are in the same one."""
    if schema.cross_check is None:
        return None
    other = _measure(schema.cross_check.measure)
    own_component, other_component = components(measure)[0], components(other)[0]
    own_name, other_name = (_system(component, datasets) for component in (own_component, other_component))
    if own_name == other_name:
        own_name, other_name = (_rows(component) for component in (own_component, other_component))
    return CrossCheck(other, schema.cross_check.within, own_name, other_name, _by_campus(other, datasets))


def _rows(component: Simple) -> str:
    return component.database if isinstance(component, Query) else component.dataset


def _system(component: Simple, datasets: Mapping[str, Dataset]) -> str:
    if isinstance(component, Query):
        return component.database
    dataset = datasets[component.dataset]
    return dataset.system or dataset.database


def _budget(schema: KpiSchema) -> Budget | None:
    campuses = {campus: thresholds.budget for campus, thresholds in schema.campuses.items() if thresholds.budget}
    return Budget(schema.budget, campuses) if schema.budget or campuses else None


def _dimensions(measure: Measure, datasets: Mapping[str, Dataset]) -> dict[str, tuple[Dimension, ...]]:
    """The dimensions that every component of the measure has; a query has none."""
    by_component = [
        {} if isinstance(component, Query) else datasets[component.dataset].dimensions
        for component in components(measure)
    ]
    shared = [name for name in by_component[0] if all(name in dimensions for dimensions in by_component)]
    return {name: tuple(dimensions[name] for dimensions in by_component) for name in shared}


def _format(schema: KpiSchema) -> Format:
    if schema.as_ is not None:
        return Format(schema.as_)
    if not isinstance(schema.measure, DurationSchema):
        return Format.NUMBER
    return Format.PERCENT if schema.measure.statistic == Statistic.WITHIN else Format.HOURS


def _thresholds(kpi: KpiSchema, written: KpiSchema | ThresholdsSchema) -> Thresholds:
    return Thresholds(Better(kpi.better or Better.NEUTRAL), written.target, written.warning, written.critical)


def _measure(schema: AnyMeasure) -> Measure:
    if isinstance(schema, RatioSchema):
        return Ratio(_simple(schema.ratio.of), _simple(schema.ratio.over))
    return _simple(schema)


def _simple(schema: AnySimple) -> Simple:
    match schema:
        case StockSchema():
            average = schema.average is not None
            return Stock(
                dataset=schema.stock,
                since=schema.from_,
                until=schema.until,
                where=_where(schema),
                amount=_amount(schema),
                average=average,
            )
        case FlowSchema():
            return Flow(schema.flow, schema.at, _where(schema), _amount(schema))
        case DurationSchema():
            return _duration(schema)
        case QuerySchema():
            return Query(schema.query, schema.sql)


def _duration(schema: DurationSchema) -> Duration:
    return Duration(
        dataset=schema.duration,
        since=schema.from_,
        until=schema.to,
        statistic=Statistic(schema.statistic),
        where=_where(schema),
        clock=Clock(schema.clock),
        limit=_limit(schema.limit),
        also=tuple(map(Statistic, schema.also)),
    )


def _limit(schema: timedelta | LimitSchema | None) -> Limit | None:
    if not isinstance(schema, LimitSchema):
        return None if schema is None else Limit(schema.total_seconds())
    otherwise = None if schema.otherwise is None else schema.otherwise.total_seconds()
    return Limit(otherwise, schema.by, tuple((name, length.total_seconds()) for name, length in schema.values.items()))


def _where(schema: StockSchema | FlowSchema | DurationSchema) -> Where:
    return tuple(replace(each, column=column) for column, those in schema.where.items() for each in those)


def _amount(schema: StockSchema | FlowSchema) -> Amount:
    if schema.distinct is not None:
        return Amount(Counted.DISTINCT, schema.distinct)
    if schema.mean is not None:
        return Amount(Counted.MEAN, (schema.mean,))
    return ROWS if schema.sum is None else Amount(Counted.SUM, (schema.sum,))
