"""The answer to a question, and the overview of a campus, as Slack messages: the number first."""

from itertools import chain

from kpibot.core.campus import DISTRICT
from kpibot.core.reports import Answer, Overview, Report
from kpibot.core.words import slug
from kpibot.render import facts
from kpibot.render.alt import answer_alt
from kpibot.render.blocks import (
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
from kpibot.render.conflicts import conflict
from kpibot.render.context import lines as context_lines
from kpibot.render.mrkdwn import data
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.overviews import by_verdict, tally
from kpibot.render.times import moment

WINDOWS = ((30, "30 days"), (90, "90 days"), (365, "1 year"))


def answer_message(answer: Answer, chart: SlackFile | None = None) -> Rendered:
    """One KPI at one campus: value, verdict, goal, change, chart, what it rests on, buttons for other windows."""
    report, alt = answer.report, answer_alt(answer)
    blocks = (
        section(f"{facts.sign(report).emoji} *{data(facts.title(report), 200)}*\n{_big_line(report)}"),
        section("\n".join(filter(None, (_warning(report), data(facts.goal(report)), data(facts.change(report)))))),
        context(*map(data, context_lines(answer))),
        picture(chart, alt),
        context(*map(data, _footing(answer))),
        _window_buttons(answer),
    )
    return rendered(answer_fallback(answer), blocks, alt)


def answer_fallback(answer: Answer) -> str:
    """The answer in one mrkdwn line, numbers and all."""
    report = answer.report
    return " · ".join(
        data(part)
        for part in (_said(report), facts.goal(report), facts.change(report), *context_lines(answer), *_footing(answer))
        if part
    )


def overview_message(overview: Overview) -> Rendered:
    """How a campus or group stands: every KPI once, the worst first, with a button to each of the worst five."""
    reports = by_verdict(overview.reports)
    when = f"as of {moment(overview.as_of, overview.zone, year=True)}"
    head = f"*{data(overview.campus_name, 120)}* · {data(tally(reports))}"
    blocks = (
        section(head),
        *paragraphs(fitting([kpi_line(report) for report in reports])),
        context(data(when)),
        show_buttons(reports),
    )
    said = [f"{facts.kpi_name(each)}: {facts.said(each)}" for each in reports]
    text = "\n".join(fitting([head, *map(data, said), data(when)], 2_800))
    return rendered(text, blocks)


def kpi_line(report: Report) -> str:
    """One KPI as a line of mrkdwn: sign, name, value, verdict, change. Its shape is in the picture."""
    said = facts.quantity(report, short=True) if facts.value(report) is not None else facts.missing(report)
    word = facts.sign(report).word if facts.value(report) is not None else ""
    parts = (f"*{data(said, 150)}*", word, data(facts.difference_since(report)))
    return f"{facts.sign(report).emoji} {data(facts.kpi_name(report), 120)}: {' · '.join(filter(None, parts))}"


def show_buttons(reports: tuple[Report, ...]) -> Block | None:
    """A button to the answer of each of the first five KPIs."""
    return actions(
        button(each.card.name, f"show:{each.card.id}", kpi=each.card.id, campus=each.campus) for each in reports
    )


def _big_line(report: Report) -> str:
    if facts.value(report) is None:
        return f"*{data(facts.missing(report), 500)}*\n{data(facts.what_to_do(report))}"
    return f"*{data(facts.quantity(report), 200)}* · {facts.sign(report).word}"


def _said(report: Report) -> str:
    if facts.value(report) is None:
        return f"{facts.title(report)}: {facts.missing(report)}. {facts.what_to_do(report)}"
    return f"{facts.title(report)}: {facts.said(report)}"


def _warning(report: Report) -> str:
    warnings = filter(None, (facts.stale(report), conflict(report)))
    return "\n".join(f":warning: {data(warning)}" for warning in warnings)


def _footing(answer: Answer) -> tuple[str, ...]:
    """What the number rests on, for the small print."""
    report, zone = answer.report, answer.zone
    rests = [facts.basis(report), *facts.gaps(report)] if facts.value(report) is not None else []
    period = clean(report.card.period, facts.NAME)
    history = facts.no_history(report)
    history = f"{history}, so no chart" if history else ""
    lines = (
        " · ".join(chain([period] if period else [], rests)),
        " · ".join(filter(None, (facts.as_of(report, zone), facts.newest(report, zone), history))),
        facts.notes(answer),
        facts.purpose(report),
    )
    return tuple(filter(None, lines))


def _window_buttons(answer: Answer) -> Block | None:
    report = answer.report
    asked = {"kpi": report.card.id, "campus": report.campus}
    if report.card.only:
        asked["only"] = " ".join(f"{name}:{slug(label)}" for name, label in report.card.only)
    windows = [button(label, f"window:{days}", **asked, days=days) for days, label in WINDOWS if days != answer.days]
    wider = {**asked, "campus": DISTRICT}
    where = (
        button("By campus", "by:campus", **asked, wish="by campus")
        if report.campus == DISTRICT
        else button("District", f"show:{report.card.id}", **wider, days=answer.days)
    )
    rows = button("Rows", "rows", **asked, wish="rows") if report.card.lists_rows else None
    return actions([*windows, where, rows, button("About", "about", kpi=report.card.id, wish="about")])
