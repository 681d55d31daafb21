"""Inspects one of the district's databases: does it fit the configuration, and which indexes does it lack?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from kpibot.catalog.model import Dataset
from kpibot.core.kpis.measures import Query
from kpibot.core.reports.inspection import DataIssue
from kpibot.sources.base import Request, SourceDownError, SourceMisfitError
from kpibot.sources.diagnostics import index_advice, row_checks
from kpibot.sources.diagnostics.column_checks import misfits
from kpibot.sources.diagnostics.column_usage import ColumnUsage
from kpibot.sources.engines.base import Engine
from kpibot.sources.engines.plans import PlanStep
from kpibot.sources.sql import statements
from kpibot.sources.sql.dataset_rows import Rows
from kpibot.sources.sql.district_database import DistrictDatabase
from kpibot.sources.sql.indexes import TableIndex, indexes_of, schema_and_table
from kpibot.sources.sql.timestamps import TimeKind

BIG = 20_000  # rows of a table below which no index is worth its cost
SLOW = 200  # milliseconds after which a measure wants an index where a database does not tell its plan


@dataclass(frozen=True, slots=True)
class DatasetCheck:
    """What the check of a dataset found. `rows` is None where they could not be counted."""

    issues: tuple[DataIssue, ...]
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class TimedRequest:
    """A measure that was taken for a KPI, and how many milliseconds that took."""

    request: Request
    milliseconds: float
    kpi: str = ""


@dataclass(frozen=True, slots=True)
class IndexAdvice:
    """A statement that makes an index, and the measures that would be fast with it."""

    statement: str
    requests: tuple[Request, ...]


class Inspector(Protocol):
    """Inspects one database of the district. Its methods block."""

    def ping(self) -> None:
        """Asks the database for nothing.

        Raises:
            SourceError: it does not answer; with what to do about it.
        """

    def check(self, dataset: str, uses: ColumnUsage, as_of: datetime) -> DatasetCheck:
        """Whether a dataset fits its table, and whether its rows can be right.

        Raises:
            SourceDownError: the database does not answer.
        """

    def advice(self, dataset: str, asked: Sequence[TimedRequest], rows: int | None) -> list[IndexAdvice]:
        """The indexes that measures of a dataset of so many rows lack, given the plans of their statements.

        Raises:
            SourceError: with what to do about it.
        """


class SqlInspector:
    """An `Inspector` of a database that is asked by SQL."""

    def __init__(self, database: DistrictDatabase) -> None:
        self._database = database

    def ping(self) -> None:
        """See `Inspector.answers`."""
        self._database.ask(lambda connection: None)

    def check(self, dataset: str, uses: ColumnUsage, as_of: datetime) -> DatasetCheck:
        """See `Inspector.check`."""
        chosen = self._database.datasets[dataset]
        if misfit_issues := misfits(chosen, self._database.ask):
            return DatasetCheck(tuple(misfit_issues))
        kinds, issues = self._kinds(chosen, uses)
        try:
            more, count = self._check_rows(Rows(dataset=chosen, engine=self._database.engine, kinds=kinds), uses, as_of)
        except SourceDownError as error:
            return DatasetCheck((*issues, DataIssue("", f"its rows could not be looked through: {error}", False)))
        return DatasetCheck((*issues, *more), count)

    def advice(self, dataset: str, asked: Sequence[TimedRequest], rows: int | None) -> list[IndexAdvice]:
        """See `Inspector.advice`."""
        chosen = self._database.datasets[dataset]
        engine = self._database.engine
        if not engine.has_indexes or chosen.table is None or (rows is not None and rows < BIG):
            return []
        if self._database.ask(lambda connection: _is_view(connection, chosen.table)):
            return []
        existing = self._database.ask(lambda connection: indexes_of(connection, engine, chosen))
        unindexable = self._database.ask(lambda connection: _unindexable(connection, engine, chosen.table))
        dialect = self._database.ask(lambda connection: connection.dialect)
        wanted: dict[index_advice.Index, list[Request]] = {}
        for timed in asked:
            if not isinstance(timed.request.measure, Query) and self._is_slow(timed, chosen, existing):
                for index in index_advice.useful(timed.request.measure, chosen, engine, unindexable):
                    wanted.setdefault(index, []).append(timed.request)
        lacking = [index for index in index_advice.merged(wanted) if not index.is_among(existing)]
        return [
            IndexAdvice(index_advice.create_index(index, engine, dialect), _served(index, wanted)) for index in lacking
        ]

    def _is_slow(self, asked: TimedRequest, dataset: Dataset, existing: Sequence[TableIndex]) -> bool:
        """Whether a measure reads all of the table, or of an index that has all its rows."""
        measure = asked.request.measure
        assert not isinstance(measure, Query)
        statement = statements.for_measure(
            measure, self._database.rows_of(measure, asked.request), asked.request.period
        )
        steps: list[PlanStep] | None = self._database.ask(
            lambda connection: self._database.engine.plan(connection, statement)
        )
        if steps is None:
            return asked.milliseconds >= SLOW
        _, table = schema_and_table(dataset.table or "")
        partial = {index.name for index in existing if index.is_partial}
        return any(each.is_whole and each.table == table and each.index not in partial for each in steps)

    def _kinds(self, dataset: Dataset, uses: ColumnUsage) -> tuple[dict[str, TimeKind | None], list[DataIssue]]:
        """How the timestamps are kept; a column that holds none is an issue."""
        kinds: dict[str, TimeKind | None] = {}
        issues = []
        for name in sorted(uses.begins | uses.ends):
            try:
                kinds |= self._database.kinds_of(dataset, [name])
            except SourceMisfitError as error:
                issues.append(DataIssue(f"columns.{name}", str(error), True))
        return kinds, issues

    def _check_rows(self, rows: Rows, uses: ColumnUsage, as_of: datetime) -> tuple[list[DataIssue], int]:
        probes = row_checks.probes(rows, uses, as_of)
        try:
            answers = [(probes, self._one(row_checks.statement(rows, probes)))]
        except SourceMisfitError:
            # One of them is refused: then each by itself, and that one is reported where it is used.
            answers = self._answers_one_by_one(rows, probes)
        issues = [issue for asked, row in answers for issue in row_checks.issues_in(asked, row)]
        count = int(answers[0][1]["all_rows"])
        return [*issues, *self._repeats(rows, count)], count

    def _answers_one_by_one(
        self, rows: Rows, probes: Sequence[row_checks.Probe]
    ) -> list[tuple[list[row_checks.Probe], Any]]:
        answers: list[tuple[list[row_checks.Probe], Any]] = [([], self._one(row_checks.statement(rows, [])))]
        for probe in probes:
            try:
                answers.append(([probe], self._one(row_checks.statement(rows, [probe]))))
            except SourceMisfitError:
                continue
        return answers

    def _repeats(self, rows: Rows, count: int) -> Iterable[DataIssue]:
        """Ids that are not unique; not looked for where the database ensures that they are."""
        column = rows.dataset.columns.get(row_checks.ID)
        if column is None:
            return []
        name = None if column.sql else column.name or row_checks.ID
        existing = self._database.ask(lambda connection: indexes_of(connection, rows.engine, rows.dataset))
        if any(each.is_unique and not each.is_partial and each.columns == (name,) for each in existing):
            return []
        issue = row_checks.issue_of_repeats(self._one(row_checks.repeated(rows)), count)
        return [] if issue is None else [issue]

    def _one(self, statement: statements.Statement) -> Mapping[str, Any]:
        (row,) = self._database.fetch(statement).mappings()
        return row


def _served(index: index_advice.Index, wanted: Mapping[index_advice.Index, Sequence[Request]]) -> tuple[Request, ...]:
    alike = replace(index, held=())
    return tuple(
        dict.fromkeys(each for one, those in wanted.items() if replace(one, held=()) == alike for each in those)
    )


def _is_view(connection: sa.Connection, name: str | None) -> bool:
    schema, table = schema_and_table(name or "")
    return table in sa.inspect(connection).get_view_names(schema)


def _unindexable(connection: sa.Connection, engine: Engine, name: str | None) -> frozenset[str]:
    """Columns that the database puts into no index."""
    if not engine.unindexable:
        return frozenset()
    schema, table = schema_and_table(name or "")
    columns = sa.inspect(connection).get_columns(table, schema)
    return frozenset(column["name"] for column in columns if isinstance(column["type"], engine.unindexable))
