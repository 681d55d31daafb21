"""Which engine a database has. Its module, and its driver with it, is imported when a database first needs it."""

from importlib import import_module

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from kpibot.catalog.model import Database
from kpibot.sources.base import SourceMisfitError
from kpibot.sources.engines.base import Engine

# By the name of SQLAlchemy's dialect; all others are `generic`.
MODULES = {
    "sqlite": "sqlite",
    "duckdb": "duckdb",
    "postgresql": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "mssql": "mssql",
    "oracle": "oracle",
}
OVER_FILES = "duckdb://"  # what reads a database that is a few files


def engine_named(name: str) -> Engine:
    """The engine of a SQLAlchemy dialect."""
    module = import_module(f"kpibot.sources.engines.{MODULES.get(name, 'generic')}")
    engine: Engine = module.ENGINE(name)
    return engine


def engine_of(database: Database) -> Engine:
    """The engine of a database of the district.

    Raises:
        SourceMisfitError: the URL cannot be read.
    """
    return engine_named(_url(database).get_backend_name())


def create_engine(database: Database) -> sa.Engine:
    """A SQLAlchemy engine whose sessions only read, as far as the database can ensure that.

    Raises:
        SourceMisfitError: the URL cannot be read, or its driver is not installed.
    """
    url = _url(database)
    engine = engine_named(url.get_backend_name())
    url = url.set(drivername=engine.drivers.get(url.drivername, url.drivername))
    try:
        return engine.create(url, database)
    except (NoSuchModuleError, ImportError) as error:
        raise SourceMisfitError(f"database `{database.name}`: {_to_install(url, engine)} ({error})") from error


def _url(database: Database) -> sa.URL:
    """The URL in its parts. An @ in the password would leave the rest of it in the host, which drivers name."""
    try:
        url = sa.make_url(OVER_FILES if database.url is None else database.url)
    except (ArgumentError, ValueError):
        url = None
    if url is None or "@" in (url.host or ""):
        # Raised out of the handler: what was caught may quote a part of the password.
        raise SourceMisfitError(
            f"database `{database.name}`: its URL cannot be read; "
            "quote special characters of the password (%40 for @, %2F for /)"
        )
    return url


def _to_install(url: sa.URL, engine: Engine) -> str:
    package = engine.packages.get(url.drivername) or engine.packages.get(url.get_backend_name())
    if package is None:
        return f"nothing installed reads `{url.drivername}`; install the package that gives SQLAlchemy this dialect"
    return f"the driver for `{url.drivername}` is missing; write `pip install {package}`"
