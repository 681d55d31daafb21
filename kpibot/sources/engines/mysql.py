"""Sessions of MariaDB and MySQL: read-only, on UTC, with a statement time-out, and values as they are meant."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from pymysql.constants import FIELD_TYPE
from pymysql.converters import conversions, convert_datetime

GRACE_SECONDS = 5  # after which a server that does not keep its own time-out is hung up on


def connect_arguments(timeout: timedelta, connect_seconds: int) -> dict[str, Any]:
    """What PyMySQL's `connect` is given."""
    return {
        "conv": {**conversions, FIELD_TYPE.TIMESTAMP: _instant, FIELD_TYPE.BIT: _number},
        "connect_timeout": connect_seconds,
        "read_timeout": timeout.total_seconds() + GRACE_SECONDS,
        "program_name": "kpibot",
    }


def prepared(timeout: timedelta) -> Callable[[Any, Any], None]:
    """Makes a new connection's session what it should be; a listener of SQLAlchemy's `connect`."""

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
        connection.rollback()  # the one that the SELECT began could still write

    return prepare


def _instant(text: str | bytes) -> datetime | str:
    """A TIMESTAMP is an instant, told in the session's zone; a DATETIME, which stays naive, is a wall clock's time."""
    found: datetime | str = convert_datetime(text)
    return found.replace(tzinfo=UTC) if isinstance(found, datetime) else found


def _number(bits: bytes) -> int:
    return int.from_bytes(bits, "big")
