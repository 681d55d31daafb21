"""What is special about a database engine. What is said here is standard SQL; each engine's module overrides the rest.

How to add an engine: docs/engines.md.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from kpibot.catalog.model import Database
from kpibot.sources.engines.failures import Failure, driver_error, driver_words, one_line
from kpibot.sources.engines.plans import PlanStep
from kpibot.sources.engines.pools import pooled

DAY = 86_400
AS_PLUS, AS_TIMES = 7, 8  # how tightly SQLAlchemy takes its own + and * to bind
SINCE_1970 = "DATE '1970-01-01'"
Expression = sa.ColumnElement[Any]


@dataclass(frozen=True)
class Engine:
    """An engine by the name of its SQLAlchemy dialect. It has no state, so that engines of one name are equal."""

    name: str

    # The driver for a URL that names none, and the package to install for a driver that is missing.
    drivers: ClassVar[Mapping[str, str]] = {}
    packages: ClassVar[Mapping[str, str]] = {}

    # Whether a slow statement ends by itself; otherwise kpibot stops waiting for it.
    ends_slow_statements: ClassVar[bool] = False
    # Words of error messages, in lower case.
    slow_words: ClassVar[tuple[str, ...]] = ("statement timeout", "interrupt", "timed out", "timeout expired")
    gone_words: ClassVar[tuple[str, ...]] = (
        "connection refused",
        "could not connect",
        "connection failed",
        "can't connect",
        "unable to connect",
    )
    busy_words: ClassVar[tuple[str, ...]] = ()

    # Whether '' is NULL, so that no row holds an empty text.
    empty_text_is_null: ClassVar[bool] = False
    # Whether GROUP BY names columns by their position in SELECT.
    groups_by_position: ClassVar[bool] = False

    # Whether indexes make statements faster, may leave rows out, and may hold columns that are no keys.
    has_indexes: ClassVar[bool] = False
    has_partial_indexes: ClassVar[bool] = False
    has_included_columns: ClassVar[bool] = False
    # Types of columns that go into no index.
    unindexable: ClassVar[tuple[type[sa.types.TypeEngine[Any]], ...]] = ()

    # Sessions

    def caveat(self) -> str | None:
        """What kpibot cannot ensure on this database, so that its administrator must."""
        return None

    def create(self, url: sa.URL, database: Database) -> sa.Engine:
        """A SQLAlchemy engine whose sessions only read, are on UTC and end slow statements, as far as possible.

        Raises:
            SourceMisfitError: the database cannot be there.
        """
        return pooled(url, database, {})

    def limited(self, connection: sa.Connection, timeout: timedelta) -> AbstractContextManager[None]:
        """Ends what runs on a connection after so long, where the session does not do so itself."""
        return nullcontext()

    # Errors

    def failure(self, error: DBAPIError) -> Failure:
        """Which kind of failure a driver's error is."""
        if isinstance(error, OperationalError) and error.statement is None:  # it was connecting
            return Failure.GONE
        reason = self.reason(error).casefold()
        if any(words in reason for words in self.slow_words):
            return Failure.SLOW
        if error.connection_invalidated or any(words in reason for words in self.gone_words):
            return Failure.GONE
        return Failure.BUSY if any(words in reason for words in self.busy_words) else Failure.MISFIT

    def reason(self, error: SQLAlchemyError) -> str:
        """What an error says, on one line. Drivers name host, file, table or column there, never the password."""
        original = driver_error(error)
        return one_line(driver_words(original), original)

    # Times

    def seconds(self, column: Expression) -> Expression:
        """Whole seconds since 1970 of a timestamp or date: of its instant, or of its wall clock where it is naive."""
        return sa.cast(sa.func.floor(sa.extract("epoch", column)), sa.BigInteger)

    def seconds_of_text(self, column: Expression) -> Expression:
        """The same for a timestamp that is kept as text."""
        return self.seconds(sa.cast(column, sa.DateTime()))

    def whole_days(self, seconds: Expression) -> Expression:
        """Seconds since 1970 as whole days."""
        # Without a remainder every kind of division gives the same.
        return sa.cast((seconds - sa.func.mod(seconds, DAY)) / DAY, sa.BigInteger)

    def days(self, column: Expression) -> Expression:
        """Whole days since 1970 of a naive timestamp, on its own wall clock."""
        return self.whole_days(self.seconds(column))

    def total_seconds(self, began: Expression, ended: Expression, latest: Expression) -> Expression | None:
        """The sum of the seconds between timestamps of one kind, to `latest` where the end is later or NULL; None where
        the database has no faster way than each row's seconds since 1970."""
        return None

    def sampled(self, column: Expression, chosen: sa.Select[Any]) -> sa.Select[Any]:
        """A selection of a timestamp column, narrowed to the value that tells most of how the column keeps time."""
        return chosen.limit(1)

    # Numbers

    def summable(self, number: Expression) -> Expression:
        """Whole numbers as `SUM` takes them without an overflow, and exactly."""
        return sa.cast(number, sa.Double)

    def multiplied(self, number: Expression, by: Expression) -> Expression:
        """A product that no whole number overflows: a large amount of money times the seconds of a year."""
        return sa.cast(number, sa.Double) * by

    def is_no_number(self, column: Expression) -> Expression | None:
        """Whether a value is text that `SUM` would take for 0; None where the database refuses to add up text."""
        return None

    # Plans and indexes

    def without_index(self, column: Expression) -> Expression:
        """The column, so that no index on it is used where the database would overrate it."""
        return column

    def plan(self, connection: sa.Connection, statement: Any) -> list[PlanStep] | None:
        """The steps of a statement's plan that read tables; None where the plan cannot be read."""
        return None

    def index_options(self, only_where: Expression | None, included: list[str]) -> dict[str, Any]:
        """Options of `sa.Index`: the rows that a partial index has, and the columns that it holds beside its keys."""
        return {}
