"""What all tests share: a folder and database servers of the run's own, and how the tests are dealt to workers."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from xdist.scheduler import LoadScopeScheduling

from tests import demo
from tests.integration import mariadb as server_of_mariadb
from tests.servers import Servers, ask

SERVERS = ("postgresql", "mariadb", "elsewhere")
DEALT_SINGLY = ("tests/oracle/",)  # long tests that share little
DEALT_FIRST = ("tests/unit/sources/test_statements_elsewhere.py", "tests/unit/demo/")  # the longest of the unit tests
MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30  # bytes: several times what a run writes
FOLDER, ADDRESS = pytest.StashKey[Path](), pytest.StashKey[str]()
OWN_SERVERS = pytest.StashKey[Servers]()


class Elsewhere(PGDialect_psycopg):
    """A database that only its SQLAlchemy dialect knows, as Redshift's or CockroachDB's brings its own name."""

    name = "elsewhere"
    supports_statement_cache = True


registry.register("elsewhere", __name__, "Elsewhere")


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """A worker gets a file of tests at a time, so that what a module shares is made once."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if nodeid.startswith(DEALT_SINGLY) else nodeid.partition("::")[0]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Each run has a folder of its own, so that runs side by side do not disturb each other."""
    if (given := getattr(config, "workerinput", None)) is not None:
        config.stash[FOLDER], config.stash[ADDRESS] = Path(given["folder"]), given["address"]
        return
    folder = Path(tempfile.mkdtemp(prefix="kpibot-tests-", dir=in_memory()))
    servers = Servers(folder / "servers")
    config.stash[FOLDER], config.stash[ADDRESS], config.stash[OWN_SERVERS] = folder, servers.address, servers
    if config.option.basetemp is None:
        config.option.basetemp = str(folder / "tmp")


def in_memory() -> Path | None:
    """A file system in memory, if there is plenty: a commit of SQLite waits for a disk, there it does not."""
    has_room = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if has_room and psutil.virtual_memory().available > 2 * ROOM else None


def pytest_configure_node(node: Any) -> None:
    """Tells a worker where the run has its folder and its servers."""
    node.workerinput["folder"] = str(node.config.stash[FOLDER])
    node.workerinput["address"] = node.config.stash[ADDRESS]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Files go to workers in the order in which they are collected: the long ones first."""
    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No worker is left alone at the end with what takes long."""
    items.sort(key=lambda item: not item.nodeid.startswith(DEALT_FIRST))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A server that died is told as that, once: what would fail after it would only hide it."""
    report = yield
    if report.failed and (deaths := ask(item.config.stash[ADDRESS], "deaths")):
        report.longrepr = deaths
        item.session.shouldfail = deaths.partition(";")[0]
    return report


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> Iterator[None]:
    """Where nothing may be missing, a skipped test is a failed one."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and os.environ.get("KPIBOT_NO_SKIPS") and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    return (yield)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The run's servers end, and its folder goes; what tests that failed had written stays with `--basetemp`."""
    if (servers := config.stash.get(OWN_SERVERS, None)) is not None:
        servers.stop()
        shutil.rmtree(config.stash[FOLDER], ignore_errors=True)


@pytest.fixture(scope="session")
def run_folder(pytestconfig: pytest.Config) -> Path:
    """A folder that all workers of the run share."""
    return pytestconfig.stash[FOLDER]


@pytest.fixture(scope="session")
def demo_district(run_folder: Path) -> Path:
    """The folder of the demo district as it stands at `tests.demo.UNTIL`. It is only read."""
    return demo.built_once(run_folder)


@pytest.fixture(scope="session")
def postgresql(pytestconfig: pytest.Config) -> str:
    """The URL of a real PostgreSQL server."""
    return ask(pytestconfig.stash[ADDRESS], "url", "postgresql")


@pytest.fixture(scope="session")
def mariadb(pytestconfig: pytest.Config) -> str:
    """The URL of a real MariaDB server, whose zone is India's and whose mode is as strict as MySQL's."""
    if server_of_mariadb.programs() is None:
        pytest.skip("MariaDB's server is not installed (Debian: mariadb-server)")
    return ask(pytestconfig.stash[ADDRESS], "url", "mariadb")


@pytest.fixture(scope="session")
def new_url(
    request: pytest.FixtureRequest, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], str]:
    """Makes the URL of an empty database of a kind."""
    made = iter(range(1_000))

    def make(kind: str) -> str:
        name = f"district_{worker_id}_{next(made)}"
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
