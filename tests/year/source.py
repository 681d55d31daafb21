"""The district's databases as the bot asks them: a Source over rows in memory, with bad days of its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import numpy as np

from kpibot.core.kpis.conditions import TimeCondition
from kpibot.core.kpis.measures import Clock, Counted, Duration, Flow, Simple, Stock
from kpibot.core.kpis.readings import Aggregate
from kpibot.core.kpis.series import DailyTotals, Intervals, SeriesData, Window, wall_clock
from kpibot.core.time.calendar import Calendar
from kpibot.sources.base import GroupKey, QueryResult, Request, SourceDownError, SourceError
from kpibot.sources.sql.result_mapping import SortedIntervals, duration_samples
from tests.year.rows import ORIGIN, Floats, Rows

DAY = 86_400.0


@dataclass(frozen=True)
class Bad:
    """A stretch in which a database does not answer, or (`stale`) in which nothing new comes into its tables."""

    database: str
    begins: datetime
    ends: datetime
    stale: bool = False

    def holds(self, now: datetime) -> bool:
        """Whether it is so at an instant."""
        return self.begins <= now < self.ends


@dataclass(frozen=True)
class Amounts:
    """A measure at the ends of some periods: a row a campus, a column an end. `rows` are those that it rests on."""

    numerator: Floats
    rows: Floats
    denominator: Floats | None = None


class Model:
    """A Source: one database, `datasets` its rows by name and `names` what it calls each campus by its number.

    `now` reads the clock: a database that is down now answers nothing, whatever instant it is asked about.
    """

    def __init__(
        self,
        name: str,
        datasets: Mapping[str, Rows],
        names: Sequence[str],
        calendar: Calendar,
        bad: Sequence[Bad],
        now: partial[datetime],
    ) -> None:
        self._name = name
        self._datasets = datasets
        self._cells = [GroupKey(each) for each in names]
        self._lasting = calendar.working_seconds
        self._bad = [each for each in bad if each.database == name]
        self._now = now
        self._kept: dict[object, object] = {}

    def take(self, requests: Sequence[Request]) -> list[QueryResult | SourceError]:
        if self._is_down():
            return [SourceDownError(f"database `{self._name}` did not answer within 10 s") for _ in requests]
        return [self._taken(each) for each in requests]

    def series(self, measure: Simple, window: Window) -> Mapping[GroupKey, SeriesData]:
        self._check()
        if isinstance(measure, Duration):
            campus, spans = self._spans(measure, window.opens.timestamp(), self._seen(window.ends[-1]))
            return self._sorted(campus, spans).by_group()
        starts, ends = (np.array([each.timestamp() for each in times]) for times in (window.starts, window.ends))
        ends = np.minimum(ends, self._seen(window.ends[-1]))
        found = self._aged(measure, window, ends) if window.cutoffs else self._amounts(measure, starts, ends)
        divided = found.numerator if found.denominator is None else found.denominator
        return {
            cell: DailyTotals(numerator, None if found.denominator is None else denominator)
            for cell, numerator, denominator in zip(self._cells, found.numerator, divided, strict=True)
        }

    def is_empty(self, measure: Simple) -> bool:
        self._check()
        return not len(self._datasets[measure.dataset].campus)

    def newest(self, measure: Simple, before: datetime) -> datetime | None:
        self._check()
        times = self._datasets[measure.dataset].columns[measure.at if isinstance(measure, Flow) else measure.since]
        return datetime.fromtimestamp(float(np.max(times[times < self._seen(before)])), UTC)

    def values(self, dataset: str, column: str, most: int) -> list[object]:
        return []

    def rows(self, request: Request, columns: Sequence[str], most: int) -> list[Mapping[str, object]]:
        return []

    def _is_down(self) -> bool:
        return any(each.holds(self._now()) and not each.stale for each in self._bad)

    def _check(self) -> None:
        if self._is_down():
            raise SourceDownError(f"database `{self._name}` did not answer within 10 s")

    def _seen(self, as_of: datetime) -> float:
        """Up to when there are rows, as seen now of what was before `as_of`."""
        frozen = (each.begins for each in self._bad if each.stale and each.holds(self._now()))
        return min(as_of, *frozen, as_of).timestamp()

    def _taken(self, request: Request) -> QueryResult:
        measure, end = request.measure, self._seen(request.period.end)
        if isinstance(measure, Duration):
            period = replace(request.period, end=datetime.fromtimestamp(end, UTC))
            campus, spans = self._spans(measure, period.start.timestamp(), end)
            lasting = self._lasting if measure.clock is Clock.WORKING else wall_clock
            return duration_samples(self._sorted(campus, spans), measure, period, lasting)
        found = self._amounts(measure, np.array([request.period.start.timestamp()]), np.array([end]))
        return dict(self._parts(measure, found, end))

    def _parts(self, measure: Simple, found: Amounts, end: float) -> Iterator[tuple[GroupKey, Aggregate]]:
        newest = self._newest(measure, end)
        numerators, rows = found.numerator[:, 0].tolist(), found.rows[:, 0].tolist()
        divided = [None] * len(rows) if found.denominator is None else found.denominator[:, 0].tolist()
        for cell, numerator, count, denominator, latest in zip(
            self._cells, numerators, rows, divided, newest, strict=True
        ):
            if count:
                yield (
                    cell,
                    Aggregate(
                        numerator=numerator,
                        denominator=denominator,
                        rows=int(count),
                        valued=int(count),
                        newest=datetime.fromtimestamp(latest, UTC),
                    ),
                )

    def _newest(self, measure: Simple, end: float) -> list[float]:
        time = measure.at if isinstance(measure, Flow) else measure.since
        fixed = _fixed(measure)
        begun = self._once(("instants", measure.dataset, time, fixed), lambda: self._rows(measure).instants(time))
        return begun.last_before(end).tolist()

    def _spans(self, measure: Duration, start: float, end: float) -> tuple[np.ndarray, Intervals]:
        campus, spans = self._rows(measure).spans(measure.since, measure.until, start, end)
        return campus, replace(spans, ended=np.where(spans.ended < end, spans.ended, np.nan))

    def _sorted(self, campus: np.ndarray, spans: Intervals) -> SortedIntervals:
        present = np.unique(campus)
        return SortedIntervals([self._cells[each] for each in present], np.searchsorted(campus, present), spans)

    def _amounts(self, measure: Stock | Flow, starts: Floats, ends: Floats) -> Amounts:
        if timed := [each for each in measure.where if isinstance(each, TimeCondition)]:
            return self._of_age(measure, timed, ends)
        if isinstance(measure, Flow):
            return self._flow(measure, starts, ends)
        if measure.average:
            return self._average(measure, starts, ends)
        rows = self._level(measure).at(ends)
        if measure.amount.counted is not Counted.MEAN:
            return Amounts(rows, rows)
        column = self._rows(measure).columns[measure.amount.columns[0]]
        weighted = self._once(("mean", measure), lambda: self._rows(measure).level(*_ends(measure), column))
        return Amounts(weighted.at(ends), rows, rows)

    def _flow(self, measure: Flow, starts: Floats, ends: Floats) -> Amounts:
        def between(weight: Floats | None) -> Floats:
            key = ("flow", measure.dataset, measure.at, measure.where, weight is not None)
            instants = self._once(key, lambda: self._rows(measure).instants(measure.at, weight))
            return instants.before(ends) - instants.before(starts)

        rows = between(None)
        if measure.amount.counted is not Counted.SUM:
            return Amounts(rows, rows)
        return Amounts(between(self._rows(measure).columns[measure.amount.columns[0]]), rows)

    def _average(self, measure: Stock, starts: Floats, ends: Floats) -> Amounts:
        level = self._level(measure)
        moment = self._once(("moment", _key(measure)), lambda: self._rows(measure).moment(*_ends(measure)))

        def area(moments: Floats) -> Floats:
            return level.at(moments) * (moments - ORIGIN) - moment.at(moments)

        mean = (area(ends) - area(starts)) / (ends - starts)
        return Amounts(mean, level.at(ends))

    def _of_age(self, measure: Stock, timed: Sequence[TimeCondition], ends: Floats) -> Amounts:
        (end,) = ends
        old = self._rows(measure)
        kept = (old.columns[measure.since] < end) & ~(old.columns[measure.until] < end)
        standing = Rows(old.campus[kept], {name: each[kept] for name, each in old.columns.items()}, old.campuses)
        counts = np.bincount(standing.where(timed).campus, minlength=old.campuses).astype(np.float64)[:, None]
        return Amounts(counts, counts)

    def _aged(self, measure: Stock, window: Window, ends: Floats) -> Amounts:
        """A stock of what began before each day's cutoff."""
        rows = self._rows(measure)
        since, until = (rows.columns[each] for each in _ends(measure))
        recent = ~(until < window.starts[0].timestamp() - DAY)
        campus, since, until = rows.campus[recent], since[recent], until[recent]
        counts = [
            np.bincount(campus[(since < cutoff.timestamp()) & ~(until < end)], minlength=rows.campuses)
            for cutoff, end in zip(window.cutoffs, ends, strict=True)
        ]
        counted = np.array(counts, dtype=np.float64).T
        return Amounts(counted, counted)

    def _level(self, measure: Stock):
        return self._once(("level", _key(measure)), lambda: self._rows(measure).level(*_ends(measure)))

    def _rows(self, measure: Stock | Flow | Duration) -> Rows:
        fixed = _fixed(measure)
        return self._once(("rows", measure.dataset, fixed), lambda: self._datasets[measure.dataset].where(fixed))

    def _once(self, key: object, make):
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


def _fixed(measure: Stock | Flow | Duration) -> tuple[object, ...]:
    return tuple(each for each in measure.where if not isinstance(each, TimeCondition))


def _key(measure: Stock) -> tuple[object, ...]:
    return measure.dataset, measure.since, measure.until, _fixed(measure)


def _ends(measure: Stock | Duration) -> tuple[str, str]:
    return measure.since, measure.until
