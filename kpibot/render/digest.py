"""A digest as a Slack message: one sentence that sums up, one line a KPI, who moved, one picture."""

from kpibot.core.reports import DigestEdition, Mover, Report
from kpibot.core.thresholds import Verdict
from kpibot.core.words import plural
from kpibot.render import facts
from kpibot.render.alt import digest_alt
from kpibot.render.answer import by_verdict, kpi_line, show_buttons
from kpibot.render.blocks import Rendered, SlackFile, context, fitting, paragraphs, picture, rendered, section
from kpibot.render.mrkdwn import clean, data
from kpibot.render.times import moment

MOVERS = 6
WORTH_SAYING = 0.05  # of the value before: a smaller improvement is no headline
COUNTED = (
    (Verdict.CRITICAL, "critical"),
    (Verdict.WARNING, "at warning"),
    (Verdict.OFF_TARGET, "off target"),
)


def digest_message(edition: DigestEdition, chart: SlackFile | None = None) -> Rendered:
    """One issue of a digest. KPIs without data keep their line and say why."""
    alt = digest_alt(edition)
    moved = [f"{'↗ better' if each.improved else '↘ worse'} · {data(facts.moved(each))}" for each in movers(edition)]
    blocks = (
        section(f"*{data(heading(edition), 250)}*\n{data(headline(edition), 400)}"),
        *paragraphs(fitting([kpi_line(report) for report in edition.reports])),
        section("\n".join(["*Moved most*", *moved]) if moved else ""),
        picture(chart, alt),
        context(*map(data, (lacking(edition), when(edition)))),
        show_buttons(by_verdict(edition.reports)),
    )
    return rendered(_fallback(edition), blocks, alt)


def heading(edition: DigestEdition) -> str:
    """`Weekly technology digest — District`."""
    return f"{clean(edition.title, facts.NAME)} — {clean(edition.campus_name, facts.NAME)}"


def headline(edition: DigestEdition) -> str:
    """`2 of 5 judged KPIs are critical; 7 thresholds are crossed at campuses; Outstanding tickets improved most.`"""
    best = _improved_most(edition.reports)
    praise = f"{facts.kpi_name(best)} improved most" if best else ""
    parts = (_counts(edition.reports), _without_data(edition.reports), _breaches(edition.breaches), praise)
    return f"{'; '.join(filter(None, parts)) or 'For information'}."


def movers(edition: DigestEdition) -> tuple[Mover, ...]:
    """The campuses that moved most, the best first."""
    return tuple(sorted(edition.movers, key=lambda each: not each.improved))[:MOVERS]


def lacking(edition: DigestEdition) -> str:
    """Which KPIs this issue lacks; empty if it has them all. Their lines say why."""
    names = [facts.kpi_name(each) for each in edition.reports if facts.value(each) is None]
    shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    return f"Incomplete: no data for {shown}" if names else ""


def when(edition: DigestEdition) -> str:
    """The instant that the numbers are of."""
    return f"as of {moment(edition.slot, edition.zone, year=True)}"


def _counts(reports: tuple[Report, ...]) -> str:
    """How many of the judged KPIs stand how; empty if none is judged, as nothing can be on target then."""
    if not reports:
        return "No KPIs in this digest"
    verdicts = [facts.verdict(each) for each in reports]
    judged = sum(each not in (Verdict.NOT_JUDGED, Verdict.NO_DATA) for each in verdicts)
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
    count = sum(facts.verdict(each) is Verdict.NO_DATA for each in reports)
    return f"{plural(count, 'KPI has', 'KPIs have')} no data" if count else ""


def _breaches(count: int) -> str:
    return f"{plural(count, 'threshold is', 'thresholds are')} crossed at campuses" if count else ""


def _improved_most(reports: tuple[Report, ...]) -> Report | None:
    better = [each for each in reports if facts.improved(each) and _relative_change(each) >= WORTH_SAYING]
    return max(better, key=_relative_change, default=None)


def _relative_change(report: Report) -> float:
    return abs(report.change or 0.0) / max(abs(report.before or 0.0), 1e-9)


def _fallback(edition: DigestEdition) -> str:
    lines = [f"{facts.kpi_name(each)}: {facts.said(each, short=True)}" for each in edition.reports]
    parts = [heading(edition), headline(edition), *lines, when(edition)]
    return "\n".join(fitting([data(part) for part in parts], 2_800))
