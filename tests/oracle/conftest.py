"""Real databases for the oracle."""

from collections.abc import Callable, Iterator

import pytest

from tests.oracle.databases import Shelf
from tests.oracle.services import OracleServices

DATABASES = ("sqlite", "duckdb", "postgresql", "mariadb")


@pytest.fixture(params=DATABASES, scope="module")
def services(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> Iterator[OracleServices]:
    """A database of each kind, and one of SQLite beside it for the other half of a ratio."""
    kind: str = request.param
    built = OracleServices(Shelf(new_url(kind), kind), Shelf(new_url("sqlite"), "sqlite"))
    yield built
    built.close()
