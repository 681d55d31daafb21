"""Messages exactly as they go out. After a change that is meant: `KPIBOT_GOLDEN=write pytest tests/unit/render`,
then read the difference in the golden files."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from kpibot.core.kpis.cross_check import Conflict
from kpibot.render.terminal.backtest import backtest_text
from kpibot.render.terminal.routes import routes_text
from kpibot.render.terminal.text import (
    about_text,
    answer_text,
    breakdown_text,
    digest_text,
    display_width,
    overview_text,
    rows_text,
)
from kpibot.slack.alerts.alert_message import alert_message
from kpibot.slack.alerts.mute_form import mute_form
from kpibot.slack.blocks import Rendered, SlackFile
from kpibot.slack.digests.digest_message import digest_message
from kpibot.slack.error_message import error_message
from kpibot.slack.questions.about_message import about_message
from kpibot.slack.questions.answer_message import answer_message, overview_message
from kpibot.slack.questions.breakdown_message import breakdown_message
from kpibot.slack.questions.guide_messages import help_message, list_message
from kpibot.slack.questions.rows_message import rows_message
from localslack.blocks.blocks import problems_of
from tests.unit.render import deed_samples
from tests.unit.render.tuned import OF_DISTRICT, OF_UTILIZATION, OF_WEST, QUIET, ROUTED

GOLDEN = Path(__file__).parent / "golden"
CHART = SlackFile("F0CHART")
KPIS = {"tickets": "Outstanding tickets", "response-time": "Response time"}

MESSAGES: dict[str, Callable[..., Rendered]] = {
    "answer-critical": lambda s: answer_message(s.answer(s.tickets), CHART),
    "answer-percent": lambda s: answer_message(s.answer(s.utilization), CHART),
    "answer-duration": lambda s: answer_message(s.answer(s.response_time)),
    "answer-coverage": lambda s: answer_message(s.answer(s.po_value)),
    "answer-stale": lambda s: answer_message(s.answer(replace(s.tickets, stale=True))),
    "answer-conflict": lambda s: answer_message(
        s.answer(replace(s.tickets, conflict=Conflict("helpdesk", 104.0, "portal", 131.0)))
    ),
    "answer-no-data": lambda s: answer_message(s.answer(s.down)),
    "overview": lambda s: overview_message(s.overview),
    "digest": lambda s: digest_message(s.edition, CHART),
    "alert": lambda s: alert_message(s.notice, CHART),
    "alert-acknowledged": lambda s: alert_message(s.acknowledged),
    "alert-line": lambda s: alert_message(s.worse),
    "alert-recovered": lambda s: alert_message(s.over, CHART),
    "answer-context": lambda s: answer_message(s.in_context),
    "answer-budget": lambda s: answer_message(s.of_budget),
    "breakdown": lambda s: breakdown_message(s.by_priority),
    "breakdown-campus": lambda s: breakdown_message(s.by_campus),
    "rows": lambda s: rows_message(s.rows),
    "help": lambda s: help_message(KPIS, "tickets campus-west", "tickets by priority"),
    "list": lambda s: list_message(
        KPIS, {"campus-west": "Campus West High School", "oak": "Oak & Ash"}, {"pd-completion": "No system keeps it"}
    ),
    "about": lambda s: about_message(s.about),
    "deeds": lambda s: deed_samples.deeds(),
    "deeds-former": lambda s: deed_samples.former(),
    "deed-called": lambda s: deed_samples.called(),
    "alerts": deed_samples.alerts,
    "alerts-none": deed_samples.no_alerts,
    "mutes": lambda s: deed_samples.mutes(),
    "why": deed_samples.why,
    "error": lambda s: error_message("no campus `<!channel>`; did you mean `campus-west`?"),
}
TEXTS: dict[str, Callable[..., str]] = {
    "answer-critical": lambda s: answer_text(s.answer(s.tickets)),
    "answer-conflict": lambda s: answer_text(
        s.answer(replace(s.tickets, conflict=Conflict("helpdesk", 104.0, "portal", 131.0)))
    ),
    "answer-no-data": lambda s: answer_text(s.answer(s.down)),
    "answer-coverage": lambda s: answer_text(s.answer(s.po_value)),
    "answer-context": lambda s: answer_text(s.in_context),
    "answer-budget": lambda s: answer_text(s.of_budget),
    "breakdown": lambda s: breakdown_text(s.by_priority),
    "rows": lambda s: rows_text(s.rows),
    "about": lambda s: about_text(s.about),
    "overview": lambda s: overview_text(s.overview),
    "digest": lambda s: digest_text(s.edition),
    "routes": lambda _: routes_text(ROUTED),
    "backtest": lambda _: backtest_text(OF_DISTRICT),
    "backtest-campus": lambda _: backtest_text(OF_WEST),
    "backtest-higher": lambda _: backtest_text(OF_UTILIZATION),
    "backtest-quiet": lambda _: backtest_text(QUIET),
}


def same_as_golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("KPIBOT_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_as_it_was(samples, name):
    message = MESSAGES[name](samples)
    same_as_golden(f"{name}.json", json.dumps(asdict(message), indent=2, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_as_it_was_and_fits_a_terminal(samples, name):
    text = TEXTS[name](samples)
    same_as_golden(f"{name}.txt", text + "\n")
    assert max(map(display_width, text.splitlines())) <= 80


def test_the_form_of_a_mute_is_as_it_was():
    view = mute_form(deed_samples.MUTABLE, {"channel": "C1"})
    assert problems_of(view["blocks"], "modal") == []
    same_as_golden("mute-form.json", json.dumps(view, indent=2, ensure_ascii=False) + "\n")


def test_every_golden_file_has_its_test():
    expected = {f"{name}.json" for name in MESSAGES} | {f"{name}.txt" for name in TEXTS} | {"mute-form.json"}
    assert {path.name for path in GOLDEN.iterdir()} == expected
