"""What a measured KPI shows that an administrator should look at: numbers that are there, but cannot be meant."""

from collections.abc import Iterator
from datetime import datetime

from kpibot.catalog.model import Catalog
from kpibot.core.campuses.campus_tree import DISTRICT, NO_CAMPUS
from kpibot.core.kpis.conditions import ValueCondition
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.measures import Query, Ratio, Simple, components
from kpibot.core.kpis.readings import Missing
from kpibot.core.reports.inspection import CheckedKpi, Finding
from kpibot.core.text import alternatives, quoted
from kpibot.render.phrases.conflicts import disagreement
from kpibot.services.diagnostics.unmatched_codes import UnmatchedCodes, unmatched_codes
from kpibot.services.measurement.measurement import Measurement
from kpibot.services.measurement.reporting import Readings, Reporting
from kpibot.sources.base import SourceError

KNOWN = 50  # different values of a column: of more, nobody can say that one is missing
LISTED = 6


class DataQuality:
    """Looks at the readings of a catalogue's KPIs at one instant."""

    def __init__(self, catalog: Catalog, measurement: Measurement, reporting: Reporting, as_of: datetime) -> None:
        self._catalog = catalog
        self._measurement = measurement
        self._reporting = reporting
        self._as_of = as_of

    def of(self, kpi: Kpi, line: CheckedKpi, readings: Readings) -> Iterator[Finding]:
        """Everything about one KPI that has a value."""
        yield from self._strays(kpi, line, readings)
        if line.stale:
            yield self._finding(kpi, "is stale: its newest row is older than `fresh_within` allows", True)
        yield from self._conflict(kpi, readings)
        if not line.reading.rows and _is_nothing(readings):
            yield self._finding(kpi, f"is 0 at every campus{self._never_held(kpi)}", False)

    def _finding(self, kpi: Kpi, says: str, is_problem: bool) -> Finding:
        return Finding(f"kpis.{kpi.id}", says, is_problem, self._catalog.place("kpis", kpi.id, "measure"))

    def _conflict(self, kpi: Kpi, readings: Readings) -> Iterator[Finding]:
        """What another system says of the same KPI at the district, or why it says nothing."""
        if (check := kpi.cross_check) is None or (counterpart := kpi.counterpart) is None:
            return
        what, place = f"kpis.{kpi.id}.cross_check", self._catalog.place("kpis", kpi.id, "cross_check")
        other = self._reporting.readings([counterpart], self._as_of)[0][DISTRICT]
        if other.missing is Missing.SOURCE_DOWN:  # which was told of its database
            return
        if other.value is None:
            why = f": {other.detail}" if other.detail else ""
            yield Finding(what, f"{check.other} has no data for it: {other.missing}{why}", True, place)
        elif (found := check.conflict(readings[DISTRICT].value, other.value)) is not None:
            allowed = f"they may differ by {100 * check.within:g}%; find out which one is right"
            yield Finding(what, f"{disagreement(found, kpi.card)}; {allowed}", False, place)

    def _strays(self, kpi: Kpi, line: CheckedKpi, readings: Readings) -> Iterator[Finding]:
        """Rows of no campus; the reading of a ratio rests on one half only, so that both are looked at."""
        if not readings[NO_CAMPUS].rows and not isinstance(kpi.measure, Ratio):
            return
        try:
            found = unmatched_codes(kpi, self._measurement, self._as_of)
        except SourceError:  # it has just been measured; what is wrong by now will be told the next time
            return
        nobody = line.reading.rows > 0 and line.reading.unplaced == line.reading.rows
        for each in found:
            says = f"no row belongs to a campus; {each}" if nobody else str(each)
            yield Finding(f"kpis.{kpi.id}", says, nobody, self._place(kpi, each))

    def _place(self, kpi: Kpi, found: UnmatchedCodes) -> str:
        if found.source in self._catalog.datasets:
            return self._catalog.place("datasets", found.source, "columns", "campus")
        return self._catalog.place("kpis", kpi.id, "measure", "sql")

    def _never_held(self, kpi: Kpi) -> str:
        """Values that a filter asks for and its column never holds, if that is why nothing is found."""
        for half in components(kpi.measure):
            for condition in () if isinstance(half, Query) else half.where:
                if (
                    isinstance(condition, ValueCondition)
                    and not condition.negated
                    and (says := self._lacks(half, condition))
                ):
                    return says
        return "; check its filters, unless that is expected"

    def _lacks(self, half: Simple, condition: ValueCondition) -> str:
        try:
            values = self._measurement.values(half, condition.column, KNOWN)
        except SourceError:
            return ""
        held = {str(value) for value in values if value is not None}
        asked = [str(value) for value in condition.values if value is not None]
        if len(values) >= KNOWN or not asked or held & set(asked):
            return ""
        there = (
            f"holds {alternatives(map(quoted, sorted(held)[:LISTED])).replace(' or ', ' and ')}" if held else "is empty"
        )
        return f": column `{condition.column}` never holds {alternatives(map(quoted, asked))}; it {there}"


def _is_nothing(readings: Readings) -> bool:
    return all(not reading.value for reading in readings.values())
