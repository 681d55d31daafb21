"""What answers promise beyond their wording."""

from dataclasses import replace

from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.render.terminal.text import overview_text
from kpibot.slack.blocks import SlackFile
from kpibot.slack.questions.answer_message import answer_message, overview_message
from tests.unit.samples.shown import buttons, words


def test_the_number_stands_in_the_first_block_and_in_the_fallback(samples):
    message = answer_message(samples.answer(samples.tickets))
    assert "*104 tickets* · Critical" in message.blocks[0]["text"]["text"]
    assert "104 tickets (Critical)" in message.text
    assert "104 tickets (Critical)" in message.alt_text


def test_a_chart_is_shown_with_its_alternative_text(samples):
    message = answer_message(samples.answer(samples.tickets), SlackFile("F1"))
    image = next(block for block in message.blocks if block["type"] == "image")
    assert image == {"type": "image", "slack_file": {"id": "F1"}, "alt_text": message.alt_text}


def test_an_answer_without_history_says_that_there_is_no_chart(samples):
    empty = samples.report(series=samples.series(None, None))
    assert "no history yet" in words(answer_message(samples.answer(empty)))
    assert "no history yet" not in words(answer_message(samples.answer(samples.tickets)))


def test_the_buttons_lead_to_the_other_windows_the_district_and_the_meaning(samples):
    asked = {"kpi": "tickets", "campus": "campus-west"}
    assert buttons(answer_message(samples.answer(samples.tickets, 90))) == [
        ("window:30", asked | {"days": 30}),
        ("window:365", asked | {"days": 365}),
        ("show:tickets", {"kpi": "tickets", "campus": DISTRICT, "days": 90}),
        ("about", {"kpi": "tickets", "wish": "about"}),
    ]


def test_the_buttons_of_a_part_keep_to_that_part(samples):
    card = replace(samples.tickets.card, only=(("type", "Laptop (13 in)"),), lists_rows=True)
    message = answer_message(samples.answer(replace(samples.tickets, card=card), 90))
    assert {each.get("only") for name, each in buttons(message) if name != "about"} == {"type:laptop-13-in"}
    assert dict(buttons(message))["rows"]["wish"] == "rows"


def test_the_districts_answer_does_not_lead_to_itself(samples):
    assert "show:po-value" not in dict(buttons(answer_message(samples.answer(samples.po_value))))


def test_an_overview_begins_with_the_worst(samples):
    signs = [line[0] for line in overview_text(samples.overview).splitlines() if line[:1] in set("🔴🟠🟡🟢⚪🔵")]
    assert signs == ["🔴", "🟠", "⚪", "🔵"]
    assert len(buttons(overview_message(samples.overview))) == 4


def test_a_line_of_an_overview_says_what_its_change_is_against(samples):
    assert "104 tickets* · Critical · ▲ 12 more than last week" in words(overview_message(samples.overview))


def test_a_change_that_rounds_to_no_points_is_none(samples):
    report = replace(samples.utilization, before=samples.utilization.reading.value + 0.014)
    assert "about the same as last week" in words(answer_message(samples.answer(report)))
