"""A full disk: nothing is half-written, it is said what to do, and all goes on by itself once there is room."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from matplotlib.backends.backend_agg import FigureCanvasAgg

from tests.scenario.scene import MONDAY, Scene, said

QUARTER, MINUTE = timedelta(minutes=15), timedelta(minutes=1)
PAGES = 1_000_000
ADMINS = "kpibot-admin"


@contextmanager
def full_disk(scene: Scene) -> Iterator[None]:
    """The state database cannot grow, whatever connection writes to it."""
    assert scene.services is not None
    engine = scene.services.store._engine

    def holds(connection: Any, *_: object) -> None:
        (used,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {used}")

    sa.event.listen(engine, "checkout", holds)
    yield
    sa.event.remove(engine, "checkout", holds)
    sa.event.listen(engine, "checkout", lambda connection, *_: connection.execute(f"PRAGMA max_page_count = {PAGES}"))


@pytest.fixture
async def ten(scene: Scene) -> Scene:
    """It is ten, everybody is on target, the digest was sent."""
    scene.helpdesk.open("101", 2, MONDAY - timedelta(days=3))
    await scene.start()
    return scene


async def test_a_breach_that_cannot_be_kept_is_told_once_there_is_room(
    ten: Scene, log: pytest.LogCaptureFixture
) -> None:
    with full_disk(ten):
        ten.helpdesk.open("101", 9, MONDAY)
        await ten.pass_by(2 * QUARTER)
        assert ten.alerts() == []
        assert ten.services is not None
        assert ten.services.store.alert_states() == {}
        assert set(ten.services.store.outbox.counts()) == {"sent"}
        assert "11 tickets" in await ten.ask("tickets campus-west")
        (away,) = ten.told(ADMINS)
        assert "database or disk is full" in said(away)
        assert "free some room on its disk, and kpibot goes on by itself" in said(away)
    assert log.text.count("free some room on its disk") == 1  # though it was tried every minute
    assert "Traceback" not in log.text
    await ten.pass_by(QUARTER)
    (alert,) = ten.alerts()
    assert "11 tickets" in said(alert)
    await ten.pass_by(QUARTER)
    assert len(ten.alerts()) == 1
    assert "works again" in said(ten.told(ADMINS)[-1])
    assert len(ten.told(ADMINS)) == 2


async def test_what_slack_took_and_nobody_could_note_is_not_sent_again(ten: Scene, tmp_path: Path) -> None:
    database = tmp_path / "state.db"

    def taken(change: object) -> None:
        if ten.alerts() and database.exists():
            database.rename(tmp_path / "away.db")

    ten.helpdesk.open("101", 9, MONDAY)
    unsubscribe = ten.ws.subscribe(taken)
    await ten.pass_by(QUARTER)
    unsubscribe()
    assert len(ten.alerts()) == 1
    assert not database.exists()
    (tmp_path / "away.db").rename(database)
    assert ten.services is not None
    assert ten.services.store.outbox.counts()["waiting"] == 1  # it stands in the channel, and is in doubt
    await ten.pass_by(QUARTER)
    assert len(ten.alerts()) == 1
    assert set(ten.services.store.outbox.counts()) == {"sent"}


async def test_a_picture_that_cannot_be_drawn_costs_no_text(
    ten: Scene, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(FigureCanvasAgg, "draw", no_room)
    ten.helpdesk.open("101", 9, MONDAY)
    await ten.pass_by(QUARTER)
    (alert,) = ten.alerts()
    assert "Campus West High School is critical" in said(alert)
    assert "slack_file" not in said(alert)
    assert "is sent without its picture" in log.text
    assert "No space left on device" in log.text
    assert "11 tickets" in await ten.ask("tickets campus-west")
