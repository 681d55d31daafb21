"""Whether a dataset fits its table: is the table there, and has it every column, whether a KPI uses it or not?"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from kpibot.catalog.model import Dataset
from kpibot.core.reports.inspection import DataIssue
from kpibot.core.text import alternatives, did_you_mean
from kpibot.sources.base import SourceMisfitError
from kpibot.sources.sql.dataset_rows import column_of, from_clause
from kpibot.sources.sql.indexes import schema_and_table

Ask = Callable[[Callable[[sa.Connection], Any]], Any]
LISTED = 8  # names of columns in a hint; nobody reads more


def misfits(dataset: Dataset, ask: Ask) -> list[DataIssue]:
    """What the configuration names and the database does not have.

    Raises:
        SourceDownError: the database does not answer.
    """
    try:
        names = list(ask(lambda connection: connection.execute(_nothing(dataset, sa.text("*"))).keys()))
    except SourceMisfitError as error:
        return [_no_table(dataset, ask, error)]
    existing = {name.casefold() for name in names}
    lacking = {
        word: column.name or word
        for word, column in dataset.columns.items()
        if column.sql is None and (column.name or word).casefold() not in existing
    }
    issues = [DataIssue(f"columns.{word}", _no_column(dataset, name, names), True) for word, name in lacking.items()]
    return [*issues, *_refused(dataset, [word for word in dataset.columns if word not in lacking], ask)]


def _nothing(dataset: Dataset, *columns: Any) -> sa.Select[Any]:
    return sa.select(*columns).select_from(from_clause(dataset)).where(sa.text("1 = 0"))


def _no_table(dataset: Dataset, ask: Ask, error: SourceMisfitError) -> DataIssue:
    if dataset.table is None:
        return DataIssue("select", str(error), True)
    schema, table = schema_and_table(dataset.table)
    tables = ask(lambda connection: _tables(connection, schema))
    return DataIssue("table", f"{error}{did_you_mean(table, tables)}", True)


def _tables(connection: sa.Connection, schema: str | None) -> list[str]:
    inspector = sa.inspect(connection)
    return [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]


def _no_column(dataset: Dataset, name: str, names: Sequence[str]) -> str:
    where = f"`{dataset.table}`" if dataset.table else "the SELECT"
    there = f"; it has {alternatives(names[:LISTED]).replace(' or ', ' and ')}" if len(names) <= LISTED else ""
    return f"{where} has no column `{name}`{did_you_mean(name, names) or there}"


def _refused(dataset: Dataset, words: Sequence[str], ask: Ask) -> Iterator[DataIssue]:
    """What the database refuses of the rest: an expression may be wrong, or a name want other letters."""
    if words and _refusal(dataset, words, ask) is not None:
        for word in words:
            if (error := _refusal(dataset, [word], ask)) is not None:
                yield DataIssue(f"columns.{word}", str(error), True)


def _refusal(dataset: Dataset, words: Sequence[str], ask: Ask) -> SourceMisfitError | None:
    columns = [column_of(dataset, word).label(f"c{n}") for n, word in enumerate(words)]
    try:
        ask(lambda connection: connection.execute(_nothing(dataset, *columns)).fetchall())
    except SourceMisfitError as error:
        return error
    return None
