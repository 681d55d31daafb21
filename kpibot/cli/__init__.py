"""The command line: run · demo · check · ask · measure · digest · routes · backtest · workspace.

Each command is a module of its own and is imported when it is asked for: help needs neither databases nor Slack, and
an answer in the terminal needs no Slack.
"""

import argparse
import gc
import logging
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path

COMMANDS = {
    "run": "Runs the bot until it is stopped.",
    "demo": "Shows everything on this machine, without a Slack account.",
    "check": "Looks at the configuration, the databases and Slack; every problem at once.",
    "ask": "Answers a question in the terminal.",
    "measure": "Measures every KPI for every campus and group, and keeps the readings.",
    "digest": "Prints what a digest would say, and sends nothing.",
    "routes": "Shows where an alert would go, and why.",
    "backtest": "Counts the alerts that past data would have caused, also with other thresholds.",
    "workspace": "Runs a Slack workspace on this machine, for any bot.",
}
NEEDS_NO_CONFIGURATION = frozenset({"workspace"})
ASKS_ABOUT_AN_INSTANT = frozenset({"check", "ask", "measure", "digest", "routes", "backtest"})
LEAST_DAYS, MOST_DAYS = 7, 1_826  # of a backtest
EARLIEST, LATEST = 1980, 2200  # years of an --as-of: before the first, SQL and Python count differently


BACKTEST = """\
Goes through the past of a KPI, day by day, and counts the alerts that its
thresholds would have caused: how many, where, for how long, in which months,
how many became critical, and how many would have waited for the next working
day.

Then it tries other warnings on the same past. Each line of that table says: if
the warning had been this value, there would have been this many alerts, this
many a year at each campus, and a campus would have been in alert for this share
of the days. `now` marks the current warning, `suggested` the mildest one that
is quiet enough for people to read: at most one alert a month, and in alert on
at most one day in ten.

It changes nothing and sends nothing. To use another warning, write it into
kpis.yaml, and look again.
"""
BACKTEST_EXAMPLES = """\
examples:
  bot.py backtest tickets                 a year, every campus
  bot.py backtest tickets campus-west     one campus, or the campuses of a group
  bot.py backtest tickets campus-west --days 730 --chart tickets.png
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; its exit status: 0, 1 for a problem, 2 for a mistyped command."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        return _run(options)
    except _user_errors() as error:
        print(error, file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    from kpibot.settings import from_process  # noqa: PLC0415 - help and a mistyped command need no settings

    settings = from_process()
    logging.getLogger("kpibot").setLevel(settings.log_level)
    return _imported(options.command)(options, settings)


def _imported(name: str) -> Callable[..., int]:
    """The command's function. Imports leave nothing to collect, and looking for it takes a tenth of their time."""
    gc.disable()
    try:
        command: Callable[..., int] = getattr(import_module(f"kpibot.cli.{name}"), f"{name}_command")
    finally:
        gc.enable()
    return command


def _user_errors() -> tuple[type[Exception], ...]:
    """The errors whose message is shown as it is; imported only once there is an error."""
    from kpibot.cli.user_errors import USER_ERRORS  # noqa: PLC0415 - they are defined in every layer

    return USER_ERRORS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bot.py", description="KPIs of a school district's technology, in Slack.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for name, says in COMMANDS.items():
        command = commands.add_parser(name, help=says)
        if name not in NEEDS_NO_CONFIGURATION:
            command.add_argument("--config", type=Path, default=Path("config"), metavar="DIR", help="default: config")
        if name in ASKS_ABOUT_AN_INSTANT:
            command.add_argument("--as-of", "--at", type=_instant, metavar="ISO-TIME", help="default: now")
            command.add_argument("--json", action="store_true", help="for programs")
        if name in _ARGUMENTS:
            _ARGUMENTS[name](command)
    return parser


def _demo_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", type=_port, default=8065, help="of the page; default: 8065")
    command.add_argument("--folder", type=Path, default=Path("var/demo"), help="of the data; default: var/demo")


def _ask_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("question", nargs="*", help="for example: tickets campus-west 90d")
    command.add_argument("--chart", type=Path, metavar="FILE.png", help="writes the chart there")


def _digest_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", help="of the digest, as under digests in the configuration")


def _routes_arguments(command: argparse.ArgumentParser) -> None:
    command.usage = "bot.py routes [options] KPI [CAMPUS] [warning | critical]"
    says = "for example: tickets campus-west critical; without a severity it is a warning"
    command.add_argument("breach", nargs="+", metavar="KPI CAMPUS SEVERITY", help=says)


def _backtest_arguments(command: argparse.ArgumentParser) -> None:
    command.usage = "bot.py backtest [options] KPI [CAMPUS]"
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.description, command.epilog = BACKTEST, BACKTEST_EXAMPLES
    command.add_argument("about", nargs="+", metavar="KPI CAMPUS", help="for example: tickets, or tickets campus-west")
    command.add_argument(
        "--days", type=_days, default=365, help=f"of the past, {LEAST_DAYS} to {MOST_DAYS:,}; default: 365"
    )
    command.add_argument("--chart", type=Path, metavar="FILE.png", help="writes a picture of it there")


def _workspace_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", type=_port, default=8065, help="of page and Web API; default: 8065")
    command.add_argument("--script", type=Path, metavar="FILE.yaml", help="channels, people, limits and faults")


_ARGUMENTS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "demo": _demo_arguments,
    "ask": _ask_arguments,
    "digest": _digest_arguments,
    "routes": _routes_arguments,
    "backtest": _backtest_arguments,
    "workspace": _workspace_arguments,
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


def _days(text: str) -> int:
    if not text.isdigit() or not LEAST_DAYS <= int(text) <= MOST_DAYS:
        says = f"{text!r} is no number of days; write one from {LEAST_DAYS} to {MOST_DAYS:,}"
        raise argparse.ArgumentTypeError(says)
    return int(text)


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; write a number from 1 to 65535")
    return int(text)
