"""One of the district's databases, as statements are run on it."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import cached_property
from typing import Any, TypeVar

import sqlalchemy as sa

from kpibot.catalog.model import Database, Dataset
from kpibot.core.kpis.measures import OverRows, time_columns
from kpibot.sources.base import Request
from kpibot.sources.circuit_breaker import CircuitBreaker
from kpibot.sources.engines.base import Engine
from kpibot.sources.engines.registry import create_engine, engine_of
from kpibot.sources.sql.dataset_rows import Rows
from kpibot.sources.sql.execution import run_in_time
from kpibot.sources.sql.result_table import ResultTable, fetched
from kpibot.sources.sql.schema_cache import SchemaCache
from kpibot.sources.sql.timestamps import TimeKind

Result = TypeVar("Result")


class DistrictDatabase:
    """Runs statements through a breaker and within a time-out. Safe to call from several threads.

    It connects when it is first asked. Without a breaker, every call is made.
    """

    def __init__(
        self, config: Database, datasets: Mapping[str, Dataset], breaker: CircuitBreaker | None = None
    ) -> None:
        self.config = config
        self.datasets = datasets
        self._breaker = breaker
        self._connections: sa.Engine | None = None
        self._schema = SchemaCache(self.ask)
        self._lock = threading.Lock()

    @cached_property
    def engine(self) -> Engine:
        """What is special about this kind of database.

        Raises:
            SourceMisfitError: the URL cannot be read.
        """
        return engine_of(self.config)

    def ask(self, question: Callable[[sa.Connection], Result]) -> Result:
        """The answer to a question that needs a connection.

        Raises:
            SourceError: with what to do about it.
        """
        connections = self._connected()
        with self._breaker.call() if self._breaker else nullcontext():
            return run_in_time(connections, self.engine, self.config, question)

    def fetch(self, statement: Any, parameters: Mapping[str, Any] | None = None) -> ResultTable:
        """All rows that a statement gives.

        Raises:
            SourceError: with what to do about it.
        """
        return self.ask(lambda connection: fetched(connection.execute(statement, parameters or {})))

    def rows_of(self, measure: OverRows, request: Request | None = None) -> Rows:
        """The rows that a measure is taken over, with what must be known of their columns."""
        dataset = self.datasets[measure.dataset]
        by = None if request is None else request.by
        aged_by = [by.column] if by is not None and by.cutoffs else []
        kinds = self.kinds_of(dataset, [*time_columns(measure), *aged_by])
        indexed = self._schema.indexed(dataset, self.engine)
        return Rows(dataset=dataset, engine=self.engine, kinds=kinds, indexed=indexed, by=by)

    def kinds_of(self, dataset: Dataset, names: Sequence[str]) -> dict[str, TimeKind | None]:
        """How columns keep their instants; None of one that holds nothing yet.

        Raises:
            SourceError: also where a column holds no timestamps.
        """
        return self._schema.kinds(dataset, names, self.engine)

    def close(self) -> None:
        """Gives back all connections."""
        if self._connections is not None:
            self._connections.dispose()

    def _connected(self) -> sa.Engine:
        with self._lock:
            if self._connections is None:
                self._connections = create_engine(self.config)
            return self._connections
