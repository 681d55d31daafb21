"""A KPI broken down by priority, type, age or campus: a line with a bar for each part."""

from kpibot.core.reports.answers import Breakdown
from kpibot.render.phrases import sentences
from kpibot.render.phrases.breakdowns import breakdown_heading, footing, parts
from kpibot.slack.blocks import Rendered, context, fitting, paragraphs, rendered, section
from kpibot.slack.mrkdwn import data


def breakdown_message(breakdown: Breakdown) -> Rendered:
    """The whole first, then a line for each part, and what the numbers are based on."""
    whole = breakdown.whole
    title = f"{sentences.sign(whole).emoji} *{data(breakdown_heading(breakdown), 250)}*"
    head = f"{title}\n*{data(sentences.said(whole), 500)}*"
    lines = fitting([f"`{bar}` {data(part, 200)}" for bar, part in parts(breakdown)])
    blocks = (section(head), *paragraphs(lines), context(data(footing(breakdown))))
    plain = [data(part, 200) for _, part in parts(breakdown)]
    text = "\n".join(
        fitting([data(breakdown_heading(breakdown), 250), data(sentences.said(whole), 500), *plain], 2_800)
    )
    return rendered(text, blocks)
