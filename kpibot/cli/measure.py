"""Measures every KPI for every campus and group, and keeps the readings."""

import argparse
from contextlib import closing

from kpibot.cli.common import as_of, json_text, services_of
from kpibot.core.kpis.readings import Reading
from kpibot.render.records import reading_record
from kpibot.settings import Settings


def measure_command(options: argparse.Namespace, settings: Settings) -> int:
    """Measures every KPI for every campus and group, and keeps the readings."""
    with closing(services_of(options, settings)) as services:
        moment = as_of(options, services)
        reports = [
            report for kpi in services.catalog.kpis.values() for report in services.reporting.evaluate(kpi, moment)
        ]
        services.store.save_readings(report.reading for report in reports)
        zone = services.catalog.district.calendar.zone
    for report in reports:
        record = reading_record(report.reading, report.card, report.verdict, zone)
        print(json_text(record) if options.json else _line(report.reading))
    return 1 if any(report.reading.detail for report in reports) else 0


def _line(reading: Reading) -> str:
    value = f"no data: {reading.missing}" if reading.value is None else f"{reading.value:,.6g}"
    return f"{reading.kpi:<20} {reading.campus:<28} {value}" + (f" ({reading.detail})" if reading.detail else "")
