"""Says how many alerts the past of a KPI would have given, and with which thresholds how many."""

import argparse
from contextlib import closing

from kpibot.cli.common import as_of, json_text, services_of, write_picture
from kpibot.cli.routes import kpi_and_campus
from kpibot.core.alerts.quiet_hours import QuietHours
from kpibot.render.charts.backtest_chart import backtest_alt, backtest_chart
from kpibot.render.terminal.backtest import backtest_record, backtest_text
from kpibot.services.alerts.backtesting import Backtesting
from kpibot.settings import Settings


def backtest_command(options: argparse.Namespace, settings: Settings) -> int:
    """Says how many alerts the past of a KPI would have given, and with which thresholds how many."""
    with closing(services_of(options, settings)) as services:
        kpi, campus = kpi_and_campus(options.about, services)
        district = services.catalog.district
        quiet = QuietHours(services.catalog.silences, services.district.tree, district.calendar)
        backtesting = Backtesting(services.district, services.reporting, quiet, district.measure_every)
        result = backtesting.backtest(kpi, campus, as_of(options, services), options.days)
    print(json_text(backtest_record(result)) if options.json else backtest_text(result))
    if options.chart is not None:
        write_picture(options.chart, backtest_chart(result), backtest_alt(result))
    return 0
