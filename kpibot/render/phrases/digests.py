"""A digest in words: its heading, the sentence that sums it up, and who moved."""

from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Verdict
from kpibot.core.reports.digests import DigestEdition, Mover
from kpibot.core.text import plural
from kpibot.render.phrases import sentences
from kpibot.render.phrases.changes import improved
from kpibot.render.phrases.cleaning import clean
from kpibot.render.phrases.times import moment

MOVERS = 6
WORTH_SAYING = 0.05  # of the value before: a smaller improvement is no headline
COUNTED = (
    (Verdict.CRITICAL, "critical"),
    (Verdict.WARNING, "at warning"),
    (Verdict.OFF_TARGET, "off target"),
)


def digest_heading(edition: DigestEdition) -> str:
    """`Weekly technology digest — District`."""
    return f"{clean(edition.title, sentences.NAME)} — {clean(edition.campus_name, sentences.NAME)}"


def digest_headline(edition: DigestEdition) -> str:
    """`2 of 5 judged KPIs are critical; 7 thresholds are crossed at campuses; Outstanding tickets improved most.`"""
    best = _improved_most(edition.reports)
    praise = f"{sentences.kpi_name(best)} improved most" if best else ""
    parts = (_counts(edition.reports), _without_data(edition.reports), _breaches(edition.breaches), praise)
    return f"{'; '.join(filter(None, parts)) or 'For information'}."


def top_movers(edition: DigestEdition) -> tuple[Mover, ...]:
    """The campuses that moved most, the best first."""
    return tuple(sorted(edition.movers, key=lambda each: not each.improved))[:MOVERS]


def lacking(edition: DigestEdition) -> str:
    """Which KPIs this issue lacks; empty if it has them all. Their lines say why."""
    names = [sentences.kpi_name(each) for each in edition.reports if sentences.value(each) is None]
    shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    return f"Incomplete: no data for {shown}" if names else ""


def time_of_edition(edition: DigestEdition) -> str:
    """The instant that the numbers are of."""
    return f"as of {moment(edition.slot, edition.zone, year=True)}"


def _counts(reports: tuple[Report, ...]) -> str:
    """How many of the judged KPIs stand how; empty if none is judged, as nothing can be on target then."""
    if not reports:
        return "No KPIs in this digest"
    verdicts = [sentences.verdict(each) for each in reports]
    judged = sum(each not in (Verdict.NOT_EVALUATED, Verdict.NO_DATA) for each in verdicts)
    found = [(verdicts.count(verdict), word) for verdict, word in COUNTED if verdict in verdicts]
    if not judged:
        return ""
    (count, word), *others = found or [(judged, "on target")]
    return ", ".join([f"{_share(count, judged)} {word}", *(f"{many} {what}" for many, what in others)])


def _share(count: int, judged: int) -> str:
    if judged == 1:
        return "The one judged KPI is"
    if count == judged:
        return f"{'Both' if judged == 2 else f'All {judged}'} judged KPIs are"
    return f"{count} of {judged} judged KPIs {'is' if count == 1 else 'are'}"


def _without_data(reports: tuple[Report, ...]) -> str:
    count = sum(sentences.verdict(each) is Verdict.NO_DATA for each in reports)
    return f"{plural(count, 'KPI has', 'KPIs have')} no data" if count else ""


def _breaches(count: int) -> str:
    return f"{plural(count, 'threshold is', 'thresholds are')} crossed at campuses" if count else ""


def _improved_most(reports: tuple[Report, ...]) -> Report | None:
    better = [each for each in reports if improved(each) and _relative_change(each) >= WORTH_SAYING]
    return max(better, key=_relative_change, default=None)


def _relative_change(report: Report) -> float:
    return abs(report.change or 0.0) / max(abs(report.before or 0.0), 1e-9)
