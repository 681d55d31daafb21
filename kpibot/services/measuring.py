"""Measures KPIs for every campus and group at once, and their series."""

import logging
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

import numpy as np

from kpibot.core.budget import Pace, pace
from kpibot.core.calendar import Calendar
from kpibot.core.campus import DISTRICT, NO_CAMPUS, CampusTree
from kpibot.core.conditions import Condition, Timed, fixed, instant_of
from kpibot.core.kpi import Format, Kpi, aged, format_of
from kpibot.core.measures import Clock, Duration, Query, Ratio, Simple, Statistic, halves, narrowed
from kpibot.core.periods import Period
from kpibot.core.readings import (
    Floats,
    Missing,
    Parts,
    Reading,
    combine,
    divide,
    nothing,
    statistic_of,
    value_of,
    why_missing,
)
from kpibot.core.series import Curve, Keys, Series, Track, Window, elapsed, statistic_over, together
from kpibot.sources.base import (
    Cell,
    RawCampus,
    Request,
    Source,
    SourceDownError,
    SourceError,
    SourceMisfitError,
    Taken,
)

log = logging.getLogger(__name__)

Each = TypeVar("Each")
PartsByCampus = Mapping[str, Parts]
UNFORESEEN = "its data cannot be understood; the log says why"


class Measuring:
    """Takes measures where they live and sums them up the campus tree. Its methods block.

    `source_of` gives the source that answers a simple measure, `system_of` whose codes its campuses are in; None where
    a code means the same in every system.
    """

    def __init__(
        self,
        tree: CampusTree,
        calendar: Calendar,
        source_of: Callable[[Simple], Source],
        system_of: Callable[[Simple], str | None] = lambda _: None,
    ) -> None:
        self.tree = tree
        self.calendar = calendar
        self._source_of = source_of
        self._system_of = system_of
        self._bottom_up = _bottom_up(tree)

    def measure(self, kpi: Kpi, as_of: datetime) -> dict[str, Reading]:
        """A reading for every campus and group; a database that fails gives readings that say so, not an exception."""
        (readings,) = self.measure_all([kpi], as_of)
        return readings

    def measure_all(self, kpis: Sequence[Kpi], as_of: datetime) -> list[dict[str, Reading]]:
        """The readings of several KPIs, which share statements where they rest on the same rows."""
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
            replace(self._request(half, period), by=each.by(as_of, self.calendar))
            for half, each in zip(halves(kpi.measure), dimensions, strict=True)
        ]
        taken = self._take(requests)
        by_label: dict[str, list[Parts]] = {}
        for place, (request, each) in enumerate(zip(requests, dimensions, strict=True)):
            for cell, parts in _or_raised(taken[request]).items():
                if self.resolve(request.measure, cell.campus) in self._covered(campus):
                    sums = by_label.setdefault(each.label(cell.slice), [nothing(half) for half in halves(kpi.measure)])
                    sums[place] += parts
        return {label: self._reading(kpi, campus, as_of, sums) for label, sums in by_label.items()}

    def series(self, kpi: Kpi, campuses: Iterable[str], as_of: datetime, days: int) -> dict[str, Series]:
        """The KPI at the end of each of the last `days` local days, the current one included, for these nodes.

        Raises:
            SourceError: with what to do about it.
        """
        window = self.window(kpi, as_of, days)
        found = [self._tracks(half, window) for half in halves(kpi.measure)]
        if any(each is None for each in found):
            return dict.fromkeys(campuses, Series(window.days, (None,) * days))
        tracks = [self._rolled_up(each, _sum_of_tracks) for each in found if each is not None]
        return {campus: self._series(kpi, campus, tracks, window) for campus in campuses}

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

    def unplaced(self, measure: Simple, period: Period) -> dict[RawCampus, Parts]:
        """The parts of a measure whose campus nobody knows, by what the database calls it.

        Raises:
            SourceError: with what to do about it.
        """
        request = self._request(measure, period)
        found = _or_raised(self._take([request])[request])
        return {cell.campus: parts for cell, parts in found.items() if self.resolve(measure, cell.campus) == NO_CAMPUS}

    def rows(
        self, kpi: Kpi, conditions: tuple[Condition, ...], columns: Sequence[str], as_of: datetime, most: int
    ) -> list[Mapping[str, object]]:
        """The first rows that the upper half of a KPI counts, where they meet these conditions as well.

        Raises:
            SourceError: with what to do about it.
        """
        half = halves(narrowed(kpi.measure, [conditions for _ in halves(kpi.measure)]))[0]
        return self._source_of(half).rows(self._request(half, self.period(kpi, as_of)), columns, most)

    def resolve(self, measure: Simple, raw: object) -> str:
        """The slug of the campus that the measure's dataset calls `raw`."""
        return self.tree.resolve(raw, self._system_of(measure))

    def period(self, kpi: Kpi, as_of: datetime) -> Period:
        """The period that a reading of the KPI looks at; a stock looks at its end only."""
        return kpi.compared.ending(as_of, self.calendar)

    def window(self, kpi: Kpi, as_of: datetime, days: int) -> Window:
        """The last `days` local days, each with its end and the beginning of the period that it belongs to."""
        last = self.calendar.local(as_of - timedelta(microseconds=1)).date()
        first = last - timedelta(days=days - 1)
        ends = self.calendar.day_ends(first, last, as_of)
        starts = tuple(self.period(kpi, end).start for end in ends)
        return Window(tuple(first + timedelta(days=n) for n in range(days)), starts, tuple(ends))

    def requests(self, kpi: Kpi, as_of: datetime) -> list[Request]:
        """What the databases are asked for a reading of the KPI: one request for each half of its measure."""
        return [self._request(half, self.period(kpi, as_of)) for half in halves(kpi.measure)]

    def _request(self, half: Simple, period: Period) -> Request:
        return Request(self._fixed(half, period.end), period)

    def _fixed(self, half: Simple, as_of: datetime) -> Simple:
        """The measure with instants in place of "10 working days ago"."""
        return half if isinstance(half, Query) else replace(half, where=fixed(half.where, as_of, self.calendar))

    def _take(self, requests: Sequence[Request]) -> dict[Request, Taken | SourceError]:
        by_source: dict[Source, list[Request]] = {}
        for request in dict.fromkeys(requests):
            by_source.setdefault(self._source_of(request.measure), []).append(request)
        taken: dict[Request, Taken | SourceError] = {}
        for source, asked in by_source.items():
            taken |= zip(asked, _guarded(source, asked), strict=True)
        return taken

    def _readings(self, kpi: Kpi, as_of: datetime, taken: list[Taken | SourceError]) -> dict[str, Reading]:
        try:
            parts = [self._parts(half, _or_raised(each)) for half, each in zip(halves(kpi.measure), taken, strict=True)]
            _check_divisible(kpi, parts)
            return self._by_campus(kpi, as_of, parts)
        except SourceError as error:
            log.warning("%s cannot be measured: %s", kpi.id, error)
            return self._failed(kpi, as_of, error)
        except Exception:  # data that nobody foresaw may cost its own KPI, but no other one
            log.exception("%s cannot be measured", kpi.id)
            return self._failed(kpi, as_of, SourceMisfitError(UNFORESEEN))

    def _parts(self, measure: Simple, taken: Taken) -> PartsByCampus | None:
        """The parts by campus slug; None where the dataset holds nothing at all."""
        if not taken and self._source_of(measure).is_empty(measure):
            return None
        return {slug: combine(parts) for slug, parts in self._placed(measure, taken).items()}

    def _tracks(self, measure: Simple, window: Window) -> dict[str, Track] | None:
        """The tracks by campus slug; None where the dataset holds nothing at all."""
        age, whole = aged(measure), measure
        if age is not None and not isinstance(measure, Query):
            measure = replace(measure, where=tuple(each for each in measure.where if not _moves(each)))
            window = replace(window, cutoffs=tuple(instant_of(age, end, self.calendar) for end in window.ends))
        given = self._source_of(whole).track(measure, window)
        if not given and self._source_of(whole).is_empty(whole):
            return None
        found = self._placed(whole, given)
        return {slug: track for slug, tracks in found.items() if (track := together(tracks)) is not None}

    def _placed(self, measure: Simple, by_cell: Mapping[Cell, Each]) -> dict[str, list[Each]]:
        """What each campus has under any of the names that the database calls it by."""
        placed: dict[str, list[Each]] = {}
        for cell, each in by_cell.items():
            placed.setdefault(self.resolve(measure, cell.campus), []).append(each)
        return placed

    def _rolled_up(self, own: Mapping[str, Each], total: Callable[[Sequence[Each]], Each]) -> dict[str, Each]:
        """What every campus and group has, itself and below; whoever has nothing is absent."""
        rolled: dict[str, Each] = {}
        for node, children in self._bottom_up:
            members = [rolled[child] for child in children if child in rolled]
            if node in own:
                members.append(own[node])
            if members:
                rolled[node] = total(members)
        return rolled

    def _covered(self, campus: str) -> frozenset[str]:
        return frozenset(self.tree.covered(campus))

    def _by_campus(self, kpi: Kpi, as_of: datetime, parts: list[PartsByCampus | None]) -> dict[str, Reading]:
        known = [self._rolled_up(each, combine) for each in parts if each is not None]
        if len(known) < len(parts):
            return {node.slug: _without_rows(kpi, node.slug, as_of) for node in self.tree}
        none = [nothing(half) for half in halves(kpi.measure)]
        readings = {
            node.slug: self._reading(
                kpi, node.slug, as_of, [each.get(node.slug, other) for each, other in zip(known, none, strict=True)]
            )
            if _is_known(kpi, node.slug, known)
            else _without_rows(kpi, node.slug, as_of)
            for node in self.tree
        }
        strays = known[-1].get(NO_CAMPUS, Parts()).rows  # of the half that the reading rests on
        if strays:
            readings[DISTRICT] = replace(readings[DISTRICT], unplaced=strays)
        return readings

    def _reading(self, kpi: Kpi, campus: str, as_of: datetime, sums: Sequence[Parts]) -> Reading:
        ratio = kpi.measure if isinstance(kpi.measure, Ratio) else None
        parts = sums[0] if ratio is None else divide(*sums, one_dataset=ratio.is_of_one_dataset)
        value = value_of(kpi.measure, parts)
        if value is not None and not math.isfinite(value):
            return Reading(kpi.id, campus, as_of, None, Missing.NOT_A_NUMBER, rows=parts.rows)
        shown = None if value is None else value * self._scale(kpi, kpi.card.format)
        return Reading(
            kpi.id,
            campus,
            as_of,
            value=shown,
            missing=why_missing(kpi.measure, parts) if value is None else None,
            numerator=parts.amount,
            denominator=parts.denominator,
            rows=parts.rows,
            valued=parts.valued,
            waiting=parts.waiting,
            newest=parts.newest,
            also=self._also(kpi, parts),
            pace=None if shown is None or kpi.budget is None else self._pace(kpi, campus, as_of, shown),
        )

    def _failed(self, kpi: Kpi, as_of: datetime, error: SourceError) -> dict[str, Reading]:
        missing = Missing.SOURCE_DOWN if isinstance(error, SourceDownError) else Missing.MISFIT
        return {node.slug: Reading(kpi.id, node.slug, as_of, None, missing, detail=str(error)) for node in self.tree}

    def _also(self, kpi: Kpi, parts: Parts) -> tuple[tuple[Statistic, float | None], ...]:
        """The other statistics of the same durations, in the unit that each is shown in."""
        if not isinstance(kpi.measure, Duration):
            return ()
        found = ((each, statistic_of(parts, each)) for each in kpi.measure.also)
        return tuple(
            (each, None if value is None else value * self._scale(kpi, format_of(each, kpi.card.format)))
            for each, value in found
        )

    def _pace(self, kpi: Kpi, campus: str, as_of: datetime, spent: float) -> Pace | None:
        amount = kpi.budget.amount(campus, self.period(kpi, as_of).key, self.tree) if kpi.budget else None
        return None if amount is None else pace(spent, amount, kpi.compared.pace(as_of, self.calendar))

    def _scale(self, kpi: Kpi, shown: Format) -> float:
        """What the measure's own unit is multiplied by; a day of the working clock is a working day."""
        if shown is Format.DAYS and kpi.in_working_hours:
            return 1 / self.calendar.working_day_seconds
        return shown.scale

    def _series(self, kpi: Kpi, campus: str, tracks: list[dict[str, Track]], window: Window) -> Series:
        sums = [track.get(campus) for track in tracks]
        values = [self._values(half, track, window) for half, track in zip(halves(kpi.measure), sums, strict=True)]
        if isinstance(kpi.measure, Ratio):
            values = [Curve(*values).values(len(window.days))]
        scale = self._scale(kpi, kpi.card.format)
        return Series(window.days, tuple(None if math.isnan(each) else float(each) * scale for each in values[0]))

    def _values(self, measure: Simple, track: Track | None, window: Window) -> Floats:
        """One number a day in the measure's own unit; NaN where there is none."""
        if track is None:
            value = value_of(measure, nothing(measure))
            return np.full(len(window.days), np.nan if value is None else value)
        if isinstance(track, Curve):
            return track.values(len(window.days))
        if isinstance(track, Keys):
            return track.counts()
        windows = [(start.timestamp(), end.timestamp()) for start, end in zip(window.starts, window.ends, strict=True)]
        if not isinstance(measure, Duration):
            raise TypeError("only durations have spans")
        lasting = self.calendar.working_seconds if measure.clock is Clock.WORKING else elapsed
        return statistic_over(track, windows, measure.statistic, lasting)


def _guarded(source: Source, requests: Sequence[Request]) -> Sequence[Taken | SourceError]:
    """What the source gives; what nobody foresaw costs the KPIs that it was asked for, and no others."""
    try:
        return source.take(requests)
    except SourceError as error:
        return [error] * len(requests)
    except Exception:
        log.exception("a database cannot be measured")
        return [SourceMisfitError(UNFORESEEN)] * len(requests)


def _or_raised(taken: Taken | SourceError) -> Taken:
    if isinstance(taken, SourceError):
        raise taken
    return taken


def _moves(condition: object) -> bool:
    return isinstance(condition, Timed) and condition.moves


def _sum_of_tracks(tracks: Sequence[Track]) -> Track:
    return tracks[0] if len(tracks) == 1 else together(tracks) or tracks[0]


def _bottom_up(tree: CampusTree) -> list[tuple[str, list[str]]]:
    """Every node with its children; children come before their parents."""
    children: dict[str, list[str]] = {}
    for node in tree:
        if node.slug != DISTRICT:
            children.setdefault(node.parent or DISTRICT, []).append(node.slug)
    top_down = [DISTRICT]
    for slug in top_down:
        top_down += children.get(slug, [])
    return [(slug, children.get(slug, [])) for slug in reversed(top_down)]


def _without_rows(kpi: Kpi, campus: str, as_of: datetime) -> Reading:
    return Reading(kpi.id, campus, as_of, None, Missing.NO_ROWS)


def _check_divisible(kpi: Kpi, taken: Sequence[PartsByCampus | None]) -> None:
    """Percentages and durations of campuses have no sum: a query must give what they are made of."""
    parts = [each for found in taken if found is not None for each in found.values()]
    if isinstance(kpi.measure, Query) and not kpi.additive and any(each.denominator is None for each in parts):
        raise SourceMisfitError(f"`as: {kpi.card.format}` needs a query that gives campus, numerator and denominator")


def _is_known(kpi: Kpi, campus: str, rolled: Sequence[PartsByCampus]) -> bool:
    """Whether anything can be said of a campus; nothing where a query leaves it out, or rows name no campus at all."""
    if not kpi.by_campus:
        return campus == DISTRICT
    return not isinstance(kpi.measure, Query) or any(campus in parts for parts in rolled)
