"""Makes readings of summed parts, and series of summed tracks: numbers in the unit of their KPI."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

import numpy as np

from kpibot.core.campuses.campus_tree import DISTRICT, NO_CAMPUS
from kpibot.core.kpis.budget import Pace, spending_pace
from kpibot.core.kpis.district import District
from kpibot.core.kpis.kpi import Format, Kpi, format_of
from kpibot.core.kpis.measures import Clock, Duration, Query, Ratio, Simple, Statistic, components
from kpibot.core.kpis.readings import (
    Aggregate,
    Floats,
    Missing,
    Reading,
    divide,
    empty_aggregate,
    statistic_of,
    value_of,
    why_missing,
)
from kpibot.core.kpis.series import DailyTotals, DistinctCounts, Series, SeriesData, Window, statistic_over, wall_clock
from kpibot.core.time.calendar import Calendar
from kpibot.core.time.periods import PeriodRule

SumsByNode = Mapping[str, Aggregate]


class ReadingBuilder:
    """Gives the nodes of a campus tree their readings and series."""

    def __init__(self, district: District) -> None:
        self._calendar = district.calendar
        self._tree = district.tree

    def readings(self, kpi: Kpi, as_of: datetime, sums: Sequence[SumsByNode]) -> dict[str, Reading]:
        """A reading for every node, from what each half of the measure has there and below."""
        is_known = _knows(kpi, sums)
        pairs = [(each, empty_aggregate(half)) for each, half in zip(sums, components(kpi.measure), strict=True)]
        readings = {
            node.slug: self.reading(kpi, node.slug, as_of, [each.get(node.slug, none) for each, none in pairs])
            if is_known(node.slug)
            else Reading(kpi=kpi.id, campus=node.slug, as_of=as_of, value=None, missing=Missing.NO_ROWS)
            for node in self._tree
        }
        unmatched_codes = sums[-1].get(NO_CAMPUS, Aggregate()).rows  # of the half that the reading rests on
        return _with_strays(readings, unmatched_codes) if unmatched_codes else readings

    def reading(self, kpi: Kpi, campus: str, as_of: datetime, sums: Sequence[Aggregate]) -> Reading:
        """The reading of a node, from what each half of the measure has there and below."""
        ratio = kpi.measure if isinstance(kpi.measure, Ratio) else None
        parts = sums[0] if ratio is None else divide(*sums, one_dataset=ratio.is_of_one_dataset)
        value = value_of(kpi.measure, parts)
        if value is not None and not math.isfinite(value):
            return Reading(
                kpi=kpi.id, campus=campus, as_of=as_of, value=None, missing=Missing.NOT_A_NUMBER, rows=parts.rows
            )
        shown = None if value is None else value * self._scale(kpi, kpi.card.format)
        return Reading(
            kpi=kpi.id,
            campus=campus,
            as_of=as_of,
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

    def missing(self, kpi: Kpi, as_of: datetime, why: Missing, detail: str | None = None) -> dict[str, Reading]:
        """Readings without a value for every node."""
        return {
            node.slug: Reading(kpi=kpi.id, campus=node.slug, as_of=as_of, value=None, missing=why, detail=detail)
            for node in self._tree
        }

    def series(self, kpi: Kpi, tracks: Sequence[SeriesData | None], window: Window) -> Series:
        """The series of a node, from the track of each half of the measure there and below; None for one without."""
        values = [
            self._values(half, track, window) for half, track in zip(components(kpi.measure), tracks, strict=True)
        ]
        if isinstance(kpi.measure, Ratio):
            values = [DailyTotals(*values).values(len(window.days))]
        shown = values[0] * self._scale(kpi, kpi.card.format)
        plain: list[float | None] = shown.tolist()
        for day in np.flatnonzero(np.isnan(shown)):
            plain[day] = None
        return Series(window.days, tuple(plain))

    def _also(self, kpi: Kpi, parts: Aggregate) -> tuple[tuple[Statistic, float | None], ...]:
        """The other statistics of the same durations, in the unit that each is shown in."""
        if not isinstance(kpi.measure, Duration) or not kpi.measure.also:
            return ()
        found = ((each, statistic_of(parts, each)) for each in kpi.measure.also)
        return tuple(
            (each, None if value is None else value * self._scale(kpi, format_of(each, kpi.card.format)))
            for each, value in found
        )

    def _pace(self, kpi: Kpi, campus: str, as_of: datetime, spent: float) -> Pace | None:
        year, passed = _year(kpi.comparison_period, as_of, self._calendar)
        amount = kpi.budget.amount(campus, year, self._tree) if kpi.budget else None
        return None if amount is None else spending_pace(spent, amount, passed)

    def _scale(self, kpi: Kpi, shown: Format) -> float:
        """What the measure's own unit is multiplied by; a day of the working clock is a working day."""
        if shown is Format.DAYS and kpi.in_working_hours:
            return 1 / self._calendar.working_day_seconds
        return shown.scale

    def _values(self, measure: Simple, track: SeriesData | None, window: Window) -> Floats:
        """One number a day in the measure's own unit; NaN where there is none."""
        if track is None:
            value = value_of(measure, empty_aggregate(measure))
            return np.full(len(window.days), np.nan if value is None else value)
        if isinstance(track, DailyTotals):
            return track.values(len(window.days))
        if isinstance(track, DistinctCounts):
            return track.counts()
        windows = [(start.timestamp(), end.timestamp()) for start, end in zip(window.starts, window.ends, strict=True)]
        if not isinstance(measure, Duration):
            raise TypeError("only durations have spans")
        lasting = self._calendar.working_seconds if measure.clock is Clock.WORKING else wall_clock
        return statistic_over(track, windows, measure.statistic, lasting)


@lru_cache(maxsize=16)
def _year(rule: PeriodRule, as_of: datetime, calendar: Calendar) -> tuple[str, float]:
    """The key of the period at an instant, and the share that has passed: the same for every node."""
    return rule.ending(as_of, calendar).key, rule.pace(as_of, calendar)


def _knows(kpi: Kpi, sums: Sequence[SumsByNode]) -> Callable[[str], bool]:
    """Of which nodes anything can be said; of none that a query leaves out, or where rows name no campus at all."""
    if not kpi.by_campus:
        return DISTRICT.__eq__
    if not isinstance(kpi.measure, Query):
        return lambda _: True
    return lambda campus: any(campus in each for each in sums)


def _with_strays(readings: dict[str, Reading], unmatched_codes: int) -> dict[str, Reading]:
    return readings | {DISTRICT: replace(readings[DISTRICT], unplaced=unmatched_codes)}
