"""What a number may fairly be held against: other times, and other campuses."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from kpibot.core.campuses.campus_tree import DISTRICT, CampusTree, Size
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.readings import Reading
from kpibot.core.kpis.thresholds import Better
from kpibot.core.reports.answers import Comparison, Rank
from kpibot.core.time.calendar import Calendar
from kpibot.core.time.periods import Unit, same_week_last_school_year
from kpibot.services.measurement.reporting import Reporting

SIZES: dict[Size, str] = {"students": "student", "devices": "device"}
LAST_SCHOOL_YEAR = "the same week last school year"


def comparisons(
    kpi: Kpi, campus: str, as_of: datetime, reporting: Reporting, calendar: Calendar
) -> tuple[Comparison, ...]:
    """The KPI at a campus or group at earlier points: the same week last school year, and the whole period before.

    The same part of the period before is in the report itself. A point without a value is left out.
    """
    points = _points(kpi, as_of, calendar)
    values = ((words, reporting.values_at(kpi, instant).get(campus)) for words, instant in points)
    return tuple(Comparison(words, value) for words, value in values if value is not None)


def _points(kpi: Kpi, as_of: datetime, calendar: Calendar) -> Iterator[tuple[str, datetime]]:
    year_ago = same_week_last_school_year(as_of, calendar)
    if year_ago is not None and not (kpi.period and kpi.period.unit in (Unit.FISCAL_YEAR, Unit.SCHOOL_YEAR)):
        yield LAST_SCHOOL_YEAR, year_ago
    if kpi.period is not None and kpi.period.unit is not Unit.DAYS:
        yield f"the whole {kpi.period.unit} before", kpi.period.previous(as_of, calendar).end


def ranks(kpi: Kpi, campus: str, readings: Mapping[str, Reading], tree: CampusTree) -> tuple[Rank, ...]:
    """Where a campus stands among all campuses, and per student or device where a count can be divided by them."""
    leaves = tree.leaves(DISTRICT)
    values = {leaf: value for leaf in leaves if (value := readings[leaf].threshold_value) is not None}
    places = [_rank(kpi, campus, values)] if campus in values and len(values) > 1 else []
    for kind, per in SIZES.items() if kpi.additive and campus in leaves else ():
        sizes = {leaf: tree.size_of(leaf, kind) for leaf in values}
        shares = {leaf: values[leaf] / size for leaf, size in sizes.items() if size}
        if campus in shares and len(shares) > 1:
            places.append(_rank(kpi, campus, shares, per))
    return tuple(places)


def _rank(kpi: Kpi, campus: str, values: Mapping[str, float], per: str = "") -> Rank:
    """The best comes first; where no direction is better, the most does."""
    sign = 1 if kpi.thresholds.better is Better.LOWER else -1
    mine = sign * values[campus]
    return Rank(1 + sum(sign * value < mine for value in values.values()), len(values), values[campus], per)
