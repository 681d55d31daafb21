"""The commands with which an administrator tunes alerts: where they go, and what the past would have given."""

import json
import shutil
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kpibot.app.demo import workspace_of
from kpibot.catalog import load
from kpibot.cli import main
from kpibot.core.alerts.silences import Silence
from kpibot.render.terminal.text import display_width
from kpibot.store.store import AuditEntry, Store, open_engine
from tests.scenario.scene import CHICAGO, CONFIG, MONDAY, Helpdesk

NOW = MONDAY.isoformat()

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
        "A critical alert about Outstanding tickets at Campus West High School",
        "Mon, Nov 16, 2026, 10:00 AM CST",
        "goes to #west-tech and mentions @helpdesk-leads\nposted at once\n",
        "if nobody acknowledges it within 1 h, mentions @director",
        "  1. #tech-leads: critical · other hours\n      is for other hours only\n",
        "→ 2. #west-tech: feeder-west\n      matches",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("words", "at", "channel", "calls", "next_notify_at"),
    [
        ("tickets campus-west", "2026-11-16T10:00", "#west-tech", "@helpdesk-leads", "2026-11-16T10:00:00-06:00"),
        ("tickets campus-west", "2026-11-16T20:00", "#west-tech", "@helpdesk-leads", "2026-11-17T07:30:00-06:00"),
        ("critical tickets 101", "2026-11-16T20:00", "#tech-leads", "@oncall", "2026-11-16T20:00:00-06:00"),
        ("tickets campus-north critical", "2026-11-18T19:00", "#tech-leads", "@oncall", "2026-11-18T22:00:00-06:00"),
    ],
)
def test_hours_severity_and_silences_decide(
    helpdesk: Helpdesk,
    capsys: pytest.CaptureFixture[str],
    words: str,
    at: str,
    channel: str,
    calls: str,
    next_notify_at: str,
) -> None:
    assert main(["routes", *words.split(), "--at", at, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["channel"], record["calls"], record["told_at"]) == (channel, calls, next_notify_at)


def test_what_somebody_has_muted_is_told_when_the_mute_ends(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    mute = Silence(
        id="s1",
        start=MONDAY,
        end=MONDAY + timedelta(hours=2),
        kpi="tickets",
        campus="feeder-west",
        reason="exam week",
        by="@luis",
    )
    with closing(Store(open_engine(f"sqlite:///{tmp_path / 'state.db'}"))) as store:
        store.add_silence(mute, AuditEntry(MONDAY, "@luis", "muted", "s1"), [], MONDAY)
    asked = ["routes", "tickets", "campus-west", "critical", "--at", "2026-11-16T10:00"]
    assert main(asked) == 0
    assert "muted by @luis (exam week)" in capsys.readouterr().out
    assert main([*asked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["told_at"] == "2026-11-16T12:00:00-06:00"


@pytest.mark.parametrize(("place", "is_inhibited"), [("campus-west", True), ("district", False)])
def test_the_district_s_breach_is_told_in_the_place_of_its_campuses_but_not_of_its_own(
    helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str], tmp_path: Path, place: str, is_inhibited: bool
) -> None:
    file = tmp_path / "config" / "district.yaml"
    text = file.read_text(encoding="utf-8")
    watched = "recovers_at: 4, at: [campuses, district], inhibits: campuses"
    file.write_text(text.replace("recovers_at: 4", watched), encoding="utf-8")
    main(["routes", "tickets", place, "--at", "2026-11-16T10:00"])
    said = capsys.readouterr().out
    assert ("is not posted while the district itself has an alert" in said) is is_inhibited


def test_a_breach_that_no_rule_takes_is_a_problem(helpdesk: Helpdesk, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", "tickets", "campus-north", "--at", "2026-11-16T10:00"]) == 1
    assert "goes nowhere: no rule matches" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("tickets", "which campus? Type one too, for example `tickets campus-west`"),
        (
            "tickets feeder-west",
            "`feeder-west` is not one; type one of its campuses: `campus-west` or `oakridge-middle`",
        ),
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


def days_ago(count: int, hour: int = 9) -> datetime:
    """A time on the district's clock, so many days before the Monday of the scene."""
    local = MONDAY.astimezone(CHICAGO).replace(hour=hour, minute=0)
    return local - timedelta(days=count)


@pytest.fixture
def busy(helpdesk: Helpdesk) -> Helpdesk:
    """Campus West was in breach on five days from a Saturday on, and is again since yesterday; Oakridge is quiet."""
    helpdesk.open("101", 7, days_ago(30))  # a Saturday
    helpdesk.resolve("101", days_ago(25))
    helpdesk.open("101", 12, days_ago(1))
    helpdesk.open("111", 1, days_ago(60))
    return helpdesk


def backtested(*words: str, capsys: pytest.CaptureFixture[str]) -> Any:
    assert main(["backtest", *words, "--as-of", NOW, "--days", "90", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_past_is_replayed_day_by_day_for_every_campus(busy: Helpdesk, capsys: pytest.CaptureFixture[str]) -> None:
    record = backtested("tickets", capsys=capsys)
    assert [place["campus"] for place in record["places"]] == ["campus-west", "oakridge-middle", "campus-north"]
    assert (record["first"], record["last"], record["unit"]) == ("2026-08-19", "2026-11-16", "tickets")
    assert record["by_month"] == {"2026-08": 0, "2026-09": 0, "2026-10": 1, "2026-11": 1}
    west, oakridge, _ = record["places"]
    assert west["alerts"] == [
        {
            "first_day": "2026-10-17",
            "recovered_on": "2026-10-22",
            "became_critical": False,
            "held_back": "outside working hours",
        },
        {"first_day": "2026-11-15", "recovered_on": None, "became_critical": True, "held_back": None},
    ]
    assert (west["days_in_alert"], oakridge["alerts"]) == (7, [])


def test_what_a_silence_would_have_hidden_is_said(
    busy: Helpdesk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "config" / "district.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"wednesday 18:00-22:00"', "10-01..10-31"), encoding="utf-8")
    first, second = backtested("tickets", "campus-west", capsys=capsys)["places"][0]["alerts"]
    assert (first["held_back"], second["held_back"]) == ("silenced", None)


def test_a_group_is_its_campuses(busy: Helpdesk, capsys: pytest.CaptureFixture[str]) -> None:
    record = backtested("tickets", "feeder-west", capsys=capsys)
    assert [place["campus"] for place in record["places"]] == ["campus-west", "oakridge-middle"]


def test_what_is_said_fits_a_terminal_and_names_what_matters(
    busy: Helpdesk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    picture = tmp_path / "backtest.png"
    assert main(["backtest", "tickets", "--as-of", NOW, "--days", "90", "--chart", str(picture)]) == 0
    said, told = capsys.readouterr()
    assert told.startswith(f"{picture}: Line chart of Outstanding tickets, Aug 19, 2026 to Nov 16, 2026, with bars")
    assert "Campus West High School: 2 alerts (1 critical), 7 days in alert" in told
    for part in (
        "Outstanding tickets — Scenario ISD, backtest\n90 days, Aug 19, 2026 to Nov 16, 2026\n",
        "2 alerts at 1 of 3 campuses; 1 became critical",
        "1 began on a day off and would have waited",
        "Campus West High School             2         1          7 (8%)    5 days",
        "Other warning thresholds where it is ≥ 6 now (3 campuses)",
        "← now",
    ):
        assert part in said
    assert max(map(display_width, said.splitlines())) <= 80
    with Image.open(picture) as drawn:
        assert drawn.size[0] == 1600


def test_a_kpi_without_an_alert_is_tried_as_if_it_had_one(busy: Helpdesk, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", "response-time", "campus-west", "--as-of", NOW, "--days", "90"]) == 0
    said = capsys.readouterr().out
    assert "has no `alert` yet" in said
    assert "No alerts at 1 campus" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("campus-west", "which KPI? Type for example `tickets campus-west`"),
        ("tickets campus-wst", "did you mean `campus-west`?"),
        ("tickets --chart /nowhere/at/all.png", "cannot be written"),
    ],
)
def test_what_cannot_be_replayed_is_told(
    busy: Helpdesk, capsys: pytest.CaptureFixture[str], words: str, told: str
) -> None:
    assert main(["backtest", *words.split(), "--as-of", NOW]) == 1
    assert told in capsys.readouterr().err


def test_a_database_that_is_down_is_told_as_such(busy: Helpdesk, capsys: pytest.CaptureFixture[str]) -> None:
    busy.break_down()
    assert main(["backtest", "tickets", "--as-of", NOW]) == 1
    assert "database `helpdesk`" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("days", ["6", "1827", "a year"])
def test_a_number_of_days_out_of_reach_is_told(busy: Helpdesk, capsys: pytest.CaptureFixture[str], days: str) -> None:
    with pytest.raises(SystemExit):
        main(["backtest", "tickets", "--days", days])
    assert "write one from 7 to 1,826" in capsys.readouterr().err


def test_the_help_explains_every_word_that_the_output_uses(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["backtest", "--help"])
    said = capsys.readouterr().out
    for part in ("`now` marks", "`suggested` the mildest", "changes nothing and sends nothing", "examples:"):
        assert part in said
    assert max(map(display_width, said.splitlines())) <= 80


def test_the_demos_workspace_has_everybody_whom_the_shipped_configuration_calls() -> None:
    catalog = load(Path(__file__).parents[2] / "config", {})
    handles = {group.handle for group in workspace_of(catalog).groups.values()}
    assert {"helpdesk-leads", "asset-managers", "technology-director"} <= handles
