"""MariaDB and MySQL."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from pymysql.constants import FIELD_TYPE
from pymysql.converters import conversions, convert_datetime

from kpibot.catalog.model import Database
from kpibot.sources.engines.base import AS_TIMES, DAY, Engine, Expression
from kpibot.sources.engines.plans import PlanStep, explained_rows
from kpibot.sources.engines.pools import CONNECT_SECONDS, pooled

GRACE_SECONDS = 5  # after which kpibot closes the connection to a server that does not keep its own time-out
YEAR_0_TO_1970 = 62_167_219_200  # seconds, as TO_SECONDS counts them
WHOLE_SCANS = {"ALL", "index"}  # of the table, of an index
NUMBER = r"^[[:space:]]*[-+]?[0-9]*[.]?[0-9]+([eE][-+]?[0-9]+)?[[:space:]]*$"


class MySQL(Engine):
    """Sessions that only read, on UTC, with a statement time-out, and values as they are meant."""

    drivers: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("mysql", "mariadb", "mariadb+pymysql"), "mysql+pymysql"
    )  # the server says which it is
    packages: ClassVar[Mapping[str, str]] = {"mysql+mysqldb": "mysqlclient"}
    ends_slow_statements = True
    slow_words = ("interrupt", "max_statement_time", "maximum statement execution time", "timed out")
    busy_words = ("lock wait timeout", "deadlock found", "too many connections")
    # A CASE with a comparison is not taken for the same one where the server is strict about GROUP BY.
    groups_by_position = True
    has_indexes = True
    unindexable = (sa.Text, sa.LargeBinary)  # unless only their beginning

    def create(self, url: sa.URL, database: Database) -> sa.Engine:
        """Prepares each session by statements, since the driver has no arguments for that."""
        arguments = connect_arguments(database.timeout) if url.get_driver_name() == "pymysql" else {}
        engine = pooled(url, database, arguments)
        sa.event.listen(engine, "connect", session_settings(database.timeout))
        return engine

    def seconds(self, column: Expression) -> Expression:
        """By TO_SECONDS: UNIX_TIMESTAMP would end in 2038 and read a wall clock's time in the session's zone."""
        return sa.func.to_seconds(column, type_=sa.BigInteger()) - YEAR_0_TO_1970

    def seconds_of_text(self, column: Expression) -> Expression:
        """Text is read as a timestamp where one belongs."""
        return self.seconds(column)

    def whole_days(self, seconds: Expression) -> Expression:
        """By DIV: `/` gives a fraction, and FLOOR of it is not safe, since MySQL rounds it to four digits first."""
        return seconds.op("DIV", precedence=AS_TIMES, return_type=sa.BigInteger())(DAY)

    def sampled(self, column: Expression, chosen: sa.Select[Any]) -> sa.Select[Any]:
        """The earliest: a column may hold `0000-00-00`, which would pass for a time long ago, and sorts first."""
        return chosen.order_by(column).limit(1)

    def summable(self, number: Expression) -> Expression:
        """Whole numbers are added up as decimals."""
        return number

    def multiplied(self, number: Expression, by: Expression) -> Expression:
        """A product of decimals."""
        return number * sa.literal_column("1.0") * by

    def is_no_number(self, column: Expression) -> Expression | None:
        """Text is added up as the number that it begins with."""
        return sa.not_(sa.cast(column, sa.String(80)).regexp_match(NUMBER))

    def plan(self, connection: sa.Connection, statement: Any) -> list[PlanStep] | None:
        """As EXPLAIN says it in a table."""
        rows = explained_rows(connection, "EXPLAIN FORMAT=TRADITIONAL", statement)
        return [PlanStep(row["table"], row["key"], row["type"] in WHOLE_SCANS) for row in rows if row["table"]]


def connect_arguments(timeout: timedelta) -> dict[str, Any]:
    """The arguments of PyMySQL's `connect`."""
    return {
        "conv": {**conversions, FIELD_TYPE.TIMESTAMP: _instant, FIELD_TYPE.BIT: _number},
        "connect_timeout": CONNECT_SECONDS,
        "read_timeout": timeout.total_seconds() + GRACE_SECONDS,
        "program_name": "kpibot",
    }


def session_settings(timeout: timedelta) -> Callable[[Any, Any], None]:
    """Prepares the session of a new connection; a listener of SQLAlchemy's `connect`."""

    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("SELECT version()")
        # Each of the two has a name of its own for the time-out, and a unit.
        seconds = timeout.total_seconds()
        is_mariadb = "mariadb" in str(cursor.fetchone()[0]).casefold()
        limit = f"max_statement_time = {seconds}" if is_mariadb else f"max_execution_time = {int(seconds * 1_000)}"
        cursor.execute(f"SET SESSION {limit}")
        cursor.execute("SET SESSION time_zone = '+00:00'")
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
        cursor.close()
        connection.rollback()  # the transaction that the SELECT began could still write

    return prepare


def _instant(text: str | bytes) -> datetime | str:
    """A TIMESTAMP is an instant, in the session's zone; a DATETIME, which stays naive, is a wall clock's time."""
    value: datetime | str = convert_datetime(text)
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def _number(bits: bytes) -> int:
    return int.from_bytes(bits, "big")


ENGINE = MySQL
