"""A state database of an earlier version is brought up to date with all it holds, once, whoever opens it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from kpibot.core.alerts.actions import ActionKind, ActionNotice, Scope
from kpibot.core.alerts.groups import DeliveryKind
from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.alerts.states import AlertState, Phase, Reason
from kpibot.core.kpis.thresholds import Verdict
from kpibot.core.reports.messages import AdminNotice
from kpibot.store.database.engine import new_engine, writing
from kpibot.store.database.schema import metadata, outbox
from kpibot.store.database.upgrade import CURRENT, configuration
from kpibot.store.store import Store, StoreError, UpgradedError, open_engine

NOW = datetime(2026, 11, 16, 13, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
LEASE = timedelta(minutes=1)
DATA = Path(__file__).parent / "data"
WITHOUT_VERSIONS = (DATA / "state_0_1_0.sql").read_text()
ROWS_OF_0002 = (DATA / "state_0002.sql").read_text()
FRIDAY, MONDAY = datetime(2026, 11, 13, 16, tzinfo=UTC), datetime(2026, 11, 16, 17, tzinfo=UTC)
AGAIN = ("key", "channel", "body", "state", "created_at", "expires_at", "attempts")
Fill = Callable[[sa.Engine], None]
FOR_POSTGRESQL = {" DATETIME": " TIMESTAMP", "id INTEGER NOT NULL": "id SERIAL NOT NULL"}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> str:
    return new_url(request.param)


@pytest.fixture(params=["without versions", "0001", "0002"])
def fill_with(request: pytest.FixtureRequest) -> Fill:
    """Fills a database as an earlier version did."""
    if request.param == "0002":
        return fill_0002
    return lambda engine: fill(engine, request.param == "0001")


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    engine = new_engine(sa.make_url(url))
    yield engine
    engine.dispose()


def run_sql(engine: sa.Engine, script: str) -> None:
    if engine.dialect.name == "postgresql":
        for here, there in FOR_POSTGRESQL.items():
            script = script.replace(here, there)
    with writing(engine) as connection:
        for statement in filter(str.strip, script.split(";\n")):
            connection.exec_driver_sql(statement)


def fill(engine: sa.Engine, is_versioned: bool) -> None:
    """The database of 0.1.0 with its rows; versioned, it was made by the migrations up to there."""
    tables, rows = WITHOUT_VERSIONS.split("INSERT", maxsplit=1)
    if is_versioned:
        with writing(engine) as connection:
            command.upgrade(configuration(connection), "0001")
    else:
        run_sql(engine, tables)
    run_sql(engine, "INSERT" + rows)


def fill_0002(engine: sa.Engine) -> None:
    """The database of the version before leases, audit log and dead letters had these names."""
    with writing(engine) as connection:
        command.upgrade(configuration(connection), "0002")
    run_sql(engine, ROWS_OF_0002)


def differences(engine: sa.Engine) -> list[object]:
    """What the tables lack, or have too much, against those of this version."""
    with engine.connect() as connection:
        options = {"include_name": lambda name, kind, _: kind != "table" or name != "kpibot_version"}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


@pytest.mark.parametrize("is_versioned", [False, True])
def test_the_database_of_an_earlier_version_keeps_all_it_holds(url: str, engine: sa.Engine, is_versioned: bool) -> None:
    fill(engine, is_versioned)
    with closing(Store(open_engine(url))) as store:
        assert store.readings.history("tickets", "campus-west", NOW - QUARTER, NOW + QUARTER) == [
            (NOW - QUARTER, 4.0),
            (NOW, 5.0),
        ]
        assert store.readings.daily("tickets", NOW.date(), NOW) == {"campus-west": [5.0], "campus-east": [None]}
        firing = AlertState(Phase.FIRING, Verdict.CRITICAL, NOW - QUARTER, 2, NOW - QUARTER)
        assert store.alert_states() == {("tickets", "campus-west"): firing}
        assert store.leases.is_done("watch", NOW - QUARTER)
        assert not store.leases.acquire("digest:weekly", NOW, NOW)
        (row,) = store.outbox.lease(NOW, "me", LEASE)
        assert (row.message.key, row.in_doubt_since, row.attempts) == ("in doubt", NOW - QUARTER, 1)
        assert isinstance(row.message.body, AdminNotice)
        assert store.outbox.counts() == {"sent": 1, "waiting": 2}


def test_renamed_tables_and_columns_keep_all_they_hold(url: str, engine: sa.Engine) -> None:
    fill_0002(engine)
    with closing(Store(open_engine(url))) as store:
        assert store.alert_states()["tickets", "campus-west"].notified_at == FRIDAY
        group = store.alert_groups()["tickets", "west-tech"]
        assert group.severities == {"oakridge-middle": Verdict.CRITICAL}
        assert (group.mentioned_at, group.escalation_step) == (MONDAY - 3 * QUARTER, 0)
        muted = [(entry.action, entry.detail) for entry in store.audit_entries(FRIDAY, 9)]
        assert muted == [("muted", "power cut"), ("muted", "exam week")]
        exams = next(silence for silence in store.silences(MONDAY) if silence.reason == "exam week")
        assert exams.id in {entry.subject for entry in store.audit_entries(FRIDAY, 9)}
        assert store.leases.is_done("watch", FRIDAY)
        assert not store.leases.acquire("watch", FRIDAY, MONDAY)


def test_messages_that_wait_are_read_under_their_new_names(url: str, engine: sa.Engine) -> None:
    fill_0002(engine)
    with closing(Store(open_engine(url))) as store:
        assert store.outbox.counts() == {"sent": 1, "waiting": 3, "dead_letter": 1}
        bodies = {row.message.channel: row.message.body for row in store.outbox.lease(MONDAY, "me", LEASE)}
        alert, action, admin = bodies["tech-leads"], bodies["west-tech"], bodies["kpibot-admin"]
        assert isinstance(alert, AlertNotice)
        assert (alert.kind, alert.reason) == (DeliveryKind.POST, Reason.MOVED)
        assert [(change.reason, change.details) for change in alert.changes] == [
            (Reason.MOVED, ("told in #west-tech now",))
        ]
        assert isinstance(action, ActionNotice)
        assert action.action.kind is ActionKind.MUTED
        assert action.action.scope == Scope("Outstanding tickets", "Campus West High School")
        assert isinstance(admin, AdminNotice)
        assert [what for what, _ in admin.problems] == ["Outstanding tickets, Response time"]


def test_an_upgraded_database_is_like_a_new_one(url: str, engine: sa.Engine, fill_with: Fill) -> None:
    fill_with(engine)
    open_engine(url).dispose()
    assert differences(engine) == []


def test_a_new_database_has_the_tables_of_this_version(url: str, engine: sa.Engine) -> None:
    open_engine(url).dispose()
    assert differences(engine) == []


def test_a_message_owed_twice_is_still_refused_after_the_upgrade(url: str, engine: sa.Engine) -> None:
    fill(engine, False)
    open_engine(url).dispose()
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as connection:
        connection.execute(sa.insert(outbox).from_select(AGAIN, sa.select(*(outbox.c[name] for name in AGAIN))))


def test_the_last_migration_is_the_version_of_the_code(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert ScriptDirectory.from_config(configuration(connection)).get_heads() == [CURRENT]


OPENS = "import sys; from kpibot.store.store import open_engine; open_engine(sys.argv[1]).dispose()"


@pytest.mark.parametrize("is_new", [False, True])
def test_processes_that_start_at_once_upgrade_once(url: str, engine: sa.Engine, is_new: bool) -> None:
    if not is_new:
        fill(engine, False)
    starts = [subprocess.Popen([sys.executable, "-c", OPENS, url], stderr=subprocess.PIPE) for _ in range(4)]
    assert [(start.communicate()[1], start.returncode) for start in starts] == [(b"", 0)] * 4
    assert differences(engine) == []
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM kpibot_version").scalars().all() == [CURRENT]


def test_the_database_of_a_later_version_is_left_alone(url: str, engine: sa.Engine) -> None:
    open_engine(url).dispose()
    run_sql(engine, "UPDATE kpibot_version SET version_num = '0999'")
    with pytest.raises(StoreError, match=r"of a later kpibot \(its version is 0999, this one knows 0003 and before\)"):
        open_engine(url)
    assert differences(engine) == []


def test_a_bot_that_runs_on_while_another_one_upgrades_writes_nothing_more(url: str, engine: sa.Engine) -> None:
    with closing(Store(open_engine(url))) as store:
        assert store.leases.acquire("watch", NOW - QUARTER, NOW)
        run_sql(engine, "UPDATE kpibot_version SET version_num = '0999'")
        told = r"upgraded by a later kpibot \(its version is 0999, this one knows 0003\): this kpibot ends; install"
        with pytest.raises(UpgradedError, match=told):
            store.leases.acquire("watch", NOW, NOW)
        with pytest.raises(UpgradedError):
            store.outbox.lease(NOW, "me", LEASE)
        assert not store.leases.is_done("watch", NOW - QUARTER)  # to look is harmless
    run_sql(engine, "UPDATE kpibot_version SET version_num = '0003'")
    with closing(Store(open_engine(url))) as store:
        assert store.leases.acquire("watch", NOW, NOW)


def test_an_upgrade_that_fails_changes_nothing(url: str, engine: sa.Engine) -> None:
    fill(engine, False)
    run_sql(engine, "CREATE TABLE silences (is_something_else INTEGER)")
    with pytest.raises((StoreError, sa.exc.ProgrammingError), match="silences"):
        open_engine(url)
    names = set(sa.inspect(engine).get_table_names())
    assert names.isdisjoint({"alert_groups", "audit_trail", "kpibot_version"})
    assert {column["name"] for column in sa.inspect(engine).get_columns("claims")} == {"work", "slot", "claimed_at"}


def test_only_a_migration_loads_alembic(new_url: Callable[[str], str]) -> None:
    program = f"{OPENS}; open_engine(sys.argv[1]); print('alembic' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program, new_url("sqlite")], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
