"""`bot.py check` finds out beforehand what would otherwise be found out on Monday morning."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kpibot.cli import main
from localslack import Channel, Group, Workspace, WorkspaceServer
from tests.scenario.scene import CONFIG, MONDAY, Helpdesk


@dataclass
class Checked:
    status: int
    problems: list[str]
    information: list[str] = field(default_factory=list, compare=False)


@pytest.fixture
def helpdesk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Helpdesk:
    helpdesk = Helpdesk(tmp_path / "helpdesk.db")
    helpdesk.open("101", 5)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HELPDESK_URL", helpdesk.url)
    monkeypatch.setenv("KPIBOT_STATE_URL", f"sqlite:///{tmp_path / 'state.db'}")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-local-workspace")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-local-workspace")
    return helpdesk


def workspace(**changes: object) -> Workspace:
    settings = {
        "channels": [Channel("tech-leads"), Channel("west-tech"), Channel("kpibot-admin")],
        "groups": [Group("helpdesk-leads")],
    } | changes
    return Workspace(**settings)  # type: ignore[arg-type]


async def check(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, slack: Workspace) -> Checked:
    """Runs the command against a workspace."""
    server = WorkspaceServer(slack)
    await server.start()
    monkeypatch.setenv("SLACK_API_URL", server.api_url)
    arguments = ["check", "--config", str(CONFIG), "--as-of", MONDAY.isoformat(), "--json"]
    status = await asyncio.to_thread(main, arguments)
    await server.stop()
    findings = json.loads(capsys.readouterr().out)["findings"]
    problems, information = ([each["says"] for each in findings if each["problem"] is kind] for kind in (True, False))
    return Checked(status, problems, information)


async def test_a_set_up_without_fault_passes(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await check(capsys, monkeypatch, workspace()) == Checked(0, [])


async def test_codes_that_match_no_campus_are_listed(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    helpdesk.open("XX-9", 3)
    helpdesk.open(None, 2)
    found = await check(capsys, monkeypatch, workspace())
    assert found.problems == []
    told = "5 rows of `tickets` belong to no campus: `XX-9` 3, (empty) 2; add them as aliases under `campuses`"
    assert told in "\n".join(found.information)


async def test_a_wrong_token_is_told_without_showing_it(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-of-yesterday")
    found = await check(capsys, monkeypatch, workspace())
    assert found.status == 1
    assert "invalid_auth" in found.problems[0]
    assert "put the current one into SLACK_BOT_TOKEN" in found.problems[0]
    assert "of-yesterday" not in found.problems[0]


async def test_missing_scopes_and_channels_are_all_told_at_once(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slack = workspace(
        channels=[Channel("tech-leds"), Channel("west-tech", members=()), Channel("kpibot-admin")],
        scopes=["commands", "chat:write", "files:read", "channels:read", "groups:read", "channels:history",
                "groups:history", "im:history", "im:write", "users:read", "usergroups:read", "app_mentions:read"],
    )  # fmt: skip
    found = await check(capsys, monkeypatch, slack)
    said = "\n".join(found.problems)
    for part in ("files:write", "no channel `#tech-leads`; did you mean `tech-leds`?", "not in `#west-tech`"):
        assert part in said


async def test_an_empty_table_and_a_missing_one_are_problems(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HELPDESK_URL", Helpdesk(tmp_path / "empty.db").url)
    found = await check(capsys, monkeypatch, workspace())
    assert ["has no rows" in problem for problem in found.problems] == [True]  # one finding for both KPIs
    helpdesk.break_down()
    monkeypatch.setenv("HELPDESK_URL", helpdesk.url)
    found = await check(capsys, monkeypatch, workspace())
    assert ["no such table: hd_tickets" in problem for problem in found.problems] == [True]


def test_slack_that_cannot_be_reached_is_told(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api/")
    arguments = ["check", "--config", str(CONFIG), "--as-of", MONDAY.isoformat()]
    assert main(arguments) == 1
    assert "Slack cannot be reached at http://127.0.0.1:1/api/" in capsys.readouterr().out
    assert main(["run", "--config", str(CONFIG)]) == 1
    assert "Slack cannot be reached" in capsys.readouterr().err


def test_a_state_database_that_cannot_be_opened_is_told(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KPIBOT_STATE_URL", "postgresql://kpibot:s3cret@127.0.0.1:1/state")
    assert main(["ask", "tickets", "--config", str(CONFIG)]) == 1
    said = capsys.readouterr().err
    assert "correct KPIBOT_STATE_URL" in said
    assert "s3cret" not in said


def test_two_systems_that_disagree_are_told_where_people_look(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    portal = Helpdesk(tmp_path / "portal.db")
    portal.open("101", 9)
    monkeypatch.setenv("PORTAL_URL", portal.url)
    config = with_portal(tmp_path)

    assert main(["ask", "tickets", "--config", str(config), "--as-of", MONDAY.isoformat()]) == 0
    assert "helpdesk says 5, portal 9." in capsys.readouterr().out
    assert main(["ask", "tickets", "--config", str(config), "--as-of", MONDAY.isoformat(), "--json"]) == 0
    assert "conflict: helpdesk says 5, portal 9." in json.loads(capsys.readouterr().out)["warnings"]
    told = (False, "helpdesk says 5, portal 9; they may differ by 20%; find out which one is right")
    assert told in told_of_cross_check(config, capsys)

    portal.break_down()
    says = "portal has no data for it: set-up does not fit the database: database `portal` refuses the statement"
    ((is_problem, said),) = told_of_cross_check(config, capsys)
    assert is_problem
    assert said.startswith(says)
    assert main(["ask", "tickets", "--config", str(config), "--as-of", MONDAY.isoformat()]) == 0
    assert "5 tickets" in capsys.readouterr().out


def with_portal(tmp_path: Path) -> Path:
    """The small district, whose tickets are checked against a second system."""
    text = (CONFIG / "district.yaml").read_text(encoding="utf-8")
    text = text.replace("campuses:\n", '  portal: {url: "${PORTAL_URL}"}\ncampuses:\n', 1)
    dataset = (
        "database: portal, table: hd_tickets, columns: {campus: site_code, opened: created_at, closed: resolved_at}"
    )
    text = text.replace("kpis:\n", f"  requests: {{{dataset}}}\nkpis:\n", 1)
    check = "cross_check: {measure: {stock: requests, from: opened, until: closed}, within: 20 percent}"
    text = text.replace("    alert: {recovers", f"    {check}\n    alert: {{recovers", 1)
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "district.yaml").write_text(text, encoding="utf-8")
    return folder


def told_of_cross_check(config: Path, capsys: pytest.CaptureFixture[str]) -> list[tuple[bool, str]]:
    main(["check", "--config", str(config), "--as-of", MONDAY.isoformat(), "--json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    return [(each["problem"], each["says"]) for each in found if each["what"] == "kpis.tickets.cross_check"]


def test_the_table_shows_each_kpi_in_a_line_of_at_most_a_hundred_columns(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str]
) -> None:
    helpdesk.open("XX-9", 3)
    main(["check", "--config", str(CONFIG), "--as-of", MONDAY.isoformat()])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["KPI", "district", "rows", "ms", "newest", "row", "campus", "amount"]
    words = lines[1].split()
    assert [*words[:4], *words[5:]] == ["tickets", "8", "tickets", "8", "20", "h", "62%", "100%"]
    assert max(map(len, lines)) <= 100
    assert lines[-1] == "1 problem to fix, marked ✗"


def test_a_filter_that_asks_for_what_its_column_never_holds_is_told(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config = with_changed(tmp_path, "until: resolved}", "until: resolved, where: {campus: [west, 102]}}")
    found = checked(config, capsys)
    (finding,) = (each for each in found if "0 at every campus" in each["says"])
    assert not finding["problem"]
    assert finding["says"].endswith("column `campus` never holds `west` or `102`; it holds `101`")
    line = finding["place"].rsplit(":", 1)[1]
    assert "where" in (config / "district.yaml").read_text(encoding="utf-8").splitlines()[int(line) - 1]


def test_a_campus_column_that_means_nothing_to_anybody_is_a_problem(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config = with_changed(tmp_path, "campus: site_code", "campus: ticket_id")
    (finding,) = (each for each in checked(config, capsys) if "`tickets` belong to no campus" in each["says"])
    assert finding["problem"]
    assert finding["says"].startswith("no row belongs to a campus; 5 rows")
    assert finding["what"] == "kpis.tickets, kpis.response-time"


def test_a_dataset_that_fell_behind_is_a_problem(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config = with_changed(tmp_path, "    rows: tickets", "    rows: tickets\n    fresh_within: 4 h")
    assert any(each["problem"] and "is stale" in each["says"] for each in checked(config, capsys))


def with_changed(tmp_path: Path, old: str, new: str) -> Path:
    text = (CONFIG / "district.yaml").read_text(encoding="utf-8")
    assert old in text
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "district.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def checked(config: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    main(["check", "--config", str(config), "--as-of", MONDAY.isoformat(), "--json"])
    return list(json.loads(capsys.readouterr().out)["findings"])


def test_how_many_rows_name_what_they_are_about_is_told_with_the_number(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    helpdesk.resolve("101", MONDAY, keep=4)  # of five; one that ends now still stands
    config = with_changed(tmp_path, "until: resolved}", "until: resolved}\n    linked: resolved")
    assert main(["ask", "tickets", "--config", str(config), "--as-of", MONDAY.isoformat()]) == 0
    assert "resolved is filled in for 20%" in " ".join(capsys.readouterr().out.split())


def test_an_event_of_the_feed_that_is_no_holiday_is_told_v40(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config = with_changed(tmp_path, "  measure_every:", "  holidays_from: h.ics\n  measure_every:")
    meeting = "BEGIN:VEVENT\nDTSTART:20261001T180000\nDTEND:20261001T190000\nSUMMARY:Board meeting\nEND:VEVENT\n"
    (config / "h.ics").write_text(f"BEGIN:VCALENDAR\n{meeting}END:VCALENDAR\n", encoding="utf-8")
    (finding,) = (each for each in checked(config, capsys) if each["what"] == "district.holidays_from")
    assert finding["says"] == "`Board meeting` begins or ends within a day; holidays are whole days"
    assert (finding["problem"], finding["place"]) == (False, f"{config}/h.ics:3")
