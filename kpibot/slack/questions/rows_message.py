"""The rows behind a number, for the people who handle them."""

from kpibot.core.reports.answers import RowList
from kpibot.render.phrases import sentences
from kpibot.render.phrases.row_lists import how_many_shown, row_lines
from kpibot.slack.blocks import Rendered, context, fitting, paragraphs, rendered, section
from kpibot.slack.mrkdwn import data, link


def rows_message(row_list: RowList) -> Rendered:
    """The number, then a line with a link for each row, the oldest first."""
    head = f"*{data(sentences.title(row_list.report), 250)}*\n{data(sentences.said(row_list.report), 500)}"
    lines = [_linked(line, url) for line, url in zip(row_lines(row_list), row_list.links, strict=True)]
    blocks = (
        section(head),
        *paragraphs(fitting(lines)),
        context(data(f"{how_many_shown(row_list)} · only you can see this list")),
    )
    return rendered("\n".join(fitting([head, *(data(line, 300) for line in row_lines(row_list))], 2_800)), blocks)


def _linked(line: str, url: str) -> str:
    return f"• {data(line, 300)}" + (f" {link(url, 'open')}" if url else "")
