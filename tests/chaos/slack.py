"""Slack as the lives know it: a workspace that outlives them and is in trouble.

It also kills, between taking a message and answering.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from localslack import Channel, Fault, Group, Person, Workspace, WorkspaceServer
from localslack.state.faults import Faults, Kind
from localslack.state.model import Call, Change
from tests.chaos import steps
from tests.chaos.life import Plan

TROUBLES: tuple[Kind, ...] = (
    "ratelimited",
    "http_500",
    "http_503",
    "drop_before",
    "drop_after",
    "reset",
    "slow",
    "late",
)
METHODS = ("chat.postMessage", "chat.update", "conversations.history", "conversations.replies", *steps.UPLOAD)
LATE = 0.05  # seconds


class Clock:
    """The time of this world: the machine's from an instant on, `speed` times as fast, and it may be put forward."""

    def __init__(self, began: datetime, speed: float = 1.0) -> None:
        self.speed = speed
        self.set(began)

    def set(self, instant: datetime) -> None:
        """It is this instant now."""
        self.began, self.at = instant.timestamp(), time.monotonic()

    def jump(self, by: timedelta) -> None:
        """It is later than it was."""
        self.began += by.total_seconds()

    def seconds(self) -> float:
        """Seconds since 1970."""
        return self.began + (time.monotonic() - self.at) * self.speed

    @property
    def now(self) -> datetime:
        """The instant."""
        return datetime.fromtimestamp(self.seconds(), UTC)


class Slack:
    """A workspace with these channels, at a clock. `seed` is of its faults."""

    def __init__(self, channels: Iterable[str], clock: Clock, seed: int = 0) -> None:
        self.clock = clock
        self.ws = workspace(channels, clock.seconds)
        self.ws.faults = Faults(seed)
        self.faults: Counter[str] = Counter()
        self._server = WorkspaceServer(self.ws)
        self._is_deadly: Callable[[Call], bool] = lambda _call: False
        self._kill: Callable[[], None] = lambda: None
        self.ws.subscribe(self._noted)

    async def start(self) -> None:
        """Listens."""
        await self._server.start()

    async def stop(self) -> None:
        """Listens no more."""
        await self._server.stop()

    def plan(self, state_url: str, dies_at: str | None = None, nth: int = 1, *, stays: bool = False) -> Plan:
        """A life in this workspace."""
        clock, ws = self.clock, self.ws
        access = (self._server.api_url, ws.bot_token, ws.app_token)
        return Plan(state_url, *access, clock.began, clock.at, clock.speed, stays, dies_at, nth)

    def spoil(self, rate: float) -> None:
        """From now on every trouble strikes this share of the calls with which messages are sent and looked up."""
        for method in METHODS:
            for kind in TROUBLES:
                self.ws.fault(Fault(method, kind, times=None, rate=rate, seconds=LATE))

    def kill_at(self, step: str, nth: int, kill: Callable[[], None]) -> None:
        """Kills when a call of this step has been accepted for the n-th time, before it is answered."""
        left = iter(range(nth - 1, -1, -1))

        def is_deadly(call: Call) -> bool:
            return is_accepted(call) and steps.of_call(call.method, call.arguments) == step and next(left) == 0

        self._is_deadly, self._kill = is_deadly, kill

    def spare(self) -> None:
        """Nobody is killed from here any more."""
        self._is_deadly = lambda _call: False

    def _noted(self, change: Change) -> None:
        if isinstance(change.subject, Call):
            if change.subject.fault is not None:
                self.faults[change.subject.fault] += 1
            if self._is_deadly(change.subject):
                self.spare()
                self._kill()


def is_accepted(call: Call) -> bool:
    """Whether the call had its effect, whatever its caller hears of it."""
    return call.response is not None and call.response.get("ok") is True


def workspace(channels: Iterable[str], clock: Callable[[], float]) -> Workspace:
    """A workspace in which files are ready soon and no record is cut short."""
    return Workspace(
        name="Chaos ISD",
        bot_name="kpibot",
        channels=[Channel(each) for each in channels],
        people=[Person("luis", "Luis Ortega")],
        groups=[Group("helpdesk-leads", members=("luis",))],
        clock=clock,
        file_seconds=0.01,
        keep_messages=100_000,
    )
