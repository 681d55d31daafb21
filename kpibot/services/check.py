"""Looks at everything beforehand, so that nobody finds out on Monday morning."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kpibot.catalog.model import Database
from kpibot.core.campus import DISTRICT, NO_CAMPUS
from kpibot.core.kpi import Kpi
from kpibot.core.measures import Ratio
from kpibot.core.readings import Reading
from kpibot.core.words import plural
from kpibot.render.numbers import amount
from kpibot.services.reporting import Reporting
from kpibot.services.strays import strays
from kpibot.sources.base import SourceMisfitError
from kpibot.sources.engines import caveat


@dataclass(frozen=True, slots=True)
class Finding:
    """What `check` has to say of one thing. A problem makes it fail; anything else is information."""

    what: str
    says: str
    is_problem: bool


def check_databases(databases: Iterable[Database]) -> list[Finding]:
    """What the administrator of a database must see to, since kpibot cannot."""
    findings = (_database_finding(database) for database in databases)
    return [found for found in findings if found is not None]


def check_kpis(kpis: Mapping[str, Kpi], reporting: Reporting, as_of: datetime) -> list[Finding]:
    """Measures every KPI once: does its database answer, does it hold rows, and do they belong to campuses?

    A problem that several KPIs have in common is one finding.
    """
    findings: dict[tuple[str, bool], Finding] = {}
    for found in (_finding(kpi, reporting, as_of) for kpi in kpis.values()):
        known = findings.get((found.says, found.is_problem))
        what = f"{known.what}, {found.what}" if known else found.what
        findings[found.says, found.is_problem] = replace(found, what=what)
    return list(findings.values())


def check_available(not_available: Mapping[str, str]) -> list[Finding]:
    """The KPIs that no system of the district can answer, and why."""
    return [Finding(f"kpis.{kpi}", f"not available: {why}", False) for kpi, why in not_available.items()]


def _database_finding(database: Database) -> Finding | None:
    what = f"databases.{database.name}"
    try:
        says = caveat(database)
    except SourceMisfitError as error:
        return Finding(what, str(error), True)
    return None if says is None else Finding(what, says, False)


def _finding(kpi: Kpi, reporting: Reporting, as_of: datetime) -> Finding:
    readings = reporting.readings(kpi, as_of)
    district = readings[DISTRICT]
    what = f"kpis.{kpi.id}"
    if district.value is None:
        why = district.detail or "its dataset holds no rows for the period; look at the table and at the filters"
        return Finding(what, f"{district.missing}: {why}", True)
    says = [amount(district.value, kpi.card), f"rests on {plural(district.rows, 'row')}", _newest(district)]
    if readings[NO_CAMPUS].rows or isinstance(kpi.measure, Ratio):  # whose reading rests on one half only
        says += map(str, strays(kpi, reporting.measuring, as_of))
    stale = reporting.is_stale(kpi, readings)
    if stale:
        says.append("stale: the newest row is older than fresh_within allows")
    return Finding(what, "; ".join(filter(None, says)), stale)


def _newest(reading: Reading) -> str:
    return f"newest {reading.newest:%Y-%m-%d %H:%M} UTC" if reading.newest else ""
