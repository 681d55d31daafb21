"""SQLite."""

import re
from pathlib import Path
from sqlite3 import sqlite_version_info
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import UnaryExpression

from kpibot.catalog.model import Database
from kpibot.sources.engines.base import DAY, Expression
from kpibot.sources.engines.embedded import EmbeddedEngine
from kpibot.sources.engines.plans import PlanStep, explained_rows

STEP = re.compile(r"(SCAN|SEARCH) (?:TABLE )?(\S+)(?:.*? USING (?:COVERING )?INDEX (\S+))?")
NUMBER = r"^\s*[-+]?[0-9]*[.]?[0-9]+([eE][-+]?[0-9]+)?\s*$"  # SQLAlchemy lends SQLite Python's `re`


class SQLite(EmbeddedEngine):
    """Files that are opened read-only; timestamps are text."""

    gone_words = ("unable to open",)
    busy_words = ("database is locked", "database table is locked", "database schema is locked")
    has_indexes = True
    has_partial_indexes = True

    def create(self, url: sa.URL, database: Database) -> sa.Engine:
        """Opens a file that must exist: SQLite would otherwise make an empty database of a misspelled path."""
        path = url.database or ":memory:"
        read_only = url.set(database=f"file:{Path(path).absolute()}", query={"mode": "ro", "uri": "true"})
        seconds = database.timeout.total_seconds()  # for which a statement waits for whoever is writing
        return sa.create_engine(read_only, poolclass=NullPool, connect_args={"timeout": seconds})

    def seconds(self, column: Expression) -> Expression:
        """By `unixepoch`, which older versions lack."""
        if sqlite_version_info >= (3, 38):
            return sa.func.unixepoch(column, type_=sa.BigInteger())  # the same number in two thirds of the time
        return sa.cast(sa.func.strftime("%s", column), sa.BigInteger)

    def seconds_of_text(self, column: Expression) -> Expression:
        """Text is what timestamps are."""
        return self.seconds(column)

    def whole_days(self, seconds: Expression) -> Expression:
        """Whole numbers divide to whole numbers."""
        return seconds // DAY

    def is_no_number(self, column: Expression) -> Expression | None:
        """A column may hold text whatever its type."""
        text = sa.cast(column, sa.String(80))
        return sa.and_(sa.func.typeof(column) == "text", sa.not_(text.regexp_match(NUMBER)))

    def without_index(self, column: Expression) -> Expression:
        """A unary plus keeps indexes out, without touching the district's schema."""
        return UnaryExpression(column, operator=operators.custom_op("+"))

    def plan(self, connection: sa.Connection, statement: Any) -> list[PlanStep] | None:
        """As EXPLAIN QUERY PLAN says it, in words."""
        rows = explained_rows(connection, "EXPLAIN QUERY PLAN", statement)
        steps = [match for row in rows if (match := STEP.match(row["detail"]))]
        return [PlanStep(step[2], step[3], step[1] == "SCAN") for step in steps]

    def index_options(self, only_where: Expression | None, included: list[str]) -> dict[str, Any]:
        """Indexes may be partial."""
        return {} if only_where is None else {"sqlite_where": only_where}


ENGINE = SQLite
