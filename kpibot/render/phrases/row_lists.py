"""The rows behind a number, one line each."""

import re
from collections.abc import Iterator
from datetime import datetime

from kpibot.core.reports.answers import RowList
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.times import clock_time, day_month

TIME = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?")


def row_lines(row_list: RowList) -> Iterator[str]:
    """Each row as one line: `id 4711 · opened Nov 9, 2026, 8:12 AM · room 214`."""
    for row in row_list.rows:
        pairs = zip(row_list.columns, row, strict=True)
        yield " · ".join(f"{name.replace('_', ' ')} {_readable(clean(text, 60))}" for name, text in pairs)


def how_many_shown(row_list: RowList) -> str:
    """How many of the rows are shown."""
    if not row_list.rows:
        return "no rows to show"
    return f"the {len(row_list.rows)} oldest of {row_list.report.reading.rows:,}"


def _readable(text: str) -> str:
    """Days and times as people write them; a program reads `2026-11-09 08:12`."""
    if not TIME.fullmatch(text):
        return text
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    day = day_month(at, year=True)
    return day if len(text) == len("2026-11-09") else f"{day}, {clock_time(at.time())}"
