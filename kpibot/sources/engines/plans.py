"""How a database would run a statement, as its EXPLAIN says. Nothing is run for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ClauseElement, Executable


@dataclass(frozen=True, slots=True)
class PlanStep:
    """How a plan reads one table: through which index, if any, and whether from one end to the other."""

    table: str
    index: str | None
    is_whole: bool


class _Explained(Executable, ClauseElement):
    """A statement after the words that ask for its plan."""

    inherit_cache = False

    def __init__(self, words: str, statement: Any) -> None:
        self.words = words
        self.statement = statement


@compiles(_Explained)
def _compiled(element: _Explained, compiler: Any, **options: Any) -> str:
    return f"{element.words} {compiler.process(element.statement, **options)}"


def explained_rows(connection: sa.Connection, words: str, statement: Any) -> list[Mapping[str, Any]]:
    """What EXPLAIN, in the database's own words, gives for a statement."""
    # As the driver gives them: SQLAlchemy would take the plan's columns for those of the statement, if as many.
    cursor = connection.execute(_Explained(words, statement)).cursor
    assert cursor is not None
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
