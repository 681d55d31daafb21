"""The command line: run · demo · check · ask · measure · digest."""

import argparse
import asyncio
import json
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from kpibot.app import trial
from kpibot.app.access import StartError, check_slack, slack_access
from kpibot.app.bot import Bot
from kpibot.app.clock import utc_now
from kpibot.app.house import House, furnish
from kpibot.catalog import Catalog, CatalogError, load
from kpibot.core.campus import CampusTreeError
from kpibot.core.query import QueryError
from kpibot.core.readings import Reading
from kpibot.core.reports import Answer, Overview
from kpibot.core.words import did_you_mean, listed
from kpibot.render.charts import answer_chart
from kpibot.render.digest import digest_message
from kpibot.render.records import reading_record, report_record
from kpibot.render.text import answer_text, digest_text, overview_text
from kpibot.services.answering import Help, Listing, Reply
from kpibot.services.check import Finding, check_available, check_databases, check_kpis
from kpibot.services.digest import latest_slot
from kpibot.settings import Settings, SettingsError, from_process
from kpibot.slack.connection import ConnectionProblem
from kpibot.sources.base import SourceError
from kpibot.store.store import StoreError

EARLIEST, LATEST = 1980, 2200  # years of an --as-of: before the first, SQL and Python count differently


class UsageError(Exception):
    """What was typed cannot be done; the message says what to type instead."""


TOLD = (
    UsageError,
    CatalogError,
    SettingsError,
    CampusTreeError,
    QueryError,
    SourceError,
    StoreError,
    StartError,
    ConnectionProblem,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; its exit status: 0, 1 for a problem, 2 for a mistyped command."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        settings = from_process()
        logging.getLogger("kpibot").setLevel(settings.log_level)
        status: int = options.command(options, settings)
    except TOLD as error:
        print(error, file=sys.stderr)
        return 1
    return status


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Talks to Slack until it is told to stop."""
    access = slack_access(settings)
    with closing(_house(options, settings)) as house:
        asyncio.run(_until_stopped(Bot(house, access).run))
    return 0


def demo(options: argparse.Namespace, settings: Settings) -> int:
    """Shows everything, on this machine alone."""
    now = utc_now()
    environment = trial.build_district(options.folder, now, _show_progress)
    catalog = _catalog(options, {**environment, **settings.environment})
    asyncio.run(_until_stopped(lambda stop: trial.run(catalog, options.folder, options.port, stop, _say)))
    return 0


def check(options: argparse.Namespace, settings: Settings) -> int:
    """Looks at the configuration, the databases and Slack; every problem at once."""
    logging.getLogger("kpibot.services").setLevel(logging.ERROR)  # what they would warn of is found below
    with closing(_house(options, settings)) as house:
        findings = check_databases(house.catalog.databases.values())
        findings += check_kpis(house.catalog.kpis, house.reporting, _as_of(options, house))
        findings += check_available(house.catalog.not_available)
    findings += asyncio.run(check_slack(house.catalog, settings))
    problems = [finding for finding in findings if finding.is_problem]
    if options.json:
        print(json.dumps([_finding(each) for each in findings], ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{'✗' if finding.is_problem else '✓'} {finding.what}: {finding.says}")
        print(f"{len(problems)} of {len(findings)} need attention" if problems else "all is well")
    return 1 if problems else 0


def ask(options: argparse.Namespace, settings: Settings) -> int:
    """Answers a question in the terminal."""
    with closing(_house(options, settings)) as house:
        reply = house.answering.reply(" ".join(options.question), _as_of(options, house))
    match reply:
        case Answer():
            print(_json(report_record(reply.report, ZoneInfo(reply.zone))) if options.json else answer_text(reply))
        case Overview():
            reports = [report_record(report, ZoneInfo(reply.zone)) for report in reply.reports]
            print(_json(reports) if options.json else overview_text(reply))
        case Listing() | Help():
            print(_json(_guide_record(reply)) if options.json else _guide(reply))
    if options.chart is not None:
        _write_chart(options.chart, reply)
    return 0


def measure(options: argparse.Namespace, settings: Settings) -> int:
    """Measures every KPI for every campus and group, and keeps the readings."""
    with closing(_house(options, settings)) as house:
        as_of = _as_of(options, house)
        reports = [report for kpi in house.catalog.kpis.values() for report in house.reporting.judged(kpi, as_of)]
        house.store.save_readings(report.reading for report in reports)
        zone = house.catalog.district.calendar.zone
    for report in reports:
        record = reading_record(report.reading, report.card, report.verdict, zone)
        print(_json(record) if options.json else _line(report.reading))
    return 1 if any(report.reading.detail for report in reports) else 0


def digest(options: argparse.Namespace, settings: Settings) -> int:
    """Prints what a digest would say, and sends nothing."""
    with closing(_house(options, settings)) as house:
        chosen = house.catalog.digests.get(options.name)
        if chosen is None:
            near = did_you_mean(options.name, house.catalog.digests)
            raise UsageError(f"no digest `{options.name}`{near or '; there is ' + listed(house.catalog.digests)}")
        now = _as_of(options, house)
        slot = now if options.as_of else latest_slot(chosen, now, house.catalog.district.calendar)
        editions = house.digests.editions(chosen, slot)
    if options.json:
        print(
            _json([{"channel": channel.id, "blocks": digest_message(edition).blocks} for channel, edition in editions])
        )
    else:
        print("\n\n".join(f"── {channel.slack}\n{digest_text(edition)}" for channel, edition in editions))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bot.py", description="KPIs of a school district's technology, in Slack.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for function in (run, demo, check, ask, measure, digest):
        command = commands.add_parser(function.__name__, help=function.__doc__)
        command.set_defaults(command=function)
        command.add_argument("--config", type=Path, default=Path("config"), metavar="DIR", help="default: config")
        if function in (check, ask, measure, digest):
            command.add_argument("--as-of", type=_instant, metavar="ISO-TIME", help="default: now")
            command.add_argument("--json", action="store_true", help="for programs")
        if function in _ARGUMENTS:
            _ARGUMENTS[function](command)
    return parser


def _demo_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", type=_port, default=8065, help="of the page; default: 8065")
    command.add_argument("--folder", type=Path, default=Path("var/demo"), help="of the data; default: var/demo")


def _ask_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("question", nargs="*", help="for example: tickets campus-west 90d")
    command.add_argument("--chart", type=Path, metavar="FILE.png", help="writes the chart there")


def _digest_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", help="of the digest, as under digests in the configuration")


_ARGUMENTS: dict[Callable[..., int], Callable[[argparse.ArgumentParser], None]] = {
    demo: _demo_arguments,
    ask: _ask_arguments,
    digest: _digest_arguments,
}


def _instant(text: str) -> datetime:
    """A time as ISO 8601 writes it; without an offset it is the district's."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write for example 2026-03-31T23:59") from error
    if not EARLIEST <= instant.year <= LATEST:
        raise argparse.ArgumentTypeError(f"{text!r} is out of reach; name a year from {EARLIEST} to {LATEST}")
    return instant


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; write a number from 1 to 65535")
    return int(text)


def _as_of(options: argparse.Namespace, house: House) -> datetime:
    given: datetime | None = options.as_of
    if given is None:
        return utc_now().replace(microsecond=0)
    return given if given.tzinfo else given.replace(tzinfo=house.catalog.district.calendar.zone)


def _house(options: argparse.Namespace, settings: Settings) -> House:
    return furnish(_catalog(options, settings.environment), settings.state_url)


def _catalog(options: argparse.Namespace, environment: Mapping[str, str]) -> Catalog:
    if not options.config.is_dir():
        raise UsageError(f"{options.config} is no folder; name the one that holds the configuration's YAML files")
    return load(options.config, environment)


async def _until_stopped(work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Runs until Ctrl-C or a SIGTERM asks for the end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wish in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wish, stop.set)
    await work(stop)


def _say(text: str) -> None:
    print(text, flush=True)


def _show_progress(label: str, fraction: float) -> None:
    print(f"\r  making the demo district: {fraction:4.0%} {label:<20}", end="\n" if fraction >= 1 else "", flush=True)


def _write_chart(file: Path, reply: Reply) -> None:
    png = answer_chart(reply) if isinstance(reply, Answer) else None
    if png is None:
        raise UsageError("there is nothing to draw; ask for one KPI that has a history")
    try:
        file.write_bytes(png)
    except OSError as error:
        raise UsageError(f"the chart cannot be written to {file} ({error.strerror}); name another file") from error


def _guide_record(reply: Help | Listing) -> dict[str, object]:
    campuses = [reply.campus] if isinstance(reply, Help) else [campus for _, campus in reply.campuses]
    return {
        "kpis": {card.id: card.name for card in reply.kpis},
        "campuses": {campus.slug: campus.name for campus in campuses},
    }


def _guide(reply: Help | Listing) -> str:
    lines = [f"{card.id:<24} {card.name}" for card in reply.kpis]
    if isinstance(reply, Help):
        return "\n".join([f'ask "{reply.kpis[0].id} {reply.campus.slug} 90d"', "", *lines])
    return "\n".join(
        [*lines, "", *("  " * depth + f"{campus.slug:<24} {campus.name}" for depth, campus in reply.campuses)]
    )


def _line(reading: Reading) -> str:
    value = f"no data: {reading.missing}" if reading.value is None else f"{reading.value:,.6g}"
    return f"{reading.kpi:<20} {reading.campus:<28} {value}" + (f" ({reading.detail})" if reading.detail else "")


def _finding(finding: Finding) -> dict[str, object]:
    return {"what": finding.what, "says": finding.says, "problem": finding.is_problem}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
