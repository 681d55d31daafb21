"""The same ugly tickets in every kind of database."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from tests.conftest import SERVERS
from tests.integration.tickets import FILES, Place, open_place, ugly_tickets


@pytest.fixture(params=["sqlite", "duckdb", *FILES, *SERVERS], scope="module")
def place(
    request: pytest.FixtureRequest, new_url: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Each kind of database, filled with the same ugly tickets."""
    kind: str = request.param
    opened = open_place(kind, new_url, tmp_path_factory.mktemp(kind), ugly_tickets(seed=7))
    yield opened
    opened.source.close()


@pytest.fixture
def now() -> datetime:
    """The instant at which tests measure: a Thursday afternoon two weeks after the clocks changed."""
    return datetime(2026, 11, 12, 20, 30, tzinfo=UTC)
