"""What the terminal shows beyond its wording."""

from dataclasses import replace

from kpibot.render.terminal.text import answer_text


def test_without_a_value_days_that_count_nothing_are_not_drawn_in_a_terminal(samples):
    empty = samples.report(value=None, series=samples.series(0.0, 0.0, None, 0.0))
    assert "4 days" not in answer_text(samples.answer(empty))
    assert "4 days" in answer_text(samples.answer(replace(empty, series=samples.series(0.0, 3.0, None, 0.0))))
    assert "2 days" in answer_text(samples.answer(samples.report(value=0.0, series=samples.series(0.0, 0.0))))
