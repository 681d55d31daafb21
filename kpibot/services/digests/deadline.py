"""Reports on many KPIs within a time: what a slow database does not give by then is missing, and costs no other KPI."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.measures import Simple, components
from kpibot.core.kpis.readings import Missing, Reading
from kpibot.core.kpis.report import Report
from kpibot.services.measurement.reporting import Reporting

AtCampus = tuple[str, str]  # KPI, campus


@dataclass(frozen=True, slots=True)
class Wanted:
    """Reports on some KPIs at some campuses or groups as of an instant; those of `drawn` with series of `days`."""

    kpis: Sequence[Kpi]
    campuses: Sequence[str]
    drawn: frozenset[str]
    as_of: datetime
    days: int


class Deadline:
    """Asks databases side by side, each for its own KPIs. It blocks, but not for longer than `within`.

    `database_of` names the database of a measure.
    """

    def __init__(self, reporting: Reporting, database_of: Callable[[Simple], str], within: timedelta) -> None:
        self._reporting = reporting
        self._database_of = database_of
        self._within = within

    def reports(self, wanted: Wanted) -> Mapping[AtCampus, Report]:
        """A report for each KPI and campus; where it came too late, one without a value that says so."""
        found: dict[AtCampus, Report] = {}
        groups = self._by_databases(wanted.kpis)
        pool = ThreadPoolExecutor(max(len(groups), 1), thread_name_prefix="digest")
        try:
            work = [pool.submit(self._collect, kpis, wanted, found) for kpis in groups]
            done, _ = wait(work, self._within.total_seconds())
            for each in done:
                each.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # whoever is late comes to an end by its own time-out
        in_time = dict(found)
        late = (self._too_late(kpi, campus, wanted.as_of) for kpi in wanted.kpis for campus in wanted.campuses)
        return {(each.card.id, each.campus): each for each in late} | in_time

    def _by_databases(self, kpis: Iterable[Kpi]) -> list[list[Kpi]]:
        """The KPIs that rest on the same databases, which share statements."""
        groups: dict[frozenset[str], list[Kpi]] = {}
        for kpi in kpis:
            groups.setdefault(frozenset(map(self._database_of, components(kpi.measure))), []).append(kpi)
        return list(groups.values())

    def _collect(self, kpis: Sequence[Kpi], wanted: Wanted, found: dict[AtCampus, Report]) -> None:
        self._reporting.prepare(kpis, wanted.as_of)
        others = [each for each in wanted.campuses if each not in wanted.drawn]
        for kpi in kpis:
            for campuses, days in ((wanted.drawn, wanted.days), (others, None)):
                reports = self._reporting.reports(kpi, campuses, wanted.as_of, days)
                found.update({(kpi.id, report.campus): report for report in reports})

    def _too_late(self, kpi: Kpi, campus: str, as_of: datetime) -> Report:
        says = f"not within {self._within.total_seconds():g} s"
        return self._reporting.report(
            kpi, Reading(kpi=kpi.id, campus=campus, as_of=as_of, value=None, missing=Missing.SOURCE_DOWN, detail=says)
        )
