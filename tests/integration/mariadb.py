"""A MariaDB server of our own, gone when the tests are over."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pymysql

# Servers are rarely on the PATH of those who are not root.
PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"))
# What MySQL has by default and MariaDB has not: SQL that passes here passes there.
STRICT = "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO"


def programs() -> tuple[str, str] | None:
    """The server and the program that makes its first files; None where they are not installed."""
    server = shutil.which("mariadbd", path=PLACES)
    installer = shutil.which("mariadb-install-db", path=PLACES)
    return (server, installer) if server and installer else None


@contextmanager
def running(server: str, installer: str, folder: Path, port: int | None = None) -> Iterator[int]:
    """The port, on this machine only, of a server that lets `root` in without a password.

    What an earlier one left in the folder it goes on with.
    """
    owner = ["--user=root"] if os.geteuid() == 0 else []
    own = ["--no-defaults", f"--datadir={folder / 'data'}", "--innodb-log-file-size=8M", *owner]
    if not (folder / "data").exists():
        first_files = [installer, *own, "--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run(first_files, check=True, capture_output=True)
    port = port or _free_port()
    command = [
        server,
        *own,
        f"--socket={folder / 'socket'}",
        f"--port={port}",
        "--bind-address=127.0.0.1",
        f"--pid-file={folder / 'pid'}",
        f"--log-error={folder / 'errors.log'}",
        f"--sql-mode={STRICT}",
        "--default-time-zone=+05:30",  # so that nothing is right merely because server and bot are in one zone
        "--innodb-buffer-pool-size=16M",
        "--innodb-flush-log-at-trx-commit=0",
        "--skip-name-resolve",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, port, folder / "errors.log")
        yield port
    finally:
        process.kill()  # nothing that it holds is of use afterwards
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    while process.poll() is None:
        with suppress(pymysql.OperationalError):
            pymysql.connect(host="127.0.0.1", port=port, user="root").close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"MariaDB did not start:\n{log.read_text() if log.exists() else ''}")
