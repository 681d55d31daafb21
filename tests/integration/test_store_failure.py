"""A state database that is full, held by somebody else, or gone: it is said what to do, and nothing is half-written."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kpibot.core.alerts.groups import AlertGroup
from kpibot.core.alerts.states import AlertState, Phase
from kpibot.core.kpis.readings import Reading
from kpibot.core.kpis.thresholds import Verdict
from kpibot.core.reports.messages import AdminNotice
from kpibot.store.database.instance_lock import instance_lock
from kpibot.store.outbox import OutboxMessage
from kpibot.store.store import Store, StoreError, open_engine

NOW = datetime(2026, 11, 16, 13, tzinfo=UTC)
FIRING = {("tickets", "campus-0"): AlertState(Phase.FIRING, Verdict.CRITICAL, NOW, 1, NOW)}
GROUPS = {("tickets", "west-tech"): AlertGroup(kpi="tickets", channel="west-tech", opened=NOW)}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kpibot.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    store = Store(open_engine(f"sqlite:///{file}"))
    yield store
    store.close()


def owed() -> list[OutboxMessage]:
    return [
        OutboxMessage(
            key="alert",
            channel="west-tech",
            body=AdminNotice(NOW, "America/Chicago"),
            expires_at=NOW + timedelta(days=1),
        )
    ]


def watch(store: Store) -> None:
    taken = [Reading(kpi="tickets", campus=f"campus-{n}", as_of=NOW, value=1.0) for n in range(2_000)]
    store.save_evaluation(taken, FIRING, owed(), NOW, GROUPS)


def has_nothing(store: Store) -> bool:
    found = (store.readings.latest("tickets", NOW - timedelta(days=1), NOW), store.alert_states(), store.alert_groups())
    return not any(found) and store.outbox.counts() == {}


def limit(store: Store, pages: int) -> None:
    with store._engine.connect() as connection:
        used = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {used + pages}")


@pytest.mark.parametrize("pages", [1, 5, 10, 20])
def test_on_a_full_disk_nothing_is_half_written_and_all_goes_on_once_there_is_room(store: Store, pages: int) -> None:
    limit(store, pages)
    with pytest.raises(StoreError, match=r"database or disk is full\); free some room on its disk"):
        watch(store)
    assert has_nothing(store)
    limit(store, 10_000)
    watch(store)
    assert store.alert_states() == FIRING
    assert store.outbox.counts() == {"waiting": 1}


def test_a_database_that_is_held_by_another_program_is_told_and_survived(file: Path) -> None:
    engine = open_engine(f"sqlite:///{file}?timeout=0.05")
    with closing(Store(engine)) as store, closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"database is locked\); close whatever else has it open"):
            watch(store)
        other.rollback()
        assert has_nothing(store)
        watch(store)
        assert store.outbox.counts() == {"waiting": 1}


def test_a_database_that_vanished_is_not_written_to(store: Store, file: Path) -> None:
    watch(store)
    elsewhere = file.rename(file.with_name("moved.db"))
    with pytest.raises(StoreError, match=r"kpibot.db has vanished; put it back, and kpibot goes on by itself"):
        store.outbox.counts()
    assert not file.exists()
    elsewhere.rename(file)
    assert store.outbox.counts() == {"waiting": 1}
    file.rename(elsewhere)
    file.write_bytes(b"")
    with pytest.raises(StoreError, match=r"kpibot.db was replaced while kpibot ran"):
        store.alert_states()


def test_a_database_that_is_none_is_told(file: Path) -> None:
    file.write_text("hello " * 1_000)
    with pytest.raises(StoreError, match=r"file is not a database\); correct KPIBOT_STATE_URL|file is not a database"):
        open_engine(f"sqlite:///{file}")


def test_a_server_that_goes_away_is_told_and_one_that_comes_back_is_used_again(
    new_url: Callable[[str], str], postgresql: str
) -> None:
    url = sa.make_url(new_url("postgresql"))
    name = url.database
    server = sa.create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with closing(Store(open_engine(url.render_as_string(False)))) as store, server.connect() as administrator:
        watch(store)
        ends = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        administrator.execute(ends, {"name": name})
        assert store.outbox.counts() == {"waiting": 1}
        administrator.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        administrator.execute(ends, {"name": name})
        with pytest.raises(StoreError, match="see that it runs, or correct KPIBOT_STATE_URL") as told:
            store.outbox.counts()
        assert "SELECT" not in str(told.value)
        administrator.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert store.outbox.counts() == {"waiting": 1}
    server.dispose()


@pytest.mark.parametrize("patience", ["", "?connect_timeout=2"])
def test_a_server_that_never_says_a_word_is_given_up(patience: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(StoreError, match="timeout expired"):
            open_engine(f"postgresql://kpibot@127.0.0.1:{port}/kpibot{patience}")


def test_what_is_committed_outlasts_a_power_cut(store: Store) -> None:
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2


HOLDS = """
import sys, time
from kpibot.store.database.instance_lock import instance_lock
with instance_lock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_bot_on_one_file_is_told_which_one_has_it_until_that_one_is_gone(file: Path) -> None:
    url = f"sqlite:///{file}"
    with subprocess.Popen([sys.executable, "-c", HOLDS, url], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        told = rf"another kpibot \(pid {first.pid}\) is using {file}; stop it, or use PostgreSQL for several"
        with pytest.raises(StoreError, match=told), instance_lock(url):
            pass
        first.send_signal(signal.SIGKILL)
        first.wait()
        with instance_lock(url):
            assert file.with_name("kpibot.db.lock").read_text() == str(os.getpid())


def test_commands_that_only_look_need_no_lock(file: Path) -> None:
    url = f"sqlite:///{file}"
    with instance_lock(url), closing(Store(open_engine(url))) as store:
        watch(store)
        assert store.outbox.counts() == {"waiting": 1}


@pytest.mark.parametrize("url", ["postgresql://kpibot@db/kpibot", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_servers_are_shared_and_what_cannot_be_read_is_told_when_it_is_opened(url: str) -> None:
    with instance_lock(url), instance_lock(url):
        pass
