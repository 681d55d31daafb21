"""The indexes that the district's tables have."""

from dataclasses import dataclass

import sqlalchemy as sa

from kpibot.catalog.model import Dataset
from kpibot.sources.engines.base import Engine


@dataclass(frozen=True, slots=True)
class TableIndex:
    """An index of a table: its columns in order, without those that it only includes.

    A partial one leaves rows out; one that `is_of_few` holds only the rows that are empty somewhere.
    """

    name: str
    columns: tuple[str | None, ...]
    is_partial: bool = False
    is_unique: bool = False
    is_only_open: bool = False


def indexes_of(connection: sa.Connection, engine: Engine, dataset: Dataset) -> list[TableIndex]:
    """The indexes of a dataset's table, its primary key among them; none for a SELECT of the district's own."""
    if dataset.table is None or not engine.has_indexes:
        return []
    schema, table = schema_and_table(dataset.table)
    inspector = sa.inspect(connection)
    try:
        indexes = [_index(each) for each in inspector.get_indexes(table, schema)]
        key = inspector.get_pk_constraint(table, schema)
    except sa.exc.NoSuchTableError:  # the statement itself will say so, better
        return []
    columns = tuple(key["constrained_columns"])
    return [*indexes, TableIndex(key.get("name") or "", columns, is_unique=True)] if columns else indexes


def leading_columns(connection: sa.Connection, engine: Engine, dataset: Dataset) -> frozenset[str]:
    """The columns of a dataset, by the KPIs' words, that an index begins with; none for a SELECT of the district's.

    An index over a few rows only, those that are empty somewhere ("still open"), does not count: none overrates it.
    """
    first = {
        index.columns[0]
        for index in indexes_of(connection, engine, dataset)
        if index.columns and not index.is_only_open
    }
    words = ((word, column.name or word) for word, column in dataset.columns.items() if column.sql is None)
    return frozenset(word for word, name in words if name in first)


def schema_and_table(name: str) -> tuple[str | None, str]:
    """`dbo.hd_tickets` in its two parts."""
    *schema, table = name.split(".")
    return ".".join(schema) or None, table


def _index(reflected: sa.engine.interfaces.ReflectedIndex) -> TableIndex:
    options = reflected.get("dialect_options", {})
    included = set(reflected.get("include_columns") or ())
    columns = tuple(name for name in reflected["column_names"] if name not in included)
    filters = [str(each) for name, each in options.items() if name.endswith(("_where", "_filter_definition"))]
    is_only_open = any(each.strip("() ").upper().endswith(" IS NULL") for each in filters)
    return TableIndex(reflected["name"] or "", columns, bool(filters), bool(reflected["unique"]), is_only_open)
