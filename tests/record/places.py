"""The districts that are recorded: the demo, the incident log, and each preset on a MariaDB of its own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from kpibot.app.demo import DATABASES
from kpibot.demo.district import build_demo_databases
from tests.integration import glpi, mariadb, test_glpi, test_snipe_it

CONFIG = Path(__file__).parents[2] / "config"
LOG = Path("shared", "data", "incidents_2016_q1.csv.gz")


@dataclass(frozen=True)
class Place:
    """A district: its configuration, the environment that leads to its databases, and the instant that is asked about.

    `secrets` are what differs from run to run and must not be recorded, with what stands in its place.
    """

    name: str
    config: Path
    now: datetime
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)


class MissingError(Exception):
    """What a district needs is not on this machine; the message says what."""


@contextmanager
def demo(folder: Path) -> Iterator[Place]:
    """The made-up district of the demo, on a Monday at 5 p.m."""
    now = datetime(2026, 11, 30, 23, tzinfo=UTC)
    build_demo_databases(folder, now)
    urls = {name: f"sqlite:///{folder / file}" for name, file in DATABASES.items()}
    yield Place("demo", CONFIG, now, urls, {str(folder): "FOLDER", str(CONFIG): "config"})


@contextmanager
def incidents(_: Path) -> Iterator[Place]:
    """The real incident log, at the end of its first quarter."""
    found = [each / LOG for each in Path(__file__).parents if (each / LOG).exists()]
    if not found:
        raise MissingError(f"there is no {LOG} above this folder")
    environment, config = {"INCIDENTS_CSV": str(found[0])}, CONFIG / "examples" / "incidents"
    now = datetime(2016, 3, 31, 23, 59, tzinfo=UTC)
    yield Place("incidents", config, now, environment, {str(found[0]): "INCIDENTS_CSV", str(config): "config"})


@contextmanager
def glpi_preset(folder: Path) -> Iterator[Place]:
    """The ugly GLPI of the integration tests."""

    def fill(url: str) -> None:
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            glpi.create(connection, glpi.TABLES)
            glpi.insert(connection, test_glpi.ROWS)
        engine.dispose()

    with _on_mariadb("glpi", folder, fill, test_glpi.DISTRICT_YAML, "helpdesk", test_glpi.NOW) as place:
        yield place


@contextmanager
def snipe_it_preset(folder: Path) -> Iterator[Place]:
    """The ugly Snipe-IT of the integration tests."""

    def fill(url: str) -> None:
        test_snipe_it._fill(url, "")

    with _on_mariadb("snipe-it", folder, fill, test_snipe_it.DISTRICT_YAML, "assets", test_snipe_it.NOW) as place:
        yield place


@contextmanager
def _on_mariadb(
    preset: str, folder: Path, fill: Callable[[str], None], district: str, database: str, now: datetime
) -> Iterator[Place]:
    programs = mariadb.programs()
    if programs is None:
        raise MissingError("MariaDB's server is not installed (Debian: mariadb-server)")
    with mariadb.running(*programs, folder) as port:
        server = f"mysql+pymysql://root@127.0.0.1:{port}/"
        engine = sa.create_engine(f"{server}mysql", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text("CREATE DATABASE district"))
        engine.dispose()
        fill(f"{server}district")
        config = folder / "config"
        config.mkdir()
        databases = f'databases: {{{database}: {{url: "{server}district", preset: {preset}}}}}\n'
        (config / "all.yaml").write_text(district + databases, encoding="utf-8")
        yield Place(preset, config, now, {}, {str(config): "config", str(folder): "FOLDER", f":{port}": ":PORT"})


PLACES: Mapping[str, Callable[[Path], AbstractContextManager[Place]]] = {
    "demo": demo,
    "incidents": incidents,
    "glpi": glpi_preset,
    "snipe-it": snipe_it_preset,
}
