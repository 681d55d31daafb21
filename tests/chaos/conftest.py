"""How often death comes, and what is told of it at the end."""

import os
import time
from collections.abc import Iterator

import pytest

from tests.chaos.tally import Tally

TALLY = pytest.StashKey[Tally]()
KILLS = int(os.environ.get("KILLS", "50"))
DELIVERIES = int(os.environ.get("DELIVERIES", "300"))
SEED = os.environ.get("SEED", "1")


@pytest.fixture(scope="session")
def tally(request: pytest.FixtureRequest) -> Tally:
    """What all tests count together."""
    return request.config.stash.setdefault(TALLY, Tally(SEED, time.monotonic()))


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Tells what was counted, where that was asked for."""
    counted = terminalreporter.config.stash.get(TALLY, None)
    if counted is not None and "KILLS" in os.environ:
        terminalreporter.section("chaos")
        terminalreporter.write_line(counted.table(time.monotonic()))
    return (yield)
