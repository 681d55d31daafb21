"""How a number changed since an earlier point, for better or worse, in words."""

from kpibot.core.kpis.kpi import Format
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Better
from kpibot.core.reports.digests import Mover
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.numbers import amount, finite, points, smallest_step
from kpibot.render.phrases.sentences import NAME, value

UNCHANGED, ABOUT_THE_SAME = "unchanged", "about the same"


def change(report: Report) -> str:
    """`▲ 12 more than the same point last week (92), worse`; empty without a number to compare with."""
    before = finite(report.before)
    words = difference(report)
    if not words or before is None:
        return ""
    earlier = amount(before, report.card)
    if words in (UNCHANGED, ABOUT_THE_SAME):
        return f"{difference_since(report)} ({earlier})"
    judgment = {True: ", better", False: ", worse", None: ""}[improved(report)]
    return f"{words} than {_the(report.compared_with)} ({earlier}){judgment}"


def difference(report: Report) -> str:
    """`▲ 12 more`, `▼ 3.1 points lower`, `unchanged`, `about the same`; empty without a number to compare with."""
    now, before = value(report), finite(report.before)
    if now is None or before is None or finite(now - before) is None:
        return ""
    by = now - before
    if abs(by) <= 1e-9 * max(abs(now), abs(before)):  # the noise of binary fractions
        return UNCHANGED
    step = min(smallest_step(now, report.card), smallest_step(before, report.card))
    if abs(by) < step / 2:
        return ABOUT_THE_SAME
    by = _rounded(by, step, report.card.format)
    return f"{'▲' if by > 0 else '▼'} {points(by, report.card)} {_comparative(report.card.format, by)}"


def difference_since(report: Report) -> str:
    """`▲ 12 more than last week`: the difference and the earlier point, short enough for a list."""
    words = difference(report)
    if not words:
        return ""
    if words == UNCHANGED:
        return f"{words} from {_point(report)}"
    return f"{words} {'as' if words == ABOUT_THE_SAME else 'than'} {_point(report, 'at ')}"


def improved(report: Report) -> bool | None:
    """Whether the change is for the better; None if no direction is better or nothing changed."""
    by = finite(report.change)
    # Spending less than last year is neither good nor bad: a budget is compared with its pace.
    if not by or report.thresholds.better is Better.NEUTRAL or report.reading.pace is not None:
        return None
    return (by < 0) is (report.thresholds.better is Better.LOWER)


def mover_line(mover: Mover) -> str:
    """`Outstanding tickets at Campus West: 140 → 104`."""
    values = f"{amount(mover.before, mover.card)} → {amount(mover.value, mover.card)}"
    return f"{clean(mover.card.name, NAME)} at {clean(mover.campus_name, NAME)}: {values}"


def _rounded(by: float, step: float, form: Format) -> float:
    """A change as exactly as the numbers themselves are shown; of hours to the minute."""
    step = min(step, 1 / 60) if form is Format.HOURS else step
    return round(by / step) * step if step else by


def _comparative(form: Format, by: float) -> str:
    pairs = {
        Format.PERCENT: ("higher", "lower"),
        Format.HOURS: ("longer", "shorter"),
        Format.DAYS: ("longer", "shorter"),
        Format.CURRENCY: ("more", "less"),
        Format.NUMBER: ("more", "fewer") if by == round(by) else ("higher", "lower"),
    }
    return pairs[form][0 if by > 0 else 1]


def _the(point: str) -> str:
    """`same point last week` → `the same point last week`; an article that is there stays."""
    words = clean(point, NAME) or "time before"
    return words if words.split()[0].casefold() in ("a", "an", "the") else f"the {words}"


def _point(report: Report, at: str = "") -> str:
    """The earlier point for a list: `last week`, `the 30 days before`, and of a period to date `at this point last …`.

    "More than last fiscal year" would read as a comparison of half a year with a whole one.
    """
    words = clean(report.compared_with, NAME)
    last = words.removeprefix("same point ")
    if last == words:
        return _the(words)
    return f"{at}this point {last}" if report.card.period.endswith("to date") else last
