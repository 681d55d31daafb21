"""The rows behind a number, for whoever will see to them."""

from kpibot.core.reports.answers import RowList
from kpibot.render.phrases import sentences
from kpibot.render.phrases.row_lists import how_many_shown, row_lines
from kpibot.slack.blocks import Rendered, context, fitting, paragraphs, rendered, section
from kpibot.slack.mrkdwn import data, link


def rows_message(found: RowList) -> Rendered:
    """The number, then a line for each row, the oldest first, each with its link."""
    head = f"*{data(sentences.title(found.report), 250)}*\n{data(sentences.said(found.report), 500)}"
    lines = [_linked(said, url) for said, url in zip(row_lines(found), found.links, strict=True)]
    blocks = (
        section(head),
        *paragraphs(fitting(lines)),
        context(data(f"{how_many_shown(found)} · only you see this list")),
    )
    return rendered("\n".join(fitting([head, *(data(each, 300) for each in row_lines(found))], 2_800)), blocks)


def _linked(said: str, url: str) -> str:
    return f"• {data(said, 300)}" + (f" {link(url, 'open')}" if url else "")
