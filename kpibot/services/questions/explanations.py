"""Says what a KPI means: its exact definition in words, and where its rows come from. Its functions block."""

from collections.abc import Mapping
from datetime import datetime

from kpibot.catalog.model import Dataset
from kpibot.core.kpis.definition import definition
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.measures import Query, Simple, components
from kpibot.core.reports.answers import About, Origin
from kpibot.services.measurement.measurement import Measurement
from kpibot.services.measurement.reporting import Reporting
from kpibot.sources.base import SourceError


def about(
    kpi: Kpi, as_of: datetime, measurement: Measurement, reporting: Reporting, datasets: Mapping[str, Dataset]
) -> About:
    """What there is to know of a KPI beside its numbers."""
    names = {id: dataset.rows for id, dataset in datasets.items()}
    origins = {half: _origin(half, as_of, measurement, reporting, datasets) for half in components(kpi.measure)}
    return About(
        card=kpi.card,
        definition=tuple(definition(kpi.measure, names)),
        thresholds=kpi.thresholds,
        origins=tuple(dict.fromkeys(origins.values())),
        dimensions=tuple(kpi.dimensions),
        zone=measurement.district.zone,
    )


def _origin(
    half: Simple, as_of: datetime, measurement: Measurement, reporting: Reporting, datasets: Mapping[str, Dataset]
) -> Origin:
    if isinstance(half, Query):
        return Origin("its own query", half.database)
    dataset = datasets[half.dataset]
    try:
        newest = measurement.newest(half, as_of)
    except SourceError:  # what a KPI means can be said even while its database is down
        return Origin(dataset.id, dataset.database)
    return Origin(dataset.id, dataset.database, newest, reporting.is_old(half, as_of, newest))
