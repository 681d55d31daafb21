"""Which engine a URL leads to, and what is said where none does."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from kpibot.catalog.model import Database
from kpibot.sources.base import SourceMisfitError
from kpibot.sources.engines.registry import create_engine, engine_of

DATABASE = Database("helpdesk", timedelta(seconds=20), "postgresql://u:s3cret@h/db")


def at(url: str) -> Database:
    return replace(DATABASE, url=url)


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("postgresql://u@h/db", "postgresql+psycopg"),
        ("mysql://u@h/db", "mysql+pymysql"),
        ("mariadb://u@h/db", "mysql+pymysql"),
        ("mariadb+pymysql://u@h/db", "mysql+pymysql"),
        ("sqlite:///x.db", "sqlite"),
    ],
)
def test_a_url_need_not_name_the_driver(url: str, driver: str) -> None:
    assert create_engine(at(url)).url.drivername == driver


@pytest.mark.parametrize(
    ("url", "package"),
    [
        ("mssql://u:s3cret@h/db", "pip install pymssql"),
        ("mssql+pymssql://u:s3cret@h/db", "pip install pymssql"),
        ("mssql+pyodbc://u:s3cret@h/db", "pip install pyodbc"),
        ("oracle://u:s3cret@h/db", "pip install oracledb"),
        ("postgresql+psycopg2://u:s3cret@h/db", "pip install psycopg2-binary"),
        ("trino://u:s3cret@h/db", r"pip install trino\[sqlalchemy\]"),
        ("snowflake://u:s3cret@h/db", "pip install snowflake-sqlalchemy"),
        ("bigquery://project", "pip install sqlalchemy-bigquery"),
        ("redshift+psycopg2://u:s3cret@h/db", "pip install sqlalchemy-redshift"),
        ("clickhousedb://u:s3cret@h/db", "pip install clickhouse-connect"),
        ("databricks://u:s3cret@h/db", "pip install databricks-sqlalchemy"),
        ("unheardof://u:s3cret@h/db", "nothing installed reads `unheardof`"),
    ],
)
def test_a_driver_that_is_not_installed_is_named_with_its_package(url: str, package: str) -> None:
    with pytest.raises(SourceMisfitError, match=package) as caught:
        create_engine(at(url))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(("connections", "kept"), [(1, 1), (2, 2), (4, 2), (16, 2)])
def test_connections_are_counted_and_few_of_them_stay_open(connections: int, kept: int) -> None:
    pool = create_engine(replace(DATABASE, connections=connections)).pool
    assert isinstance(pool, sa.QueuePool)
    assert (pool.size(), pool.size() + pool._max_overflow) == (kept, connections)
    assert pool.timeout() == 20


def test_what_kpibot_cannot_see_to_is_said() -> None:
    for url in ("postgresql://u@h/db", "mariadb://u@h/db", "sqlite:///x", "duckdb:///x"):
        assert engine_of(at(url)).caveat() is None
    assert "an account that can only read" in (engine_of(at("mssql://u@h/db")).caveat() or "")
    for name in ("trino", "oracle", "unheardof"):
        assert f"a session of `{name}` read-only nor stop a statement" in (engine_of(at(f"{name}://h")).caveat() or "")


def test_a_url_that_cannot_be_read_is_told_without_its_password() -> None:
    with pytest.raises(SourceMisfitError, match="%40 for @") as caught:
        engine_of(at("postgresql://u:p@ss@word@h/db"))
    assert "ss@word" not in str(caught.value)
