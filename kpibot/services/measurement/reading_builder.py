"""Turns summed aggregates into readings and series, in the unit of their KPI."""

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

AggregatesByNode = Mapping[str, Aggregate]


class ReadingBuilder:
    """Builds readings and series for the nodes of a campus tree."""

    def __init__(self, district: District) -> None:
        self._calendar = district.calendar
        self._tree = district.tree

    def readings(self, kpi: Kpi, as_of: datetime, sums: Sequence[AggregatesByNode]) -> dict[str, Reading]:
        """A reading for every node, from the sums of each component of the measure."""
        has_data = _data_test(kpi, sums)
        pairs = [
            (by_node, empty_aggregate(component))
            for by_node, component in zip(sums, components(kpi.measure), strict=True)
        ]
        readings = {
            node.slug: self.reading(kpi, node.slug, as_of, [by_node.get(node.slug, empty) for by_node, empty in pairs])
            if has_data(node.slug)
            else Reading(kpi=kpi.id, campus=node.slug, as_of=as_of, value=None, missing=Missing.NO_ROWS)
            for node in self._tree
        }
        if unmatched := sums[-1].get(NO_CAMPUS, Aggregate()).rows:  # of a ratio, the rows of its denominator
            readings[DISTRICT] = replace(readings[DISTRICT], unplaced=unmatched)
        return readings

    def reading(self, kpi: Kpi, campus: str, as_of: datetime, sums: Sequence[Aggregate]) -> Reading:
        """The reading of a node, from the sums of each component of the measure."""
        ratio = kpi.measure if isinstance(kpi.measure, Ratio) else None
        total = sums[0] if ratio is None else divide(*sums, one_dataset=ratio.is_of_one_dataset)
        value = value_of(kpi.measure, total)
        if value is not None and not math.isfinite(value):
            return Reading(
                kpi=kpi.id, campus=campus, as_of=as_of, value=None, missing=Missing.NOT_A_NUMBER, rows=total.rows
            )
        scaled = None if value is None else value * self._scale(kpi, kpi.card.format)
        return Reading(
            kpi=kpi.id,
            campus=campus,
            as_of=as_of,
            value=scaled,
            missing=why_missing(kpi.measure, total) if value is None else None,
            numerator=total.amount,
            denominator=total.denominator,
            rows=total.rows,
            valued=total.valued,
            waiting=total.waiting,
            newest=total.newest,
            also=self._also(kpi, total),
            pace=None if scaled is None or kpi.budget is None else self._pace(kpi, campus, as_of, scaled),
        )

    def missing(self, kpi: Kpi, as_of: datetime, why: Missing, detail: str | None = None) -> dict[str, Reading]:
        """Readings without a value for every node."""
        return {
            node.slug: Reading(kpi=kpi.id, campus=node.slug, as_of=as_of, value=None, missing=why, detail=detail)
            for node in self._tree
        }

    def series(self, kpi: Kpi, data: Sequence[SeriesData | None], window: Window) -> Series:
        """The series of a node, from the summed data of each component of the measure; None for one without data."""
        values = [
            self._values(component, of_component, window)
            for component, of_component in zip(components(kpi.measure), data, strict=True)
        ]
        if isinstance(kpi.measure, Ratio):
            values = [DailyTotals(*values).values(len(window.days))]
        scaled = values[0] * self._scale(kpi, kpi.card.format)
        with_gaps: list[float | None] = scaled.tolist()
        for day in np.flatnonzero(np.isnan(scaled)):
            with_gaps[day] = None
        return Series(window.days, tuple(with_gaps))

    def _also(self, kpi: Kpi, aggregate: Aggregate) -> tuple[tuple[Statistic, float | None], ...]:
        """Other statistics of the same durations, each in the unit that it is shown in."""
        if not isinstance(kpi.measure, Duration) or not kpi.measure.also:
            return ()
        values = ((statistic, statistic_of(aggregate, statistic)) for statistic in kpi.measure.also)
        return tuple(
            (statistic, None if value is None else value * self._scale(kpi, format_of(statistic, kpi.card.format)))
            for statistic, value in values
        )

    def _pace(self, kpi: Kpi, campus: str, as_of: datetime, spent: float) -> Pace | None:
        year, elapsed = _year(kpi.comparison_period, as_of, self._calendar)
        amount = kpi.budget.amount(campus, year, self._tree) if kpi.budget else None
        return None if amount is None else spending_pace(spent, amount, elapsed)

    def _scale(self, kpi: Kpi, format_: Format) -> float:
        """The factor from the measure's unit to the format's; a day of the working clock is a working day."""
        if format_ is Format.DAYS and kpi.in_working_hours:
            return 1 / self._calendar.working_day_seconds
        return format_.scale

    def _values(self, measure: Simple, data: SeriesData | None, window: Window) -> Floats:
        """One number per day in the measure's unit; NaN where there is none."""
        if data is None:
            value = value_of(measure, empty_aggregate(measure))
            return np.full(len(window.days), np.nan if value is None else value)
        if isinstance(data, DailyTotals):
            return data.values(len(window.days))
        if isinstance(data, DistinctCounts):
            return data.counts()
        windows = [(start.timestamp(), end.timestamp()) for start, end in zip(window.starts, window.ends, strict=True)]
        if not isinstance(measure, Duration):
            raise TypeError("only durations have intervals")
        lasting = self._calendar.working_seconds if measure.clock is Clock.WORKING else wall_clock
        return statistic_over(data, windows, measure.statistic, lasting)


@lru_cache(maxsize=16)
def _year(rule: PeriodRule, as_of: datetime, calendar: Calendar) -> tuple[str, float]:
    """The key of the period at an instant, and the share that has elapsed: the same for every node."""
    return rule.ending(as_of, calendar).key, rule.pace(as_of, calendar)


def _data_test(kpi: Kpi, sums: Sequence[AggregatesByNode]) -> Callable[[str], bool]:
    """Which nodes have data: not those that a query leaves out, nor campuses where rows belong to none."""
    if not kpi.by_campus:
        return DISTRICT.__eq__
    if not isinstance(kpi.measure, Query):
        return lambda _: True
    return lambda campus: any(campus in by_node for by_node in sums)
