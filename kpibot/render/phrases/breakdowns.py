"""A breakdown in words: its heading, a line and a bar for each part, and what it rests on."""

from collections.abc import Iterator

from kpibot.core.query import CAMPUS
from kpibot.core.reports import Breakdown, Report
from kpibot.core.thresholds import Verdict
from kpibot.render import facts
from kpibot.render.numbers import finite
from kpibot.render.phrases.cleaning import clean

BAR, FULL, EIGHTHS = 12, "█", " ▏▎▍▌▋▊▉"


def heading(breakdown: Breakdown) -> str:
    """`Outstanding tickets — Campus West, by priority`."""
    return f"{facts.title(breakdown.whole)}, by {clean(breakdown.by, 40)}"


def parts(breakdown: Breakdown) -> Iterator[tuple[str, str]]:
    """Each part as its bar and its words: `██████▌     `, `Urgent: 12 tickets (31%)`."""
    values = [abs(finite(report.reading.value) or 0.0) for _, report in breakdown.parts]
    most = max(values, default=0.0)
    for (label, report), value in zip(breakdown.parts, values, strict=True):
        yield bar(value / most if most else 0.0), f"{clean(label, 60)}: {_said(report, breakdown)}"
    if breakdown.more:
        yield " " * BAR, f"and {breakdown.more:,} more"


def footing(breakdown: Breakdown) -> str:
    """What the numbers rest on, for the small print."""
    whole = breakdown.whole
    rests = facts.basis(whole) if facts.value(whole) is not None else ""
    return " · ".join(filter(None, (rests, facts.as_of(whole, breakdown.zone))))


def bar(share: float) -> str:
    """A share of 0 to 1 as a bar of twelve columns."""
    eighths = round(max(0.0, min(share, 1.0)) * BAR * 8)
    whole, rest = divmod(eighths, 8)
    text = FULL * whole + (EIGHTHS[rest] if rest else "")
    return f"{text:<{BAR}}"


def _said(report: Report, breakdown: Breakdown) -> str:
    if facts.value(report) is None:
        return facts.missing(report)
    quantity = facts.quantity(report, short=True)
    judged = facts.verdict(report) is not Verdict.NOT_JUDGED and breakdown.by == CAMPUS
    share = _share(report, breakdown.whole)
    notes = filter(None, (share, facts.sign(report).word if judged else ""))
    noted = ", ".join(notes)
    return f"{quantity} ({noted})" if noted else quantity


def _share(report: Report, whole: Report) -> str:
    """What part of the whole it is, where parts add up to the whole."""
    part, total = facts.value(report), facts.value(whole)
    if report.reading.denominator is not None or not total or part is None:
        return ""
    return f"{100 * part / total:.0f}%"
