"""A Source over SQLAlchemy: runs the statements and turns their rows into parts and tracks."""

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import sqlalchemy as sa

from kpibot.catalog.model import Database, Dataset
from kpibot.core.measures import Duration, Flow, Query, Simple, Stock, times
from kpibot.core.periods import Period
from kpibot.core.readings import Floats, Parts
from kpibot.core.series import Curve, Spans, Track, Window, sums_since, walk_back
from kpibot.sources import statements
from kpibot.sources.base import RawCampus, SourceMisfitError
from kpibot.sources.engines import build_engine, reading
from kpibot.sources.queries import parts_of_query
from kpibot.sources.rows import Rows, column_of, from_clause
from kpibot.sources.times import TimeKind, kind_of, to_utc

EPOCH_DAY = datetime(1970, 1, 1, tzinfo=UTC).toordinal()


class SqlSource:
    """One of the district's databases, by SQL. Safe to call from several threads.

    `zone` is the district's: its days are the buckets of a track.
    """

    def __init__(self, database: Database, datasets: Mapping[str, Dataset], zone: ZoneInfo) -> None:
        self._database = database
        self._datasets = datasets
        self._zone = zone
        self._engine: sa.Engine | None = None
        self._kinds: dict[str, dict[str, TimeKind]] = {}
        self._lock = threading.Lock()

    def measure(self, measure: Simple, period: Period) -> Mapping[RawCampus, Parts]:
        """See `Source.measure`."""
        match measure:
            case Query():
                return parts_of_query(measure, self._fetch(sa.text(measure.sql), _bound(measure.sql, period)))
            case Stock():
                statement = statements.stock_parts(measure, self._rows(measure), period)
            case Flow():
                statement = statements.flow_parts(measure, self._rows(measure), period)
            case Duration():
                if statements.wants_spans(measure):
                    return self._sampled(measure, period)
                statement = statements.mean_parts(measure, self._rows(measure), period)
        zone = self._datasets[measure.dataset].zone
        return {row.campus: _parts(row, zone) for row in self._fetch(statement)}

    def track(self, measure: Simple, window: Window) -> Mapping[RawCampus, Track]:
        """See `Source.track`.

        Raises:
            SourceMisfitError: also for a snapshot or a query, whose past only the bot's own store knows.
        """
        period = Period(window.opens, window.ends[-1], "")
        match measure:
            case Stock(since=str(since)):
                own = Period(self._midnight(window), period.end, "")
                days = statements.DayOf(self._zone, own)
                statement = statements.stock_track(measure, since, self._rows(measure), own, days)
                return _levels(self._fetch(statement), window)
            case Flow():
                days = statements.DayOf(self._zone, period)
                statement = statements.flow_track(measure, self._rows(measure), period, days)
                return _sums(self._fetch(statement), window, self._zone)
            case Duration():
                return self._spans(measure, period)
        raise SourceMisfitError("a snapshot has no past in the database; its history comes from the bot's own readings")

    def is_empty(self, measure: Simple) -> bool:
        """See `Source.is_empty`."""
        if isinstance(measure, Query):
            return False
        dataset = self._datasets[measure.dataset]
        return not self._fetch(sa.select(sa.literal_column("1")).select_from(from_clause(dataset)).limit(1))

    def select(self, sql: str) -> Sequence[Mapping[str, Any]]:
        """The rows of a SELECT of the district's own, as mappings.

        Raises:
            SourceError: with what to do about it.
        """
        return [dict(row._mapping) for row in self._fetch(sa.text(sql.replace(":", "\\:")))]

    def close(self) -> None:
        """Gives back all connections."""
        if self._engine is not None:
            self._engine.dispose()

    def _rows(self, measure: Stock | Flow | Duration) -> Rows:
        dataset = self._datasets[measure.dataset]
        return Rows(dataset, self._dialect, self._time_kinds(dataset, times(measure)))

    def _sampled(self, duration: Duration, period: Period) -> Mapping[RawCampus, Parts]:
        sampled = {}
        for campus, spans in self._spans(duration, period).items():
            waiting = ~(spans.ended < period.end.timestamp())
            lasted = np.where(waiting, period.end.timestamp(), spans.ended) - spans.began
            sampled[campus] = Parts(
                numerator=float(lasted.sum()),
                denominator=float(lasted.size),
                rows=lasted.size,
                valued=lasted.size,
                waiting=int(waiting.sum()),
                newest=datetime.fromtimestamp(float(spans.began.max()), UTC),
                sample=lasted,
            )
        return sampled

    def _spans(self, duration: Duration, period: Period) -> dict[RawCampus, Spans]:
        rows = self._fetch(statements.spans(duration, self._rows(duration), period))
        if not rows:
            return {}
        campuses, began, ended = zip(*rows, strict=True)
        numbers: dict[RawCampus, int] = {}
        codes = np.array([numbers.setdefault(campus, len(numbers)) for campus in campuses])
        order = np.argsort(codes, kind="stable")
        cuts = np.searchsorted(codes[order], np.arange(1, len(numbers)))
        each_began = np.split(np.array(began, dtype=np.float64)[order], cuts)
        each_ended = np.split(np.array(ended, dtype=np.float64)[order], cuts)  # None becomes NaN
        return {campus: Spans(each_began[n], each_ended[n]) for campus, n in numbers.items()}

    def _midnight(self, window: Window) -> datetime:
        first = window.days[0]
        return datetime(first.year, first.month, first.day, tzinfo=self._zone)

    @property
    def _dialect(self) -> str:
        return self._connected().dialect.name

    def _connected(self) -> sa.Engine:
        with self._lock:
            if self._engine is None:
                self._engine = build_engine(self._database)
            return self._engine

    def _fetch(self, statement: Any, parameters: Mapping[str, Any] | None = None) -> Sequence[Any]:
        with reading(self._connected(), self._database) as connection:
            return connection.execute(statement, parameters or {}).fetchall()

    def _time_kinds(self, dataset: Dataset, names: Sequence[str]) -> dict[str, TimeKind]:
        known = self._kinds.setdefault(dataset.id, {})
        for name in names:
            if name not in known:
                known[name] = self._probe(dataset, name)
        return known

    def _probe(self, dataset: Dataset, name: str) -> TimeKind:
        column = column_of(dataset, name)
        sample = self._fetch(sa.select(column).select_from(from_clause(dataset)).where(column.is_not(None)).limit(1))
        if not sample:
            return TimeKind.TEXT if self._dialect == "sqlite" else TimeKind.NAIVE
        try:
            return kind_of(sample[0][0])
        except ValueError as error:
            raise SourceMisfitError(
                f"dataset `{dataset.id}`: column `{name}` holds {str(sample[0][0])[:40]!r}, which is no timestamp; "
                "write {sql: …} with an expression that makes one"
            ) from error


def _bound(sql: str, period: Period) -> dict[str, datetime]:
    offered = {"as_of": period.end, "period_start": period.start, "period_end": period.end}
    return {name: instant for name, instant in offered.items() if f":{name}" in sql}


def _parts(row: Any, zone: ZoneInfo) -> Parts:
    return Parts(
        numerator=float(row.numerator or 0),
        denominator=None if row.denominator is None else float(row.denominator),
        rows=int(row.rows or 0),
        valued=int(row.valued or 0),
        waiting=int(row.waiting or 0),
        newest=to_utc(row.newest, zone),
    )


def _levels(rows: Sequence[Any], window: Window) -> dict[RawCampus, Track]:
    level: dict[RawCampus, float] = {}
    moved: dict[RawCampus, dict[str, Floats]] = {}
    first, length = window.days[0].toordinal() - EPOCH_DAY, len(window.days)
    for what, campus, day, amount in rows:
        arrays = moved.setdefault(campus, {statements.OPENED: np.zeros(length), statements.CLOSED: np.zeros(length)})
        if what == statements.LEVEL:
            level[campus] = float(amount)
        else:
            arrays[what][day - first] += float(amount)
    return {
        campus: Curve(walk_back(level.get(campus, 0.0), by[statements.OPENED], by[statements.CLOSED]))
        for campus, by in moved.items()
    }


def _sums(rows: Sequence[Any], window: Window, zone: ZoneInfo) -> dict[RawCampus, Track]:
    origin = window.opens.astimezone(zone).date().toordinal()
    first = [start.astimezone(zone).date().toordinal() - origin for start in window.starts]
    length = window.days[-1].toordinal() - origin + 1
    per_day: dict[RawCampus, Floats] = {}
    for _, campus, day, amount in rows:
        per_day.setdefault(campus, np.zeros(length))[day + EPOCH_DAY - origin] += float(amount)
    return {campus: Curve(sums_since(amounts, first)) for campus, amounts in per_day.items()}
