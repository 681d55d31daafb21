"""A KPI told apart by priority, type, age or campus: a line for each part, its bar beside the number."""

from kpibot.core.reports import Breakdown
from kpibot.render import facts
from kpibot.render.blocks import Rendered, context, fitting, paragraphs, rendered, section
from kpibot.render.mrkdwn import data
from kpibot.render.phrases.breakdowns import footing, heading, parts


def breakdown_message(breakdown: Breakdown) -> Rendered:
    """The whole first, then a line for each part, and what it rests on."""
    whole = breakdown.whole
    head = f"{facts.sign(whole).emoji} *{data(heading(breakdown), 250)}*\n*{data(facts.said(whole), 500)}*"
    lines = fitting([f"`{bar}` {data(said, 200)}" for bar, said in parts(breakdown)])
    blocks = (section(head), *paragraphs(lines), context(data(footing(breakdown))))
    plain = [f"{data(said, 200)}" for _, said in parts(breakdown)]
    text = "\n".join(fitting([data(heading(breakdown), 250), data(facts.said(whole), 500), *plain], 2_800))
    return rendered(text, blocks)
