"""Looks at everything beforehand, so that nobody finds out on Monday morning."""

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


def inspect(
    catalog: Catalog,
    inspectors: Mapping[str, Inspector],
    measurement: Measurement,
    reporting: Reporting,
    as_of: datetime,
    seconds_passed: Callable[[], float],
) -> Inspection:
    """Looks at the databases of a catalogue, its datasets and its KPIs, each once; every finding is told once.

    `inspectors` are by the database's name; `seconds_passed` is a clock that never goes back.
    """
    return _Checkup(catalog, inspectors, measurement, reporting, as_of, seconds_passed).inspection()


class _Checkup:
    """What was found so far. A database that is down, or a dataset that does not fit, is told of once: what rests on
    it is not asked again."""

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
        found = [*self._databases(), *self._datasets(), *self._not_available(), *self._feed()]
        suspicion = DataQuality(self._catalog, self._measurement, self._reporting, self._as_of)
        lines = []
        for kpi in self._catalog.kpis.values():
            line, readings = self._measured(kpi)
            lines.append(line)
            found += self._missing(kpi, line) if line.reading.value is None else suspicion.of(kpi, line, readings)
        found += self._advice({line.card.id: line.milliseconds for line in lines})
        return Inspection(self._as_of, tuple(lines), tuple(_once(found)))

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
            what, place = f"databases.{name}", self._catalog.place("databases", name)
            says = _caveat(database)
            try:
                self._inspectors[name].answers()
            except SourceError as error:
                self._down.add(name)
                says = Finding(what, str(error), True)
            if says is not None:
                yield replace(says, place=place)

    def _datasets(self) -> Iterator[Finding]:
        for name, dataset in self._catalog.datasets.items():
            if dataset.database in self._down:
                continue
            try:
                looked = self._inspectors[dataset.database].check(
                    name, column_usage(self._measures_of(name)), self._as_of
                )
            except SourceDownError as error:
                self._down.add(dataset.database)
                place = self._catalog.place("databases", dataset.database)
                yield Finding(f"databases.{dataset.database}", str(error), True, place)
                continue
            self._rows[name] = looked.rows
            self._unsound |= {name for issue in looked.issues if issue.is_problem}
            yield from (self._finding(name, issue) for issue in looked.issues)

    def _finding(self, dataset: str, issue: DataIssue) -> Finding:
        keys = ("datasets", dataset, *filter(None, issue.key.split(".")))
        return Finding(".".join(keys), issue.text, issue.is_problem, self._catalog.place(*keys))

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
        line = CheckedKpi(
            card=kpi.card,
            reading=readings[DISTRICT],
            milliseconds=1_000 * (self._seconds_passed() - began),
            by_campus=kpi.by_campus,
        )
        return self._dated(line, kpi, readings), readings

    def _dated(self, line: CheckedKpi, kpi: Kpi, readings: Readings) -> CheckedKpi:
        """With the newest row of the dataset that is furthest behind."""
        sound = line.reading.missing not in (Missing.SOURCE_DOWN, Missing.MISFIT)
        times = {
            half: self._newest_of(half) for half in components(kpi.measure) if sound and not isinstance(half, Query)
        }
        known = {half: newest for half, newest in times.items() if newest is not None}
        if not known:
            return line
        half = min(known, key=lambda each: known[each])
        allowed = self._catalog.datasets[half.dataset].fresh_within if not isinstance(half, Query) else None
        return replace(line, newest=known[half], allowed=allowed, stale=self._reporting.is_stale(kpi, readings))

    def _newest_of(self, half: Simple) -> datetime | None:
        if half not in self._newest:
            try:
                self._newest[half] = self._measurement.newest(half, self._as_of)
            except SourceError:  # what is wrong with it was told where its dataset was looked at
                self._newest[half] = None
        return self._newest[half]

    def _missing(self, kpi: Kpi, line: CheckedKpi) -> Iterator[Finding]:
        """Why a KPI has no value, unless that has been told of what it rests on."""
        reading = line.reading
        told = any(self._is_told(half) for half in components(kpi.measure))
        if told and reading.missing in (Missing.SOURCE_DOWN, Missing.MISFIT):
            return
        why = reading.detail or "its dataset has no rows for the period; check the table and the filters"
        place = self._catalog.place("kpis", kpi.id, "measure", *(["sql"] if isinstance(kpi.measure, Query) else []))
        yield Finding(f"kpis.{kpi.id}", f"{reading.missing}: {why}", True, place)

    def _is_told(self, half: Simple) -> bool:
        is_unsound = not isinstance(half, Query) and half.dataset in self._unsound
        return is_unsound or self._database_of(half) in self._down

    def _advice(self, milliseconds: Mapping[str, float]) -> Iterator[Finding]:
        """Indexes that make KPIs fast, for each dataset that can be measured at all."""
        for name, dataset in self._catalog.datasets.items():
            if dataset.database in self._down or name in self._unsound:
                continue
            asked = list(self._asked(name, milliseconds))
            try:
                advice = self._inspectors[dataset.database].advice(name, asked, self._rows.get(name))
            except (SourceDownError, SourceMisfitError) as error:
                yield Finding(f"datasets.{name}", f"its indexes could not be read: {error}", False)
                continue
            for each in advice:
                kpis = dict.fromkeys(f"kpis.{one.kpi}" for one in asked if one.request in each.requests)
                rows = self._rows.get(name)
                whole = f"all {plural(rows, 'row')}" if rows is not None else "all rows"
                says = f"reads {whole} of `{dataset.table}`; with this index it would not"
                yield Finding(", ".join(kpis), says, False, statement=each.statement)

    def _asked(self, dataset: str, milliseconds: Mapping[str, float]) -> Iterator[TimedRequest]:
        for kpi in self._catalog.kpis.values():
            for request in self._measurement.requests(kpi, self._as_of):
                if not isinstance(request.measure, Query) and request.measure.dataset == dataset:
                    yield TimedRequest(request, milliseconds[kpi.id], kpi.id)


def _caveat(database: Database) -> Finding | None:
    """What the administrator of a database must see to, since kpibot cannot; a URL that cannot be read says so."""
    try:
        says = engine_of(database).caveat()
    except SourceMisfitError:
        return None
    return None if says is None else Finding(f"databases.{database.name}", says, False)


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The problems first; what several things have in common is one finding."""
    found: dict[tuple[str, bool, str], list[Finding]] = {}
    for each in sorted(findings, key=lambda one: not one.is_problem):
        found.setdefault((each.text, each.is_problem, each.statement), []).append(each)
    for those in found.values():
        yield replace(those[0], what=", ".join(dict.fromkeys(each.what for each in those)))
