"""What databases say differently: seconds of a timestamp, and how not to be led astray by an index."""

from collections.abc import Callable
from sqlite3 import sqlite_version_info
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import UnaryExpression

DAY = 86_400
YEAR_0_TO_1970 = 62_167_219_200  # seconds, as TO_SECONDS counts them
# A DuckDB session would otherwise be in the machine's zone, and so would a cast of an instant to a date.
DUCKDB_ON_UTC = "SET TimeZone = 'UTC'"
READ_TEXT_AS_TIME = frozenset({"sqlite", "mysql", "mariadb"})
# MariaDB does not take a CASE with a comparison for the same one where it is strict about GROUP BY.
GROUPED_BY_PLACE = frozenset({"mysql", "mariadb"})
AS_PLUS, AS_TIMES = 7, 8  # how tightly SQLAlchemy takes its own + and * to bind
Expression = sa.ColumnElement[Any]


def _sqlite(column: Expression) -> Expression:
    if sqlite_version_info >= (3, 38):
        return sa.func.unixepoch(column, type_=sa.BigInteger())  # the same number in two thirds of the time
    return sa.cast(sa.func.strftime("%s", column), sa.BigInteger)


def _postgresql(column: Expression) -> Expression:
    # date_part gives a float; extract gives a numeric, which is several times slower to add up.
    return sa.cast(sa.func.floor(sa.func.date_part("epoch", column)), sa.BigInteger)


def _duckdb(column: Expression) -> Expression:
    return sa.cast(sa.func.floor(sa.func.epoch(column)), sa.BigInteger)


def _mysql(column: Expression) -> Expression:
    # UNIX_TIMESTAMP would end in 2038 and read a wall clock's time in the session's zone.
    return sa.func.to_seconds(column, type_=sa.BigInteger()) - YEAR_0_TO_1970


def _mssql(column: Expression) -> Expression:
    since: Expression = sa.literal_column("'1970-01-01'")
    return sa.func.DATEDIFF_BIG(sa.literal_column("second"), since, column, type_=sa.BigInteger())


def _oracle(column: Expression) -> Expression:
    # A DATE has seconds there, and dates differ by a number of days.
    days = sa.cast(column, sa.Date()).op("-", precedence=AS_PLUS)(sa.literal_column("DATE '1970-01-01'"))
    return sa.cast(sa.func.round(days.op("*", precedence=AS_TIMES)(DAY)), sa.BigInteger)


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


def _standard(column: Expression) -> Expression:
    return sa.cast(sa.func.floor(sa.extract("epoch", column)), sa.BigInteger)


SECONDS: dict[str, Callable[[Expression], Expression]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "duckdb": _duckdb,
    "mysql": _mysql,
    "mariadb": _mysql,
    "mssql": _mssql,
    "oracle": _oracle,
    "trino": _trino,
    "snowflake": _snowflake,
    "bigquery": _bigquery,
    "clickhouse": _clickhouse,
    "clickhousedb": _clickhouse,
    "databricks": _databricks,
}
# `/` gives a fraction even of integers there; FLOOR of it is not safe, since MySQL rounds it to four digits first.
WHOLE_QUOTIENT = {"duckdb": "//", "mysql": "DIV", "mariadb": "DIV"}
INTEGERS_DIVIDE_WHOLE = frozenset({"sqlite", "postgresql", "mssql", "trino", "redshift"})


def seconds(column: Expression, dialect: str) -> Expression:
    """Whole seconds since 1970-01-01 of a timestamp or date: of its instant, or of its wall clock where it is naive.

    A database that is not known by name is asked in standard words, as PostgreSQL's relatives understand them.
    """
    return SECONDS.get(dialect, _standard)(column)


def whole_days(seconds: Expression, dialect: str) -> Expression:
    """Seconds since 1970 as whole days."""
    if dialect in WHOLE_QUOTIENT:
        divided_by = seconds.op(WHOLE_QUOTIENT[dialect], precedence=AS_TIMES, return_type=sa.BigInteger())
        return divided_by(DAY)
    if dialect in INTEGERS_DIVIDE_WHOLE:
        return seconds // DAY
    # Without a remainder every kind of division gives the same.
    return sa.cast((seconds - sa.func.mod(seconds, DAY)) / DAY, sa.BigInteger)


def summable(number: Expression, dialect: str) -> Expression:
    """Whole numbers as `SUM` takes them without an overflow, and exactly: MariaDB and MySQL add them up as decimals."""
    return number if dialect in ("mysql", "mariadb") else sa.cast(number, sa.Double)


def multiplied(number: Expression, by: Expression, dialect: str) -> Expression:
    """A product that no whole number overflows: a large amount of money times the seconds of a year."""
    wide = number * sa.literal_column("1.0") if dialect in ("mysql", "mariadb") else sa.cast(number, sa.Double)
    return wide * by


def without_index(column: Expression, dialect: str) -> Expression:
    """The column so that no index on it leads the way.

    In SQLite a unary plus sees to that, without touching the district's schema; others know what an index costs.
    """
    return UnaryExpression(column, operator=operators.custom_op("+")) if dialect == "sqlite" else column


def sampled(column: Expression, chosen: sa.Select[Any], dialect: str) -> sa.Select[Any]:
    """A statement that chooses values of a timestamp column, narrowed to the one that tells most of how it keeps time.

    MariaDB and MySQL may hold `0000-00-00`, which would pass for a time long ago: it sorts first.
    """
    return (chosen.order_by(column) if dialect in ("mysql", "mariadb") else chosen).limit(1)
