"""Where a breach would go, in words and for programs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kpibot.render.terminal.routes import routes_record, routes_text
from kpibot.render.terminal.text import display_width
from tests.unit.samples.backtests import AT, HELD, ROUTED


@pytest.mark.parametrize(
    ("held", "says"),
    [
        ("hours", "outside working hours only critical alerts are posted"),
        ("holiday", "it is Thanksgiving, and"),
        ("nameless-holiday", "it is a holiday, and"),
        ("muted", "muted by Dana (exam week)"),
        ("silence", "Patch night, one of `silences`"),
    ],
)
def test_what_is_held_back_says_until_when_and_why(held: str, says: str) -> None:
    routed = replace(ROUTED, suppression=HELD[held], next_notify_at=AT + timedelta(hours=12))
    text = routes_text(routed)
    assert "held back until Wed, Nov 25, 8:00 AM CST" in text
    assert says in " ".join(text.split())
    assert says in routes_record(routed)["held_back"]
    assert max(map(display_width, text.splitlines())) <= 80


def test_what_is_held_back_for_ever_names_no_time() -> None:
    assert "held back: Patch night" in routes_text(replace(ROUTED, suppression=HELD["silence"], next_notify_at=None))


def test_what_no_rule_takes_is_said_to_be_lost_and_nobody_to_be_called() -> None:
    text = routes_text(replace(ROUTED, channel=None, mention=""))
    assert "goes nowhere" in text
    assert "calls" not in text.partition("The rules")[0]


def test_a_program_is_told_the_same() -> None:
    record = routes_record(ROUTED)
    assert (record["channel"], record["calls"], record["held_back"]) == ("#west-tech", "@west-oncall", None)
    assert record["at"] == record["told_at"] == "2026-11-24T20:00:00-06:00"
    assert [rule["takes_it"] for rule in record["rules"]] == [False, True, False]
    assert [each["to"] for each in record["escalation"]] == ["@director", "@superintendent"]
