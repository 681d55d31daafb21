"""The indexes that the district's tables have."""

import sqlalchemy as sa

from kpibot.catalog.model import Dataset

USEFUL_IN = frozenset(
    {"sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle"}
)  # others scan columns, as DuckDB does


def leading_columns(connection: sa.Connection, dataset: Dataset) -> frozenset[str]:
    """The columns of a dataset, by the KPIs' words, that an index begins with; none for a SELECT of the district's."""
    if dataset.table is None or connection.dialect.name not in USEFUL_IN:
        return frozenset()
    *schema, table = dataset.table.split(".")
    try:
        indexes = sa.inspect(connection).get_indexes(table, ".".join(schema) or None)
    except sa.exc.NoSuchTableError:  # the statement itself will say so, better
        return frozenset()
    first = {index["column_names"][0] for index in indexes if index["column_names"]}
    words = ((word, column.name or word) for word, column in dataset.columns.items() if column.sql is None)
    return frozenset(word for word, name in words if name in first)
