"""A Source over SQLAlchemy: runs the statements and turns their rows into parts and series."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from kpibot.catalog.model import Database, Dataset
from kpibot.core.kpis.measures import (
    ROWS,
    Amount,
    Clock,
    Counted,
    Duration,
    Flow,
    Query,
    Simple,
    Statistic,
    Stock,
)
from kpibot.core.kpis.series import ElapsedBetween, SeriesData, Window, wall_clock
from kpibot.core.time.periods import Period
from kpibot.sources.base import GroupKey, QueryResult, Request, SourceError, SourceMisfitError
from kpibot.sources.circuit_breaker import CircuitBreaker
from kpibot.sources.sql import result_mapping, series_sql, statements
from kpibot.sources.sql.dataset_rows import Rows, from_clause
from kpibot.sources.sql.district_database import DistrictDatabase
from kpibot.sources.sql.district_queries import parts_of_query
from kpibot.sources.sql.result_table import joined
from kpibot.sources.sql.timestamps import to_utc

MOST_STEPS = 400  # days of a window in one statement: SQLite takes 500 parts of a UNION


class SqlSource:
    """One of the district's databases, by SQL. Safe to call from several threads.

    `zone` is the district's: its days are the buckets of a series. Without a breaker, every call is made. `lasting` is
    the working clock.
    """

    def __init__(
        self,
        database: Database,
        datasets: Mapping[str, Dataset],
        zone: ZoneInfo,
        breaker: CircuitBreaker | None = None,
        lasting: ElapsedBetween = wall_clock,
    ) -> None:
        self.database = DistrictDatabase(database, datasets, breaker)
        self._zone = zone
        self._lasting = lasting

    def take(self, requests: Sequence[Request]) -> list[QueryResult | SourceError]:
        """See `Source.take`."""
        results: dict[Request, QueryResult | SourceError] = {}
        bundles: dict[object, list[Request]] = {}
        for request in requests:
            bundles.setdefault(_rows_of(request), []).append(request)
        for bundle in bundles.values():
            merge = list(dict.fromkeys(bundle))
            try:
                with _understanding(merge[0].measure):
                    results |= zip(merge, self._take(merge), strict=True)
            except SourceError as error:
                results |= dict.fromkeys(merge, error)
        return [results[request] for request in requests]

    def series(self, measure: Simple, window: Window) -> Mapping[GroupKey, SeriesData]:
        """See `Source.series`.

        Raises:
            SourceMisfitError: also for a snapshot or a query, whose past only the bot's own store knows, and for a
                distinct stock: a key that closes may still be open in another row, so that no walk back is right.
        """
        with _understanding(measure):
            match measure:
                case Stock(since=str(since)) if measure.amount.counted is not Counted.DISTINCT:
                    return self._stock_series(measure, since, window)
                case Flow():
                    return self._flow_series(measure, window)
                case Duration():
                    period = Period(window.opens, window.ends[-1], "")
                    spans = self.database.fetch(statements.spans(measure, self.database.rows_of(measure), period))
                    return result_mapping.spans_of(spans).by_group()
        raise SourceMisfitError(
            "a snapshot, a query or a distinct stock has no series in the database; "
            "its history comes from the bot's own readings"
        )

    def newest(self, measure: Simple, before: datetime) -> datetime | None:
        """See `Source.newest`."""
        name = statements.begins(measure)
        if isinstance(measure, Query) or name is None:
            return None
        dataset = self.database.datasets[measure.dataset]
        rows = Rows(dataset=dataset, engine=self.database.engine, kinds=self.database.kinds_of(dataset, [name]))
        with _understanding(measure):
            return to_utc(self.database.fetch(statements.newest(rows, name, before))["newest"][0], dataset.zone)

    def values(self, dataset: str, column: str, most: int) -> list[object]:
        """See `Source.values`."""
        rows = Rows(dataset=self.database.datasets[dataset], engine=self.database.engine, kinds={})
        return self.database.fetch(statements.values(rows, column, most))["value"]

    def is_empty(self, measure: Simple) -> bool:
        """See `Source.is_empty`."""
        if isinstance(measure, Query):
            return False
        dataset = self.database.datasets[measure.dataset]
        return not self.database.fetch(
            sa.select(sa.literal_column("1")).select_from(from_clause(dataset)).limit(1)
        ).rows

    def rows(self, request: Request, columns: Sequence[str], most: int) -> list[Mapping[str, object]]:
        """See `Source.rows`."""
        measure = request.measure
        if isinstance(measure, Query):
            return []
        statement = statements.listed(measure, self.database.rows_of(measure, request), request.period, columns, most)
        with _understanding(measure):
            return [*self.database.fetch(statement).mappings()]

    def select(self, sql: str) -> Sequence[Mapping[str, Any]]:
        """The rows of a SELECT of the district's own, as mappings.

        Raises:
            SourceError: with what to do about it.
        """
        return [*self.database.fetch(sa.text(sql.replace(":", "\\:"))).mappings()]

    def close(self) -> None:
        """Gives back all connections."""
        self.database.close()

    def _take(self, requests: list[Request]) -> Sequence[QueryResult]:
        """The parts of requests that rest on the same rows."""
        first = requests[0]
        match first.measure:
            case Query() as query:
                table = self.database.fetch(sa.text(query.sql), _bound(query.sql, first.period))
                return [parts_of_query(query, table)] * len(requests)
            case Duration() as duration:
                return self._durations([request.measure for request in requests], duration, first)
            case Stock() | Flow() as measure:
                return self._amounts([_amount(request.measure) for request in requests], measure, first)

    def _amounts(self, wanted: list[Amount], measure: Stock | Flow, request: Request) -> Sequence[QueryResult]:
        rows, zone = self.database.rows_of(measure, request), self.database.datasets[measure.dataset].zone
        table = self.database.fetch(statements.for_measure(measure, rows, request.period, wanted))
        if measure.amount.counted is Counted.DISTINCT:
            return [result_mapping.distinct_parts(table, zone)] * len(wanted)
        return [result_mapping.parts_of(table, zone, n) for n in range(len(wanted))]

    def _durations(self, wanted: list[Simple], duration: Duration, request: Request) -> Sequence[QueryResult]:
        period = request.period
        table = self.database.fetch(statements.for_measure(duration, self.database.rows_of(duration, request), period))
        if not statements.wants_spans(duration):
            parts = result_mapping.parts_of(table, self.database.datasets[duration.dataset].zone, 0)
            result = result_mapping.within_parts(parts) if duration.statistic is Statistic.WITHIN else parts
            return [result] * len(wanted)
        spans = result_mapping.spans_of(table)
        return [
            result_mapping.duration_samples(spans, measure, period, self._clock(measure))
            for measure in wanted
            if isinstance(measure, Duration)
        ]

    def _clock(self, duration: Duration) -> ElapsedBetween:
        return self._lasting if duration.clock is Clock.WORKING else wall_clock

    def _stock_series(self, stock: Stock, since: str, window: Window) -> Mapping[GroupKey, SeriesData]:
        if window.cutoffs:
            return self._aged_series(stock, since, window)
        rows = self.database.rows_of(stock)
        period = Period(window.opens if stock.average else self._midnight(window), window.ends[-1], "")
        statement = series_sql.stock_series(stock, since, rows, period, series_sql.DayOf(self._zone, period))
        table = self.database.fetch(statement)
        if stock.average:
            return result_mapping.average_stock_levels(table, window, self._zone)
        return result_mapping.stock_levels(table, window, is_mean=stock.amount.counted is Counted.MEAN)

    def _aged_series(self, stock: Stock, since: str, window: Window) -> Mapping[GroupKey, SeriesData]:
        rows, last = self.database.rows_of(stock), window.ends[-1]
        tables = [
            self.database.fetch(series_sql.aged_series(stock, since, rows, part, is_last=part.ends[-1] == last))
            for part in _parts_of(window, MOST_STEPS)
        ]
        return result_mapping.stock_levels(joined(tables), window, is_mean=stock.amount.counted is Counted.MEAN)

    def _flow_series(self, flow: Flow, window: Window) -> Mapping[GroupKey, SeriesData]:
        period = Period(window.opens, window.ends[-1], "")
        rows, days = self.database.rows_of(flow), series_sql.DayOf(self._zone, period)
        if flow.amount.counted is Counted.DISTINCT:
            table = self.database.fetch(series_sql.distinct_series(flow, rows, period, days))
            return result_mapping.distinct_counts(table, window, self._zone)
        table = self.database.fetch(series_sql.flow_series(flow, rows, period, days))
        return result_mapping.flow_sums(table, window, self._zone, is_mean=flow.amount.counted is Counted.MEAN)

    def _midnight(self, window: Window) -> datetime:
        first = window.days[0]
        return datetime(first.year, first.month, first.day, tzinfo=self._zone)


@contextmanager
def _understanding(measure: Simple) -> Iterator[None]:
    """A row may hold no timestamp or no number, though the first one did: then the configuration does not fit."""
    try:
        yield
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        what = "the query" if isinstance(measure, Query) else f"dataset `{measure.dataset}`"
        raise SourceMisfitError(
            f"{what}: a row cannot be understood ({error}); leave such rows out, or write {{sql: …}} for the column"
        ) from error


def _rows_of(request: Request) -> object:
    """What requests must have in common to share a statement: everything but the amount or the statistic.

    Distinct keys are counted apart, and so is an average; statistics that a database takes need no rows of others.
    """
    match request.measure:
        case Query() as query:
            return query, request.period
        case Duration() as duration if statements.wants_spans(duration):
            alike = replace(duration, statistic=Statistic.MEDIAN, also=(), clock=Clock.WALL)
            return alike, request.period, request.by
        case Stock() | Flow() as measure if measure.amount.counted is not Counted.DISTINCT and not _averages(measure):
            return replace(measure, amount=ROWS), request.period, request.by
    return request


def _averages(measure: Stock | Flow) -> bool:
    return isinstance(measure, Stock) and measure.average


def _amount(measure: Simple) -> Amount:
    return measure.amount if isinstance(measure, Stock | Flow) else ROWS


def _parts_of(window: Window, most: int) -> Iterator[Window]:
    """The window in parts of so many days; each begins with the last day of the one before."""
    for first in range(0, max(len(window.days) - 1, 1), most - 1):
        part = slice(first, first + most)
        yield Window(window.days[part], window.starts[part], window.ends[part], window.cutoffs[part])


def _bound(sql: str, period: Period) -> dict[str, datetime]:
    offered = {"as_of": period.end, "period_start": period.start, "period_end": period.end}
    return {name: instant for name, instant in offered.items() if f":{name}" in sql}
