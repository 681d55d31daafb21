"""A Source over SQLAlchemy: runs the statements and turns their rows into parts and tracks."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from kpibot.catalog.model import Database, Dataset
from kpibot.core.measures import Counted, Duration, Flow, Query, Simple, Stock, times
from kpibot.core.periods import Period
from kpibot.core.readings import Parts
from kpibot.core.series import Track, Window
from kpibot.sources import answers, statements
from kpibot.sources.base import RawCampus, SourceMisfitError
from kpibot.sources.breaker import Breaker
from kpibot.sources.dialects import sampled
from kpibot.sources.engines import build_engine
from kpibot.sources.fetching import fetch
from kpibot.sources.queries import parts_of_query
from kpibot.sources.rows import Rows, column_of, from_clause
from kpibot.sources.times import TimeKind, kind_of, to_utc


class SqlSource:
    """One of the district's databases, by SQL. Safe to call from several threads.

    `zone` is the district's: its days are the buckets of a track. Without a breaker, every call is made.
    """

    def __init__(
        self, database: Database, datasets: Mapping[str, Dataset], zone: ZoneInfo, breaker: Breaker | None = None
    ) -> None:
        self._database = database
        self._datasets = datasets
        self._zone = zone
        self._breaker = breaker
        self._engine: sa.Engine | None = None
        self._kinds: dict[str, dict[str, TimeKind]] = {}
        self._lock = threading.Lock()

    def measure(self, measure: Simple, period: Period) -> Mapping[RawCampus, Parts]:
        """See `Source.measure`."""
        with _understanding(measure):
            match measure:
                case Query():
                    return parts_of_query(measure, self._fetch(sa.text(measure.sql), _bound(measure.sql, period)))
                case Stock():
                    statement = statements.stock_parts(measure, self._rows(measure), period)
                case Flow():
                    statement = statements.flow_parts(measure, self._rows(measure), period)
                case Duration() if statements.wants_spans(measure):
                    spans = self._fetch(statements.spans(measure, self._rows(measure), period))
                    return answers.sampled(answers.spans_of(spans), period)
                case Duration():
                    statement = statements.mean_parts(measure, self._rows(measure), period)
            return answers.parts_of(self._fetch(statement), self._datasets[measure.dataset].zone)

    def track(self, measure: Simple, window: Window) -> Mapping[RawCampus, Track]:
        """See `Source.track`.

        Raises:
            SourceMisfitError: also for a snapshot or a query, whose past only the bot's own store knows, and for a
                distinct stock: a key that closes may still be open in another row, so that no walk back is right.
        """
        period = Period(window.opens, window.ends[-1], "")
        with _understanding(measure):
            match measure:
                case Stock(since=str(since)) if measure.amount.counted is not Counted.DISTINCT:
                    own = Period(self._midnight(window), period.end, "")
                    days = statements.DayOf(self._zone, own)
                    statement = statements.stock_track(measure, since, self._rows(measure), own, days)
                    return answers.levels(self._fetch(statement), window)
                case Flow():
                    return self._flow_track(measure, window, period)
                case Duration():
                    spans = self._fetch(statements.spans(measure, self._rows(measure), period))
                    return answers.spans_of(spans)
        raise SourceMisfitError(
            "a snapshot, a query or a distinct stock has no series in the database; "
            "its history comes from the bot's own readings"
        )

    def newest(self, measure: Simple, before: datetime) -> datetime | None:
        """See `Source.newest`."""
        name = statements.begins(measure)
        if isinstance(measure, Query) or name is None:
            return None
        dataset = self._datasets[measure.dataset]
        rows = Rows(dataset, self._dialect, self._time_kinds(dataset, [name]))
        with _understanding(measure):
            return to_utc(self._fetch(statements.newest(rows, name, before))[0][0], dataset.zone)

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

    def _flow_track(self, flow: Flow, window: Window, period: Period) -> Mapping[RawCampus, Track]:
        rows, days = self._rows(flow), statements.DayOf(self._zone, period)
        if flow.amount.counted is Counted.DISTINCT:
            statement = statements.distinct_track(flow, rows, period, days)
            return answers.distinct_counts(self._fetch(statement), window, self._zone)
        return answers.sums(self._fetch(statements.flow_track(flow, rows, period, days)), window, self._zone)

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
        engine = self._connected()
        with self._breaker.asking() if self._breaker else nullcontext():
            return fetch(engine, self._database, statement, parameters or {})

    def _time_kinds(self, dataset: Dataset, names: Sequence[str]) -> dict[str, TimeKind]:
        """How the columns keep their instants. Only what was seen is remembered: an empty table may be filled later."""
        known = self._kinds.setdefault(dataset.id, {})
        guess = TimeKind.TEXT if self._dialect == "sqlite" else TimeKind.NAIVE
        kinds = {}
        for name in names:
            seen = known.get(name) or self._probe(dataset, name)
            if seen is not None:
                known[name] = seen
            kinds[name] = seen or guess
        return kinds

    def _probe(self, dataset: Dataset, name: str) -> TimeKind | None:
        column = column_of(dataset, name)
        filled = sa.select(column).select_from(from_clause(dataset)).where(column.is_not(None))
        sample = self._fetch(sampled(column, filled, self._dialect))
        if not sample:
            return None
        try:
            return kind_of(sample[0][0])
        except ValueError as error:
            shown = str(sample[0][0])[:40]
            raise SourceMisfitError(
                f"dataset `{dataset.id}`: column `{name}` holds {shown!r}, which is {error}"
            ) from error


@contextmanager
def _understanding(measure: Simple) -> Iterator[None]:
    """What a row holds may be no timestamp or no number, whatever the first row held: then the set-up does not fit."""
    try:
        yield
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        what = "the query" if isinstance(measure, Query) else f"dataset `{measure.dataset}`"
        raise SourceMisfitError(
            f"{what}: a row cannot be understood ({error}); leave such rows out, or write {{sql: …}} for the column"
        ) from error


def _bound(sql: str, period: Period) -> dict[str, datetime]:
    offered = {"as_of": period.end, "period_start": period.start, "period_end": period.end}
    return {name: instant for name, instant in offered.items() if f":{name}" in sql}
