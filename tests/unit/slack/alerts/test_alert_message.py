"""What alerts promise beyond their wording."""

import json
import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from kpibot.core.alerts.states import Reason
from kpibot.slack.alerts.alert_message import alert_headline, alert_message
from tests.unit.samples.shown import controls, words


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
    assert alert_headline(samples.over) == "Outstanding tickets: recovered Sun, Nov 22, 2:02 PM CST"
    assert "*Oak*: 15 tickets · On target · warning from 40 · was over the threshold for 12 days" in words(
        alert_message(samples.over)
    )


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason.WORSE, "Outstanding tickets: worse"),
        (Reason.MORE, "Outstanding tickets: also over the threshold"),
        (Reason.LAPSED, "the acknowledgment has expired, and it is still over the threshold"),
        (Reason.ESCALATED, "still critical, and nobody has acknowledged it"),
        (Reason.MOVED, "moved to another channel"),
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
