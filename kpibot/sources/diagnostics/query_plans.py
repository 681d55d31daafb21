"""How a database goes about a statement, as it says itself. Nothing is run for it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ClauseElement, Executable

WORDS = {
    "sqlite": "EXPLAIN QUERY PLAN ",
    "postgresql": "EXPLAIN (FORMAT JSON) ",
    "mysql": "EXPLAIN FORMAT=TRADITIONAL ",
    "mariadb": "EXPLAIN FORMAT=TRADITIONAL ",
}
SQLITE_STEP = re.compile(r"(SCAN|SEARCH) (?:TABLE )?(\S+)(?:.*? USING (?:COVERING )?INDEX (\S+))?")
Rows = Sequence[Mapping[str, Any]]
WHOLE_IN_MYSQL = {"ALL", "index"}  # of the table, of an index


@dataclass(frozen=True, slots=True)
class Step:
    """How a plan reads one table: through which index, if any, and whether from one end to the other."""

    table: str
    index: str | None
    is_whole: bool


class _Explained(Executable, ClauseElement):
    """A statement with the words before it that ask for its plan."""

    inherit_cache = False

    def __init__(self, statement: Any) -> None:
        self.statement = statement


@compiles(_Explained)
def _compiled(element: _Explained, compiler: Any, **options: Any) -> str:
    return WORDS[compiler.dialect.name] + str(compiler.process(element.statement, **options))


def plan(connection: sa.Connection, statement: Any) -> list[Step] | None:
    """The steps that read tables; None where a database does not tell, or kpibot cannot read what it tells."""
    read = READERS.get(connection.dialect.name)
    if read is None:
        return None
    # As the driver gives them: SQLAlchemy would take the plan's columns for those of the statement, if as many.
    given = connection.execute(_Explained(statement)).cursor
    assert given is not None
    names = [each[0] for each in given.description]
    return list(read([dict(zip(names, row, strict=True)) for row in given.fetchall()]))


def _sqlite(rows: Rows) -> Iterator[Step]:
    for row in rows:
        if found := SQLITE_STEP.match(row["detail"]):
            yield Step(found[2], found[3], found[1] == "SCAN")


def _postgresql(rows: Rows) -> Iterator[Step]:
    yield from _nodes(rows[0]["QUERY PLAN"][0]["Plan"])


def _nodes(node: Mapping[str, Any]) -> Iterator[Step]:
    if (table := node.get("Relation Name")) is not None:
        is_whole = node["Node Type"] == "Seq Scan" or ("Index Name" in node and "Index Cond" not in node)
        yield Step(table, node.get("Index Name"), is_whole)
    for each in node.get("Plans", ()):
        yield from _nodes(each)


def _mysql(rows: Rows) -> Iterator[Step]:
    for row in rows:
        if row["table"] is not None:
            yield Step(row["table"], row["key"], row["type"] in WHOLE_IN_MYSQL)


READERS: dict[str, Callable[[Rows], Iterator[Step]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "mysql": _mysql,
    "mariadb": _mysql,
}
