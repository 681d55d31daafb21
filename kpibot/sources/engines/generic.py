"""Any other database that SQLAlchemy has a dialect for: its seconds, where they are known, and standard SQL."""

from collections.abc import Callable, Mapping
from typing import ClassVar

import sqlalchemy as sa

from kpibot.sources.engines.base import DAY, Engine, Expression

INTEGERS_DIVIDE_WHOLE = frozenset({"trino", "redshift"})


def _trino(column: Expression) -> Expression:
    since: Expression = sa.literal_column("TIMESTAMP '1970-01-01 00:00:00'")
    return sa.func.date_diff(sa.literal_column("'second'"), since, column, type_=sa.BigInteger())


def _snowflake(column: Expression) -> Expression:
    return sa.func.date_part(sa.literal_column("epoch_second"), column, type_=sa.BigInteger())


def _bigquery(column: Expression) -> Expression:
    return sa.func.unix_seconds(sa.func.timestamp(column), type_=sa.BigInteger())


def _clickhouse(column: Expression) -> Expression:
    return sa.func.toInt64(sa.func.toUnixTimestamp(column), type_=sa.BigInteger())


def _databricks(column: Expression) -> Expression:
    return sa.func.unix_timestamp(column, type_=sa.BigInteger())


SECONDS: dict[str, Callable[[Expression], Expression]] = {
    "trino": _trino,
    "snowflake": _snowflake,
    "bigquery": _bigquery,
    "clickhouse": _clickhouse,
    "clickhousedb": _clickhouse,
    "databricks": _databricks,
}


class Generic(Engine):
    """An engine without a module of its own. Read-only is up to the account; kpibot only stops waiting.

    One that is not known by name is asked in standard words, as PostgreSQL's relatives understand them.
    """

    packages: ClassVar[Mapping[str, str]] = {
        "bigquery": "sqlalchemy-bigquery",
        "clickhouse": "clickhouse-sqlalchemy",
        "clickhousedb": "clickhouse-connect",
        "cockroachdb": "sqlalchemy-cockroachdb",
        "databricks": "databricks-sqlalchemy",
        "db2": "ibm_db_sa",
        "ibm_db_sa": "ibm_db_sa",
        "redshift": "sqlalchemy-redshift",
        "snowflake": "snowflake-sqlalchemy",
        "trino": "trino[sqlalchemy]",
    }

    def caveat(self) -> str | None:
        """All that a module of its own would take care of."""
        return (
            f"kpibot can neither make a session of `{self.name}` read-only nor stop a statement there nor put it on "
            "UTC, it only stops waiting; give it an account that can only read, is limited in time and is on UTC"
        )

    def seconds(self, column: Expression) -> Expression:
        """In the database's own words, where they are known."""
        return SECONDS.get(self.name, super().seconds)(column)

    def whole_days(self, seconds: Expression) -> Expression:
        """Some divide whole numbers to whole numbers."""
        return seconds // DAY if self.name in INTEGERS_DIVIDE_WHOLE else super().whole_days(seconds)


ENGINE = Generic
