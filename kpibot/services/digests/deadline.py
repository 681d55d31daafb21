"""Reports on many KPIs within a deadline: a slow database costs its own KPIs and no others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.measures import Simple, components
from kpibot.core.kpis.readings import Missing, Reading
from kpibot.core.kpis.report import Report
from kpibot.services.measurement.reporting import Reporting

ReportKey = tuple[str, str]  # KPI, campus


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """Reports on KPIs at campuses or groups as of an instant; those of `with_series` with a series of `days`."""

    kpis: Sequence[Kpi]
    campuses: Sequence[str]
    with_series: frozenset[str]
    as_of: datetime
    days: int


class Deadline:
    """Queries databases in parallel, each for its own KPIs. It blocks, but no longer than `within`.

    `database_of` names the database of a measure.
    """

    def __init__(self, reporting: Reporting, database_of: Callable[[Simple], str], within: timedelta) -> None:
        self._reporting = reporting
        self._database_of = database_of
        self._within = within

    def reports(self, request: ReportRequest) -> Mapping[ReportKey, Report]:
        """A report for each KPI and campus; one that comes too late has no value, and says so."""
        reports: dict[ReportKey, Report] = {}
        groups = self._by_databases(request.kpis)
        pool = ThreadPoolExecutor(max(len(groups), 1), thread_name_prefix="digest")
        try:
            work = [pool.submit(self._collect, kpis, request, reports) for kpis in groups]
            done, _ = wait(work, self._within.total_seconds())
            for task in done:
                task.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # late statements end by their own time-out
        in_time = dict(reports)
        late = (self._too_late(kpi, campus, request.as_of) for kpi in request.kpis for campus in request.campuses)
        return {(report.card.id, report.campus): report for report in late} | in_time

    def _by_databases(self, kpis: Iterable[Kpi]) -> list[list[Kpi]]:
        """The KPIs that use the same databases, which share statements."""
        groups: dict[frozenset[str], list[Kpi]] = {}
        for kpi in kpis:
            groups.setdefault(frozenset(map(self._database_of, components(kpi.measure))), []).append(kpi)
        return list(groups.values())

    def _collect(self, kpis: Sequence[Kpi], request: ReportRequest, reports: dict[ReportKey, Report]) -> None:
        self._reporting.prepare(kpis, request.as_of)
        others = [each for each in request.campuses if each not in request.with_series]
        for kpi in kpis:
            for campuses, days in ((request.with_series, request.days), (others, None)):
                of_kpi = self._reporting.reports(kpi, campuses, request.as_of, days)
                reports.update({(kpi.id, report.campus): report for report in of_kpi})

    def _too_late(self, kpi: Kpi, campus: str, as_of: datetime) -> Report:
        says = f"not within {self._within.total_seconds():g} s"
        return self._reporting.report(
            kpi, Reading(kpi=kpi.id, campus=campus, as_of=as_of, value=None, missing=Missing.SOURCE_DOWN, detail=says)
        )
