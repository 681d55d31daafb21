"""The rows behind a number, for whoever will see to them."""

from collections.abc import Iterator

from kpibot.core.reports import RowList
from kpibot.render import facts
from kpibot.render.blocks import Rendered, context, fitting, paragraphs, rendered, section
from kpibot.render.mrkdwn import clean, data, link


def rows_message(found: RowList) -> Rendered:
    """The number, then a line for each row, the oldest first, each with its link."""
    head = f"*{data(facts.title(found.report), 250)}*\n{data(facts.said(found.report), 500)}"
    lines = [_linked(said, url) for said, url in zip(entries(found), found.links, strict=True)]
    blocks = (section(head), *paragraphs(fitting(lines)), context(data(f"{shown(found)} · only you see this list")))
    return rendered("\n".join(fitting([head, *(data(each, 300) for each in entries(found))], 2_800)), blocks)


def entries(found: RowList) -> Iterator[str]:
    """Each row in one line: `id 4711 · opened 2026-11-09 08:12 · room 214`."""
    for row in found.rows:
        pairs = zip(found.columns, row, strict=True)
        yield " · ".join(f"{name.replace('_', ' ')} {clean(text, 60)}" for name, text in pairs)


def shown(found: RowList) -> str:
    """How many of how many are shown."""
    if not found.rows:
        return "no rows to show"
    return f"the {len(found.rows)} oldest of {found.report.reading.rows:,}"


def _linked(said: str, url: str) -> str:
    return f"• {data(said, 300)}" + (f" {link(url, 'open')}" if url else "")
