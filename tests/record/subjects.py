"""The subjects of the record, each a folder of its own."""

import asyncio
import logging
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from kpibot.app.container import build_services
from kpibot.catalog import load
from tests.record.answers import record_answers
from tests.record.commands import record_check, record_commands
from tests.record.lives import record_twin, record_year
from tests.record.messages import record_messages, record_outage
from tests.record.places import PLACES, MissingError
from tests.record.writing import Page


def record_place(name: str, folder: Path, into: Path) -> None:
    """The answers and commands of a district; of the demo the messages, too."""
    with PLACES[name](folder) as place:
        answers, commands = (Page(into / f"{each}.txt", place.secrets) for each in ("answers", "commands"))
        with closing(build_services(load(place.config, place.environment), "sqlite://")) as services:
            record_answers(services, place, answers)
            record_check(services, place, commands)
            record_commands(services, place, folder, commands)
        answers.write()
        commands.write()
        if name == "demo":
            for record, file in ((record_messages, "messages"), (record_outage, "outage")):
                page = Page(into / f"{file}.txt", place.secrets)
                asyncio.run(record(place, folder, page))
                page.write()


SUBJECTS: dict[str, Callable[[Path, Path], None]] = {  # those that take longest come first
    "year": record_year,
    **{name: partial(record_place, name) for name in PLACES},
    "kills": record_twin,
}


def write_subject(name: str, into: Path) -> str:
    """What is missing on this machine, so that nothing was written; empty if all is there."""
    logging.disable(logging.ERROR)  # a database is down, as it should be
    with tempfile.TemporaryDirectory(prefix="record-") as folder:
        try:
            SUBJECTS[name](Path(folder), into / name)
        except MissingError as error:
            return str(error)
    return ""
