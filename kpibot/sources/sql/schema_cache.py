"""What must be known of columns before they are measured: asked when first needed, then remembered."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from kpibot.catalog.model import Dataset
from kpibot.sources.base import SourceMisfitError
from kpibot.sources.engines.base import Engine
from kpibot.sources.sql.dataset_rows import column_of, from_clause
from kpibot.sources.sql.indexes import leading_columns
from kpibot.sources.sql.result_table import fetched
from kpibot.sources.sql.timestamps import TimeKind, time_kind

Question = Callable[[sa.Connection], Any]


class SchemaCache:
    """The columns of one database's datasets. `ask` answers a question that needs a connection."""

    def __init__(self, ask: Callable[[Question], Any]) -> None:
        self._ask = ask
        self._kinds: dict[str, dict[str, TimeKind]] = {}
        self._indexed: dict[str, frozenset[str]] = {}

    def kinds(self, dataset: Dataset, names: Sequence[str], engine: Engine) -> dict[str, TimeKind | None]:
        """How columns keep their instants; None of one that holds nothing yet.

        Only the kinds of columns that hold something are remembered: an empty table may be filled later.

        Raises:
            SourceMisfitError: a column holds no timestamps.
        """
        cached = self._kinds.setdefault(dataset.id, {})
        kinds: dict[str, TimeKind | None] = {}
        for name in names:
            kind = cached.get(name) or self._probe(dataset, name, engine)
            if kind is not None:
                cached[name] = kind
            kinds[name] = kind
        return kinds

    def indexed(self, dataset: Dataset, engine: Engine) -> frozenset[str]:
        """The columns that an index begins with."""
        if dataset.id not in self._indexed:
            self._indexed[dataset.id] = self._ask(lambda connection: leading_columns(connection, engine, dataset))
        return self._indexed[dataset.id]

    def _probe(self, dataset: Dataset, name: str, engine: Engine) -> TimeKind | None:
        column = column_of(dataset, name)
        filled = sa.select(column).select_from(from_clause(dataset)).where(column.is_not(None))
        statement = engine.sampled(column, filled)
        sample = self._ask(lambda connection: fetched(connection.execute(statement))).rows
        if not sample:
            return None
        try:
            return time_kind(sample[0][0])
        except ValueError as error:
            shown = str(sample[0][0])[:40]
            raise SourceMisfitError(
                f"dataset `{dataset.id}`: column `{name}` holds {shown!r}, which is {error}"
            ) from error
