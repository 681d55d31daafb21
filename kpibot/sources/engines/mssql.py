"""SQL Server."""

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from kpibot.catalog.model import Database
from kpibot.sources.engines.base import DAY, Engine, Expression
from kpibot.sources.engines.failures import driver_error, driver_words, one_line
from kpibot.sources.engines.pools import CONNECT_SECONDS, milliseconds, pooled

NOISE = "DB-Lib error message"  # FreeTDS, behind pymssql, begins or ends lines with it


class SQLServer(Engine):
    """Sessions with a statement time-out; the account must be one that can only read."""

    drivers: ClassVar[Mapping[str, str]] = {"mssql": "mssql+pymssql"}
    packages: ClassVar[Mapping[str, str]] = {"mssql+pymssql": "pymssql", "mssql+pyodbc": "pyodbc"}
    ends_slow_statements = True
    slow_words = ("timed out", "timeout expired", "lock request time out")
    busy_words = ("deadlock victim",)
    has_indexes = True
    has_partial_indexes = True
    has_included_columns = True

    def caveat(self) -> str | None:
        """`ApplicationIntent` merely prefers a replica that is read-only."""
        return "SQL Server knows no read-only sessions; give kpibot an account that can only read (db_datareader)"

    def create(self, url: sa.URL, database: Database) -> sa.Engine:
        """The two drivers have the time-out in different places."""
        seconds = max(1, round(database.timeout.total_seconds()))
        if url.get_driver_name() == "pymssql":
            arguments = {"timeout": seconds, "login_timeout": CONNECT_SECONDS, "read_only": True, "appname": "kpibot"}
            engine = pooled(url, database, arguments)
        else:
            url = url.update_query_dict({"ApplicationIntent": "ReadOnly"})
            engine = pooled(url, database, {"timeout": CONNECT_SECONDS})
            sa.event.listen(engine, "connect", lambda connection, _record: setattr(connection, "timeout", seconds))
        wait = f"SET LOCK_TIMEOUT {milliseconds(database)}"
        sa.event.listen(engine, "connect", lambda connection, _record: _execute(connection, wait))
        return engine

    def reason(self, error: SQLAlchemyError) -> str:
        """pymssql raises a code and bytes, with noise of the library below it."""
        original = driver_error(error)
        match original.args if original else ():
            case (int(), bytes(raw)) | ((int(), bytes(raw)),):
                words = raw.decode(errors="replace")
            case _:
                words = driver_words(original)
        return one_line("\n".join(line.partition(NOISE)[0] for line in words.splitlines()), original)

    def seconds(self, column: Expression) -> Expression:
        """DATEDIFF counts whole seconds."""
        since: Expression = sa.literal_column("'1970-01-01'")
        return sa.func.DATEDIFF_BIG(sa.literal_column("second"), since, column, type_=sa.BigInteger())

    def whole_days(self, seconds: Expression) -> Expression:
        """Whole numbers divide to whole numbers."""
        return seconds // DAY

    def index_options(self, only_where: Expression | None, included: list[str]) -> dict[str, Any]:
        """Indexes may be filtered, and hold more columns than they are ordered by."""
        options: dict[str, Any] = {} if only_where is None else {"mssql_where": only_where}
        return options | ({"mssql_include": included} if included else {})


def _execute(connection: Any, statement: str) -> None:
    cursor = connection.cursor()
    cursor.execute(statement)
    cursor.close()


ENGINE = SQLServer
