"""Rows behind a number, a line each."""

from collections.abc import Iterator

from kpibot.core.reports.answers import RowList
from kpibot.render.phrases.cleaning import clean


def row_lines(found: RowList) -> Iterator[str]:
    """Each row in one line: `id 4711 · opened 2026-11-09 08:12 · room 214`."""
    for row in found.rows:
        pairs = zip(found.columns, row, strict=True)
        yield " · ".join(f"{name.replace('_', ' ')} {clean(text, 60)}" for name, text in pairs)


def how_many_shown(found: RowList) -> str:
    """How many of how many are shown."""
    if not found.rows:
        return "no rows to show"
    return f"the {len(found.rows)} oldest of {found.report.reading.rows:,}"
