"""The messages of alerts exactly as they go out."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kpibot.slack.alerts.alert_message import alert_message
from kpibot.slack.alerts.mute_form import mute_form
from kpibot.slack.blocks import Rendered, SlackFile
from localslack.blocks.blocks import problems_of
from tests.unit.samples import alert_actions
from tests.unit.samples.golden import assert_message_as_golden, assert_same_as_golden

GOLDEN = Path(__file__).parent / "golden"
CHART = SlackFile("F0CHART")
MESSAGES: dict[str, Callable[..., Rendered]] = {
    "alert": lambda s: alert_message(s.notice, CHART),
    "alert-acknowledged": lambda s: alert_message(s.acknowledged),
    "alert-line": lambda s: alert_message(s.worse),
    "alert-recovered": lambda s: alert_message(s.over, CHART),
    "actions": lambda s: alert_actions.action_results(),
    "actions-former": lambda s: alert_actions.former_results(),
    "action-mention": lambda s: alert_actions.mention(),
    "alerts": alert_actions.alerts,
    "alerts-none": alert_actions.no_alerts,
    "mutes": lambda s: alert_actions.mutes(),
    "why": alert_actions.why,
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_as_it_was(samples, name):
    assert_message_as_golden(GOLDEN / f"{name}.json", MESSAGES[name](samples))


def test_the_form_of_a_mute_is_as_it_was():
    view = mute_form(alert_actions.MUTABLE, {"channel": "C1"})
    assert problems_of(view["blocks"], "modal") == []
    assert_same_as_golden(GOLDEN / "mute-form.json", json.dumps(view, indent=2, ensure_ascii=False) + "\n")


def test_every_golden_file_has_its_test():
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.json" for name in MESSAGES} | {"mute-form.json"}
