"""Which index would make a measure fast, as the statement that makes it.

stock      the rows that are still open, by campus: a partial index; and those that end later, by their end
flow       the rows by time, with the campus and what else is read with them
duration   the same, with the end
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex

from kpibot.catalog.model import Dataset
from kpibot.core.kpis.measures import Counted, Duration, Flow, OverRows, Stock, measure_columns
from kpibot.sources.engines.base import Engine
from kpibot.sources.sql.dataset_rows import CAMPUS
from kpibot.sources.sql.indexes import TableIndex, schema_and_table

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Index:
    """An index that a table does not have: `keys` it is ordered by, `held` it only includes, by the table's own names.

    With `open` it has only the rows in which that column is empty.
    """

    table: str
    keys: tuple[str, ...]
    held: tuple[str, ...] = ()
    open: str | None = None

    def is_among(self, existing: Iterable[TableIndex]) -> bool:
        """Whether the table has this index in effect, or one that begins like it."""
        return any(
            index.columns[: len(self.keys)] == self.keys and index.is_partial is bool(self.open) for index in existing
        )


def useful(measure: OverRows, dataset: Dataset, engine: Engine, unfit: frozenset[str] = frozenset()) -> list[Index]:
    """The indexes that a measure would be fast with; none where no index helps it, or none can be made.

    A snapshot, an average over a period and distinct keys of a stock look at most rows of a table anyway. `unfit` are
    columns, by the table's own names, that the database puts into no index.
    """
    if dataset.table is None:
        return []
    by = _Names(dataset, unfit)
    match measure:
        case Stock(average=False) if measure.amount.counted is not Counted.DISTINCT:
            return _of_stock(measure, by, dataset.table, engine)
        case Flow():
            return by.index(dataset.table, [measure.at], _others(measure, measure.at))
        case Duration():
            return by.index(dataset.table, [measure.since], _others(measure, measure.since))
    return []


def merged(indexes: Iterable[Index]) -> list[Index]:
    """One index in place of several that are ordered alike: it holds what each of them held."""
    by_order: dict[Index, Index] = {}
    for index in indexes:
        alike = replace(index, held=())
        before = by_order.get(alike, alike)
        by_order[alike] = replace(index, held=tuple(dict.fromkeys((*before.held, *index.held))))
    return list(by_order.values())


def create_index(index: Index, engine: Engine, dialect: sa.Dialect) -> str:
    """The statement that makes the index, on one line."""
    schema, name = schema_and_table(index.table)
    keys = index.keys if engine.has_included_columns else (*index.keys, *index.held)
    names = {*keys, *index.held, index.open or keys[0]}
    table = sa.Table(name, sa.MetaData(), *(sa.Column(each) for each in names), schema=schema)
    only_where = None if index.open is None else table.c[index.open].is_(None)
    options = engine.index_options(only_where, [each for each in index.held if each not in keys])
    made = sa.Index(_name(index, name), *(table.c[each] for each in keys), **options)
    return " ".join(str(CreateIndex(made).compile(dialect=dialect)).split()) + ";"


class _Names:
    """The columns of a dataset by the table's own names: an expression of the district's own has none."""

    def __init__(self, dataset: Dataset, unfit: frozenset[str]) -> None:
        named = ((word, column.name or word) for word, column in dataset.columns.items() if column.sql is None)
        self._names = {word: name for word, name in named if name not in unfit}

    def index(
        self, table: str, first: Sequence[str], held: Iterable[str], then: Sequence[str] = (), open: str | None = None
    ) -> list[Index]:
        """An index in which the words of `first` come before the campus, those of `then` after it."""
        if any(word not in self._names for word in (*first, *then, *filter(None, [open]))):
            return []
        keys = self._all([*first, CAMPUS, *then])
        held = (each for each in self._all(held) if each not in keys)
        return [Index(table, keys, tuple(dict.fromkeys(held)), None if open is None else self._names[open])]

    def _all(self, words: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._names[word] for word in words if word in self._names))


def _of_stock(stock: Stock, by: _Names, table: str, engine: Engine) -> list[Index]:
    if stock.since is None or stock.until is None:
        return []
    others = _others(stock, stock.since, stock.until)
    if not engine.has_partial_indexes:
        return by.index(table, [stock.until], others, [stock.since])
    still_open = by.index(table, [], others, [stock.since], stock.until)
    return [*still_open, *(Index(table, (each.open,)) for each in still_open if each.open)]


def _others(measure: OverRows, *own: str) -> list[str]:
    """The other columns of a measure, beside the campus."""
    return [name for _, name in measure_columns(measure) if name not in own]


def _name(index: Index, table: str) -> str:
    words = "_".join(("kpi", table, *index.keys, *(["open"] if index.open else [])))
    if len(words) <= LONGEST_NAME:
        return words
    return f"{words[: LONGEST_NAME - 9]}_{crc32(words.encode()):08x}"
