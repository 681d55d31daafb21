"""A digest in words: its heading, its summary, and the campuses that moved most."""

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
    """`2 of 5 rated KPIs are critical; 7 thresholds are crossed at campuses; Outstanding tickets improved most.`"""
    best = _improved_most(edition.reports)
    praise = f"{sentences.kpi_name(best)} improved most" if best else ""
    parts = (_counts(edition.reports), _without_data(edition.reports), _breaches(edition.breaches), praise)
    return f"{'; '.join(filter(None, parts)) or 'For information only'}."


def top_movers(edition: DigestEdition) -> tuple[Mover, ...]:
    """The campuses that moved most, improvements first."""
    return tuple(sorted(edition.movers, key=lambda mover: not mover.improved))[:MOVERS]


def lacking(edition: DigestEdition) -> str:
    """Which KPIs have no data; empty if all have. Their lines say why."""
    names = [sentences.kpi_name(each) for each in edition.reports if sentences.value(each) is None]
    shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    return f"Incomplete: no data for {shown}" if names else ""


def time_of_edition(edition: DigestEdition) -> str:
    """When the numbers were measured."""
    return f"as of {moment(edition.slot, edition.zone, year=True)}"


def _counts(reports: tuple[Report, ...]) -> str:
    """How many of the evaluated KPIs have which verdict; empty if none was evaluated."""
    if not reports:
        return "No KPIs in this digest"
    verdicts = [sentences.verdict(each) for each in reports]
    evaluated = sum(each not in (Verdict.NOT_EVALUATED, Verdict.NO_DATA) for each in verdicts)
    if not evaluated:
        return ""
    counts = [(verdicts.count(verdict), word) for verdict, word in COUNTED if verdict in verdicts]
    (count, word), *others = counts or [(evaluated, "on target")]
    return ", ".join([f"{_share(count, evaluated)} {word}", *(f"{many} {what}" for many, what in others)])


def _share(count: int, evaluated: int) -> str:
    if evaluated == 1:
        return "The one rated KPI is"
    if count == evaluated:
        return f"{'Both' if evaluated == 2 else f'All {evaluated}'} rated KPIs are"
    return f"{count} of {evaluated} rated KPIs {'is' if count == 1 else 'are'}"


def _without_data(reports: tuple[Report, ...]) -> str:
    count = sum(sentences.verdict(each) is Verdict.NO_DATA for each in reports)
    return f"{plural(count, 'KPI has', 'KPIs have')} no data" if count else ""


def _breaches(count: int) -> str:
    return f"{plural(count, 'campus threshold is', 'campus thresholds are')} crossed" if count else ""


def _improved_most(reports: tuple[Report, ...]) -> Report | None:
    better = [each for each in reports if improved(each) and _relative_change(each) >= WORTH_SAYING]
    return max(better, key=_relative_change, default=None)


def _relative_change(report: Report) -> float:
    return abs(report.change or 0.0) / max(abs(report.before or 0.0), 1e-9)
