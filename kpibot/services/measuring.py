"""Measures KPIs for every campus and group at once, and their series."""

import logging
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

import numpy as np

from kpibot.core.calendar import Calendar
from kpibot.core.campus import DISTRICT, NO_CAMPUS, CampusTree
from kpibot.core.kpi import Kpi
from kpibot.core.measures import Duration, Query, Ratio, Simple, Statistic, halves
from kpibot.core.periods import Period
from kpibot.core.readings import Floats, Missing, Parts, Reading, combine, divide, value_of, why_missing
from kpibot.core.series import Curve, Series, Track, Window, statistic_over, together
from kpibot.sources.base import RawCampus, Source, SourceDownError, SourceError, SourceMisfitError

log = logging.getLogger(__name__)

Each = TypeVar("Each")
PartsByCampus = Mapping[str, Parts]


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

    def measure(self, kpi: Kpi, as_of: datetime) -> dict[str, Reading]:
        """A reading for every campus and group; a database that fails gives readings that say so, not an exception."""
        period = self.period(kpi, as_of)
        try:
            taken = [self._parts(half, period) for half in halves(kpi.measure)]
            _check_divisible(kpi, taken)
        except SourceError as error:
            log.warning("%s cannot be measured: %s", kpi.id, error)
            return {campus.slug: _failed(kpi, campus.slug, as_of, error) for campus in self.tree}
        except Exception:  # data that nobody foresaw may cost its own KPI, but no other one
            log.exception("%s cannot be measured", kpi.id)
            unforeseen = SourceMisfitError("its data cannot be understood; the log says why")
            return {campus.slug: _failed(kpi, campus.slug, as_of, unforeseen) for campus in self.tree}
        return {campus.slug: self._reading(kpi, campus.slug, as_of, taken) for campus in self.tree}

    def series(self, kpi: Kpi, campuses: Iterable[str], as_of: datetime, days: int) -> dict[str, Series]:
        """The KPI at the end of each of the last `days` local days, the current one included, for these nodes.

        Raises:
            SourceError: with what to do about it.
        """
        window = self.window(kpi, as_of, days)
        tracks = [self._tracks(half, window) for half in halves(kpi.measure)]
        return {campus: self._series(kpi, campus, tracks, window) for campus in campuses}

    def newest(self, measure: Simple, as_of: datetime) -> datetime | None:
        """The newest row of the measure's dataset before `as_of`, whatever the KPI's filters.

        Raises:
            SourceError: with what to do about it.
        """
        return self._source_of(measure).newest(measure, as_of)

    def unplaced(self, measure: Simple, period: Period) -> dict[RawCampus, Parts]:
        """The parts of a measure whose campus nobody knows, by what the database calls it.

        Raises:
            SourceError: with what to do about it.
        """
        found, system = self._source_of(measure).measure(measure, period), self._system_of(measure)
        return {raw: parts for raw, parts in found.items() if self.tree.resolve(raw, system) == NO_CAMPUS}

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

    def _parts(self, measure: Simple, period: Period) -> PartsByCampus | None:
        """The parts by campus slug; None where the dataset holds nothing at all."""
        source = self._source_of(measure)
        found = self._placed(measure, source.measure(measure, period))
        if not found and source.is_empty(measure):
            return None
        return {slug: combine(parts) for slug, parts in found.items()}

    def _tracks(self, measure: Simple, window: Window) -> dict[str, Track]:
        found = self._placed(measure, self._source_of(measure).track(measure, window))
        return {slug: track for slug, tracks in found.items() if (track := together(tracks)) is not None}

    def _placed(self, measure: Simple, by_raw: Mapping[RawCampus, Each]) -> dict[str, list[Each]]:
        """What each campus has under any of the names that the database calls it by."""
        placed: dict[str, list[Each]] = {}
        system = self._system_of(measure)
        for raw, each in by_raw.items():
            placed.setdefault(self.tree.resolve(raw, system), []).append(each)
        return placed

    def _reading(self, kpi: Kpi, campus: str, as_of: datetime, taken: list[PartsByCampus | None]) -> Reading:
        if any(parts is None for parts in taken):
            return Reading(kpi.id, campus, as_of, None, Missing.NO_ROWS)
        covered = self.tree.covered(campus)
        if not _is_known(kpi, campus, covered, taken):
            return Reading(kpi.id, campus, as_of, None, Missing.NO_ROWS)
        sums = [combine(parts[slug] for slug in covered if slug in parts) for parts in taken if parts is not None]
        parts = divide(*sums) if isinstance(kpi.measure, Ratio) else sums[0]
        value = value_of(kpi.measure, parts)
        if value is not None and not math.isfinite(value):
            return Reading(kpi.id, campus, as_of, None, Missing.NOT_A_NUMBER, rows=parts.rows)
        strays = (taken[-1] or {}).get(NO_CAMPUS, Parts()).rows  # of the half that the reading rests on
        return Reading(
            kpi.id,
            campus,
            as_of,
            value=None if value is None else value * kpi.card.format.scale,
            missing=why_missing(kpi.measure, parts) if value is None else None,
            numerator=parts.numerator,
            denominator=parts.denominator,
            rows=parts.rows,
            valued=parts.valued,
            unplaced=strays if campus == DISTRICT else 0,
            waiting=parts.waiting,
            newest=parts.newest,
        )

    def _series(self, kpi: Kpi, campus: str, tracks: list[dict[str, Track]], window: Window) -> Series:
        below = self.tree.covered(campus)
        sums = [together(track[slug] for slug in below if slug in track) for track in tracks]
        values = [_values(half, track, window) for half, track in zip(halves(kpi.measure), sums, strict=True)]
        if isinstance(kpi.measure, Ratio):
            values = [Curve(*(np.nan_to_num(each) for each in values)).values(len(window.days))]
        shown = (None if math.isnan(each) else float(each) * kpi.card.format.scale for each in values[0])
        return Series(window.days, tuple(shown))


def _values(measure: Simple, track: Track | None, window: Window) -> Floats:
    """One number a day in the measure's own unit; NaN where there is none."""
    if track is None:
        return np.full(len(window.days), np.nan if isinstance(measure, Duration) else 0.0)
    if isinstance(track, Curve):
        return track.values(len(window.days))
    statistic = measure.statistic if isinstance(measure, Duration) else Statistic.MEAN
    stretches = [(start.timestamp(), end.timestamp()) for start, end in zip(window.starts, window.ends, strict=True)]
    return statistic_over(track, stretches, statistic)


def _check_divisible(kpi: Kpi, taken: list[PartsByCampus | None]) -> None:
    """Percentages and durations of campuses have no sum: a query must give what they are made of."""
    parts = [each for found in taken if found is not None for each in found.values()]
    if isinstance(kpi.measure, Query) and not kpi.additive and any(each.denominator is None for each in parts):
        raise SourceMisfitError(f"`as: {kpi.card.format}` needs a query that gives campus, numerator and denominator")


def _is_known(kpi: Kpi, campus: str, covered: tuple[str, ...], taken: list[PartsByCampus | None]) -> bool:
    """Whether anything can be said of a campus; nothing where a query leaves it out, or rows name no campus at all."""
    if not kpi.by_campus:
        return campus == DISTRICT
    return not isinstance(kpi.measure, Query) or any(slug in parts for parts in taken if parts for slug in covered)


def _failed(kpi: Kpi, campus: str, as_of: datetime, error: SourceError) -> Reading:
    missing = Missing.SOURCE_DOWN if isinstance(error, SourceDownError) else Missing.MISFIT
    return Reading(kpi.id, campus, as_of, None, missing, detail=str(error))
