"""Shows everything on this machine, without a Slack account."""

import argparse
import asyncio

from kpibot.app import demo as demo_app
from kpibot.app.clock import utc_now
from kpibot.cli.common import catalog_of, say, until_stopped
from kpibot.settings import Settings


def demo_command(options: argparse.Namespace, settings: Settings) -> int:
    """Shows everything on this machine, without a Slack account."""
    now = utc_now()
    environment = demo_app.build_district(options.folder, now, _show_progress)
    catalog = catalog_of(options, {**environment, **settings.environment})
    asyncio.run(until_stopped(lambda stop: demo_app.run(catalog, options.folder, options.port, stop, say)))
    return 0


def _show_progress(label: str, fraction: float) -> None:
    print(f"\r  making the demo district: {fraction:4.0%} {label:<20}", end="\n" if fraction >= 1 else "", flush=True)
