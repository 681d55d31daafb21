"""A KPI as one line of a message, and the buttons to the answers behind such lines."""

from kpibot.core.kpis.report import Report
from kpibot.render.phrases import sentences
from kpibot.render.phrases.changes import difference_since
from kpibot.slack.blocks import Block, actions, button
from kpibot.slack.mrkdwn import data


def kpi_line(report: Report) -> str:
    """One KPI as a line of mrkdwn: sign, name, value, verdict, change. Its shape is in the picture."""
    said = sentences.quantity(report, short=True) if sentences.value(report) is not None else sentences.missing(report)
    word = sentences.sign(report).word if sentences.value(report) is not None else ""
    parts = (f"*{data(said, 150)}*", word, data(difference_since(report)))
    return f"{sentences.sign(report).emoji} {data(sentences.kpi_name(report), 120)}: {' · '.join(filter(None, parts))}"


def show_buttons(reports: tuple[Report, ...]) -> Block | None:
    """A button to the answer of each of the first five KPIs."""
    return actions(
        button(each.card.name, f"show:{each.card.id}", kpi=each.card.id, campus=each.campus) for each in reports
    )
