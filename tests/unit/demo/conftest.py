"""The demo district's databases, and the district a week later."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kpibot.demo.district import build_demo_databases

CHICAGO = ZoneInfo("America/Chicago")

Rows = list[tuple[Any, ...]]
Ask = Callable[..., Rows]


@pytest.fixture(scope="session")
def reports() -> list[tuple[str, float]]:
    """What the build of `next_week` reports of its progress."""
    return []


@pytest.fixture(scope="session")
def next_week(tmp_path_factory: pytest.TempPathFactory, reports: list[tuple[str, float]]) -> Path:
    """The same district a week later, in the next month and after Thanksgiving."""
    folder = tmp_path_factory.mktemp("next-week")
    build_demo_databases(
        folder, datetime(2026, 12, 1, 6, 0, tzinfo=CHICAGO), progress=lambda label, done: reports.append((label, done))
    )
    return folder


def reader(folder: Path, name: str) -> Iterator[Ask]:
    """Asks one of the databases."""
    with closing(sqlite3.connect(folder / f"{name}.db")) as connection:
        yield lambda sql, *values: connection.execute(sql, values).fetchall()


@pytest.fixture
def helpdesk(demo_district: Path) -> Iterator[Ask]:
    yield from reader(demo_district, "helpdesk")


@pytest.fixture
def purchasing(demo_district: Path) -> Iterator[Ask]:
    yield from reader(demo_district, "purchasing")


@pytest.fixture
def assets(demo_district: Path) -> Iterator[Ask]:
    yield from reader(demo_district, "assets")


@pytest.fixture
def training(demo_district: Path) -> Iterator[Ask]:
    yield from reader(demo_district, "training")
