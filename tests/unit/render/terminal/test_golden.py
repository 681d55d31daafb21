"""What the command line prints, exactly."""

from collections.abc import Callable
from dataclasses import replace
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
from tests.unit.samples.backtests import OF_DISTRICT, OF_UTILIZATION, OF_WEST, QUIET, ROUTED
from tests.unit.samples.golden import assert_same_as_golden

GOLDEN = Path(__file__).parent / "golden"
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


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_as_it_was_and_fits_a_terminal(samples, name):
    text = TEXTS[name](samples)
    assert_same_as_golden(GOLDEN / f"{name}.txt", text + "\n")
    assert max(map(display_width, text.splitlines())) <= 80


def test_every_golden_file_has_its_test():
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.txt" for name in TEXTS}
