"""Lists the rows behind a number, so that somebody can go and see to them. Its functions block."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from kpibot.catalog.model import Dataset
from kpibot.core.kpis.conditions import ValueCondition, as_scalar
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.measures import Query, components
from kpibot.core.reports.answers import RowList
from kpibot.core.text import QueryError
from kpibot.services.measurement.measurement import Measurement
from kpibot.services.measurement.reporting import Reporting

MOST = 10
CAMPUS = "campus"
MOST_CODES = 20_000  # that a dataset may call its campuses by


def rows_behind(
    kpi: Kpi,
    campus: str,
    as_of: datetime,
    measurement: Measurement,
    reporting: Reporting,
    datasets: Mapping[str, Dataset],
) -> RowList:
    """The first rows that a KPI counts at a campus or group; of a ratio, those of its upper half.

    Raises:
        QueryError: the KPI has no rows to list.
        SourceError: with what to do about it.
    """
    half = components(kpi.measure)[0]
    if isinstance(half, Query) or not kpi.detail:
        raise QueryError(f"`{kpi.id}` has no list of rows; its owner can set the columns to show (`detail`)")
    dataset = datasets[half.dataset]
    columns = tuple(dict.fromkeys((*kpi.detail, *_link_columns(dataset))))
    conditions = _at_campus(kpi, campus, dataset, measurement)
    rows = measurement.rows(kpi, conditions, columns, as_of, MOST)
    (report,) = reporting.reports(kpi, [campus], as_of)
    return RowList(
        report,
        kpi.detail,
        tuple(tuple(_text(row[name]) for name in kpi.detail) for row in rows),
        tuple(_link(dataset, row) for row in rows),
        measurement.district.zone,
    )


def _at_campus(kpi: Kpi, campus: str, dataset: Dataset, measurement: Measurement) -> tuple[ValueCondition, ...]:
    """The condition that a row belongs to the campus, under any of the names that the database calls it by."""
    half, tree = components(kpi.measure)[0], measurement.district.tree
    if CAMPUS not in dataset.columns or campus == tree.root.slug:
        return ()
    covered = frozenset(tree.covered(campus))
    codes = measurement.values(half, CAMPUS, MOST_CODES)
    own = tuple(as_scalar(code) for code in codes if measurement.resolve(half, code) in covered)
    return (ValueCondition(CAMPUS, own),)


def _link_columns(dataset: Dataset) -> Sequence[str]:
    return [name for name in dataset.columns if dataset.link and f"{{{name}}}" in dataset.link]


def _link(dataset: Dataset, row: Mapping[str, Any]) -> str:
    """The address of a row. Whatever its values hold, they stay a part of the path or query that they were put in."""
    if dataset.link is None:
        return ""
    return dataset.link.format_map(
        {name: quote(str(row[name]), safe="", errors="replace") for name in _link_columns(dataset)}
    )


def _text(value: object) -> str:
    match value:
        case None:
            return "–"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case float() if value == int(value):
            return str(int(value))
    return str(value)
