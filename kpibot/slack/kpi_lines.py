"""A KPI as a line of a message, and the buttons that show its answer."""

from kpibot.core.kpis.report import Report
from kpibot.render.phrases import sentences
from kpibot.render.phrases.changes import difference_since
from kpibot.slack.blocks import Block, actions, button
from kpibot.slack.mrkdwn import data


def kpi_line(report: Report) -> str:
    """One KPI as a line of mrkdwn: sign, name, value, verdict, change."""
    said = sentences.quantity(report, short=True) if sentences.value(report) is not None else sentences.missing(report)
    word = sentences.sign(report).word if sentences.value(report) is not None else ""
    parts = (f"*{data(said, 150)}*", word, data(difference_since(report)))
    return f"{sentences.sign(report).emoji} {data(sentences.kpi_name(report), 120)}: {' · '.join(filter(None, parts))}"


def show_buttons(reports: tuple[Report, ...]) -> Block | None:
    """A button that shows the answer for each of the first five KPIs."""
    return actions(
        button(report.card.name, f"show:{report.card.id}", kpi=report.card.id, campus=report.campus)
        for report in reports
    )
