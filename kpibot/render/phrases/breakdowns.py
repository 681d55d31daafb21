"""A breakdown in words: its heading, a line and a bar for each part, and what it is based on."""

from collections.abc import Iterator

from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Verdict
from kpibot.core.questions.parser import CAMPUS
from kpibot.core.reports.answers import Breakdown
from kpibot.render.phrases import sentences
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.numbers import finite

BAR, FULL, EIGHTHS = 12, "█", " ▏▎▍▌▋▊▉"


def breakdown_heading(breakdown: Breakdown) -> str:
    """`Outstanding tickets — Campus West, by priority`."""
    return f"{sentences.title(breakdown.whole)}, by {clean(breakdown.by, 40)}"


def parts(breakdown: Breakdown) -> Iterator[tuple[str, str]]:
    """Each part as its bar and its text: `██████▌     `, `Urgent: 12 tickets (31%)`."""
    values = [abs(finite(report.reading.value) or 0.0) for _, report in breakdown.parts]
    most = max(values, default=0.0)
    for (label, report), value in zip(breakdown.parts, values, strict=True):
        yield bar(value / most if most else 0.0), f"{clean(label, 60)}: {_said(report, breakdown)}"
    if breakdown.more:
        yield " " * BAR, f"and {breakdown.more:,} more"


def footing(breakdown: Breakdown) -> str:
    """What the numbers are based on, for the small print."""
    whole = breakdown.whole
    basis = sentences.basis(whole) if sentences.value(whole) is not None else ""
    return " · ".join(filter(None, (basis, sentences.time_of_reading(whole, breakdown.zone))))


def bar(share: float) -> str:
    """A share of 0 to 1 as a bar of twelve columns."""
    eighths = round(max(0.0, min(share, 1.0)) * BAR * 8)
    whole, rest = divmod(eighths, 8)
    text = FULL * whole + (EIGHTHS[rest] if rest else "")
    return f"{text:<{BAR}}"


def _said(report: Report, breakdown: Breakdown) -> str:
    if sentences.value(report) is None:
        return sentences.missing(report)
    quantity = sentences.quantity(report, short=True)
    is_evaluated = sentences.verdict(report) is not Verdict.NOT_EVALUATED and breakdown.by == CAMPUS
    share = _share(report, breakdown.whole)
    remarks = filter(None, (share, sentences.sign(report).word if is_evaluated else ""))
    remark = ", ".join(remarks)
    return f"{quantity} ({remark})" if remark else quantity


def _share(report: Report, whole: Report) -> str:
    """Its share of the whole, if the parts add up to the whole."""
    part, total = sentences.value(report), sentences.value(whole)
    if report.reading.denominator is not None or not total or part is None:
        return ""
    return f"{100 * part / total:.0f}%"
