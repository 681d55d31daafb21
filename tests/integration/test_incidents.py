"""A real incident log, mapped by configuration alone and read as the file that it is."""

import csv
import gzip
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kpibot.cli import main

HERE = Path(__file__).parent
EXCERPT = HERE / "data" / "incidents_excerpt.csv"
WHOLE = HERE.parents[2] / "shared" / "data" / "incidents_2016_q1.csv.gz"
CONFIG = str(HERE.parents[1] / "config" / "examples" / "incidents")
AS_OF = datetime(2016, 3, 31, 23, 59)


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INCIDENTS_CSV", str(EXCERPT))
    monkeypatch.setenv("KPIBOT_STATE_URL", f"sqlite:///{tmp_path / 'state.db'}")


def ask(capsys: pytest.CaptureFixture[str], question: str, at: datetime = AS_OF) -> dict[str, Any]:
    """What `bot.py ask --json` says."""
    status = main(["ask", question, "--config", CONFIG, "--as-of", at.isoformat(), "--json"])
    assert status == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def last_states(lines: Iterable[str]) -> list[dict[str, str]]:
    """The last event of each incident, found without SQL."""
    last: dict[str, tuple[tuple[int, datetime], dict[str, str]]] = {}
    for row in csv.DictReader(lines):
        order = (int(row["sys_mod_count"]), datetime.strptime(row["sys_updated_at"], "%d/%m/%Y %H:%M"))
        if row["number"] not in last or order >= last[row["number"]][0]:
            last[row["number"]] = (order, row)
    return [row for _, row in last.values()]


def moment(text: str) -> datetime | None:
    return None if text == "?" else datetime.strptime(text, "%d/%m/%Y %H:%M")


def outstanding(row: dict[str, str], at: datetime = AS_OF) -> bool:
    opened, ended = moment(row["opened_at"]), moment(row["resolved_at"]) or moment(row["closed_at"])
    return opened is not None and opened < at and (ended is None or ended >= at)


def test_the_excerpt_is_counted_as_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    states = last_states(EXCERPT.read_text().splitlines())
    answer = ask(capsys, "tickets")
    assert answer["value"] == sum(map(outstanding, states)) > 0
    assert (answer["kpi"], answer["campus"], answer["unit"]) == ("tickets", "district", "incidents")
    assert answer["rows"] == answer["numerator"] == answer["value"]


def test_a_location_is_a_campus(capsys: pytest.CaptureFixture[str]) -> None:
    open_ones = [row["location"] for row in last_states(EXCERPT.read_text().splitlines()) if outstanding(row)]
    busiest = max((each for each in open_ones if each != "?"), key=open_ones.count)
    answer = ask(capsys, f"tickets location-{busiest}")
    assert (answer["campus"], answer["value"]) == (f"location-{busiest}", open_ones.count(busiest))


def test_an_unknown_location_is_no_campus_and_counts_for_the_district(capsys: pytest.CaptureFixture[str]) -> None:
    states = last_states(EXCERPT.read_text().splitlines())
    opened = moment(next(row for row in states if row["location"] == "?")["opened_at"])
    assert opened is not None
    at = opened + timedelta(minutes=1)
    everywhere = [row["location"] for row in states if outstanding(row, at)]
    assert ask(capsys, "tickets no-campus", at)["value"] == everywhere.count("?") > 0
    district = ask(capsys, "tickets", at)
    assert district["value"] == len(everywhere)
    assert district["coverage"] == 1 - everywhere.count("?") / len(everywhere)


def test_a_file_that_is_exported_anew_is_read_anew(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    export = tmp_path / "export.csv"
    monkeypatch.setenv("INCIDENTS_CSV", str(export))
    lines = EXCERPT.read_text().splitlines(keepends=True)
    export.write_text("".join(lines[:40]))
    before = ask(capsys, "tickets")["value"]
    export.write_text("".join(lines))
    assert ask(capsys, "tickets")["value"] > before


def test_the_whole_log_has_1825_outstanding_incidents_of_9202(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not WHOLE.exists():
        pytest.skip(f"the whole incident log is not at {WHOLE}")
    monkeypatch.setenv("INCIDENTS_CSV", str(WHOLE))
    assert ask(capsys, "tickets")["value"] == 1_825
    assert ask(capsys, "tickets location-143")["value"] == 219
    with gzip.open(WHOLE, "rt") as lines:
        states = last_states(lines)
    assert len(states) == 9_202
    assert sum(outstanding(row) and row["location"] == "143" for row in states) == 219
