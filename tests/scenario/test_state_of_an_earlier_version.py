"""A bot takes over from one of commit 5d9fcab: what waited goes out, and the buttons of its messages answer."""

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.scenario.earlier import EXPECTED, STATE, go_on
from tests.scenario.scene import Scene

# What the stored outbox must hold, so that the test below is worth something.
EACH_KIND = {
    ("post", "digest"), ("post", "alert"), ("post", "trouble"), ("update", "alert"), ("update", "edit"),
    ("reply", "alert"), ("reply", "deed"),
}  # fmt: skip


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """The stored state database by itself."""
    file = tmp_path / "stored.db"
    file.write_bytes(gzip.decompress(STATE.read_bytes()))
    return file


def read(file: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(file)) as database:
        return list(database.execute(query))


def test_the_stored_state_holds_a_bit_of_everything(stored: Path) -> None:
    waiting = read(stored, "SELECT how, key FROM outbox WHERE state = 'waiting'")
    assert {(how, key.partition(":")[0]) for how, key in waiting} == EACH_KIND
    assert read(stored, "SELECT 1 FROM alert_groups WHERE closed_at IS NULL AND acknowledged_by = '@luis'")
    for table in ("silences", "audit_trail", "claims", "readings", "daily_readings", "alert_states", "rosters"):
        assert read(stored, f"SELECT 1 FROM {table}"), table  # noqa: S608 - one of these names


async def test_what_waits_goes_out_and_every_old_button_answers(scene: Scene, tmp_path: Path) -> None:
    told = await go_on(scene, tmp_path)
    expected: dict[str, Any] = json.loads(EXPECTED.read_text())
    for done, messages in expected.items():
        assert told[done] == messages, done
    assert told.keys() == expected.keys()
    assert scene.services is not None
    assert set(scene.services.store.outbox.counts()) == {"sent", "superseded"}
