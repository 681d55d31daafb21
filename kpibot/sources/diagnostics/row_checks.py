"""Reads the rows of a dataset once, for what cannot be right: a definition, or what was typed in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kpibot.core.reports.inspection import DataIssue
from kpibot.core.text import plural, quoted
from kpibot.sources.diagnostics.column_usage import ColumnUsage
from kpibot.sources.engines.base import Expression
from kpibot.sources.sql.dataset_rows import Rows
from kpibot.sources.sql.statements import Statement
from kpibot.sources.sql.timestamps import TimeKind

Columns = Mapping[str, Expression]
Row = Mapping[str, Any]
ID = "id"
FIRST, LAST = datetime(1971, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)  # what lies beyond means "none"
AHEAD = timedelta(days=1)  # clocks differ, and so do zones
SHARE = 0.1  # of the rows: what more have is a wrong definition; what fewer have are rows to be corrected
SHAPES = {
    TimeKind.TEXT: "____-__-__ __:__:__%",
    TimeKind.TEXT_T: "____-__-__T__:__:__%",
    TimeKind.TEXT_UTC: "____-__-__T__:__:__%Z",
    TimeKind.TEXT_DATE: "____-__-__",
}
AS_EMPTY = 'write {{sql: "nullif({column}, {value})"}} for it, if it stands for "none"'


@dataclass(frozen=True, slots=True)
class Probe:
    """Something to ask of all rows of a dataset, and what follows from the answer."""

    columns: Columns
    issue_of: Callable[[Row, int], DataIssue | None]


def probes(rows: Rows, uses: ColumnUsage, as_of: datetime) -> list[Probe]:
    """What is asked of the rows; the timestamps among `uses` are those whose kind `rows` knows."""
    probes_of_rows: list[Probe] = []
    for name in sorted((uses.begins | uses.ends) & rows.kinds.keys()):
        probes_of_rows += _of_time(rows, name, begins=name in uses.begins, as_of=as_of)
    probes_of_rows += [_reversed(rows, *pair) for pair in sorted(uses.pairs) if set(pair) <= rows.kinds.keys()]
    return probes_of_rows + [_number(rows, name) for name in sorted(uses.numbers)]


def statement(rows: Rows, asked: Sequence[Probe]) -> Statement:
    """All probes in one pass, and how many rows there are."""
    columns = [each.label(f"t{n}_{name}") for n, probe in enumerate(asked) for name, each in probe.columns.items()]
    return rows.select(sa.func.count().label("all_rows"), *columns, where=[])


def issues_in(asked: Sequence[Probe], row: Row) -> Iterator[DataIssue]:
    """What follows from the one row that the statement gave."""
    count = int(row["all_rows"])
    for n, probe in enumerate(asked):
        answer = {name: row[f"t{n}_{name}"] for name in probe.columns}
        if count and (issue := probe.issue_of(answer, count)) is not None:
            yield issue


def repeated(rows: Rows) -> Statement:
    """How many values of the id more than one row has, how many rows these are, and one such value."""
    number = rows.column(ID)
    per_id = rows.select(number.label("number"), sa.func.count().label("n"), where=[number.is_not(None)])
    twice = per_id.group_by(number).having(sa.func.count() > 1).subquery("twice")
    values: Expression = sa.func.count()
    rows_of_these, example = sa.func.sum(twice.c.n), sa.func.min(twice.c.number)
    return sa.select(values.label("values"), rows_of_these.label("rows"), example.label("example"))


def issue_of_repeats(row: Row, count: int) -> DataIssue | None:
    """What follows from ids that are not unique."""
    if not row["values"]:
        return None
    rows, example = int(row["rows"]), _shown(row["example"])
    text = f"{plural(row['values'], 'id stands', 'ids stand')} on {rows:,} rows, for example `{example}`"
    hint = "an id must be a row's own: a join may multiply rows, or this be the number of something else"
    return DataIssue("columns.id", f"{text}; {hint}", _is_rule(rows - int(row["values"]), count))


def _of_time(rows: Rows, name: str, *, begins: bool, as_of: datetime) -> Iterator[Probe]:
    time = rows.time(name)
    yield Probe({"filled": sa.func.count(time.expression)}, lambda row, _: _if_empty(row, name, begins))
    yield _test(rows, name, "long ago", time.before(FIRST), is_problem=not begins)
    yield _test(rows, name, "in the far future", time.not_before(LAST), is_problem=False)
    if begins:
        later = sa.and_(time.not_before(as_of + AHEAD), time.before(LAST))
        yield _counted(
            rows,
            later,
            lambda n, count, example: DataIssue(
                f"columns.{name}",
                f"{_of(n, count)} begin in the future, for example {example}; such a row counts only from then on",
                False,  # a due date or a planned delivery lies ahead, as it should
            ),
            name,
        )
    if (shape := SHAPES.get(time.kind)) is not None:
        other: Expression = time.expression.not_like(shape)
        if time.kind is TimeKind.TEXT_T:
            other = sa.or_(other, time.expression.like("%Z"))
        yield _counted(
            rows,
            other,
            lambda n, count, example: DataIssue(
                f"columns.{name}",
                f"{_of(n, count)} hold what is no timestamp, or not in the shape of the others: {example}; "
                "write {sql: …} with an expression that makes `YYYY-MM-DD HH:MM:SS`",
                True,
            ),
            name,
        )


def _test(rows: Rows, name: str, when: str, is_so: Expression, is_problem: bool) -> Probe:
    """One for dates that mean something else."""

    def issue_of(n: int, count: int, example: str) -> DataIssue:
        value = example if rows.kinds[name] is TimeKind.SECONDS else f"'{example}'"
        hint = AS_EMPTY.format(column=rows.dataset.columns[name].name or name, value=value)
        return DataIssue(f"columns.{name}", f"{_of(n, count)} lie {when}: {example}; {hint}", is_problem)

    return _counted(rows, is_so, issue_of, name)


def _if_empty(row: Row, name: str, begins: bool) -> DataIssue | None:
    if row["filled"]:
        return None
    if begins:
        return DataIssue(
            f"columns.{name}", "is empty in every row, so that nothing is ever counted; map another column", True
        )
    return DataIssue(
        f"columns.{name}", "is empty in every row, so that nothing ever ends; is this the right column?", False
    )


def _reversed(rows: Rows, since: str, until: str) -> Probe:
    """Rows that end before they begin; an end that means "none" is not among them."""
    began, ended = rows.column(since), rows.column(until)
    is_so = sa.and_(ended < began, rows.time(until).not_before(FIRST))

    def issue_of(n: int, count: int, example: str) -> DataIssue:
        which = f", for example {ID} {example}" if ID in rows.dataset.columns else ""
        text = f"{_of(n, count)} end (`{until}`) before they begin (`{since}`){which}"
        hint = "are the two the wrong way round?" if _is_rule(n, count) else "they are left out"
        return DataIssue(f"columns.{until}", f"{text}; {hint}", _is_rule(n, count))

    return _counted(rows, is_so, issue_of, ID if ID in rows.dataset.columns else until)


def _number(rows: Rows, name: str) -> Probe:
    """Text where a number belongs. Some databases add it up as 0; others refuse it, or hold none."""
    column = rows.column(name)
    if (is_text := rows.engine.is_no_number(column)) is None:
        return Probe({"least": sa.func.min(column)}, lambda row, _: _if_text(row["least"], name))

    def issue_of(n: int, count: int, example: str) -> DataIssue:
        return DataIssue(
            f"columns.{name}", f"{_of(n, count)} hold text where a number belongs: {example}; {TO_NUMBER}", True
        )

    return _counted(rows, is_text, issue_of, name)


TO_NUMBER = "they would count as 0; write {sql: …} with an expression that makes it a number"


def _if_text(least: object, name: str) -> DataIssue | None:
    if not isinstance(least, str):
        return None
    hint = "write {sql: …} with an expression that makes it a number"
    return DataIssue(f"columns.{name}", f"holds text where a number belongs: {_shown(least)}; {hint}", True)


def _counted(rows: Rows, is_so: Expression, issue_of: Callable[[int, int, str], DataIssue], example: str) -> Probe:
    """How many rows are so, and the least value of a column among them."""
    columns = {
        "n": sa.func.sum(sa.case((is_so, 1), else_=0)),
        "example": sa.func.min(sa.case((is_so, rows.column(example)))),
    }
    return Probe(
        columns, lambda row, count: issue_of(int(row["n"]), count, _shown(row["example"])) if row["n"] else None
    )


def _of(n: int, count: int) -> str:
    return f"{n:,} of {plural(count, 'row')}"


def _is_rule(n: int, count: int) -> bool:
    return n > SHARE * count


def _shown(value: object) -> str:
    return quoted(str(value))
