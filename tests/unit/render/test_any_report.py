"""Any report whatsoever becomes a message that Slack takes and that pings nobody."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpibot.core.alerts.groups import DeliveryKind
from kpibot.core.alerts.notices import AlertNotice, Change
from kpibot.core.alerts.states import Reason
from kpibot.core.kpis.budget import Pace
from kpibot.core.kpis.kpi import Format, KpiInfo
from kpibot.core.kpis.measures import Statistic
from kpibot.core.kpis.readings import Missing, Reading
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.series import Series
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict
from kpibot.core.reports.answers import About, Answer, Breakdown, Comparison, Note, Origin, Overview, Rank, RowList
from kpibot.core.reports.digests import DigestEdition, Mover
from kpibot.render.charts.charts import answer_chart
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
from kpibot.slack.blocks import SlackFile
from kpibot.slack.digests.digest_message import digest_message
from kpibot.slack.error_message import error_message
from kpibot.slack.questions.about_message import about_message
from kpibot.slack.questions.answer_message import answer_message, overview_message
from kpibot.slack.questions.breakdown_message import breakdown_message
from kpibot.slack.questions.guide_messages import help_message, list_message
from kpibot.slack.questions.rows_message import rows_message
from localslack.blocks.blocks import problems_of, too_long

ZONE = "America/Chicago"
NASTY = ("<!channel>", "&" * 4_000, "🏫" * 4_000, "*_~`<@U1>`", "a" * 4_000, "\n\x00\x1b", "", "$x^2$")
words = st.one_of(st.sampled_from(NASTY), st.text(max_size=60))
floats = st.one_of(st.floats(), st.none(), st.sampled_from([0.0, -0.0, 1e308, -1e308, 5e-324, 104.0]))
instants = st.floats(946_684_800, 4_102_444_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
counts = st.integers(0, 10**12)
thresholds = st.builds(Thresholds, st.sampled_from(Better), floats, floats, floats, floats)
pairs = st.lists(st.tuples(words, words), max_size=2).map(tuple)
cards = st.builds(
    KpiInfo, words, words, words, words, st.sampled_from(Format), words, words, words, words, words, pairs
)
readings = st.builds(
    Reading,
    words,
    words,
    instants,
    floats,
    st.one_of(st.none(), st.sampled_from(Missing)),
    st.one_of(st.none(), words),
    floats,
    floats,
    counts,
    counts,
    counts,
    counts,
    st.one_of(st.none(), instants),
    st.lists(st.tuples(st.sampled_from(Statistic), floats), max_size=2).map(tuple),
    st.one_of(st.none(), st.builds(Pace, st.floats(), st.floats(0, 1), st.floats(), floats)),
)
comparisons = st.lists(st.builds(Comparison, words, st.floats()), max_size=2).map(tuple)
ranks = st.lists(st.builds(Rank, counts, counts, st.floats(), words), max_size=3).map(tuple)


def _series(values):
    first = date(2026, 1, 1)
    return Series(tuple(first + timedelta(days=n) for n in range(len(values))), tuple(values))


lines = st.one_of(st.none(), st.lists(floats, max_size=40).map(_series))
reports = st.builds(
    Report, cards, words, words, readings, thresholds, st.sampled_from(Verdict), floats, words, lines, st.booleans()
)
many = st.builds(lambda some, times: tuple(some * times), st.lists(reports, max_size=3), st.sampled_from([1, 60]))
severities = st.sampled_from([None, Verdict.WARNING, Verdict.CRITICAL])
changes = st.builds(Change, reports, st.sampled_from(Reason), instants | st.none(), severities, st.tuples(words))
movers = st.builds(Mover, cards, words, st.floats(), st.floats(), st.booleans())
thorough = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def check(message):
    blocks = list(message.blocks)
    assert problems_of(blocks) == []
    assert not too_long(blocks)
    assert len(message.text) <= 3_000
    assert len(message.alt_text) <= 2_000
    for text in (message.text, message.alt_text, *strings(blocks)):
        assert not re.search(r"<|>", text)


def strings(value):
    """Everything that is shown: the payloads of buttons are not."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for key, part in value.items() if key not in ("value", "action_id") for text in strings(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in strings(part))


def check_text(text):
    assert all(display_width(line) <= 80 for line in text.splitlines())
    assert "\x1b" not in text


@thorough
@given(reports, st.integers(2, 2_000), st.sampled_from([None, SlackFile("F1")]), comparisons, ranks)
def test_any_answer(report, days, chart, compared, ranked):
    answer = Answer(report, days, ZONE, (), compared, ranked)
    check(answer_message(answer, chart))
    check_text(answer_text(answer))
    breakdown = Breakdown("priority", report, tuple((report.campus_name, report) for _ in range(3)), ZONE, more=days)
    check(breakdown_message(breakdown))
    check_text(breakdown_text(breakdown))
    about = About(report.card, (report.campus_name,), report.thresholds, (Origin(report.campus, "x"),), ("a",), ZONE)
    check(about_message(about))
    check_text(about_text(about))
    rows = RowList(report, ("id", "room"), ((report.campus_name, report.card.name),), ("",), ZONE)
    check(rows_message(rows))
    check_text(rows_text(rows))


@settings(thorough, max_examples=15)
@given(reports, st.lists(st.builds(Note, st.dates(date(2025, 12, 1), date(2026, 3, 1)), words), max_size=4))
def test_any_chart(report, notes):
    answer = Answer(report, 90, ZONE, tuple(notes))
    check(answer_message(answer))
    drawn = answer_chart(answer)
    assert drawn is None or drawn.startswith(b"\x89PNG")


@thorough
@given(words, instants, many)
def test_any_overview(name, as_of, some):
    overview = Overview("x", name, as_of, ZONE, some)
    check(overview_message(overview))
    check_text(overview_text(overview))


@thorough
@given(words, instants, many, st.lists(movers, max_size=9).map(tuple), counts)
def test_any_digest(name, slot, some, moved, breaches):
    edition = DigestEdition("weekly", name, "x", name, slot, ZONE, some, moved, breaches)
    check(digest_message(edition, SlackFile("F1")))
    check_text(digest_text(edition))


@thorough
@given(
    cards,
    instants,
    st.lists(changes, max_size=3),
    st.sampled_from([1, 60]),
    st.sampled_from(DeliveryKind),
    st.sampled_from(Reason),
    st.booleans(),
    words,
)
def test_any_alert(card, as_of, some, times, how, reason, is_over, by):
    notice = AlertNotice(card, as_of, ZONE, "", tuple(some * times), "k:c:2026", how, reason, is_over)
    seen_to = replace(notice, acknowledged_by=by, acknowledged_at=as_of, acknowledged_until=as_of, assigned_to=by)
    for each in (notice, seen_to):
        check(alert_message(each, SlackFile("F1")))


@thorough
@given(st.dictionaries(words, words, max_size=30), words)
def test_any_guide(names, text):
    for message in (help_message(names, text), list_message(names, names, names), error_message(text)):
        check(message)
