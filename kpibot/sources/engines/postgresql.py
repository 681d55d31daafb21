"""PostgreSQL."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import sqlalchemy as sa

from kpibot.catalog.model import Database
from kpibot.sources.engines.base import DAY, SINCE_1970, Engine, Expression
from kpibot.sources.engines.plans import PlanStep, explained_rows
from kpibot.sources.engines.pools import CONNECT_SECONDS, milliseconds, pooled


class PostgreSQL(Engine):
    """Sessions that only read, on UTC, with a statement time-out."""

    drivers: ClassVar[Mapping[str, str]] = {"postgresql": "postgresql+psycopg"}
    packages: ClassVar[Mapping[str, str]] = {"postgresql+psycopg2": "psycopg2-binary"}
    ends_slow_statements = True
    slow_words = ("statement timeout",)
    busy_words = ("deadlock detected", "lock timeout", "conflict with recovery")
    has_indexes = True
    has_partial_indexes = True
    has_included_columns = True

    def create(self, url: sa.URL, database: Database) -> sa.Engine:
        """Without transactions: BEGIN and ROLLBACK around one statement would be two more ways to the server."""
        options = f"-c default_transaction_read_only=on -c statement_timeout={milliseconds(database)} -c timezone=UTC"
        arguments = {"options": options, "connect_timeout": CONNECT_SECONDS, "application_name": "kpibot"}
        return pooled(url, database, arguments, isolation_level="AUTOCOMMIT")

    def seconds(self, column: Expression) -> Expression:
        """By `date_part`, a float: `extract` gives a numeric, which is several times slower to add up."""
        return sa.cast(sa.func.floor(sa.func.date_part("epoch", column)), sa.BigInteger)

    def whole_days(self, seconds: Expression) -> Expression:
        """Whole numbers divide to whole numbers."""
        return seconds // DAY

    def days(self, column: Expression) -> Expression:
        """A date minus a date is a whole number, and costs less than seconds."""
        return sa.cast(column, sa.Date()).op("-")(sa.literal_column(SINCE_1970))

    def total_seconds(self, began: Expression, ended: Expression, latest: Expression) -> Expression | None:
        """The seconds of the sum of intervals; `least` passes over NULL."""
        return sa.func.date_part("epoch", sa.func.sum(sa.func.least(ended, latest).op("-")(began)))

    def plan(self, connection: sa.Connection, statement: Any) -> list[PlanStep] | None:
        """As EXPLAIN says it in JSON."""
        (row,) = explained_rows(connection, "EXPLAIN (FORMAT JSON)", statement)
        return list(_steps(row["QUERY PLAN"][0]["Plan"]))

    def index_options(self, only_where: Expression | None, included: list[str]) -> dict[str, Any]:
        """Built CONCURRENTLY, so that the district's system can write meanwhile."""
        options: dict[str, Any] = {"postgresql_concurrently": True}
        if only_where is not None:
            options["postgresql_where"] = only_where
        return options | ({"postgresql_include": included} if included else {})


def _steps(node: Mapping[str, Any]) -> Iterator[PlanStep]:
    if (table := node.get("Relation Name")) is not None:
        is_whole = node["Node Type"] == "Seq Scan" or ("Index Name" in node and "Index Cond" not in node)
        yield PlanStep(table, node.get("Index Name"), is_whole)
    for child in node.get("Plans", ()):
        yield from _steps(child)


ENGINE = PostgreSQL
