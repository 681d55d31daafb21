"""The indexes that the district's tables have."""

from typing import Any

import sqlalchemy as sa

from kpibot.catalog.model import Dataset

USEFUL_IN = frozenset(
    {"sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle"}
)  # others scan columns, as DuckDB does


def leading_columns(connection: sa.Connection, dataset: Dataset) -> frozenset[str]:
    """The columns of a dataset, by the KPIs' words, that an index begins with; none for a SELECT of the district's.

    An index over a few rows only, those that are empty somewhere ("still open"), is none: it leads nobody astray.
    """
    if dataset.table is None or connection.dialect.name not in USEFUL_IN:
        return frozenset()
    *schema, table = dataset.table.split(".")
    try:
        indexes = sa.inspect(connection).get_indexes(table, ".".join(schema) or None)
    except sa.exc.NoSuchTableError:  # the statement itself will say so, better
        return frozenset()
    first = {index["column_names"][0] for index in indexes if index["column_names"] and not _of_few(index)}
    words = ((word, column.name or word) for word, column in dataset.columns.items() if column.sql is None)
    return frozenset(word for word, name in words if name in first)


def _of_few(index: Any) -> bool:
    """Whether it is a partial index over the rows that have no value in some column."""
    options = index.get("dialect_options", {})
    where = next((str(each) for name, each in options.items() if name.endswith("_where")), "")
    return where.strip("() ").upper().endswith(" IS NULL")
