"""`python -m tests.year`: lives through the whole year, checks its laws, and writes docs/year.md and its picture."""

import asyncio
import logging
import tempfile
from pathlib import Path
from time import process_time

from tests.year import laws, page, world
from tests.year.bot import RHYTHM, Lived, live
from tests.year.district import catalogue
from tests.year.incidents import FIRST, LAST

DOCS = Path(__file__).parents[2] / "docs"


def lived(folder: Path) -> Lived:
    """The whole year."""
    return asyncio.run(live(catalogue(folder / "config"), world.databases(), folder, FIRST, LAST, RHYTHM))


def main() -> None:
    """Says what people would have heard."""
    logging.disable(logging.WARNING)  # a database is down, as it should be
    began = process_time()
    with tempfile.TemporaryDirectory() as folder:
        year = lived(Path(folder))
    took = process_time() - began
    laws.check(year)
    page.write(year, took, DOCS)
    print("docs/year.md has the rest")  # noqa: T201


if __name__ == "__main__":
    main()
