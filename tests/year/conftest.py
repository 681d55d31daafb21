"""The district that the tests live in, made once."""

from collections.abc import Mapping

import pytest

from kpibot.catalog import Catalog
from tests.year import world
from tests.year.district import catalogue
from tests.year.rows import Rows


@pytest.fixture(scope="package")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return catalogue(tmp_path_factory.mktemp("year") / "config")


@pytest.fixture(scope="package")
def databases() -> Mapping[str, Mapping[str, Rows]]:
    return world.databases()
