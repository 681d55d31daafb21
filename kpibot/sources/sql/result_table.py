"""What a statement gave, as the driver made it: rows of plain tuples, since there may be a hundred thousand of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError


@dataclass(frozen=True, slots=True)
class ResultTable:
    """The names of the columns, and the rows."""

    names: tuple[str, ...]
    rows: Sequence[Sequence[Any]]

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> list[Any]:
        place = self.names.index(name)
        return [row[place] for row in self.rows]

    def columns(self, *names: str) -> Iterable[tuple[Any, ...]]:
        """These columns only, row by row."""
        return zip(*(self[name] for name in names), strict=True)

    def mappings(self) -> Iterator[dict[str, Any]]:
        """Each row by the names of its columns."""
        return (dict(zip(self.names, row, strict=True)) for row in self.rows)


def joined(tables: Sequence[ResultTable]) -> ResultTable:
    """The rows of several tables with the same columns."""
    return ResultTable(tables[0].names, [row for table in tables for row in table.rows])


def fetched(result: sa.CursorResult[Any]) -> ResultTable:
    """All rows of a result.

    Raises:
        SQLAlchemyError: also where the driver fails in the middle of the rows, as SQLite does when it is interrupted.
    """
    names, cursor, dialect = tuple(result.keys()), result.cursor, result.context.dialect
    assert cursor is not None
    try:
        return ResultTable(names, cursor.fetchall())
    except dialect.loaded_dbapi.Error as error:
        failed = DBAPIError.instance(result.context.statement, None, error, dialect.loaded_dbapi.Error, dialect=dialect)
        raise failed from error
    finally:
        result.close()
