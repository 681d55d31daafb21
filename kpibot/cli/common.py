"""What the commands have in common: the configuration, the services, the instant that is asked about."""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path

from kpibot.app.clock import utc_now
from kpibot.app.container import Services, build_services
from kpibot.catalog import Catalog, load
from kpibot.settings import Settings


class UsageError(Exception):
    """What was typed cannot be done; the message says what to type instead."""


def as_of(options: argparse.Namespace, services: Services) -> datetime:
    """The instant that is asked about; without an offset it is the district's."""
    instant: datetime | None = options.as_of
    if instant is None:
        return utc_now().replace(microsecond=0)
    return instant if instant.tzinfo else instant.replace(tzinfo=services.catalog.district.calendar.zone)


def services_of(options: argparse.Namespace, settings: Settings) -> Services:
    """The wired services. Whoever calls closes it."""
    return build_services(catalog_of(options, settings.environment), settings.state_url)


def catalog_of(options: argparse.Namespace, environment: Mapping[str, str]) -> Catalog:
    """The configuration of the folder that was named."""
    if not options.config.is_dir():
        raise UsageError(f"{options.config} is not a folder; name the one that holds the configuration's YAML files")
    return load(options.config, environment)


def json_text(value: object) -> str:
    """The value for programs."""
    return json.dumps(value, ensure_ascii=False)


def write_picture(file: Path, png: bytes, shows: str) -> None:
    """Writes a chart where it is wanted, and says what it shows, for whoever does not see it: to stderr, since stdout
    may be read by a program.

    Raises:
        UsageError: it cannot be written there.
    """
    try:
        file.write_bytes(png)
    except OSError as error:
        raise UsageError(f"the chart cannot be written to {file} ({error.strerror}); name another file") from error
    print(f"{file}: {shows}", file=sys.stderr)


async def until_stopped(work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Runs until Ctrl-C or a SIGTERM asks for the end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    await work(stop)


def say(text: str) -> None:
    """Prints a line at once, whoever reads the output."""
    print(text, flush=True)
