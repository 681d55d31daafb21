"""The answer to a question and the overview of a campus as Slack messages."""

from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.kpis.report import Report
from kpibot.core.reports.answers import Answer, Overview
from kpibot.core.text import slug
from kpibot.render.charts.alt_texts import answer_alt
from kpibot.render.phrases import sentences
from kpibot.render.phrases.changes import change
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.conflicts import conflict
from kpibot.render.phrases.context import lines as context_lines
from kpibot.render.phrases.overviews import by_verdict, tally
from kpibot.render.phrases.times import moment
from kpibot.slack.blocks import (
    Block,
    Rendered,
    SlackFile,
    actions,
    button,
    context,
    fitting,
    paragraphs,
    picture,
    rendered,
    section,
)
from kpibot.slack.kpi_lines import kpi_line, show_buttons
from kpibot.slack.mrkdwn import data

WINDOWS = ((30, "30 days"), (90, "90 days"), (365, "1 year"))


def answer_message(answer: Answer, chart: SlackFile | None = None) -> Rendered:
    """One KPI at one campus: value, verdict, goal, change, chart, what it is based on, buttons for other windows."""
    report, alt = answer.report, answer_alt(answer)
    blocks = (
        section(f"{sentences.sign(report).emoji} *{data(sentences.title(report), 200)}*\n{_big_line(report)}"),
        section("\n".join(filter(None, (_warning(report), data(sentences.goal(report)), data(change(report)))))),
        context(*map(data, context_lines(answer))),
        picture(chart, alt),
        context(*map(data, _footing(answer))),
        _window_buttons(answer),
    )
    return rendered(answer_fallback(answer), blocks, alt)


def answer_fallback(answer: Answer) -> str:
    """The answer in one mrkdwn line, with all its numbers."""
    report = answer.report
    return " · ".join(
        data(part)
        for part in (
            _summary(report),
            sentences.goal(report),
            change(report),
            *context_lines(answer),
            *_footing(answer),
        )
        if part
    )


def overview_message(overview: Overview) -> Rendered:
    """All KPIs of a campus or group, the worst first, with a button for each of the worst five."""
    reports = by_verdict(overview.reports)
    when = f"as of {moment(overview.as_of, overview.zone, year=True)}"
    head = f"*{data(overview.campus_name, 120)}* · {data(tally(reports))}"
    blocks = (
        section(head),
        *paragraphs(fitting([kpi_line(report) for report in reports])),
        context(data(when)),
        show_buttons(reports),
    )
    lines = [f"{sentences.kpi_name(each)}: {sentences.said(each)}" for each in reports]
    text = "\n".join(fitting([head, *map(data, lines), data(when)], 2_800))
    return rendered(text, blocks)


def _big_line(report: Report) -> str:
    if sentences.value(report) is None:
        return f"*{data(sentences.missing(report), 500)}*\n{data(sentences.what_to_do(report))}"
    return f"*{data(sentences.quantity(report), 200)}* · {sentences.sign(report).word}"


def _summary(report: Report) -> str:
    if sentences.value(report) is None:
        return f"{sentences.title(report)}: {sentences.missing(report)}. {sentences.what_to_do(report)}"
    return f"{sentences.title(report)}: {sentences.said(report)}"


def _warning(report: Report) -> str:
    warnings = filter(None, (sentences.stale(report), conflict(report)))
    return "\n".join(f":warning: {data(warning)}" for warning in warnings)


def _footing(answer: Answer) -> tuple[str, ...]:
    """What the number is based on, for the small print."""
    report, zone = answer.report, answer.zone
    basis = (
        [sentences.basis(report), *sentences.missing_coverage(report)] if sentences.value(report) is not None else []
    )
    period = clean(report.card.period, sentences.NAME)
    history = sentences.no_history(report)
    history = f"{history}, so no chart" if history else ""
    lines = (
        " · ".join(filter(None, (period, *basis))),
        " · ".join(
            filter(None, (sentences.time_of_reading(report, zone), sentences.newest_row(report, zone), history))
        ),
        sentences.notes(answer),
        sentences.purpose(report),
    )
    return tuple(filter(None, lines))


def _window_buttons(answer: Answer) -> Block | None:
    report = answer.report
    question = {"kpi": report.card.id, "campus": report.campus}
    if report.card.only:
        question["only"] = " ".join(f"{name}:{slug(label)}" for name, label in report.card.only)
    windows = [button(label, f"window:{days}", **question, days=days) for days, label in WINDOWS if days != answer.days]
    wider = {**question, "campus": DISTRICT}
    where = (
        button("By campus", "by:campus", **question, wish="by campus")
        if report.campus == DISTRICT
        else button("District", f"show:{report.card.id}", **wider, days=answer.days)
    )
    rows = button("Rows", "rows", **question, wish="rows") if report.card.lists_rows else None
    return actions([*windows, where, rows, button("About", "about", kpi=report.card.id, wish="about")])
