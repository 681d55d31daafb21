"""Any report becomes a message that Slack takes and that pings nobody, and a text that fits a terminal."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from kpibot.core.alerts.groups import DeliveryKind
from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.alerts.states import Reason
from kpibot.core.reports.answers import About, Answer, Breakdown, Note, Origin, Overview, RowList
from kpibot.core.reports.digests import DigestEdition
from kpibot.render.charts.charts import answer_chart
from kpibot.render.terminal.text import (
    about_text,
    answer_text,
    breakdown_text,
    digest_text,
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
from tests.unit.samples.any_report import (
    ZONE,
    cards,
    changes,
    check,
    check_text,
    comparisons,
    counts,
    instants,
    many,
    movers,
    ranks,
    reports,
    thorough,
    words,
)


@thorough
@given(reports, st.integers(2, 2_000), st.sampled_from([None, SlackFile("F1")]), comparisons, ranks)
def test_any_answer(report, days, chart, compared, ranked):
    answer = Answer(report=report, days=days, zone=ZONE, notes=(), comparisons=compared, ranks=ranked)
    check(answer_message(answer, chart))
    check_text(answer_text(answer))
    breakdown = Breakdown("priority", report, tuple((report.campus_name, report) for _ in range(3)), ZONE, more=days)
    check(breakdown_message(breakdown))
    check_text(breakdown_text(breakdown))
    about = About(
        card=report.card,
        definition=(report.campus_name,),
        thresholds=report.thresholds,
        origins=(Origin(report.campus, "x"),),
        dimensions=("a",),
        zone=ZONE,
    )
    check(about_message(about))
    check_text(about_text(about))
    rows = RowList(report, ("id", "room"), ((report.campus_name, report.card.name),), ("",), ZONE)
    check(rows_message(rows))
    check_text(rows_text(rows))


@settings(thorough, max_examples=15)
@given(reports, st.lists(st.builds(Note, st.dates(date(2025, 12, 1), date(2026, 3, 1)), words), max_size=4))
def test_any_chart(report, notes):
    answer = Answer(report=report, days=90, zone=ZONE, notes=tuple(notes))
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
    edition = DigestEdition(
        digest="weekly",
        title=name,
        campus="x",
        campus_name=name,
        slot=slot,
        zone=ZONE,
        reports=some,
        movers=moved,
        breaches=breaches,
    )
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
    notice = AlertNotice(
        card=card,
        as_of=as_of,
        zone=ZONE,
        mention="",
        changes=tuple(some * times),
        group="k:c:2026",
        kind=how,
        reason=reason,
        is_over=is_over,
    )
    seen_to = replace(notice, acknowledged_by=by, acknowledged_at=as_of, acknowledged_until=as_of, assigned_to=by)
    for each in (notice, seen_to):
        check(alert_message(each, SlackFile("F1")))


@thorough
@given(st.dictionaries(words, words, max_size=30), words)
def test_any_guide(names, text):
    for message in (help_message(names, text), list_message(names, names, names), error_message(text)):
        check(message)
