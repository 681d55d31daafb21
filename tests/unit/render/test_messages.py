"""What messages promise beyond their wording."""

import json
import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from kpibot.core.alerts.states import Reason
from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.render.phrases.digests import digest_headline
from kpibot.render.terminal.text import answer_text, digest_text, overview_text
from kpibot.slack.alerts.alert_message import alert_headline, alert_message
from kpibot.slack.blocks import SlackFile, fitting
from kpibot.slack.digests.digest_message import digest_message
from kpibot.slack.questions.answer_message import answer_message, overview_message


def buttons(message):
    return [
        (each["action_id"], json.loads(each["value"]))
        for block in message.blocks
        if block["type"] == "actions"
        for each in block["elements"]
    ]


def words(message):
    return json.dumps(message.blocks, ensure_ascii=False)


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


def test_without_a_value_days_that_count_nothing_are_not_drawn_in_a_terminal(samples):
    empty = samples.report(value=None, series=samples.series(0.0, 0.0, None, 0.0))
    assert "4 days" not in answer_text(samples.answer(empty))
    assert "4 days" in answer_text(samples.answer(replace(empty, series=samples.series(0.0, 3.0, None, 0.0))))
    assert "2 days" in answer_text(samples.answer(samples.report(value=0.0, series=samples.series(0.0, 0.0))))


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


def test_a_digest_says_what_it_lacks_and_why(samples):
    message = digest_message(samples.edition)
    assert "Incomplete: no data for Response time" in words(message)
    assert "No data: its database did not answer (time-out after 30 s)" in words(message)


def test_a_digest_sums_up_in_one_sentence(samples):
    assert digest_headline(samples.edition) == (
        "1 of 2 judged KPIs is critical; 1 KPI has no data; 7 thresholds are crossed at campuses."
    )
    calm = replace(samples.edition, reports=(samples.report(value=5.0),) * 3, breaches=0)
    assert digest_headline(calm) == "All 3 judged KPIs are on target."


def test_what_is_calm_in_sum_is_not_called_so_where_campuses_are_over_a_threshold(samples):
    edition = replace(samples.edition, reports=(samples.report(value=5.0),) * 2, breaches=1)
    assert digest_headline(edition) == "Both judged KPIs are on target; 1 threshold is crossed at campuses."
    assert digest_text(edition).count("crossed") == 1


@pytest.mark.parametrize(
    ("kpis", "sentence"),
    [
        ({}, "No KPIs in this digest."),
        ({"po-value": 5.0}, "For information."),
        ({"tickets": 5.0, "po-value": 5.0}, "The one judged KPI is on target."),
        ({"tickets": 50.0, "po-value": 5.0}, "The one judged KPI is at warning."),
        ({"tickets": None, "response-time": None}, "2 KPIs have no data."),
        ({"tickets": 5.0, "response-time": None}, "The one judged KPI is on target; 1 KPI has no data."),
        ({"tickets": 50.0, "response-time": 7.0}, "Both judged KPIs are at warning."),
        ({"tickets": 30.0, "response-time": 7.0}, "1 of 2 judged KPIs is at warning, 1 off target."),
    ],
)
def test_a_digest_counts_only_what_is_judged(samples, kpis, sentence):
    reports = tuple(samples.report(kpi, value) for kpi, value in kpis.items())
    assert digest_headline(replace(samples.edition, reports=reports, breaches=0)) == sentence


def test_a_digest_praises_no_improvement_that_is_small(samples):
    def headline_after(before):
        reports = (samples.report(value=19.0, before=before),)
        return digest_headline(replace(samples.edition, reports=reports, breaches=0))

    assert headline_after(19.5) == "The one judged KPI is on target."
    assert headline_after(20.0) == "The one judged KPI is on target; Outstanding tickets improved most."


def test_a_digest_offers_five_buttons_at_most(samples):
    reports = tuple(replace(samples.tickets, card=replace(samples.tickets.card, id=f"kpi-{n}")) for n in range(9))
    assert len(buttons(digest_message(replace(samples.edition, reports=reports)))) == 5


def test_an_alert_shows_every_campus_that_stands_and_mentions_once(samples):
    message = alert_message(samples.notice)
    text = words(message)
    assert text.index("*West*: 104") < text.index("*Cedar*: 38") < text.index("*Birch*: 55")
    assert text.count("<!subteam^S123>") == message.text.count("<!subteam^S123>") == 1
    assert alert_headline(samples.notice) == "Outstanding tickets: 3 campuses over the threshold, 1 critical"
    assert "*Birch*: 55 tickets · Warning from 40 · at this pace critical in 9 school days" in text


def test_an_alert_of_one_campus_names_it_first(samples):
    (west, cedar, _) = samples.notice.changes
    assert alert_headline(replace(samples.notice, changes=(west,))) == "Outstanding tickets: West is critical"
    assert (
        alert_headline(replace(samples.notice, changes=(cedar,))) == "Outstanding tickets: Cedar is over the threshold"
    )


def test_an_alert_says_who_sees_to_it(samples):
    text = words(alert_message(samples.acknowledged))
    assert "Acknowledged by @luis at 1:02 PM CST, until 9:02 PM CST" in text
    assert "Assigned to @mei" in text
    assert "Snoozed until Mon, Nov 23, 8:02 AM CST" in text
    assert "Most of the district at once" in text


def controls(message):
    return [each for block in message.blocks if block["type"] == "actions" for each in block["elements"]]


def test_an_alert_s_buttons_know_their_alert(samples):
    (block,) = (each for each in alert_message(samples.notice).blocks if each["type"] == "actions")
    named = [each["action_id"].removeprefix("alert:") for each in block["elements"]]
    assert named == ["ack", "snooze", "assign", "mute", "why", "chart"]
    carried = [block["block_id"], *(each["value"] for each in block["elements"] if "value" in each)]
    assert {json.loads(each)["group"] for each in carried} == {samples.notice.group}


def test_what_is_acknowledged_needs_no_button_for_it_and_what_is_over_needs_none(samples):
    assert "alert:ack" not in [each["action_id"] for each in controls(alert_message(samples.acknowledged))]
    assert controls(alert_message(samples.over)) == []


def test_what_is_over_says_since_when_and_how_long_it_lasted(samples):
    assert alert_headline(samples.over) == "Outstanding tickets: over since Sun, Nov 22, 2:02 PM CST"
    assert "*Oak*: 15 tickets · On target · warning from 40 · was over the threshold for 12 days" in words(
        alert_message(samples.over)
    )


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason.WORSE, "Outstanding tickets: worse"),
        (Reason.MORE, "Outstanding tickets: also over the threshold"),
        (Reason.LAPSED, "the acknowledgement has lapsed, and it is still over the threshold"),
        (Reason.ESCALATED, "still critical, and nobody has acknowledged it"),
        (Reason.MOVED, "told elsewhere"),
    ],
)
def test_a_line_in_the_thread_says_why(samples, reason, said):
    changes = tuple(replace(each, reason=reason) for each in samples.notice.changes)
    line = alert_message(replace(samples.worse, reason=reason, changes=changes))
    assert said in words(line)
    assert said in line.text
    assert controls(line) == []


def test_a_line_about_several_reasons_begins_with_its_own(samples):
    text = words(alert_message(samples.worse))
    places = [
        text.index(part) for part in (": worse", "*West*", "Also over the threshold", "*Birch*", "Recovered", "*Oak*")
    ]
    assert places == sorted(places)


def test_a_recovery_that_was_held_back_does_not_say_how_long_it_lasted(samples):
    (oak,) = samples.over.changes
    shown = words(alert_message(replace(samples.over, changes=(replace(oak, since=None),))))
    assert "*Oak*: 15 tickets" in shown
    assert "was over" not in shown


def test_an_alert_of_two_hundred_campuses_is_shortened_and_says_so(samples):
    one = samples.notice.changes[1]
    many = tuple(replace(one, report=replace(one.report, campus_name=f"Campus {n}")) for n in range(200))
    shown = words(alert_message(replace(samples.notice, changes=many)))
    assert "200 campuses over the threshold" in shown
    assert re.search(r"… and \d+ more", shown)


def test_shortened_lines_say_how_many_more_there_are():
    assert fitting(["12345"] * 4, 12) == ["12345", "12345", "… and 2 more"]
    assert fitting(["12345"] * 2, 12) == ["12345", "12345"]


def test_an_old_breach_is_told_to_the_day_a_young_one_to_the_minute(samples):
    shown = words(alert_message(samples.notice))
    assert "*West*: 104 tickets · Critical from 80 · since Nov 20 (2 days)" in shown
    assert "since Sat, Nov 21, 2:02 PM CST (24 h)" in shown


def test_a_breach_that_is_older_than_the_series_is_said_to_last_longer(samples):
    (change,) = (each for each in samples.notice.changes if each.report.campus == "west")
    first = change.report.series.days[0]
    midnight = datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(samples.zone))
    shown = words(alert_message(replace(samples.notice, changes=(replace(change, since=midnight),))))
    assert "for 29 days or longer" in shown


def test_a_line_of_an_overview_says_what_its_change_is_against(samples):
    assert "104 tickets* · Critical · ▲ 12 more than last week" in words(overview_message(samples.overview))


def test_a_change_that_rounds_to_no_points_is_none(samples):
    report = replace(samples.utilization, before=samples.utilization.reading.value + 0.014)
    assert "unchanged from the same point last week" in words(answer_message(samples.answer(report)))
