"""The command line, as an administrator uses it."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from kpibot.cli import main
from tests.scenario.scene import CONFIG, MONDAY, Helpdesk

NOW = MONDAY.isoformat()


@pytest.fixture
def helpdesk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Helpdesk:
    """Five tickets at Campus West, one at no campus that anybody knows."""
    helpdesk = Helpdesk(tmp_path / "helpdesk.db")
    helpdesk.open("101", 5)
    helpdesk.open("999", 1)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_API_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HELPDESK_URL", helpdesk.url)
    monkeypatch.setenv("KPIBOT_STATE_URL", f"sqlite:///{tmp_path / 'state.db'}")
    return helpdesk


def run(*arguments: str, config: Path = CONFIG) -> int:
    return main([*arguments, "--config", str(config)])


def test_a_question_is_answered_as_in_slack(helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", "tickets campus-west", "--as-of", NOW) == 0
    said = capsys.readouterr().out
    for part in ("Outstanding tickets — Campus West High School", "5 tickets · Off target", "target ≤ 3"):
        assert part in said


def test_an_answer_for_programs_has_all_its_parts(helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", "tickets", "--as-of", NOW, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    expected = {
        "kpi": "tickets",
        "campus": "district",
        "value": 6.0,
        "numerator": 6.0,
        "denominator": None,
        "rows": 6,
        "unit": "tickets",
        "as_of": "2026-11-16T10:00:00-06:00",
        "status": "on target",
        "newest_row": "2026-11-15T14:00:00-06:00",
        "warnings": ["1 row without a campus"],
    }
    assert {name: answer[name] for name in expected} == expected


def test_the_chart_is_written_where_it_is_wanted_and_told_to_whoever_does_not_see_it(
    helpdesk: Helpdesk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("ask", "tickets campus-west", "--json", "--as-of", NOW, "--chart", str(tmp_path / "chart.png")) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["value"] == 5
    assert err.startswith(
        f"{tmp_path / 'chart.png'}: Line chart of Outstanding tickets — Campus West High School, 90 days"
    )
    with Image.open(tmp_path / "chart.png") as picture:
        assert picture.size == (1600, 900)


def test_a_misspelt_campus_is_told_with_the_right_one(helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", "tickets campus-wst") == 1
    assert capsys.readouterr().err.strip() == "no campus `campus-wst`; did you mean `campus-west`?"


def test_everything_is_measured_and_kept(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run("measure", "--as-of", NOW, "--json") == 0
    readings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(each["kpi"], each["campus"]) for each in readings} == {
        (kpi, campus)
        for kpi in ("tickets", "response-time")
        for campus in (
            "district", "feeder-west", "campus-west", "oakridge-middle", "feeder-north", "campus-north", "no-campus",
        )
    }  # fmt: skip
    with sqlite3.connect(tmp_path / "state.db") as state:
        assert state.execute("SELECT count(*) FROM readings, json_each(readings.value)").fetchone() == (len(readings),)
    state.close()


def test_a_digest_is_shown_and_not_sent(helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run("digest", "weekly", "--as-of", NOW) == 0
    assert "Weekly KPI digest" in capsys.readouterr().out
    assert run("digest", "weekly", "--as-of", NOW, "--json") == 0
    editions = json.loads(capsys.readouterr().out)
    assert [each["channel"] for each in editions] == ["tech-leads", "west-tech"]
    assert editions[0]["blocks"][0]["type"] == "section"
    with sqlite3.connect(tmp_path / "state.db") as state:
        assert state.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
    state.close()


def test_a_digest_that_nobody_defined_is_told_with_the_ones_there_are(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("digest", "wekly") == 1
    assert "did you mean `weekly`?" in capsys.readouterr().err


def test_without_tokens_the_bot_says_what_to_set(helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run") == 1
    assert "SLACK_BOT_TOKEN and SLACK_APP_TOKEN not set; put" in capsys.readouterr().err


def test_a_token_of_the_wrong_shape_is_refused_and_never_shown(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "hunter2-very-secret")
    assert run("run") == 1
    said = capsys.readouterr().err
    assert "SLACK_BOT_TOKEN must begin with xoxb-" in said
    assert "hunter2" not in said


def test_a_configuration_that_is_no_yaml_is_told_with_file_and_line(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    broken = tmp_path / "config"
    broken.mkdir()
    (broken / "kpis.yaml").write_text("kpis:\n  tickets: {name: [\n")
    assert run("check", config=broken) == 1
    assert "kpis.yaml:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ask", "tickets", "--chart", "/nowhere/at/all.png"], "cannot be written"),
        (["ask", "list", "--chart", "chart.png"], "nothing to draw"),
    ],
)
def test_a_chart_that_cannot_be_is_told(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert run(*arguments) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["ask", "tickets", "--as-of", "0001-01-01"], ["ask", "--as-of", "soon"], ["demo", "--port", "99999"]]
)
def test_a_mistyped_option_is_told_with_what_to_write(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit):
        run(*arguments)
    assert "error: argument" in capsys.readouterr().err


def test_help_and_lists_are_json_for_programs(helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str]) -> None:
    for question in ("help", "list"):
        assert run("ask", question, "--json") == 0
        assert json.loads(capsys.readouterr().out)["kpis"]["tickets"] == "Outstanding tickets"


def test_a_configuration_that_is_not_there_is_told(helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", "tickets", config=Path("nowhere")) == 1
    assert "nowhere is not a folder" in capsys.readouterr().err


OF_LATER = {"aiohttp", "slack_sdk", "apscheduler", "matplotlib", "duckdb", "alembic", "kpibot.demo"}


@pytest.mark.parametrize(
    ("module", "left_alone"),
    [
        ("kpibot.cli", {"numpy", "pydantic", "yaml", "sqlalchemy", "aiohttp", "slack_sdk"}),
        ("kpibot.cli.ask", OF_LATER),
        ("kpibot.cli.check", OF_LATER),
        ("kpibot.cli.routes", OF_LATER),
        ("kpibot.cli.backtest", OF_LATER),
        ("kpibot.cli.run", {"slack_bolt", "matplotlib", "duckdb", "alembic", "kpibot.demo", "kpibot.workspace"}),
    ],
)
def test_a_command_loads_only_what_its_beginning_needs(module: str, left_alone: set[str]) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert left_alone.isdisjoint(loaded)


def test_a_workspace_alone_tells_what_is_wrong_with_its_script(
    helpdesk: Helpdesk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "workspace.yaml"
    script.write_text("chanels: [general]\n")
    assert main(["workspace", "--script", str(script)]) == 1
    assert capsys.readouterr().err == f"{script}: script: no key `chanels`; did you mean `channels`?\n"
