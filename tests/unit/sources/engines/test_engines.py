"""Which engine a URL leads to, and what is said where none does."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from kpibot.catalog.model import Database
from kpibot.sources.base import SourceMisfitError
from kpibot.sources.engines.engines import build_engine, caveat

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
    assert build_engine(at(url)).url.drivername == driver


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
        build_engine(at(url))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(("connections", "kept"), [(1, 1), (2, 2), (4, 2), (16, 2)])
def test_connections_are_counted_and_few_of_them_stay_open(connections: int, kept: int) -> None:
    pool = build_engine(replace(DATABASE, connections=connections)).pool
    assert isinstance(pool, sa.QueuePool)
    assert (pool.size(), pool.size() + pool._max_overflow) == (kept, connections)
    assert pool.timeout() == 20


def test_what_kpibot_cannot_see_to_is_said() -> None:
    assert caveat(DATABASE) is caveat(at("mariadb://u@h/db")) is caveat(at("sqlite:///x")) is None
    assert "an account that can only read" in (caveat(at("mssql://u@h/db")) or "")
    assert "stop a statement" in (caveat(at("trino://h")) or "")


def test_a_url_that_cannot_be_read_is_told_without_its_password() -> None:
    with pytest.raises(SourceMisfitError, match="%40 for @") as caught:
        caveat(at("postgresql://u:p@ss@word@h/db"))
    assert "ss@word" not in str(caught.value)
