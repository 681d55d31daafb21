"""Narrows a KPI to what a person named: `type:chromebook`. Its methods block."""

from collections.abc import Iterable

from kpibot.core.kpis.conditions import Scalar, ValueCondition, as_scalar
from kpibot.core.kpis.dimensions import Dimension
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.measures import Simple, components
from kpibot.core.text import QueryError, alternatives, did_you_mean, quoted, slug
from kpibot.services.measurement.measurement import Measurement

MOST_VALUES = 500  # of a dimension: more are no dimension that a person would type
OFFERED = 8


def narrowed(kpi: Kpi, only: Iterable[tuple[str, str]], measurement: Measurement) -> Kpi:
    """The KPI over the rows that have these values, as typed, of these dimensions.

    Raises:
        QueryError: the dimension has no such value; the message offers those that it has.
        SourceError: nobody can tell which values there are.
    """
    conditions: list[tuple[ValueCondition, ...]] = [() for _ in components(kpi.measure)]
    labels = list[tuple[str, str]]()
    for name, typed in only:
        of_halves, label = _conditions(kpi, name, typed, measurement)
        conditions = [(*before, more) for before, more in zip(conditions, of_halves, strict=True)]
        labels.append((name, label))
    return kpi.narrowed(conditions, tuple(labels)) if labels else kpi


def _conditions(kpi: Kpi, name: str, typed: str, measurement: Measurement) -> tuple[list[ValueCondition], str]:
    """The condition on each half of the measure, and the value as people see it."""
    conditions, labels = [], dict[str, str]()
    for half, dimension in zip(components(kpi.measure), kpi.dimensions[name], strict=True):
        if dimension.bands:
            raise QueryError(f"`{name}` cannot be used as a filter; type `{kpi.id} by {name}`")
        by_label = _raw_by_label(half, dimension, measurement)
        labels |= {slug(label): label for label in by_label}
        values = [raw for label, those in by_label.items() if slug(label) == slug(typed) for raw in those]
        conditions.append(ValueCondition(dimension.column, tuple(values)))
    if not any(condition.values for condition in conditions):
        near = did_you_mean(typed, labels.values()) or f"; there is {alternatives(list(labels.values())[:OFFERED])}"
        raise QueryError(f"no {name} `{quoted(typed)}`{near}")
    return conditions, labels[slug(typed)]


def _raw_by_label(half: Simple, dimension: Dimension, measurement: Measurement) -> dict[str, list[Scalar]]:
    by_label: dict[str, list[Scalar]] = {}
    for raw in measurement.values(half, dimension.column, MOST_VALUES):
        by_label.setdefault(dimension.label(raw), []).append(as_scalar(raw))
    return by_label
