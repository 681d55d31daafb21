"""Readings and reports for programs: plain values, ready for JSON. Instants are ISO 8601 in the district's zone."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kpibot.core.kpis.kpi import Format, KpiInfo
from kpibot.core.kpis.readings import Reading
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Verdict
from kpibot.core.reports.answers import About, Breakdown, RowList
from kpibot.core.text import plural
from kpibot.render.phrases.conflicts import conflict


def report_record(report: Report, zone: ZoneInfo) -> dict[str, Any]:
    """A report: the reading's record, and how it compares with the earlier point."""
    record = reading_record(report.reading, report.card, report.verdict, zone)
    stale = ["stale: the newest row is older than it should be"] if report.stale else []
    conflicts = [f"conflict: {text}"] if (text := conflict(report)) else []
    return record | {
        "before": report.before,
        "compared_with": report.compared_with,
        "warnings": [*record["warnings"], *stale, *conflicts],
    }


def breakdown_record(breakdown: Breakdown) -> dict[str, Any]:
    """A KPI broken down by a dimension: the whole, and each part by its label."""
    zone = ZoneInfo(breakdown.zone)
    parts = {label: report_record(report, zone) for label, report in breakdown.parts}
    return {"by": breakdown.by, "whole": report_record(breakdown.whole, zone), "parts": parts, "more": breakdown.more}


def about_record(about: About) -> dict[str, Any]:
    """What a KPI means."""
    zone = ZoneInfo(about.zone)
    return {
        "kpi": about.card.id,
        "name": about.card.name,
        "objective": about.card.objective,
        "owner": about.card.owner,
        "category": about.card.category,
        "about": about.card.about,
        "definition": list(about.definition),
        "dimensions": list(about.dimensions),
        "origins": [{**asdict(each), "newest": _local(each.newest, zone)} for each in about.origins],
    }


def rows_record(row_list: RowList) -> dict[str, Any]:
    """The rows behind a number, as texts."""
    rows = [dict(zip(row_list.columns, row, strict=True)) for row in row_list.rows]
    links = [{"link": link} if link else {} for link in row_list.links]
    whole = report_record(row_list.report, ZoneInfo(row_list.zone))
    return {"whole": whole, "rows": [row | link for row, link in zip(rows, links, strict=True)]}


def reading_record(reading: Reading, card: KpiInfo, verdict: Verdict, zone: ZoneInfo) -> dict[str, Any]:
    """A reading with its unit and verdict; if `value` is null, the first warning says why."""
    return {
        "kpi": reading.kpi,
        "campus": reading.campus,
        "value": reading.value,
        "numerator": reading.numerator,
        "denominator": reading.denominator,
        "rows": reading.rows,
        "unit": unit_of(card),
        "as_of": _local(reading.as_of, zone),
        "status": str(verdict),
        "newest_row": _local(reading.newest, zone),
        "coverage": reading.coverage,
        "waiting": reading.waiting,
        "warnings": list(_warnings(reading)),
    }


def unit_of(card: KpiInfo) -> str:
    """What the value counts: `tickets`, `percent`, `hours`, `USD`."""
    match card.format:
        case Format.NUMBER:
            return card.rows
        case Format.CURRENCY:
            return card.currency
        case _:
            return str(card.format)


def _warnings(reading: Reading) -> Iterator[str]:
    if reading.missing is not None:
        yield f"{reading.missing}: {reading.detail}" if reading.detail else str(reading.missing)
    if reading.unplaced:
        yield f"{plural(reading.unplaced, 'row')} without a campus"
    if reading.valued < reading.rows:
        yield f"{plural(reading.rows - reading.valued, 'row')} without an amount"
    if reading.waiting:
        yield f"{plural(reading.waiting, 'row')} still waiting, counted with the time so far"


def _local(instant: datetime | None, zone: ZoneInfo) -> str | None:
    return None if instant is None else instant.astimezone(zone).isoformat(timespec="seconds")
