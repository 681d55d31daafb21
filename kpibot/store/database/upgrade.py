"""Brings a state database to the tables of this version, once, however many processes open it together.

A new database gets them at once; one of an earlier version is migrated with all it holds, in one transaction. Alembic
is loaded only for a migration: it takes a fifth of a second, and all other starts need none.
"""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kpibot.store.database.engine import writing
from kpibot.store.database.errors import StoreError, UpgradedError
from kpibot.store.database.schema import metadata

CURRENT = "0003"  # the last revision under migrations/versions
BEFORE_VERSIONS = "0001"
FIRST_TABLES = frozenset({"rosters", "readings", "daily_readings", "alert_states", "claims", "outbox"})
MIGRATIONS = Path(__file__).with_name("migrations")
LOCK = 7_310_577  # names the advisory lock of PostgreSQL: any number that nobody else takes

_version = sa.Table("kpibot_version", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))


def bring_up_to_date(engine: sa.Engine) -> None:
    """Makes or migrates the tables where they are not those of this version.

    Raises:
        StoreError: they are those of a later version.
    """
    with engine.connect() as connection:
        if _kept_version(connection) == CURRENT:
            return
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        _bring(connection)


def refuse_if_upgraded(connection: sa.Connection) -> None:
    """Keeps a bot that ran on from writing to tables that a later version has changed since; one row is read for it.

    Raises:
        UpgradedError: they are not those of this version any more.
    """
    if not connection.get_execution_options().get("writes"):
        return
    version = connection.scalar(sa.select(_version.c.version_num))
    if version != CURRENT:
        raise UpgradedError(
            f"the bot's own database was upgraded by a later kpibot (its version is {version}, this one knows "
            f"{CURRENT}): this kpibot ends; install that version here, too, and start it"
        )


def _bring(connection: sa.Connection) -> None:
    version = _kept_version(connection)
    if version is None and FIRST_TABLES.isdisjoint(sa.inspect(connection).get_table_names()):
        metadata.create_all(connection)
        _stamp(connection, CURRENT)
    elif version is None:
        _stamp(connection, BEFORE_VERSIONS)
        _migrate(connection)
    elif version != CURRENT:
        _migrate(connection)


def _kept_version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(_version.name):
        return None
    return connection.scalar(sa.select(_version.c.version_num))


def _stamp(connection: sa.Connection, version: str) -> None:
    _version.create(connection)
    connection.execute(sa.insert(_version).values(version_num=version))


def _migrate(connection: sa.Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.util import CommandError  # noqa: PLC0415

    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise StoreError(
            f"the bot's own database is that of a later kpibot (its version is {_kept_version(connection)}, this one "
            f"knows {CURRENT} and before); start that kpibot, or put back the database from before its upgrade"
        ) from error


def configuration(connection: sa.Connection) -> Any:
    """Alembic's configuration, which is no file."""
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes |= {"connection": connection, "version_table": _version.name}
    return config
