"""The rows behind a number, one line each."""

from collections.abc import Iterator

from kpibot.core.reports.answers import RowList
from kpibot.render.phrases.cleaning import clean


def row_lines(row_list: RowList) -> Iterator[str]:
    """Each row as one line: `id 4711 · opened 2026-11-09 08:12 · room 214`."""
    for row in row_list.rows:
        pairs = zip(row_list.columns, row, strict=True)
        yield " · ".join(f"{name.replace('_', ' ')} {clean(text, 60)}" for name, text in pairs)


def how_many_shown(row_list: RowList) -> str:
    """How many of the rows are shown."""
    if not row_list.rows:
        return "no rows to show"
    return f"the {len(row_list.rows)} oldest of {row_list.report.reading.rows:,}"
