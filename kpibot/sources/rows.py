"""A dataset as the FROM of a statement: its columns by the names that the KPIs use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kpibot.catalog.model import Dataset
from kpibot.core.campus import DISTRICT
from kpibot.core.measures import Condition
from kpibot.sources.dialects import Expression
from kpibot.sources.times import TimeColumn, TimeKind

CAMPUS = "campus"


@dataclass(frozen=True)
class Rows:
    """The rows of a dataset in one database. `kinds` says how its timestamp columns keep their instants."""

    dataset: Dataset
    dialect: str
    kinds: Mapping[str, TimeKind]

    def column(self, name: str) -> Expression:
        """The column of that name; a dataset without a campus is the whole district's."""
        if name == CAMPUS and name not in self.dataset.columns:
            return sa.literal(DISTRICT)
        return column_of(self.dataset, name)

    def time(self, name: str) -> TimeColumn:
        """The timestamp column of that name."""
        return TimeColumn(self.column(name), self.kinds[name], self.dataset.zone, self.dialect)

    def select(self, *columns: sa.ColumnElement[Any], where: Iterable[Expression]) -> sa.Select[Any]:
        """SELECT columns FROM the dataset WHERE all conditions hold."""
        return sa.select(*columns).select_from(from_clause(self.dataset)).where(*where)

    def conditions(self, where: Iterable[Condition]) -> list[Expression]:
        """The filter of a measure as SQL. "Not merged" includes rows that say nothing."""
        return [_condition(self.column(each.column), each) for each in where]


def from_clause(dataset: Dataset) -> sa.FromClause:
    """The table, or the district's own SELECT as a subquery."""
    if dataset.table is not None:
        *schema, table = dataset.table.split(".")
        return sa.table(table, schema=".".join(schema) or None)
    # The line ends here, so that a comment at the end of the SELECT does not swallow the bracket that closes it.
    return sa.text(literal_sql(dataset.select or "") + "\n").columns().subquery("dataset_rows")


def column_of(dataset: Dataset, name: str) -> Expression:
    """What stands behind a column's name: a column of the table, or an expression of the district's own."""
    column = dataset.columns[name]
    if column.sql is not None:
        return sa.literal_column(f"({column.sql})")
    return sa.column(column.name or name)


def literal_sql(sql: str) -> str:
    """SQL of the district's own in which a colon is a colon, not the beginning of a parameter."""
    return sql.strip().rstrip(";").replace(":", "\\:")


def _condition(column: Expression, condition: Condition) -> Expression:
    values = [value for value in condition.values if value is not None]
    is_empty = column.is_(None)
    among: Expression = column.in_(values) if values else sa.false()
    if not condition.negated:
        return sa.or_(among, is_empty) if None in condition.values else among
    outside = sa.not_(among) if values else sa.true()
    if None in condition.values:
        return sa.and_(outside, sa.not_(is_empty))
    return sa.or_(outside, is_empty)
