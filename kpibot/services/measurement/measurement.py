"""Measures KPIs and their series, for every campus and group at once."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import starmap
from typing import TypeVar

from kpibot.core.campuses.campus_tree import NO_CAMPUS
from kpibot.core.campuses.rollup import RollUp
from kpibot.core.kpis.conditions import TimeCondition, ValueCondition, instant_of, resolved
from kpibot.core.kpis.district import District
from kpibot.core.kpis.kpi import Kpi, required_age
from kpibot.core.kpis.measures import Query, Simple, components, narrowed_measure
from kpibot.core.kpis.readings import Aggregate, Missing, Reading, empty_aggregate, merge_aggregates
from kpibot.core.kpis.series import Series, SeriesData, Window, merge_series
from kpibot.core.time.periods import Period
from kpibot.services.measurement.lazy_series import LazySeries
from kpibot.services.measurement.reading_builder import ReadingBuilder
from kpibot.sources.base import (
    GroupKey,
    QueryResult,
    RawCampus,
    Request,
    Source,
    SourceDownError,
    SourceError,
    SourceMisfitError,
)

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Aggregates = Mapping[str, Aggregate]  # by campus
UNEXPECTED = "its data could not be read; the log says why"


class Measurement:
    """Queries the sources of measures and sums the results up the campus tree. Its methods block.

    `source_of` gives the source of a simple measure, `system_of` the system whose campus codes it uses; None where a
    code means the same in every system.
    """

    def __init__(
        self,
        district: District,
        source_of: Callable[[Simple], Source],
        system_of: Callable[[Simple], str | None] = lambda _: None,
    ) -> None:
        self.district = district
        self._source_of = source_of
        self._system_of = system_of
        self._roll_up = RollUp(district.tree)
        self._builder = ReadingBuilder(district)

    def measure(self, kpis: Sequence[Kpi], as_of: datetime) -> list[dict[str, Reading]]:
        """For each KPI a reading for every campus and group. KPIs over the same rows share statements.

        A database that fails gives readings that say so, not an exception.
        """
        requests = [self.requests(kpi, as_of) for kpi in kpis]
        results = self._query([request for of_kpi in requests for request in of_kpi])
        return [
            self._readings(kpi, as_of, [results[request] for request in of_kpi])
            for kpi, of_kpi in zip(kpis, requests, strict=True)
        ]

    def breakdown(self, kpi: Kpi, by: str, campus: str, as_of: datetime) -> dict[str, Reading]:
        """A reading of the KPI at a campus or group for each value of a dimension, by label.

        Raises:
            SourceError: with what to do about it.
        """
        period, dimensions = self.period(kpi, as_of), kpi.dimensions[by]
        requests = [
            replace(self._request(component, period), by=dimension.by(as_of, self.district.calendar))
            for component, dimension in zip(components(kpi.measure), dimensions, strict=True)
        ]
        results = self._query(requests)
        covered = frozenset(self.district.tree.covered(campus))
        by_label: dict[str, list[Aggregate]] = {}
        for index, (request, dimension) in enumerate(zip(requests, dimensions, strict=True)):
            for key, aggregate in _result(results[request]).items():
                if self.resolve(request.measure, key.campus) in covered:
                    sums = by_label.setdefault(
                        dimension.label(key.slice), [empty_aggregate(each) for each in components(kpi.measure)]
                    )
                    sums[index] += aggregate
        return {label: self._builder.reading(kpi, campus, as_of, sums) for label, sums in by_label.items()}

    def series(self, kpi: Kpi, campuses: Iterable[str], as_of: datetime, days: int) -> Mapping[str, Series]:
        """The KPI at the end of each of the last `days` local days, today included, for these nodes.

        Raises:
            SourceError: with what to do about it.
        """
        window = self.window(kpi, as_of, days)
        data = [
            of_component
            for component in components(kpi.measure)
            if (of_component := self._series_data(component, window)) is not None
        ]
        if len(data) < len(components(kpi.measure)):
            return dict.fromkeys(campuses, Series(window.days, (None,) * days))

        def series(campus: str) -> Series:
            covered = self.district.tree.covered(campus)
            sums = [merge_series([by_node[node] for node in covered if node in by_node]) for by_node in data]
            return self._builder.series(kpi, sums, window)

        return LazySeries(campuses, series)

    def newest(self, measure: Simple, as_of: datetime) -> datetime | None:
        """The newest row of the measure's dataset before `as_of`, whatever the KPI's filters.

        Raises:
            SourceError: with what to do about it.
        """
        return self._source_of(measure).newest(measure, as_of)

    def values(self, measure: Simple, column: str, most: int) -> list[object]:
        """The distinct values of a column of the measure's dataset; none for a query.

        Raises:
            SourceError: with what to do about it.
        """
        return [] if isinstance(measure, Query) else self._source_of(measure).values(measure.dataset, column, most)

    def unmatched(self, measure: Simple, period: Period) -> dict[RawCampus, Aggregate]:
        """The aggregates of a measure whose campus is unknown, by what the database calls it.

        Raises:
            SourceError: with what to do about it.
        """
        request = self._request(measure, period)
        result = _result(self._query([request])[request])
        return {key.campus: parts for key, parts in result.items() if self.resolve(measure, key.campus) == NO_CAMPUS}

    def rows(
        self, kpi: Kpi, conditions: tuple[ValueCondition, ...], columns: Sequence[str], as_of: datetime, most: int
    ) -> list[Mapping[str, object]]:
        """The first rows that a KPI counts (of a ratio, its numerator) and that meet these conditions as well.

        Raises:
            SourceError: with what to do about it.
        """
        counted = components(narrowed_measure(kpi.measure, [conditions for _ in components(kpi.measure)]))[0]
        return self._source_of(counted).rows(self._request(counted, self.period(kpi, as_of)), columns, most)

    def resolve(self, measure: Simple, raw: object) -> str:
        """The slug of the campus that the measure's dataset calls `raw`."""
        return self.district.tree.resolve(raw, self._system_of(measure))

    def period(self, kpi: Kpi, as_of: datetime) -> Period:
        """The period of a reading of the KPI; for a stock only its end counts."""
        return kpi.comparison_period.ending(as_of, self.district.calendar)

    def window(self, kpi: Kpi, as_of: datetime, days: int) -> Window:
        """The last `days` local days, each with its end and the start of its period."""
        last = self.district.calendar.local(as_of - timedelta(microseconds=1)).date()
        first = last - timedelta(days=days - 1)
        ends = self.district.calendar.day_ends(first, last, as_of)
        starts = tuple(self.period(kpi, end).start for end in ends)
        return Window(tuple(first + timedelta(days=n) for n in range(days)), starts, tuple(ends))

    def requests(self, kpi: Kpi, as_of: datetime) -> list[Request]:
        """The requests for a reading of the KPI, one for each component of its measure."""
        period = self.period(kpi, as_of)
        return [self._request(component, period) for component in components(kpi.measure)]

    def _request(self, measure: Simple, period: Period) -> Request:
        """The request, with instants in place of "10 working days ago"."""
        if not isinstance(measure, Query):
            measure = replace(measure, where=resolved(measure.where, period.end, self.district.calendar))
        return Request(measure, period)

    def _query(self, requests: Sequence[Request]) -> dict[Request, QueryResult | SourceError]:
        """The results; databases are queried in parallel, so that a slow one delays no other."""
        by_source: dict[Source, list[Request]] = {}
        for request in dict.fromkeys(requests):
            by_source.setdefault(self._source_of(request.measure), []).append(request)
        results: dict[Request, QueryResult | SourceError] = {}
        for of_source, answers in zip(by_source.values(), _in_parallel(_guarded, by_source), strict=True):
            results |= zip(of_source, answers, strict=True)
        return results

    def _readings(self, kpi: Kpi, as_of: datetime, results: list[QueryResult | SourceError]) -> dict[str, Reading]:
        try:
            aggregates = [
                by_campus
                for component, result in zip(components(kpi.measure), results, strict=True)
                if (by_campus := self._aggregates(component, _result(result))) is not None
            ]
            _check_divisible(kpi, aggregates)
            if len(aggregates) < len(results):
                return self._builder.missing(kpi, as_of, Missing.NO_ROWS)
            return self._builder.readings(kpi, as_of, [self._roll_up(each, merge_aggregates) for each in aggregates])
        except SourceError as error:
            log.warning("%s cannot be measured: %s", kpi.id, error)
            return self._failed(kpi, as_of, error)
        except Exception:  # unexpected data costs its own KPI, but no other one
            log.exception("%s cannot be measured", kpi.id)
            return self._failed(kpi, as_of, SourceMisfitError(UNEXPECTED))

    def _failed(self, kpi: Kpi, as_of: datetime, error: SourceError) -> dict[str, Reading]:
        is_down = isinstance(error, SourceDownError)
        return self._builder.missing(kpi, as_of, Missing.SOURCE_DOWN if is_down else Missing.MISFIT, str(error))

    def _aggregates(self, measure: Simple, result: QueryResult) -> Aggregates | None:
        """The aggregates by campus; None where the dataset has no rows at all."""
        if not result and self._source_of(measure).is_empty(measure):
            return None
        return {campus: merge_aggregates(members) for campus, members in self._by_campus(measure, result).items()}

    def _series_data(self, measure: Simple, window: Window) -> dict[str, SeriesData] | None:
        """The data of the series by campus; None where the dataset has no rows at all."""
        source, age, aged = self._source_of(measure), required_age(measure), measure
        if age is not None and not isinstance(measure, Query):
            aged = replace(measure, where=tuple(each for each in measure.where if not _moves(each)))
            window = replace(window, cutoffs=tuple(instant_of(age, end, self.district.calendar) for end in window.ends))
        by_key = source.series(aged, window)
        if not by_key and source.is_empty(measure):
            return None
        by_campus = self._by_campus(measure, by_key)
        return {campus: data for campus, members in by_campus.items() if (data := merge_series(members)) is not None}

    def _by_campus(self, measure: Simple, by_key: Mapping[GroupKey, Item]) -> dict[str, list[Item]]:
        """The items of each campus, under all the names that the database has for it."""
        by_campus: dict[str, list[Item]] = {}
        system = self._system_of(measure)
        for key, item in by_key.items():
            by_campus.setdefault(self.district.tree.resolve(key.campus, system), []).append(item)
        return by_campus


def _in_parallel(
    query: Callable[[Source, Sequence[Request]], Item], requests: Mapping[Source, Sequence[Request]]
) -> list[Item]:
    """The result of each source; a single one is not worth a thread."""
    if len(requests) < 2:
        return [*starmap(query, requests.items())]
    with ThreadPoolExecutor(len(requests), "measures") as threads:
        return [*threads.map(query, requests.keys(), requests.values())]


def _guarded(source: Source, requests: Sequence[Request]) -> Sequence[QueryResult | SourceError]:
    """The results of a source; an unexpected error costs the KPIs of these requests, and no others."""
    try:
        return source.take(requests)
    except SourceError as error:
        return [error] * len(requests)
    except Exception:
        log.exception("a database cannot be measured")
        return [SourceMisfitError(UNEXPECTED)] * len(requests)


def _result(result: QueryResult | SourceError) -> QueryResult:
    """The result; an error is raised."""
    if isinstance(result, SourceError):
        raise result
    return result


def _moves(condition: object) -> bool:
    return isinstance(condition, TimeCondition) and condition.moves


def _check_divisible(kpi: Kpi, aggregates: Sequence[Aggregates]) -> None:
    """Percentages and durations of campuses cannot be summed: a query must give numerator and denominator."""
    if not isinstance(kpi.measure, Query) or kpi.additive:
        return
    if any(each.denominator is None for by_campus in aggregates for each in by_campus.values()):
        raise SourceMisfitError(f"`as: {kpi.card.format}` needs a query that gives campus, numerator and denominator")
