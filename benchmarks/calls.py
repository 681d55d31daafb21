"""How much of kpibot does one question, digest or measurement pass through?

Counts kpibot's own functions (comprehensions and lambdas left out) and modules that are entered, and the most modules
that are on the call stack at once. Everything runs over the shipped configuration and the demo district.
"""

import argparse
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from benchmarks.timing import header, row
from kpibot.app.container import Services, build_services
from kpibot.app.demo import build_district
from kpibot.app.views import message_of, picture_of
from kpibot.catalog import load
from kpibot.core.campuses.campus_tree import DISTRICT

NOW = datetime(2026, 10, 5, 14, tzinfo=UTC)  # a Monday on which digests are due
QUESTION = "tickets campus-west"
MEASUREMENTS = 4  # after which the demo has breaches to report
MEASURE_EVERY = timedelta(minutes=15)
OWN = "kpibot."
UNNAMED = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>"})


class Calls:
    """What was called while it was the profiler of every thread."""

    def __init__(self) -> None:
        self.functions: set[CodeType] = set()
        self.modules: set[str] = set()
        self.deepest: list[str] = []

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        """Sees a call, return or exception of any code; see `sys.setprofile`."""
        if event != "call" or not _module_of(frame).startswith(OWN):
            return
        if frame.f_code.co_name not in UNNAMED:
            self.functions.add(frame.f_code)
        stack = list(dict.fromkeys(_stack(frame)))
        self.modules.add(stack[0])
        if len(stack) > len(self.deepest):
            self.deepest = stack[::-1]

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Watches this thread, and those that begin meanwhile."""
        threading.setprofile(self)
        sys.setprofile(self)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)


def _stack(frame: FrameType | None) -> Iterator[str]:
    """The modules of kpibot on the stack, the innermost first."""
    while frame is not None:
        if (module := _module_of(frame)).startswith(OWN):
            yield module
        frame = frame.f_back


def _module_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def main() -> None:
    """Prints a row for each way through the code, and the longest chain of modules of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where the demo district is kept, for another run; else it is not")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        environment = build_district(arguments.folder or Path(temporary), NOW, lambda *_: None)
        catalog = load(Path("config"), environment)
        header("", "functions", "modules", "modules deep")
        chains = []
        for name, work in WAYS.items():
            with closing(build_services(catalog, f"sqlite:///{temporary}/{name}.db")) as services:
                calls = Calls()
                with calls.counted():
                    work(services)
            row(name, *(str(len(each)) for each in (calls.functions, calls.modules, calls.deepest)))
            chains.append(f"{name}: {' > '.join(calls.deepest)}")
        print("", *chains, sep="\n")


def question(services: Services) -> Any:
    """What `/kpi tickets campus-west` takes from the listener to the message."""
    reply = services.dispatcher.reply(QUESTION, NOW, "mei", ["tech"], DISTRICT)
    message_of(reply)
    return reply


def question_with_chart(services: Services) -> None:
    """The same, with the chart that follows."""
    picture_of(question(services))


def digest(services: Services) -> None:
    """Every digest that is due on a Monday morning, up to the outbox."""
    services.digests.publish_due(NOW)


def breach(services: Services) -> None:
    """Measurements until breaches are in the outbox."""
    for n in range(MEASUREMENTS):
        services.alert_monitor.run(NOW + n * MEASURE_EVERY)


WAYS: dict[str, Callable[[Services], object]] = {
    "question": question,
    "question with chart": question_with_chart,
    "digest": digest,
    "breach": breach,
}

if __name__ == "__main__":
    main()
