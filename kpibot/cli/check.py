"""Looks at the configuration, the databases and Slack; every problem at once."""

import argparse
import asyncio
import logging
from contextlib import closing
from dataclasses import replace

from kpibot.cli.common import as_of, json_text, services_of
from kpibot.render.terminal.inspection import inspection_record, inspection_text
from kpibot.settings import Settings


def check_command(options: argparse.Namespace, settings: Settings) -> int:
    """Looks at the configuration, the databases and Slack; every problem at once."""
    logging.getLogger("kpibot.services").setLevel(logging.ERROR)  # what they would warn of is found below
    with closing(services_of(options, settings)) as services:
        inspection = services.inspect(as_of(options, services))
    from kpibot.app.slack_access import check_slack  # noqa: PLC0415 - Slack's libraries, while the databases are done

    inspection = replace(
        inspection, findings=(*inspection.findings, *asyncio.run(check_slack(services.catalog, settings)))
    )
    zone = services.catalog.district.calendar.zone
    print(json_text(inspection_record(inspection, zone)) if options.json else inspection_text(inspection))
    return 1 if inspection.problems else 0
