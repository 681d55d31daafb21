"""The indexes that the district's tables have."""

from dataclasses import dataclass

import sqlalchemy as sa

from kpibot.catalog.model import Dataset

USEFUL_IN = frozenset(
    {"sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle"}
)  # others scan columns, as DuckDB does


@dataclass(frozen=True, slots=True)
class TableIndex:
    """An index of a table: its columns in order, without those that it merely holds. A partial one leaves rows out; one
    `is_of_few` holds only the rows that are empty somewhere."""

    name: str
    columns: tuple[str | None, ...]
    is_partial: bool = False
    is_unique: bool = False
    is_of_few: bool = False


def indexes_of(connection: sa.Connection, dataset: Dataset) -> list[TableIndex]:
    """The indexes of a dataset's table, its primary key among them; none for a SELECT of the district's own."""
    if dataset.table is None or connection.dialect.name not in USEFUL_IN:
        return []
    schema, table = schema_and_table(dataset.table)
    inspector = sa.inspect(connection)
    try:
        found = [_index(each) for each in inspector.get_indexes(table, schema)]
        key = inspector.get_pk_constraint(table, schema)
    except sa.exc.NoSuchTableError:  # the statement itself will say so, better
        return []
    columns = tuple(key["constrained_columns"])
    return [*found, TableIndex(key.get("name") or "", columns, is_unique=True)] if columns else found


def leading_columns(connection: sa.Connection, dataset: Dataset) -> frozenset[str]:
    """The columns of a dataset, by the KPIs' words, that an index begins with; none for a SELECT of the district's.

    An index over a few rows only, those that are empty somewhere ("still open"), is none: it leads nobody astray.
    """
    first = {index.columns[0] for index in indexes_of(connection, dataset) if index.columns and not index.is_of_few}
    words = ((word, column.name or word) for word, column in dataset.columns.items() if column.sql is None)
    return frozenset(word for word, name in words if name in first)


def schema_and_table(name: str) -> tuple[str | None, str]:
    """`dbo.hd_tickets` in its two parts."""
    *schema, table = name.split(".")
    return ".".join(schema) or None, table


def _index(found: sa.engine.interfaces.ReflectedIndex) -> TableIndex:
    options = found.get("dialect_options", {})
    held = set(found.get("include_columns") or ())
    columns = tuple(name for name in found["column_names"] if name not in held)
    filters = [str(each) for name, each in options.items() if name.endswith(("_where", "_filter_definition"))]
    is_of_few = any(each.strip("() ").upper().endswith(" IS NULL") for each in filters)
    return TableIndex(found["name"] or "", columns, bool(filters), bool(found["unique"]), is_of_few)
