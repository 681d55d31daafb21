"""A SIGTERM ends the real process soon, whatever hangs; what was under way is finished, or left for others."""

import asyncio
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from localslack import Channel, Fault, Workspace, WorkspaceServer
from tests.scenario.scene import CONFIG, Helpdesk, said

BOT = Path(__file__).parents[2] / "bot.py"
PATIENCE = 60.0  # seconds for a slow machine; a process that hangs would take for ever
WEEK = timedelta(days=7)


@pytest.fixture
async def server() -> AsyncIterator[WorkspaceServer]:
    """A workspace with the channels of the configuration."""
    channels = [Channel(name) for name in ("tech-leads", "west-tech", "kpibot-admin")]
    server = WorkspaceServer(Workspace(bot_name="kpibot", channels=channels, file_seconds=0.01))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def helpdesk(tmp_path: Path) -> Helpdesk:
    """Campus West is critical, at whatever hour a test runs."""
    helpdesk = Helpdesk(tmp_path / "helpdesk.db")
    helpdesk.open("101", 11, datetime.now(UTC) - WEEK)
    return helpdesk


@pytest.fixture
def environment(server: WorkspaceServer, helpdesk: Helpdesk, tmp_path: Path) -> dict[str, str]:
    """What the process is told."""
    slack = {
        "SLACK_BOT_TOKEN": server.ws.bot_token,
        "SLACK_APP_TOKEN": server.ws.app_token,
        "SLACK_API_URL": server.api_url,
    }
    state = f"sqlite:///{tmp_path / 'state.db'}"
    return {**os.environ, **slack, "HELPDESK_URL": helpdesk.url, "KPIBOT_STATE_URL": state}


@asynccontextmanager
async def running(
    environment: dict[str, str], folder: Path, config: Path = CONFIG
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of the bot; if it still runs in the end, it is killed."""
    command = (sys.executable, str(BOT), "run", "--config", str(config))
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, cwd=folder, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def terminated(process: asyncio.subprocess.Process) -> tuple[int | None, str]:
    """How the process ended after a SIGTERM, and what it said."""
    process.send_signal(signal.SIGTERM)
    _, said = await asyncio.wait_for(process.communicate(), PATIENCE)
    return process.returncode, said.decode()


def posts(server: WorkspaceServer) -> list[str]:
    shown = [said(each) for each in server.ws.messages("west-tech")]
    return [each for each in shown if "is critical" in each and "digest" not in each]


def outbox(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "state.db")) as state:
        return {row for (row,) in state.execute("SELECT state FROM outbox")}


async def called(server: WorkspaceServer, method: str) -> None:
    await server.wait_for(lambda ws: ws.calls(method), PATIENCE)


async def test_what_slack_is_just_taking_is_finished(
    server: WorkspaceServer, environment: dict[str, str], tmp_path: Path
) -> None:
    server.ws.fault(Fault("chat.postMessage", "slow", times=None, seconds=2.0))
    async with running(environment, tmp_path) as process:
        await server.wait_for(lambda _: posts(server), PATIENCE)  # Slack has it, and has not answered yet
        code, told = await terminated(process)
    assert (code, "Traceback" in told) == (0, False)
    assert len(posts(server)) == 1
    assert "sent" in outbox(tmp_path)


async def test_it_ends_while_slack_is_silent_and_the_next_one_does_not_send_again(
    server: WorkspaceServer, environment: dict[str, str], tmp_path: Path
) -> None:
    server.ws.fault(Fault("chat.postMessage", "silent", times=None))
    async with running(environment, tmp_path) as process:
        await server.wait_for(lambda _: posts(server), PATIENCE)
        server.break_connections("silent")
        code, told = await terminated(process)
    assert (code, "Traceback" in told) == (0, False)
    server.ws.faults.clear()
    with closing(sqlite3.connect(tmp_path / "state.db")) as state, state:
        assert state.execute("UPDATE outbox SET lease_until = NULL WHERE attempted_at IS NOT NULL").rowcount >= 1
    async with running(environment, tmp_path) as process:
        await called(server, "conversations.history")
        await server.wait_for(lambda _: "waiting" not in outbox(tmp_path), PATIENCE)
        await terminated(process)
    assert len(posts(server)) == 1


@pytest.fixture
def black_hole() -> Iterator[int]:
    """The port of a server that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


async def test_it_ends_while_the_district_s_database_hangs(
    server: WorkspaceServer, environment: dict[str, str], tmp_path: Path, black_hole: int
) -> None:
    config = tmp_path / "config"
    config.mkdir()
    shipped = (CONFIG / "district.yaml").read_text()
    (config / "district.yaml").write_text(shipped.replace("timeout: 2 seconds", "timeout: 5 minutes"))
    environment["HELPDESK_URL"] = f"postgresql://kpibot@127.0.0.1:{black_hole}/helpdesk"
    async with running(environment, tmp_path, config) as process:
        await server.wait_connected(timeout=PATIENCE)
        code, told = await terminated(process)
    assert (code, "Traceback" in told) == (0, False)


HANGING = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


async def test_it_ends_while_its_own_database_hangs(
    server: WorkspaceServer,
    environment: dict[str, str],
    tmp_path: Path,
    new_url: Callable[[str], str],
) -> None:
    environment["KPIBOT_STATE_URL"] = url = new_url("postgresql")
    async with running(environment, tmp_path) as process:
        await server.wait_for(lambda _: posts(server), PATIENCE)
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect() as other:
            other.exec_driver_sql("LOCK TABLE leases, outbox")
            await server.wait_for(lambda _: other.scalar(HANGING), PATIENCE)
            code, told = await terminated(process)
    assert (code, "Traceback" in told) == (0, False)
    assert "the leases of this process end by themselves" in told
