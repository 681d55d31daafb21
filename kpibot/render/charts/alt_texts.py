"""Alternative texts: what a chart shows, for people who cannot see it."""

from datetime import date

from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.kpis.report import Report
from kpibot.core.reports.answers import Answer
from kpibot.core.reports.digests import DigestEdition
from kpibot.render.phrases import sentences
from kpibot.render.phrases.cleaning import clean, plain_text
from kpibot.render.phrases.numbers import amount, finite
from kpibot.render.phrases.times import day_month

LONGEST = 2_000
PANELS = 8  # as many as the chart of a digest has


def answer_alt(answer: Answer) -> str:
    """What the answer's chart shows; at most 2000 characters of plain text."""
    report = answer.report
    parts = (
        f"Line chart of {sentences.title(report)}, {answer.days:,} days",
        series_summary(report) or sentences.no_history(report).capitalize(),
        f"Now {sentences.said(report)}" if sentences.value(report) is not None else sentences.missing(report),
        _sentence(sentences.goal(report)),
    )
    return plain_text(". ".join(filter(None, parts)) + ".", LONGEST)


def digest_alt(edition: DigestEdition) -> str:
    """What the digest's chart shows; at most 2000 characters of plain text."""
    shown = [each for each in edition.reports if sentences.has_history(each)][:PANELS]
    return _panels(
        f"Small line charts of {clean(edition.campus_name, 80)}", [(sentences.kpi_name(r), r) for r in shown]
    )


def alert_alt(notice: AlertNotice) -> str:
    """What the alert's chart shows; at most 2000 characters of plain text."""
    reports = [each.report for each in notice.changes if sentences.has_history(each.report)][:6]
    return _panels(
        f"Small line charts of {clean(notice.card.name, 80)}", [(sentences.campus_name(r), r) for r in reports]
    )


def series_summary(report: Report) -> str:
    """`From 60 on 24 Aug 2026 to 104 on 22 Nov 2026, lowest 41 on 5 Sep 2026, highest 110 on 18 Nov 2026`.

    Empty without a value.
    """
    points = _points(report)
    if not points:
        return ""
    if len(points) == 1:
        return f"Only {_point_text(points[0], report)}"
    low, high = min(points, key=lambda point: point[1]), max(points, key=lambda point: point[1])
    first, last, lowest, highest = (_point_text(each, report) for each in (points[0], points[-1], low, high))
    return f"From {first} to {last}, lowest {lowest}, highest {highest}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _points(report: Report) -> list[tuple[date, float]]:
    if report.series is None:
        return []
    pairs = zip(report.series.days, report.series.values, strict=False)
    return [(day, value) for day, each in pairs if (value := finite(each)) is not None]


def _point_text(point: tuple[date, float], report: Report) -> str:
    return f"{amount(point[1], report.card, short=True)} on {day_month(point[0], year=True)}"


def _panels(head: str, panels: list[tuple[str, Report]]) -> str:
    lines = (f"{name}: {sentences.said(r, short=True)}" for name, r in panels)
    return plain_text(f"{head}. {'; '.join(lines)}.", LONGEST)
