"""The messages of questions exactly as they go out."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kpibot.core.kpis.cross_check import Conflict
from kpibot.slack.blocks import Rendered, SlackFile
from kpibot.slack.error_message import error_message
from kpibot.slack.questions.about_message import about_message
from kpibot.slack.questions.answer_message import answer_message, overview_message
from kpibot.slack.questions.breakdown_message import breakdown_message
from kpibot.slack.questions.guide_messages import help_message, list_message
from kpibot.slack.questions.rows_message import rows_message
from tests.unit.samples.golden import assert_message_as_golden

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
    "error": lambda s: error_message("no campus `<!channel>`; did you mean `campus-west`?"),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_as_it_was(samples, name):
    assert_message_as_golden(GOLDEN / f"{name}.json", MESSAGES[name](samples))


def test_every_golden_file_has_its_test():
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.json" for name in MESSAGES}
