"""From the checked shape of a KPI to the KPI."""

from collections.abc import Mapping

from kpibot.catalog.measure_shapes import (
    AnyMeasure,
    AnySimple,
    DurationShape,
    FlowShape,
    QueryShape,
    RatioShape,
    StockShape,
)
from kpibot.catalog.model import Dataset
from kpibot.catalog.shapes import KpiShape, LevelsShape
from kpibot.core.alerts import AlertRule
from kpibot.core.kpi import Card, Format, Kpi
from kpibot.core.measures import (
    ROWS,
    Amount,
    Condition,
    Counted,
    Duration,
    Flow,
    Measure,
    Query,
    Ratio,
    Simple,
    Statistic,
    Stock,
    halves,
)
from kpibot.core.thresholds import Better, Thresholds

US_DOLLARS = "USD"
CAMPUS = "campus"  # the column that says whose a row is


def build_kpi(name: str, shape: KpiShape, datasets: Mapping[str, Dataset]) -> Kpi:
    """The KPI of that id."""
    measure = _measure(shape.measure)
    counted = halves(measure)[-1]  # a ratio rests on the rows that it divides by
    card = Card(
        id=name,
        name=shape.name,
        objective=shape.objective,
        owner=shape.owner,
        format=_format(shape),
        rows="rows" if isinstance(counted, Query) else datasets[counted.dataset].rows,
        currency=shape.currency or US_DOLLARS,
        period="" if shape.period is None else str(shape.period),
        about=shape.about,
    )
    overrides = {campus: _levels(shape, levels) for campus, levels in shape.campuses.items()}
    of_types = {type_: _levels(shape, levels) for type_, levels in shape.campus_types.items()}
    by_campus = all(isinstance(half, Query) or CAMPUS in datasets[half.dataset].columns for half in halves(measure))
    return Kpi(card, measure, _levels(shape, shape), overrides, shape.period, _alert(shape), by_campus, of_types)


def _format(shape: KpiShape) -> Format:
    if shape.as_ is not None:
        return Format(shape.as_)
    return Format.HOURS if isinstance(shape.measure, DurationShape) else Format.NUMBER


def _levels(kpi: KpiShape, given: KpiShape | LevelsShape) -> Thresholds:
    return Thresholds(Better(kpi.better or Better.NEUTRAL), given.target, given.warning, given.critical)


def _alert(shape: KpiShape) -> AlertRule | None:
    alert = shape.alert
    return None if alert is None else AlertRule(alert.after, alert.recovers_at, alert.remind)


def _measure(shape: AnyMeasure) -> Measure:
    if isinstance(shape, RatioShape):
        return Ratio(_simple(shape.ratio.of), _simple(shape.ratio.over))
    return _simple(shape)


def _simple(shape: AnySimple) -> Simple:
    match shape:
        case StockShape():
            return Stock(shape.stock, shape.from_, shape.until, _where(shape), _amount(shape))
        case FlowShape():
            return Flow(shape.flow, shape.at, _where(shape), _amount(shape))
        case DurationShape():
            return Duration(shape.duration, shape.from_, shape.to, Statistic(shape.statistic), _where(shape))
        case QueryShape():
            return Query(shape.query, shape.sql)


def _where(shape: StockShape | FlowShape | DurationShape) -> tuple[Condition, ...]:
    return tuple(Condition(column, values, negated) for column, (values, negated) in shape.where.items())


def _amount(shape: StockShape | FlowShape) -> Amount:
    if shape.distinct is not None:
        return Amount(Counted.DISTINCT, shape.distinct)
    return ROWS if shape.sum is None else Amount(Counted.SUM, (shape.sum,))
