"""What administrators get wrong: `check` finds it before the bot starts, with file and line; at run time the KPI
concerned says so, and the others go on."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kpibot.cli import main
from tests.scenario.scene import CONFIG, MONDAY

TABLE = (
    "CREATE TABLE hd_tickets (ticket_id INTEGER, site_code VARCHAR(20), created_at TIMESTAMP, replied_at TIMESTAMP, "
    "resolved_at TIMESTAMP, room VARCHAR(30))"
)
HEAD = "name: Odd one\n    objective: To be found out\n    owner: '@us'\n    "


@dataclass(frozen=True)
class Mistake:
    """What is wrong: an odd KPI, or something else that is written in place of what is right, in its line. What `check`
    says, and what it points to."""

    says: str
    kpi: str = ""
    suggestion: tuple[str, str] | None = None
    at: str = ""


@dataclass
class District:
    """A configuration folder, and the commands over it."""

    file: Path
    url: str
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> tuple[int, str, str]:
        status = main([*arguments, "--config", str(self.file.parent), "--as-of", MONDAY.isoformat()])
        return status, *self.capsys.readouterr()

    def configure(self, mistake: Mistake) -> None:
        text = (CONFIG / "district.yaml").read_text(encoding="utf-8")
        if mistake.kpi:
            text = text.replace("kpis:\n", f"kpis:\n  odd:\n    {HEAD}{mistake.kpi}\n", 1)
        if mistake.suggestion is not None:
            assert mistake.suggestion[0] in text
            text = text.replace(*mistake.suggestion, 1)
        self.file.write_text(text, encoding="utf-8")

    def place(self, words: str) -> str:
        """The file and line of the first of these words."""
        lines = self.file.read_text(encoding="utf-8").splitlines(keepends=True)
        return f"{self.file}:{next(n for n, line in enumerate(lines, 1) if words in line)}"


@pytest.fixture(params=["sqlite", "postgresql"])
def district(
    request: pytest.FixtureRequest,
    new_url: Callable[[str], str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> District:
    """Five tickets of campus 101 and two of campus 111, opened the evening before."""
    url = new_url(request.param)
    opened = (MONDAY - timedelta(hours=20)).strftime("%Y-%m-%d %H:%M:%S")
    rows = [f"({n}, '{'101' if n < 5 else '111'}', '{opened}', NULL, NULL, 'B{n}')" for n in range(7)]
    run_sql(url, TABLE, f"INSERT INTO hd_tickets VALUES {', '.join(rows)}")  # noqa: S608
    monkeypatch.setenv("HELPDESK_URL", url)
    monkeypatch.setenv("KPIBOT_STATE_URL", f"sqlite:///{tmp_path / 'state.db'}")
    (tmp_path / "config").mkdir()
    return District(tmp_path / "config" / "district.yaml", url, capsys)


def run_sql(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


NOT_LOADED = {
    "two campuses claim an alias": Mistake(
        "`101` already stands for `campus-west`",
        suggestion=('aliases: ["111"]', 'aliases: ["101"]'),
        at="oakridge-middle:",
    ),
    "fiscal years overlap": Mistake(
        "FY2027",
        suggestion=(
            "  measure_every",
            "  irregular_fiscal_years:\n"
            "    FY2026: 2025-07-01..2026-08-31\n"
            "    FY2027: 2026-07-01..2027-08-31\n  measure_every",
        ),
        at="FY2027",
    ),
    "thresholds for the other direction": Mistake(
        "critical", suggestion=("warning: 6", "warning: 60"), at="critical: 10"
    ),
    "a ratio whose halves have nothing in common": Mistake(
        "the two halves have nothing in common",
        kpi="measure: {ratio: {of: {stock: tickets}, over: {stock: rooms}}}",
        suggestion=("kpis:\n", "  rooms: {database: helpdesk, table: hd_tickets, columns: {room: room}}\nkpis:\n"),
        at="ratio:",
    ),
    "a column that the dataset does not map": Mistake(
        "no column `opend`; did you mean `opened`?", kpi="measure: {stock: tickets, from: opend}", at="from: opend"
    ),
    "a query that writes": Mistake(
        "SELECT",
        kpi="measure: {query: helpdesk, sql: DELETE FROM hd_tickets}",
        at="DELETE",
    ),
}

QUERY = 'measure: {{query: helpdesk, sql: "{}"}}'.format
GROUPED = "FROM hd_tickets GROUP BY site_code"
ODD_ONES = {
    "a missing column": Mistake(
        "`hd_tickets` has no column `creatd_at`; did you mean `created_at`?",
        kpi="measure: {stock: more, from: opened}",
        suggestion=(
            "kpis:\n",
            "  more:\n    {database: helpdesk, table: hd_tickets, columns: {campus: site_code,\n"
            "     opened: creatd_at}}\nkpis:\n",
        ),
        at="opened: creatd_at",
    ),
    "a missing table": Mistake(
        "did you mean `hd_tickets`?",
        kpi="measure: {stock: more}",
        suggestion=("kpis:\n", "  more:\n    database: helpdesk\n    table: hd_ticket\n    columns: {a: b}\nkpis:\n"),
        at="table: hd_ticket\n",
    ),
    "a column that is no timestamp": Mistake(
        "`opened` holds 'B0', which is no timestamp",
        kpi="measure: {stock: more, from: opened}",
        suggestion=(
            "kpis:\n",
            "  more:\n    {database: helpdesk, table: hd_tickets, columns: {campus: site_code,\n"
            "     opened: room}}\nkpis:\n",
        ),
        at="opened: room",
    ),
    "other columns than campus and value": Mistake(
        "the query gives the columns campus, n; it must give campus and value",
        kpi=QUERY(f"SELECT site_code AS campus, count(*) AS n {GROUPED}"),
        at="AS n",
    ),
    "two rows a campus": Mistake(
        "the query gives campus '101' twice; group it by campus",
        kpi=QUERY("SELECT site_code AS campus, 1 AS value FROM hd_tickets"),
        at="1 AS value",
    ),
    "text for a number": Mistake(
        "it must be a number",
        kpi=QUERY(f"SELECT site_code AS campus, 'many' AS value {GROUPED}"),
        at="'many' AS value",
    ),
    "a query that writes behind a SELECT": Mistake(
        "refuses the statement",
        kpi=QUERY(
            "WITH gone AS (DELETE FROM hd_tickets RETURNING site_code) SELECT site_code AS campus, 1 AS value FROM gone"
        ),
        at="WITH gone",
    ),
}


@pytest.mark.parametrize("mistake", NOT_LOADED.values(), ids=NOT_LOADED)
def test_a_mistake_of_the_configuration_keeps_the_bot_from_starting(district: District, mistake: Mistake) -> None:
    district.configure(mistake)
    for command in ("check", "ask"):
        status, out, said = district.run(command)
        assert (status, out) == (1, "")
        assert f"{district.place(mistake.at)}: " in said
        assert mistake.says in said


@pytest.mark.parametrize("mistake", ODD_ONES.values(), ids=ODD_ONES)
def test_what_only_the_database_shows_is_found_by_check_and_costs_no_other_kpi(
    district: District, mistake: Mistake
) -> None:
    district.configure(mistake)
    status, out, _ = district.run("check", "--json")
    found = json.loads(out)
    (problem,) = problems(found)
    assert status == 1
    assert mistake.says in problem["says"]
    assert problem["place"] == district.place(mistake.at)
    assert values(found) == {"odd": None, "tickets": 7.0, "response-time": 14.0}
    _, out, _ = district.run("ask", "odd")
    assert "No data: its setup does not match the database" in out
    status, out, _ = district.run("ask", "tickets")
    assert status == 0
    assert "7 tickets" in out


def problems(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in found["findings"] if each["problem"] and each["what"] != "slack"]


def values(found: dict[str, Any]) -> dict[str, float | None]:
    return {each["kpi"]: each["value"] for each in found["kpis"]}


def test_campuses_in_a_circle_are_told_with_the_place_of_their_list(district: District) -> None:
    run_sql(
        district.url,
        "CREATE TABLE places (code VARCHAR(9), name VARCHAR(9), parent VARCHAR(9))",
        "INSERT INTO places VALUES ('1', 'West', '2'), ('2', 'East', '1')",
    )
    text = (CONFIG / "district.yaml").read_text(encoding="utf-8")
    text = text.replace("    alert: {recovers_at: 4}\n", "")
    before, rest = text.split("campuses:\n", 1)
    after = rest[rest.index("datasets:") :].split("channels:")[0]
    listed = "campuses:\n  database: helpdesk\n  select: SELECT code, name, parent FROM places\n"
    district.file.write_text(before.replace("  administrators: kpibot-admin\n", "") + listed + after, encoding="utf-8")
    for command in ("check", "ask"):
        status, _, said = district.run(command)
        assert status == 1
        assert said.startswith(f"{district.place('campuses:')}: campuses: ")
        assert "`1` lies within itself: 1 → 2 → 1" in said


def test_a_database_that_is_down_is_told_once(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    district.configure(Mistake(""))
    monkeypatch.setenv("HELPDESK_URL", "postgresql://kpibot:s3cret@127.0.0.1:1/helpdesk")
    status, out, _ = district.run("check", "--json")
    found = json.loads(out)
    (problem,) = problems(found)
    assert status == 1
    assert problem["what"] == "databases.helpdesk"
    assert "cannot be reached" in problem["says"]
    assert problem["place"] == district.place("helpdesk: {url")
    assert values(found) == {"tickets": None, "response-time": None}
    assert "s3cret" not in out
