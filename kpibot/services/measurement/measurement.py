"""Measures KPIs for every campus and group at once, and their series."""

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

Each = TypeVar("Each")
PartsByCampus = Mapping[str, Aggregate]
UNFORESEEN = "its data could not be read; the log says why"


class Measurement:
    """Takes measures where they live and sums them up the campus tree. Its methods block.

    `source_of` gives the source that answers a simple measure, `system_of` whose codes its campuses are in; None where
    a code means the same in every system.
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
        self._rolled_up = RollUp(district.tree)
        self._valuing = ReadingBuilder(district)

    def measure(self, kpis: Sequence[Kpi], as_of: datetime) -> list[dict[str, Reading]]:
        """A reading for every campus and group, for each KPI; they share statements where they rest on the same rows.

        A database that fails gives readings that say so, not an exception.
        """
        requests = [self.requests(kpi, as_of) for kpi in kpis]
        taken = self._take([each for those in requests for each in those])
        pairs = zip(kpis, requests, strict=True)
        return [self._readings(kpi, as_of, [taken[each] for each in those]) for kpi, those in pairs]

    def breakdown(self, kpi: Kpi, dimension: str, campus: str, as_of: datetime) -> dict[str, Reading]:
        """A reading of the KPI at a campus or group for each value of a dimension, by the value's label.

        Raises:
            SourceError: with what to do about it.
        """
        period, dimensions = self.period(kpi, as_of), kpi.dimensions[dimension]
        requests = [
            replace(self._request(half, period), by=each.by(as_of, self.district.calendar))
            for half, each in zip(components(kpi.measure), dimensions, strict=True)
        ]
        taken = self._take(requests)
        by_label: dict[str, list[Aggregate]] = {}
        for place, (request, each) in enumerate(zip(requests, dimensions, strict=True)):
            for cell, parts in _or_raised(taken[request]).items():
                if self.resolve(request.measure, cell.campus) in self._covered(campus):
                    sums = by_label.setdefault(
                        each.label(cell.slice), [empty_aggregate(half) for half in components(kpi.measure)]
                    )
                    sums[place] += parts
        return {label: self._valuing.reading(kpi, campus, as_of, sums) for label, sums in by_label.items()}

    def series(self, kpi: Kpi, campuses: Iterable[str], as_of: datetime, days: int) -> Mapping[str, Series]:
        """The KPI at the end of each of the last `days` local days, the current one included, for these nodes.

        Raises:
            SourceError: with what to do about it.
        """
        window = self.window(kpi, as_of, days)
        found = [self._tracks(half, window) for half in components(kpi.measure)]
        if any(each is None for each in found):
            return dict.fromkeys(campuses, Series(window.days, (None,) * days))
        tracks = [each for each in found if each is not None]

        def series(campus: str) -> Series:
            covered = self.district.tree.covered(campus)
            sums = [merge_series([own[each] for each in covered if each in own]) for own in tracks]
            return self._valuing.series(kpi, sums, window)

        return LazySeries(campuses, series)

    def newest(self, measure: Simple, as_of: datetime) -> datetime | None:
        """The newest row of the measure's dataset before `as_of`, whatever the KPI's filters.

        Raises:
            SourceError: with what to do about it.
        """
        return self._source_of(measure).newest(measure, as_of)

    def values(self, measure: Simple, column: str, most: int) -> list[object]:
        """The different values of a column of the measure's dataset; none of a query.

        Raises:
            SourceError: with what to do about it.
        """
        return [] if isinstance(measure, Query) else self._source_of(measure).values(measure.dataset, column, most)

    def unplaced(self, measure: Simple, period: Period) -> dict[RawCampus, Aggregate]:
        """The parts of a measure whose campus nobody knows, by what the database calls it.

        Raises:
            SourceError: with what to do about it.
        """
        request = self._request(measure, period)
        found = _or_raised(self._take([request])[request])
        return {cell.campus: parts for cell, parts in found.items() if self.resolve(measure, cell.campus) == NO_CAMPUS}

    def rows(
        self, kpi: Kpi, conditions: tuple[ValueCondition, ...], columns: Sequence[str], as_of: datetime, most: int
    ) -> list[Mapping[str, object]]:
        """The first rows that the upper half of a KPI counts, where they meet these conditions as well.

        Raises:
            SourceError: with what to do about it.
        """
        half = components(narrowed_measure(kpi.measure, [conditions for _ in components(kpi.measure)]))[0]
        return self._source_of(half).rows(self._request(half, self.period(kpi, as_of)), columns, most)

    def resolve(self, measure: Simple, raw: object) -> str:
        """The slug of the campus that the measure's dataset calls `raw`."""
        return self.district.tree.resolve(raw, self._system_of(measure))

    def period(self, kpi: Kpi, as_of: datetime) -> Period:
        """The period that a reading of the KPI looks at; a stock looks at its end only."""
        return kpi.comparison_period.ending(as_of, self.district.calendar)

    def window(self, kpi: Kpi, as_of: datetime, days: int) -> Window:
        """The last `days` local days, each with its end and the beginning of the period that it belongs to."""
        last = self.district.calendar.local(as_of - timedelta(microseconds=1)).date()
        first = last - timedelta(days=days - 1)
        ends = self.district.calendar.day_ends(first, last, as_of)
        starts = tuple(self.period(kpi, end).start for end in ends)
        return Window(tuple(first + timedelta(days=n) for n in range(days)), starts, tuple(ends))

    def requests(self, kpi: Kpi, as_of: datetime) -> list[Request]:
        """What the databases are asked for a reading of the KPI: one request for each half of its measure."""
        return [self._request(half, self.period(kpi, as_of)) for half in components(kpi.measure)]

    def _request(self, half: Simple, period: Period) -> Request:
        return Request(self._fixed(half, period.end), period)

    def _fixed(self, half: Simple, as_of: datetime) -> Simple:
        """The measure with instants in place of "10 working days ago"."""
        return (
            half
            if isinstance(half, Query)
            else replace(half, where=resolved(half.where, as_of, self.district.calendar))
        )

    def _take(self, requests: Sequence[Request]) -> dict[Request, QueryResult | SourceError]:
        """What the databases give; they are asked at the same time, so that a slow one delays no other."""
        by_source: dict[Source, list[Request]] = {}
        for request in dict.fromkeys(requests):
            by_source.setdefault(self._source_of(request.measure), []).append(request)
        taken: dict[Request, QueryResult | SourceError] = {}
        for asked, given in zip(by_source.values(), _at_once(_guarded, by_source), strict=True):
            taken |= zip(asked, given, strict=True)
        return taken

    def _readings(self, kpi: Kpi, as_of: datetime, taken: list[QueryResult | SourceError]) -> dict[str, Reading]:
        try:
            parts = [
                self._parts(half, _or_raised(each)) for half, each in zip(components(kpi.measure), taken, strict=True)
            ]
            known = [each for each in parts if each is not None]
            _check_divisible(kpi, known)
            if len(known) < len(parts):
                return self._valuing.missing(kpi, as_of, Missing.NO_ROWS)
            return self._valuing.readings(kpi, as_of, [self._rolled_up(each, merge_aggregates) for each in known])
        except SourceError as error:
            log.warning("%s cannot be measured: %s", kpi.id, error)
            return self._failed(kpi, as_of, error)
        except Exception:  # data that nobody foresaw may cost its own KPI, but no other one
            log.exception("%s cannot be measured", kpi.id)
            return self._failed(kpi, as_of, SourceMisfitError(UNFORESEEN))

    def _failed(self, kpi: Kpi, as_of: datetime, error: SourceError) -> dict[str, Reading]:
        is_down = isinstance(error, SourceDownError)
        return self._valuing.missing(kpi, as_of, Missing.SOURCE_DOWN if is_down else Missing.MISFIT, str(error))

    def _parts(self, measure: Simple, taken: QueryResult) -> PartsByCampus | None:
        """The parts by campus slug; None where the dataset holds nothing at all."""
        if not taken and self._source_of(measure).is_empty(measure):
            return None
        return {slug: merge_aggregates(parts) for slug, parts in self._placed(measure, taken).items()}

    def _tracks(self, measure: Simple, window: Window) -> dict[str, SeriesData] | None:
        """The tracks by campus slug; None where the dataset holds nothing at all."""
        age, whole = required_age(measure), measure
        if age is not None and not isinstance(measure, Query):
            measure = replace(measure, where=tuple(each for each in measure.where if not _moves(each)))
            window = replace(window, cutoffs=tuple(instant_of(age, end, self.district.calendar) for end in window.ends))
        given = self._source_of(whole).series(measure, window)
        if not given and self._source_of(whole).is_empty(whole):
            return None
        found = self._placed(whole, given)
        return {slug: track for slug, tracks in found.items() if (track := merge_series(tracks)) is not None}

    def _placed(self, measure: Simple, by_cell: Mapping[GroupKey, Each]) -> dict[str, list[Each]]:
        """What each campus has under any of the names that the database calls it by."""
        placed: dict[str, list[Each]] = {}
        system = self._system_of(measure)
        for cell, each in by_cell.items():
            placed.setdefault(self.district.tree.resolve(cell.campus, system), []).append(each)
        return placed

    def _covered(self, campus: str) -> frozenset[str]:
        return frozenset(self.district.tree.covered(campus))


def _at_once(
    take: Callable[[Source, Sequence[Request]], Each], asked: Mapping[Source, Sequence[Request]]
) -> list[Each]:
    """What each source gives; a single one is not worth a thread."""
    if len(asked) < 2:
        return [*starmap(take, asked.items())]
    with ThreadPoolExecutor(len(asked), "measures") as threads:
        return [*threads.map(take, asked.keys(), asked.values())]


def _guarded(source: Source, requests: Sequence[Request]) -> Sequence[QueryResult | SourceError]:
    """What the source gives; what nobody foresaw costs the KPIs that it was asked for, and no others."""
    try:
        return source.take(requests)
    except SourceError as error:
        return [error] * len(requests)
    except Exception:
        log.exception("a database cannot be measured")
        return [SourceMisfitError(UNFORESEEN)] * len(requests)


def _or_raised(taken: QueryResult | SourceError) -> QueryResult:
    if isinstance(taken, SourceError):
        raise taken
    return taken


def _moves(condition: object) -> bool:
    return isinstance(condition, TimeCondition) and condition.moves


def _check_divisible(kpi: Kpi, taken: Sequence[PartsByCampus]) -> None:
    """Percentages and durations of campuses have no sum: a query must give what they are made of."""
    if not isinstance(kpi.measure, Query) or kpi.additive:
        return
    if any(each.denominator is None for found in taken for each in found.values()):
        raise SourceMisfitError(f"`as: {kpi.card.format}` needs a query that gives campus, numerator and denominator")
