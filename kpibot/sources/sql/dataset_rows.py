"""A dataset as the FROM of a statement: its columns by the names that the KPIs use."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from kpibot.catalog.model import Dataset
from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.kpis.conditions import Condition, NumberCondition, Relation, TimeCondition, ValueCondition
from kpibot.core.kpis.dimensions import GroupBy
from kpibot.sources.engines.base import Engine, Expression
from kpibot.sources.sql.timestamps import TimeColumn, TimeKind

CAMPUS, SLICE = "campus", "slice"


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of a dataset in one database.

    `kinds` says how its timestamp columns keep their instants, None for those that hold none; `indexed` are the columns
    that an index begins with; `by` is what the rows of a campus are broken down by; with `uses_time_index` an index on
    a timestamp may be used.
    """

    dataset: Dataset
    engine: Engine
    kinds: Mapping[str, TimeKind | None]
    indexed: frozenset[str] = frozenset()
    by: GroupBy | None = None
    uses_time_index: bool = True

    @property
    def has_campus(self) -> bool:
        """Whether its rows belong to campuses; otherwise they are the whole district's."""
        return CAMPUS in self.dataset.columns

    def column(self, name: str) -> Expression:
        """The column of that name; a dataset without a campus is the whole district's."""
        return column_of(self.dataset, name) if name != CAMPUS or self.has_campus else sa.literal(DISTRICT)

    def time(self, name: str) -> TimeColumn:
        """The timestamp column of that name."""
        kind = self.kinds[name]
        if kind is None:  # it may be of any type, so that nothing could be compared with it
            return TimeColumn(sa.cast(sa.null(), sa.DateTime()), TimeKind.NAIVE, self.dataset.zone, self.engine)
        column = self.column(name) if self.uses_time_index else self.engine.without_index(self.column(name))
        return TimeColumn(column, kind, self.dataset.zone, self.engine)

    def group_columns(self) -> list[sa.Label[Any]]:
        """What rows are grouped by, as columns: their campus, and what they are broken down by."""
        campus = self.column(CAMPUS).label(CAMPUS)
        return [campus] if self._slice is None else [campus, self._slice.label(SLICE)]

    def group_by_columns(self, names: Sequence[str] = ()) -> list[Expression]:
        """The same for GROUP BY, with more columns that follow. The campus is left out where it is a constant, which
        is no group."""
        campus = [self.group_key(self.column(CAMPUS))] if self.has_campus else []
        slices = [] if self._slice is None else [self._slice]
        groups = [*campus, *slices, *map(self.column, names)]
        return _positions(len(groups), 1 if self.has_campus else 2) if self.engine.groups_by_position else groups

    def group_key(self, campus: Expression) -> Expression:
        """The campus for GROUP BY, so that no index on it is used to read all rows in its order.

        SQLite would walk an ordinary index on it and read the rows at random, 15 to 25 times slower than a scan.
        """
        may_lead = self.dataset.table is None or CAMPUS in self.indexed
        return self.engine.without_index(campus) if may_lead else campus

    def select(self, *columns: sa.ColumnElement[Any], where: Iterable[Expression]) -> sa.Select[Any]:
        """SELECT columns FROM the dataset WHERE all conditions hold."""
        return sa.select(*columns).select_from(from_clause(self.dataset)).where(*where)

    def conditions(self, where: Iterable[Condition]) -> list[Expression]:
        """The filter of a measure as SQL. "Not merged" includes rows that say nothing."""
        return [self._condition(each) for each in where]

    @cached_property
    def _slice(self) -> Expression | None:
        """What rows are broken down by: one and the same expression for SELECT and GROUP BY, its parameters too."""
        if self.by is None or not self.by.cutoffs:
            return None if self.by is None else self.column(self.by.column)
        time, cutoffs = self.time(self.by.column), self.by.cutoffs
        bands = [(time.not_before(cutoff), _number(n)) for n, cutoff in enumerate(cutoffs)]
        return sa.case((time.expression.is_(None), sa.null()), *bands, else_=_number(len(cutoffs)))

    def _condition(self, condition: Condition) -> Expression:
        match condition:
            case ValueCondition():
                return _among(self.column(condition.column), self._values(condition), condition.negated)
            case NumberCondition():
                holds = self._compared(condition)
            case TimeCondition():
                holds = self._timed(condition)
        return sa.or_(self.column(condition.column).is_(None), holds) if condition.or_empty else holds

    def _values(self, condition: ValueCondition) -> tuple[object, ...]:
        """The values of a condition; an empty text is looked for as the database keeps it."""
        if not self.engine.empty_text_is_null:
            return condition.values
        return tuple(None if value == "" else value for value in condition.values)

    def _compared(self, condition: NumberCondition) -> Expression:
        column = self.column(condition.column)
        than = sa.literal(condition.than) if condition.other is None else self.column(condition.other)
        match condition.relation:
            case Relation.ABOVE:
                return column > than
            case Relation.AT_LEAST:
                return column >= than
            case Relation.AT_MOST:
                return column <= than
        return column < than

    def _timed(self, condition: TimeCondition) -> Expression:
        time, ends = self.time(condition.column), []
        if isinstance(condition.since, datetime):
            ends.append(time.not_before(condition.since))
        if isinstance(condition.until, datetime):
            ends.append(time.before(condition.until))
        return sa.and_(sa.true(), *ends)


def _positions(count: int, first: int) -> list[Expression]:
    return [_number(position) for position in range(first, first + count)]


def _number(number: int) -> Expression:
    return sa.literal_column(str(number), sa.Integer())


def from_clause(dataset: Dataset) -> sa.FromClause:
    """The table, or the district's own SELECT as a subquery."""
    if dataset.table is not None:
        *schema, table = dataset.table.split(".")
        return sa.table(table, schema=".".join(schema) or None)
    # The line ends here, so that a comment at the end of the SELECT does not swallow the bracket that closes it.
    return sa.text(literal_sql(dataset.select or "") + "\n").columns().subquery("dataset_rows")


def column_of(dataset: Dataset, name: str) -> Expression:
    """What a column's name means: a column of the table, or an expression of the district's own."""
    column = dataset.columns[name]
    if column.sql is not None:
        return sa.literal_column(f"({column.sql})")
    return sa.column(column.name or name)


def literal_sql(sql: str) -> str:
    """SQL of the district's own in which a colon is a colon, not the beginning of a parameter."""
    return sql.strip().rstrip(";").replace(":", "\\:")


def _among(column: Expression, allowed: Sequence[object], negated: bool) -> Expression:
    values = [value for value in allowed if value is not None]
    is_empty = column.is_(None)
    among: Expression = column.in_(values) if values else sa.false()
    if not negated:
        return sa.or_(among, is_empty) if None in allowed else among
    outside = sa.not_(among) if values else sa.true()
    if None in allowed:
        return sa.and_(outside, sa.not_(is_empty))
    return sa.or_(outside, is_empty)
