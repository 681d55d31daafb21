"""The commands with which an administrator tunes alerts: where they go, and what the past would have given."""

import json
import shutil
from pathlib import Path

import pytest

from kpibot.cli import main
from tests.scenario.scene import CONFIG, Helpdesk

ALERTS = """\
alerts:
  - {severity: critical, when: other hours, channel: tech-leads, mention: "@oncall"}
  - {campuses: [feeder-west], channel: west-tech}
silences:
  - {name: Patch night, when: "wednesday 18:00-22:00"}
"""


@pytest.fixture
def helpdesk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Helpdesk:
    """A helpdesk without tickets, and a configuration with a few routes."""
    helpdesk = Helpdesk(tmp_path / "helpdesk.db")
    config = tmp_path / "config"
    shutil.copytree(CONFIG, config)
    text = (config / "district.yaml").read_text(encoding="utf-8")
    before, _, after = text.partition("alerts:\n")
    text = before + ALERTS + after[after.index("notes:") :]
    text = text.replace("alert: {recovers_at: 4}", 'alert: {recovers_at: 4, escalate: [{after: 1h, to: "@director"}]}')
    (config / "district.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HELPDESK_URL", helpdesk.url)
    monkeypatch.setenv("KPIBOT_STATE_URL", f"sqlite:///{tmp_path / 'state.db'}")
    return helpdesk


def test_a_breach_is_shown_where_it_goes_and_why(helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", "tickets", "campus-west", "critical", "--at", "2026-11-16T10:00"]) == 0
    said = capsys.readouterr().out
    for part in (
        "A critical breach of Outstanding tickets at Campus West High School",
        "Mon, Nov 16, 2026, 10:00 AM CST",
        "goes to #west-tech and calls @helpdesk-leads\ntold at once\n",
        "if nobody acknowledges it for 1 h, calls @director",
        "  1. #tech-leads: critical · other hours\n      is for other hours only\n",
        "→ 2. #west-tech: feeder-west\n      takes it",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("words", "at", "channel", "calls", "told_at"),
    [
        ("tickets campus-west", "2026-11-16T10:00", "#west-tech", "@helpdesk-leads", "2026-11-16T10:00:00-06:00"),
        ("tickets campus-west", "2026-11-16T20:00", "#west-tech", "@helpdesk-leads", "2026-11-17T07:30:00-06:00"),
        ("critical tickets 101", "2026-11-16T20:00", "#tech-leads", "@oncall", "2026-11-16T20:00:00-06:00"),
        ("tickets campus-north critical", "2026-11-18T19:00", "#tech-leads", "@oncall", "2026-11-18T22:00:00-06:00"),
    ],
)
def test_hours_severity_and_silences_decide(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], words: str, at: str, channel: str, calls: str, told_at: str
) -> None:
    assert main(["routes", *words.split(), "--at", at, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["channel"], record["calls"], record["told_at"]) == (channel, calls, told_at)


def test_a_breach_that_no_rule_takes_is_a_problem(helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", "tickets", "campus-north", "--at", "2026-11-16T10:00"]) == 1
    assert "goes nowhere: no rule takes it" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("tickets", "which campus? Type one too, for example `tickets campus-west`"),
        ("tickets feeder-west", "`feeder-west` is none; type one of its own: `campus-west` or `oakridge-middle`"),
        ("tickets district", "write `at: [campuses, district]`"),
        ("campus-west", "which KPI? Type for example `tickets campus-west`"),
        ("tickets campus-wst", "did you mean `campus-west`?"),
        ("tickets campus-west 90d", "only a KPI and a campus"),
        ("tickets campus-west warning critical", "type one of them"),
        ("response-time campus-west", "`response-time` has no `alert`"),
    ],
)
def test_what_cannot_be_routed_is_told_with_what_to_type(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], words: str, told: str
) -> None:
    assert main(["routes", *words.split()]) == 1
    assert told in capsys.readouterr().err
