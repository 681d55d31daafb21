"""What the bot says through weeks of the simulated year, and through the hours in which others are killed."""

import asyncio
from datetime import datetime
from itertools import islice
from pathlib import Path

from tests.chaos.twin import as_it_should_read
from tests.chaos.world import World
from tests.record.writing import Page, as_blocks
from tests.year import world
from tests.year.bot import RHYTHM, live
from tests.year.district import catalogue
from tests.year.incidents import at
from tests.year.test_year import STRETCHES

SEED, HOURS = "1-0", 14  # the first season of `make chaos`; 50 kills last about as many hours


def record_year(folder: Path, into: Path) -> None:
    """Each stretch of the year in which something happens."""
    catalog, databases = catalogue(folder / "config"), world.databases()
    for number, (name, (first, last)) in enumerate(STRETCHES.items()):
        memory = folder / str(number)
        memory.mkdir()
        lived = asyncio.run(live(catalog, databases, memory, at(first), at(last), RHYTHM))
        page = Page(into / f"{name.replace(',', '').replace(' ', '-')}.txt", {})
        for each in lived.slack.sent:
            head = f"{each.at.isoformat()} {each.how} in {each.channel}: {each.key}, in channel: {each.in_channel}"
            page.add(head, each.text, as_blocks(each.blocks))
        page.add("the outbox", str(lived.outbox))
        page.write()


def record_twin(folder: Path, into: Path) -> None:
    """The hours of fifty kills as the undisturbed bot lives through them.

    The killed one must end to the letter like it, which tests/chaos holds; but at which minutes of its hours it
    measures, and for how many hours it takes to die so often, is up to the machine.
    """
    (folder / "instants").mkdir()
    instants: list[datetime] = list(islice(World(folder / "instants" / "helpdesk.db", SEED).rounds(), HOURS))
    read = asyncio.run(as_it_should_read(SEED, instants, folder))
    page = Page(into / "twin.txt", {})
    for channel, messages in read.items():
        for each in messages:
            page.add(f"{channel}: {each.key} in {each.thread}, in channel: {each.in_channel}", each.says)
    page.write()
