"""Checks a catalog against the district's databases, before anybody relies on its numbers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from kpibot.catalog.model import Catalog, Database
from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.measures import OverRows, Query, Simple, components
from kpibot.core.kpis.readings import Missing, Reading
from kpibot.core.reports.inspection import CheckedKpi, DataIssue, Finding, Inspection
from kpibot.core.text import plural
from kpibot.services.diagnostics.data_quality import DataQuality
from kpibot.services.measurement.measurement import Measurement
from kpibot.services.measurement.reporting import Readings, Reporting
from kpibot.sources.base import SourceDownError, SourceError, SourceMisfitError
from kpibot.sources.diagnostics.column_usage import column_usage
from kpibot.sources.diagnostics.inspector import Inspector, TimedRequest
from kpibot.sources.engines.registry import engine_of


class CatalogCheck:
    """Checks the databases of a catalog, its datasets and its KPIs, each once.

    A database that is down, or a dataset that does not fit, is reported once: what depends on it is not checked again.
    `inspectors` are by the database's name; `seconds_passed` is a clock that never goes back.
    """

    def __init__(
        self,
        catalog: Catalog,
        inspectors: Mapping[str, Inspector],
        measurement: Measurement,
        reporting: Reporting,
        as_of: datetime,
        seconds_passed: Callable[[], float],
    ) -> None:
        self._catalog = catalog
        self._inspectors = inspectors
        self._measurement = measurement
        self._reporting = reporting
        self._as_of = as_of
        self._seconds_passed = seconds_passed
        self._down: set[str] = set()
        self._unsound: set[str] = set()
        self._rows: dict[str, int | None] = {}
        self._newest: dict[Simple, datetime | None] = {}

    def inspection(self) -> Inspection:
        """Everything; connections are made, and timestamps understood, before time is taken."""
        findings = [*self._databases(), *self._datasets(), *self._not_available(), *self._feed()]
        data_quality = DataQuality(self._catalog, self._measurement, self._reporting, self._as_of)
        checked_kpis = []
        for kpi in self._catalog.kpis.values():
            checked, readings = self._measured(kpi)
            checked_kpis.append(checked)
            has_value = checked.reading.value is not None
            findings += data_quality.findings(kpi, checked, readings) if has_value else self._missing(kpi, checked)
        findings += self._advice({checked.card.id: checked.milliseconds for checked in checked_kpis})
        return Inspection(self._as_of, tuple(checked_kpis), tuple(_grouped(findings)))

    def _not_available(self) -> Iterator[Finding]:
        """The KPIs that no system of the district can answer, and why."""
        for kpi, why in self._catalog.not_available.items():
            yield Finding(f"kpis.{kpi}", f"not available: {why}", False)

    def _feed(self) -> Iterator[Finding]:
        """What the feed of holidays holds beside holidays."""
        for notice in self._catalog.feed_notices:
            yield Finding("district.holidays_from", notice.text, False, f"{notice.file}:{notice.line}")

    def _databases(self) -> Iterator[Finding]:
        for name, database in self._catalog.databases.items():
            what, place = f"databases.{name}", self._catalog.location("databases", name)
            finding = _caveat(database)
            try:
                self._inspectors[name].ping()
            except SourceError as error:
                self._down.add(name)
                finding = Finding(what, str(error), True)
            if finding is not None:
                yield replace(finding, place=place)

    def _datasets(self) -> Iterator[Finding]:
        for name, dataset in self._catalog.datasets.items():
            if dataset.database in self._down:
                continue
            try:
                checked = self._inspectors[dataset.database].check(
                    name, column_usage(self._measures_of(name)), self._as_of
                )
            except SourceDownError as error:
                self._down.add(dataset.database)
                place = self._catalog.location("databases", dataset.database)
                yield Finding(f"databases.{dataset.database}", str(error), True, place)
                continue
            self._rows[name] = checked.rows
            self._unsound |= {name for issue in checked.issues if issue.is_problem}
            yield from (self._finding(name, issue) for issue in checked.issues)

    def _finding(self, dataset: str, issue: DataIssue) -> Finding:
        keys = ("datasets", dataset, *filter(None, issue.key.split(".")))
        return Finding(".".join(keys), issue.text, issue.is_problem, self._catalog.location(*keys))

    def _measures_of(self, dataset: str) -> Iterator[OverRows]:
        kpis = self._catalog.kpis.values()
        for kpi in (*kpis, *(other for kpi in kpis if (other := kpi.counterpart) is not None)):
            for half in components(kpi.measure):
                if not isinstance(half, Query) and half.dataset == dataset:
                    yield half

    def _database_of(self, half: Simple) -> str:
        return half.database if isinstance(half, Query) else self._catalog.datasets[half.dataset].database

    def _measured(self, kpi: Kpi) -> tuple[CheckedKpi, Readings]:
        if any(self._database_of(half) in self._down for half in components(kpi.measure)):
            down = Reading(kpi=kpi.id, campus=DISTRICT, as_of=self._as_of, value=None, missing=Missing.SOURCE_DOWN)
            return CheckedKpi(card=kpi.card, reading=down, milliseconds=0.0, by_campus=kpi.by_campus), {}
        began = self._seconds_passed()
        (readings,) = self._reporting.readings([kpi], self._as_of)
        checked = CheckedKpi(
            card=kpi.card,
            reading=readings[DISTRICT],
            milliseconds=1_000 * (self._seconds_passed() - began),
            by_campus=kpi.by_campus,
        )
        return self._dated(checked, kpi, readings), readings

    def _dated(self, checked: CheckedKpi, kpi: Kpi, readings: Readings) -> CheckedKpi:
        """With the newest row of the dataset that is furthest behind."""
        sound = checked.reading.missing not in (Missing.SOURCE_DOWN, Missing.MISFIT)
        times = {
            half: self._newest_of(half) for half in components(kpi.measure) if sound and not isinstance(half, Query)
        }
        newest_rows = {half: newest for half, newest in times.items() if newest is not None}
        if not newest_rows:
            return checked
        half = min(newest_rows, key=lambda each: newest_rows[each])
        allowed = self._catalog.datasets[half.dataset].fresh_within if not isinstance(half, Query) else None
        stale = self._reporting.is_stale(kpi, readings)
        return replace(checked, newest=newest_rows[half], allowed=allowed, stale=stale)

    def _newest_of(self, half: Simple) -> datetime | None:
        if half not in self._newest:
            try:
                self._newest[half] = self._measurement.newest(half, self._as_of)
            except SourceError:  # its dataset's own check has said what is wrong
                self._newest[half] = None
        return self._newest[half]

    def _missing(self, kpi: Kpi, checked: CheckedKpi) -> Iterator[Finding]:
        """Why a KPI has no value, unless its database or dataset has been reported already."""
        reading = checked.reading
        is_reported = any(self._is_reported(half) for half in components(kpi.measure))
        if is_reported and reading.missing in (Missing.SOURCE_DOWN, Missing.MISFIT):
            return
        why = reading.detail or "its dataset has no rows for the period; check the table and the filters"
        place = self._catalog.location("kpis", kpi.id, "measure", *(["sql"] if isinstance(kpi.measure, Query) else []))
        yield Finding(f"kpis.{kpi.id}", f"{reading.missing}: {why}", True, place)

    def _is_reported(self, half: Simple) -> bool:
        is_unsound = not isinstance(half, Query) and half.dataset in self._unsound
        return is_unsound or self._database_of(half) in self._down

    def _advice(self, milliseconds: Mapping[str, float]) -> Iterator[Finding]:
        """Indexes that make KPIs fast, for each dataset that can be measured at all."""
        for name, dataset in self._catalog.datasets.items():
            if dataset.database in self._down or name in self._unsound:
                continue
            requests = list(self._timed_requests(name, milliseconds))
            try:
                advice = self._inspectors[dataset.database].advice(name, requests, self._rows.get(name))
            except (SourceDownError, SourceMisfitError) as error:
                yield Finding(f"datasets.{name}", f"its indexes could not be read: {error}", False)
                continue
            rows = self._rows.get(name)
            whole = f"all {plural(rows, 'row')}" if rows is not None else "all rows"
            text = f"reads {whole} of `{dataset.table}`; with this index it would not"
            for index in advice:
                kpis = dict.fromkeys(f"kpis.{one.kpi}" for one in requests if one.request in index.requests)
                yield Finding(", ".join(kpis), text, False, statement=index.statement)

    def _timed_requests(self, dataset: str, milliseconds: Mapping[str, float]) -> Iterator[TimedRequest]:
        for kpi in self._catalog.kpis.values():
            for request in self._measurement.requests(kpi, self._as_of):
                if not isinstance(request.measure, Query) and request.measure.dataset == dataset:
                    yield TimedRequest(request, milliseconds[kpi.id], kpi.id)


def _caveat(database: Database) -> Finding | None:
    """What kpibot cannot ensure on a database, so that its administrator must; none for a URL that cannot be read."""
    try:
        text = engine_of(database).caveat()
    except SourceMisfitError:
        return None
    return None if text is None else Finding(f"databases.{database.name}", text, False)


def _grouped(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The problems first; what several things have in common is one finding."""
    alike: dict[tuple[str, bool, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda each: not each.is_problem):
        alike.setdefault((finding.text, finding.is_problem, finding.statement), []).append(finding)
    for those in alike.values():
        yield replace(those[0], what=", ".join(dict.fromkeys(each.what for each in those)))
