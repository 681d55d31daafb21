"""How soon does a command begin, how much memory does the bot take, and what does it do when nobody asks?

Each command is a new process; they take turns with a Python that does nothing and one that only imports what no
version of kpibot could do without. The bot itself runs against a workspace on this machine. `--quick` runs fewer
rounds and looks at the idle bot for a shorter time.
"""

import argparse
import asyncio
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from localslack import Channel, Group, Person, Workspace, WorkspaceServer

BOT = Path(__file__).parents[1] / "bot.py"
CONFIG = """
district: {name: Benchmark ISD, zone: America/Chicago}
databases:
  helpdesk: {url: "${HELPDESK_URL}"}
campuses:
  campus-west: {name: Campus West, aliases: ["101"]}
  campus-north: {name: Campus North, aliases: ["102"]}
datasets:
  tickets:
    database: helpdesk
    table: tickets
    columns: {id: id, campus: site, opened: opened, resolved: resolved}
kpis:
  tickets:
    name: Outstanding tickets
    objective: No classroom waits
    owner: "@helpdesk"
    measure: {stock: tickets, from: opened, until: resolved}
    better: lower
    target: 20
    warning: 400
    critical: 800
channels:
  tech: {slack: "#tech", campus: district}
"""
TICKETS = 2_000
ALONE = {
    "nothing: `python -c pass`": ["-c", "pass"],
    "`python -c 'import sqlalchemy, numpy'`": ["-c", "import sqlalchemy, numpy"],
    "`bot.py --help`": [str(BOT), "--help"],
    "`bot.py ask`, answered": [str(BOT), "ask", "tickets", "campus-west"],
    "`bot.py check`, all but Slack": [str(BOT), "check"],
}


def main() -> None:
    """Prints one table for the start, and one for the bot that runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="2 rounds in place of 9, idle for 10 s in place of 60")
    rounds, idle = (2, 10) if parser.parse_args().quick else (9, 60)
    with tempfile.TemporaryDirectory() as folder:
        environment = set_up(Path(folder))
        print(f"Python {platform.python_version()}, {os.cpu_count()} cores; medians of {rounds}\n")
        print("| start | s | of the processor, s |\n| --- | --- | --- |")
        starts: dict[str, list[tuple[float, float]]] = {name: [] for name in ALONE}
        for _ in range(rounds):
            for name, command in ALONE.items():
                starts[name].append(alone(command, environment))
        for name, taken in starts.items():
            seconds, processor = (statistics.median(column) for column in zip(*taken, strict=True))
            print(f"| {name} | {seconds:.2f} | {processor:.2f} |")
        asyncio.run(at_work(environment, rounds, idle))


def set_up(folder: Path) -> dict[str, str]:
    """A configuration and a small helpdesk; the environment that leads to them."""
    (folder / "config").mkdir()
    (folder / "config" / "district.yaml").write_text(CONFIG)
    opened = datetime.now(UTC) - timedelta(days=100)
    with closing(sqlite3.connect(folder / "helpdesk.db")) as database:
        database.execute("CREATE TABLE tickets (id INTEGER PRIMARY KEY, site TEXT, opened TEXT, resolved TEXT)")
        rows = [(n, str(101 + n % 2), f"{opened + timedelta(hours=n):%F %T}", None) for n in range(TICKETS)]
        database.executemany("INSERT INTO tickets VALUES (?, ?, ?, ?)", rows)
        database.commit()
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "KPIBOT_"))},
        "HELPDESK_URL": f"sqlite:///{folder / 'helpdesk.db'}",
        "KPIBOT_STATE_URL": f"sqlite:///{folder / 'state.db'}",
        "FOLDER": str(folder),
    }


def alone(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """The seconds of one process from its beginning to its end, and those that it had the processor."""
    begun, spent = perf_counter(), os.times()
    quiet = subprocess.DEVNULL
    subprocess.run(
        [sys.executable, *command], env=environment, cwd=environment["FOLDER"], stdout=quiet, stderr=quiet, check=False
    )
    now = os.times()
    processor = now.children_user + now.children_system - spent.children_user - spent.children_system
    return perf_counter() - begun, processor


async def at_work(environment: dict[str, str], rounds: int, idle: int) -> None:
    """Prints how soon `bot.py run` calls Slack and is connected, and what it costs then."""
    calls, connected = [], []
    for n in range(rounds):
        async with workspace() as server:
            with running(server, environment) as process:
                begun = perf_counter()
                await until(lambda: bool(server.ws.calls()))
                calls.append(perf_counter() - begun)
                await until(lambda: server.connections > 0)
                connected.append(perf_counter() - begun)
                if n == rounds - 1:
                    await asyncio.sleep(3)  # the first measurement is over
                    print(f"| `bot.py run`, its first call to Slack | {statistics.median(calls):.2f} | |")
                    print(f"| `bot.py run`, connected | {statistics.median(connected):.2f} | |\n")
                    await looked_at(server, process.pid, idle)


async def looked_at(server: WorkspaceServer, pid: int, idle: int) -> None:
    """Prints the memory of a running bot before and after its first chart, and its processor time while idle."""
    before, own = memory(pid, "VmRSS"), memory(pid, "RssAnon")
    spent = processor_seconds(pid)
    await asyncio.sleep(idle)
    share = (processor_seconds(pid) - spent) / idle
    await server.command("/kpi", "tickets campus-west", channel="tech", user="dana")
    await until(lambda: any("slack_file" in str(message.blocks) for message in server.ws.messages("tech")))
    print("| bot.py run | |\n| --- | --- |")
    print(f"| memory before the first chart | {before:.0f} MB, {own:.0f} of it in no file |")
    print(f"| memory after it | {memory(pid, 'VmRSS'):.0f} MB, {memory(pid, 'RssAnon'):.0f} of it in no file |")
    print(f"| processor, idle for {idle} s | {share:.2%} |")


@contextmanager
def running(server: WorkspaceServer, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The bot in a process of its own."""
    slack = {
        "SLACK_API_URL": server.api_url,
        "SLACK_BOT_TOKEN": server.ws.bot_token,
        "SLACK_APP_TOKEN": server.ws.app_token,
    }
    command = [sys.executable, str(BOT), "run"]
    with subprocess.Popen(command, env={**environment, **slack}, cwd=environment["FOLDER"]) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


@asynccontextmanager
async def workspace() -> AsyncIterator[WorkspaceServer]:
    """A workspace on this machine with one channel."""
    ws = Workspace(
        name="Benchmark ISD",
        bot_name="kpibot",
        channels=[Channel("tech")],
        people=[Person("dana", "Dana Okafor")],
        groups=[Group("helpdesk")],
    )
    server = WorkspaceServer(ws)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def until(holds: Callable[[], bool], within: float = 30.0) -> None:
    """Waits until a condition holds."""
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110 - another process's doing has no event to wait for
            await asyncio.sleep(0.002)


def memory(pid: int, kind: str) -> float:
    """The resident memory of a process, in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition(f"{kind}:")[2].split()[0]) / 1024


def processor_seconds(pid: int) -> float:
    """The processor time that a process has taken so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
