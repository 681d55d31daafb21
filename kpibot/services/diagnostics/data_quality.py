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
    """Looks at the readings of a catalog's KPIs at one instant."""

    def __init__(self, catalog: Catalog, measurement: Measurement, reporting: Reporting, as_of: datetime) -> None:
        self._catalog = catalog
        self._measurement = measurement
        self._reporting = reporting
        self._as_of = as_of

    def findings(self, kpi: Kpi, checked: CheckedKpi, readings: Readings) -> Iterator[Finding]:
        """Everything about one KPI that has a value."""
        yield from self._unmatched(kpi, checked, readings)
        if checked.stale:
            yield self._finding(kpi, "is stale: its newest row is older than `fresh_within` allows", True)
        yield from self._conflict(kpi, readings)
        if not checked.reading.rows and _are_all_zero(readings):
            yield self._finding(kpi, f"is 0 at every campus{self._never_held(kpi)}", False)

    def _finding(self, kpi: Kpi, text: str, is_problem: bool) -> Finding:
        return Finding(f"kpis.{kpi.id}", text, is_problem, self._catalog.location("kpis", kpi.id, "measure"))

    def _conflict(self, kpi: Kpi, readings: Readings) -> Iterator[Finding]:
        """What another system says of the same KPI at the district, or why it says nothing."""
        if (check := kpi.cross_check) is None or (counterpart := kpi.counterpart) is None:
            return
        what, place = f"kpis.{kpi.id}.cross_check", self._catalog.location("kpis", kpi.id, "cross_check")
        other = self._reporting.readings([counterpart], self._as_of)[0][DISTRICT]
        if other.missing is Missing.SOURCE_DOWN:  # reported of its database
            return
        if other.value is None:
            why = f": {other.detail}" if other.detail else ""
            yield Finding(what, f"{check.other} has no data for it: {other.missing}{why}", True, place)
        elif (conflict := check.conflict(readings[DISTRICT].value, other.value)) is not None:
            allowed = f"they may differ by {100 * check.within:g}%; find out which one is right"
            yield Finding(what, f"{disagreement(conflict, kpi.card)}; {allowed}", False, place)

    def _unmatched(self, kpi: Kpi, checked: CheckedKpi, readings: Readings) -> Iterator[Finding]:
        """Rows of no campus; the reading of a ratio covers one half only, so both halves are checked."""
        if not readings[NO_CAMPUS].rows and not isinstance(kpi.measure, Ratio):
            return
        try:
            unmatched = unmatched_codes(kpi, self._measurement, self._as_of)
        except SourceError:  # it has just been measured; the next check says what is wrong by now
            return
        are_all = checked.reading.rows > 0 and checked.reading.unplaced == checked.reading.rows
        for codes in unmatched:
            text = f"no row belongs to a campus; {codes}" if are_all else str(codes)
            yield Finding(f"kpis.{kpi.id}", text, are_all, self._place(kpi, codes))

    def _place(self, kpi: Kpi, codes: UnmatchedCodes) -> str:
        if codes.source in self._catalog.datasets:
            return self._catalog.location("datasets", codes.source, "columns", "campus")
        return self._catalog.location("kpis", kpi.id, "measure", "sql")

    def _never_held(self, kpi: Kpi) -> str:
        """Values that a filter asks for and its column never holds, if that is why nothing is counted."""
        for half in components(kpi.measure):
            for condition in () if isinstance(half, Query) else half.where:
                if (
                    isinstance(condition, ValueCondition)
                    and not condition.negated
                    and (text := self._lacks(half, condition))
                ):
                    return text
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


def _are_all_zero(readings: Readings) -> bool:
    return all(not reading.value for reading in readings.values())
