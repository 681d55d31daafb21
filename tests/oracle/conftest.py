"""Real databases for the oracle."""

from collections.abc import Callable, Iterator

import pytest

from tests.oracle.databases import Shelf
from tests.oracle.services import Services

DATABASES = ("sqlite", "duckdb", "postgresql", "mariadb")


@pytest.fixture(params=DATABASES, scope="module")
def services(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> Iterator[Services]:
    """A database of each kind, and one of SQLite beside it for the other half of a ratio."""
    kind: str = request.param
    built = Services(catalog=Shelf(new_url(kind), kind), sources=Shelf(new_url("sqlite"), "sqlite"))
    yield built
    built.close()
