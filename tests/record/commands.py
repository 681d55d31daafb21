"""What the commands of the terminal print: measure, digest, ask, routes and backtest; and what `check` finds."""

import io
import os
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from unittest.mock import patch

from kpibot.app.container import Services
from kpibot.cli import main
from kpibot.render.terminal.inspection import inspection_record, inspection_text
from kpibot.services.diagnostics.check import CatalogCheck
from kpibot.sources.diagnostics.inspector import SqlInspector
from tests.record.places import Place
from tests.record.questions import places
from tests.record.writing import Page, as_json

PROJECT = Path(__file__).parents[2]
NO_SLACK = {"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": ""}


def record_commands(services: Services, place: Place, folder: Path, page: Page) -> None:
    """Runs each command as people and programs would."""
    state = {"KPIBOT_STATE_URL": f"sqlite:///{folder / 'commands.db'}"}
    with patch.dict(os.environ, {**place.environment, **state, **NO_SLACK}):
        for words in _commands(services):
            for form in ((), ("--json",)):
                printed = _run([*words, *form, "--config", str(place.config), "--as-of", place.now.isoformat()])
                page.add(" ".join((*words, *form)), printed)


def record_check(services: Services, place: Place, page: Page) -> None:
    """What `check` says of the databases, at a clock by which each statement takes a second."""
    inspectors = {name: SqlInspector(source.database) for name, source in services.sources.items()}
    found = CatalogCheck(
        services.catalog,
        inspectors,
        services.measurement,
        services.reporting,
        place.now,
        partial(next, count(0.0)),
    ).inspection()
    # Its lines are broken by length, and so must not hold the folder in which the project happens to be.
    here = tuple(replace(each, place=each.place.replace(f"{PROJECT}/", "")) for each in found.findings)
    found = replace(found, findings=here)
    page.add("check", inspection_text(found))
    page.add("check --json", as_json(inspection_record(found, services.catalog.district.calendar.zone)))


def _commands(services: Services) -> Iterator[Iterable[str]]:
    kpis, campuses = list(services.catalog.kpis), places(services)
    yield from (("measure",), ("ask", kpis[0]), ("ask", "xyzzy"), ("ask", "list"))
    yield from (("digest", each) for each in (*services.catalog.digests, "xyzzy"))
    yield from (("routes", kpi, campuses[-1], severity) for kpi in kpis for severity in ("warning", "critical"))
    yield from (("backtest", kpis[0], campuses[-1]), ("backtest", "xyzzy"))


def _run(arguments: list[str]) -> str:
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        status = main(arguments)
    return f"{printed.getvalue()}exit status {status}"
