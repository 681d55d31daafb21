"""What `check` inspection, for a terminal of 100 columns and for programs."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kpibot.core.kpis.conditions import Ago, DaysAgo, Now, RelativeTime
from kpibot.core.kpis.kpi import Format
from kpibot.core.kpis.readings import Reading
from kpibot.core.kpis.thresholds import Verdict
from kpibot.core.reports.inspection import CheckedKpi, Finding, Inspection
from kpibot.core.text import plural
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.numbers import amount
from kpibot.render.phrases.times import stretch
from kpibot.render.records import reading_record
from kpibot.render.terminal.text import display_width, padded

WIDTH = 100
HEAD = ("KPI", "district", "rows", "ms", "newest row", "campus", "amount")
MOST = (22, 22, 11, 6, 21, 6, 6)  # columns of a terminal: 94, and a blank between each two
TO_THE_RIGHT = frozenset({2, 3, 5, 6})
NONE = "–"


def inspection_text(inspection: Inspection) -> str:
    """The table of KPIs, the findings and a summary; ends without a line break."""
    rows = [HEAD, *(_cells(line, inspection) for line in inspection.lines)]
    widths = [
        min(most, max(map(display_width, column))) for most, column in zip(MOST, zip(*rows, strict=True), strict=True)
    ]
    table = [_row(cells, widths) for cells in rows] if inspection.lines else []
    worst_first = sorted(inspection.findings, key=lambda finding: not finding.is_problem)
    findings = [line for finding in worst_first for line in _finding_lines(finding)]
    return "\n".join([*table, "", *findings, *([""] if findings else []), _summary(inspection)])


def inspection_record(inspection: Inspection, zone: ZoneInfo) -> dict[str, Any]:
    """The same for programs: `kpis` and `findings`, in the same order."""
    return {
        "as_of": inspection.as_of.astimezone(zone).isoformat(timespec="seconds"),
        "problems": inspection.problems,
        "kpis": [_line_record(line, zone) for line in inspection.lines],
        "findings": [_finding_record(each) for each in inspection.findings],
    }


def _cells(line: CheckedKpi, inspection: Inspection) -> tuple[str, ...]:
    reading = line.reading
    if reading.value is None:
        return (line.card.id, f"{reading.missing}", NONE, _milliseconds(line), _fresh(line, inspection), NONE, NONE)
    return (
        line.card.id,
        _value(line),
        f"{reading.rows:,}",
        _milliseconds(line),
        _fresh(line, inspection),
        _share(reading.rows - reading.unplaced, reading) if line.by_campus else NONE,
        _share(reading.valued, reading),
    )


def _value(line: CheckedKpi) -> str:
    text = amount(line.reading.value, line.card, short=True)
    counts = line.card.format is Format.NUMBER and line.reading.denominator is None and line.card.rows != "rows"
    return f"{text} {clean(line.card.rows, 40)}" if counts else text


def _milliseconds(line: CheckedKpi) -> str:
    return f"{line.milliseconds:,.0f}" if line.milliseconds else NONE


def _fresh(line: CheckedKpi, inspection: Inspection) -> str:
    """The age of the newest row, with the limit if there is one: `2 h`, `2 h of 1 working day`, `5 days > 4 days`."""
    if line.newest is None:
        return NONE
    age = stretch(max(inspection.as_of - line.newest, timedelta()))
    if line.allowed is None:
        return age
    return f"{age} {'>' if line.stale else 'of'} {_limit(line.allowed)}"


def _limit(moment: RelativeTime) -> str:
    match moment:
        case Ago(length):
            return stretch(length)
        case DaysAgo(days, working):
            return plural(days, "working day" if working else "day")
        case Now():
            return "now"
    return str(moment.period)


def _share(part: int, reading: Reading) -> str:
    """A share in whole percent; only all rows are 100%."""
    if not reading.rows:
        return NONE
    percent = 100 * part / reading.rows
    return f"{min(percent, 99.0) if part < reading.rows else percent:.0f}%"


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    parts = [
        " " * (width - display_width(cell)) + cell
        if index in TO_THE_RIGHT and display_width(cell) < width
        else padded(cell, width)
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return " ".join(parts).rstrip()


def _finding_lines(finding: Finding) -> Iterator[str]:
    """The finding and its place, what to do, and on a line of its own a statement to copy."""
    where = f" ({finding.place})" if finding.place else ""
    sign = "✗" if finding.is_problem else "·"
    yield from textwrap.wrap(f"{sign} {finding.what}{where}", WIDTH, subsequent_indent="  ", break_on_hyphens=False)
    yield from textwrap.wrap(
        finding.text, WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False
    )
    if finding.statement:
        yield f"    {finding.statement}"


def _summary(inspection: Inspection) -> str:
    if not inspection.problems:
        return "no problems found"
    return f"{plural(inspection.problems, 'problem')} to fix, marked ✗"


def _line_record(line: CheckedKpi, zone: ZoneInfo) -> dict[str, Any]:
    newest = None if line.newest is None else line.newest.astimezone(zone).isoformat(timespec="seconds")
    own = {"milliseconds": round(line.milliseconds, 1), "stale": line.stale, "newest_row": newest}
    allowed = None if line.allowed is None else _limit(line.allowed)
    record = reading_record(line.reading, line.card, Verdict.NOT_EVALUATED, zone) | own | {"fresh_within": allowed}
    del record["status"]
    return record


def _finding_record(finding: Finding) -> dict[str, Any]:
    return {
        "what": finding.what,
        "says": finding.text,
        "problem": finding.is_problem,
        "place": finding.place,
        "statement": finding.statement,
    }
