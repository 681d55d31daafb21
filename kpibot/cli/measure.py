"""Measures every KPI for every campus and group, and keeps the readings."""

import argparse
from contextlib import closing

from kpibot.cli.common import as_of, house_of, json_text
from kpibot.core.kpis.readings import Reading
from kpibot.render.records import reading_record
from kpibot.settings import Settings


def measure(options: argparse.Namespace, settings: Settings) -> int:
    """Measures every KPI for every campus and group, and keeps the readings."""
    with closing(house_of(options, settings)) as house:
        moment = as_of(options, house)
        reports = [report for kpi in house.catalog.kpis.values() for report in house.reporting.judged(kpi, moment)]
        house.store.save_readings(report.reading for report in reports)
        zone = house.catalog.district.calendar.zone
    for report in reports:
        record = reading_record(report.reading, report.card, report.verdict, zone)
        print(json_text(record) if options.json else _line(report.reading))
    return 1 if any(report.reading.detail for report in reports) else 0


def _line(reading: Reading) -> str:
    value = f"no data: {reading.missing}" if reading.value is None else f"{reading.value:,.6g}"
    return f"{reading.kpi:<20} {reading.campus:<28} {value}" + (f" ({reading.detail})" if reading.detail else "")
