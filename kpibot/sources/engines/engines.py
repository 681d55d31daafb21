"""Engines for the district's databases: only reading as far as each can be told to, made when they are first needed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from kpibot.catalog.model import Database
from kpibot.sources.base import SourceMisfitError
from kpibot.sources.engines.dialects import DUCKDB_ON_UTC

CONNECT_SECONDS = 10
KEPT_OPEN = 2  # connections that wait for the next question; those beyond are closed when they have answered
RECYCLE_SECONDS = 900  # firewalls and servers drop what is silent for long
# The driver for a URL that names none. It is installed for the first two; PACKAGES says what the others come with.
DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "mariadb+pymysql": "mysql+pymysql",  # which of the two the server is, it says itself
    "mssql": "mssql+pymssql",
    "oracle": "oracle+oracledb",
}
PACKAGES = {
    "bigquery": "sqlalchemy-bigquery",
    "clickhouse": "clickhouse-sqlalchemy",
    "clickhousedb": "clickhouse-connect",
    "cockroachdb": "sqlalchemy-cockroachdb",
    "databricks": "databricks-sqlalchemy",
    "db2": "ibm_db_sa",
    "ibm_db_sa": "ibm_db_sa",
    "mssql+pymssql": "pymssql",
    "mssql+pyodbc": "pyodbc",
    "mysql+mysqldb": "mysqlclient",
    "oracle+oracledb": "oracledb",
    "postgresql+psycopg2": "psycopg2-binary",
    "redshift": "sqlalchemy-redshift",
    "snowflake": "snowflake-sqlalchemy",
    "trino": "trino[sqlalchemy]",
}


def build_engine(database: Database) -> sa.Engine:
    """An engine that reads, and where the database can be told so, does nothing else.

    Raises:
        SourceMisfitError: the URL cannot be read, or its driver is not installed.
    """
    if database.url is None:
        # DuckDB is slow to import, and chatty when the process ends: only who has files should meet it.
        from kpibot.sources.engines.files import engine_over_files  # noqa: PLC0415

        return engine_over_files(database)
    url = _url(database.name, database.url)
    try:
        return MAKERS.get(url.get_backend_name(), _other)(url, database)
    except (NoSuchModuleError, ImportError) as error:
        raise SourceMisfitError(f"database `{database.name}`: {_to_install(url)} ({error})") from error


def caveat(database: Database) -> str | None:
    """What kpibot cannot see to on a database, so that its administrator must; None where there is no such thing.

    Raises:
        SourceMisfitError: the URL cannot be read.
    """
    if database.url is None:
        return None
    backend = _url(database.name, database.url).get_backend_name()
    if backend == "mssql":
        return "SQL Server knows no read-only sessions; give kpibot an account that can only read (db_datareader)"
    if backend in MAKERS:
        return None
    return (
        f"kpibot can neither make a session of `{backend}` read-only nor stop a statement there nor put it on UTC, "
        "it only stops waiting; give it an account that can only read, is limited in time and is on UTC"
    )


def _url(name: str, text: str) -> sa.URL:
    """The URL in its parts. An @ in the password would leave the rest of it in the host, which drivers name."""
    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is None or "@" in (url.host or ""):
        # Raised out of the handler: what was caught may quote a part of the password.
        raise SourceMisfitError(
            f"database `{name}`: its URL cannot be read; "
            "quote special characters of the password (%40 for @, %2F for /)"
        )
    return url.set(drivername=DRIVERS.get(url.drivername, url.drivername))


def _to_install(url: sa.URL) -> str:
    package = PACKAGES.get(url.drivername) or PACKAGES.get(url.get_backend_name())
    if package is None:
        return f"nothing installed reads `{url.drivername}`; install the package that gives SQLAlchemy this dialect"
    return f"the driver for `{url.drivername}` is missing; write `pip install {package}`"


def _sqlite(url: sa.URL, database: Database) -> sa.Engine:
    # Opened as a file that must exist: SQLite would otherwise make an empty database of a misspelt path.
    path = url.database or ":memory:"
    read_only = url.set(database=f"file:{Path(path).absolute()}", query={"mode": "ro", "uri": "true"})
    return sa.create_engine(read_only, poolclass=NullPool, connect_args={"timeout": database.timeout.total_seconds()})


def _duckdb(url: sa.URL, _database: Database) -> sa.Engine:
    if not Path(url.database or "").exists():
        raise SourceMisfitError(f"no DuckDB file `{url.database}`; correct the path in databases")
    engine = sa.create_engine(url, connect_args={"read_only": True}, poolclass=NullPool)
    sa.event.listen(engine, "connect", lambda connection, _record: connection.execute(DUCKDB_ON_UTC))
    return engine


def _postgresql(url: sa.URL, database: Database) -> sa.Engine:
    options = f"-c default_transaction_read_only=on -c statement_timeout={_milliseconds(database)} -c timezone=UTC"
    arguments = {"options": options, "connect_timeout": CONNECT_SECONDS, "application_name": "kpibot"}
    # One statement is all that is asked at a time: BEGIN and ROLLBACK around it would be two more ways to the server.
    return _pooled(url, database, arguments, isolation_level="AUTOCOMMIT")


def _mysql(url: sa.URL, database: Database) -> sa.Engine:
    from kpibot.sources.engines.mysql import connect_arguments, prepared  # noqa: PLC0415 - as with DuckDB

    arguments = connect_arguments(database.timeout, CONNECT_SECONDS) if url.get_driver_name() == "pymysql" else {}
    engine = _pooled(url, database, arguments)
    sa.event.listen(engine, "connect", prepared(database.timeout))
    return engine


def _mssql(url: sa.URL, database: Database) -> sa.Engine:
    """The account must be one that can only read: `ApplicationIntent` merely prefers a replica that does."""
    seconds = max(1, round(database.timeout.total_seconds()))
    if url.get_driver_name() == "pymssql":
        arguments = {"timeout": seconds, "login_timeout": CONNECT_SECONDS, "read_only": True, "appname": "kpibot"}
        engine = _pooled(url, database, arguments)
    else:
        url = url.update_query_dict({"ApplicationIntent": "ReadOnly"})
        engine = _pooled(url, database, {"timeout": CONNECT_SECONDS})
        sa.event.listen(engine, "connect", lambda connection, _record: setattr(connection, "timeout", seconds))
    wait = f"SET LOCK_TIMEOUT {_milliseconds(database)}"
    sa.event.listen(engine, "connect", lambda connection, _record: _told(connection, wait))
    return engine


def _other(url: sa.URL, database: Database) -> sa.Engine:
    """An engine for whatever SQLAlchemy has a dialect for. Read-only is the account's; the time-out is ours."""
    return _pooled(url, database, {})


MAKERS: dict[str, Callable[[sa.URL, Database], sa.Engine]] = {
    "sqlite": _sqlite,
    "duckdb": _duckdb,
    "postgresql": _postgresql,
    "mysql": _mysql,
    "mariadb": _mysql,
    "mssql": _mssql,
}


def _pooled(url: sa.URL, database: Database, arguments: dict[str, Any], **options: Any) -> sa.Engine:
    kept = min(KEPT_OPEN, database.connections)
    return sa.create_engine(
        url,
        connect_args=arguments,
        pool_size=kept,
        max_overflow=database.connections - kept,
        pool_timeout=database.timeout.total_seconds(),
        pool_recycle=RECYCLE_SECONDS,
        pool_pre_ping=True,
        pool_use_lifo=True,
        **options,
    )


def _milliseconds(database: Database) -> int:
    return int(database.timeout.total_seconds() * 1_000)


def _told(connection: Any, statement: str) -> None:
    cursor = connection.cursor()
    cursor.execute(statement)
    cursor.close()
