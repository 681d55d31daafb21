"""Sends events, commands and interactions to the bot: waits for acks, redelivers, and records each attempt.

Slack waits three seconds for an ack. An event that isn't acked is sent again, at once, after a minute and after
five; a command or an interaction is not: the person sees an error.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from localslack.state.faults import EVENTS
from localslack.state.model import DeliveryAttempt, Json
from localslack.state.workspace import Workspace

ACK_SECONDS = 3.0
REDELIVERY = (0.0, 60.0, 300.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery went. `seconds` to the ack and its `payload`, or the `error` that the person sees.

    ``dispatch_failed``: no bot is connected. ``operation_timeout``: none acked in time. Other errors are those of
    a payload that Slack wouldn't take, such as ``invalid_blocks``. `reason` is Slack's word for why it repeats an
    event; a `final` one isn't repeated.
    """

    acked: bool
    seconds: float | None = None
    payload: Json | None = None
    error: str | None = None
    response_url: str | None = None
    trigger_id: str | None = None
    reason: str = "timeout"
    final: bool = False


@dataclass(frozen=True, slots=True)
class Repeat:
    """Which attempt at an event this is, 0 for the first, and why the one before failed."""

    attempt: int
    reason: str = ""


class Dispatcher(ABC):
    """Delivers to the bot. `ack_seconds` and `redelivery` (seconds before each repeat) are Slack's by default."""

    def __init__(
        self, ws: Workspace, ack_seconds: float = ACK_SECONDS, redelivery: Sequence[float] = REDELIVERY
    ) -> None:
        self._ws, self._ack_seconds, self._redelivery = ws, ack_seconds, tuple(redelivery)
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: Json | None = None

    @property
    @abstractmethod
    def connections(self) -> int:
        """Return how many connections the bot has."""

    @abstractmethod
    async def _send(self, kind: str, payload: Json, repeat: Repeat | None) -> Outcome:
        """Send once and wait for the ack, for as long as Slack does."""

    async def deliver(self, kind: str, payload: Json) -> Outcome:
        """Send a command or what a person did, once, and wait for its ack."""
        return await self._recorded(kind, payload, None)

    async def _recorded(self, kind: str, payload: Json, repeat: Repeat | None) -> Outcome:
        ws = self._ws
        started = ws.clock()
        outcome = await self._send(kind, payload, repeat)
        name, attempt = _name_of(payload), repeat.attempt if repeat is not None else 0
        ident = str(payload.get("event_id") or payload.get("trigger_id") or "")
        ws.history.deliveries.append(
            DeliveryAttempt(
                kind=kind,
                name=name,
                ident=ident,
                attempt=attempt,
                started=started,
                seconds=outcome.seconds,
                error=outcome.error,
            )
        )
        return outcome

    def event(self, payload: Json) -> None:
        """Deliver an event in the background, and redeliver it until it's acked or Slack gives up."""
        fault = self._ws.faults.take(EVENTS)
        kind = fault.kind if fault is not None else None
        if kind == "out_of_order" and self._held is None:
            self._held = payload
            return
        self._start(payload, fault.seconds if fault is not None and kind == "late" else 0.0)
        if kind == "duplicate":
            self._start(payload)
        if self._held is not None:
            held, self._held = self._held, None
            self._start(held)

    def _start(self, payload: Json, pause: float = 0.0) -> None:
        task = asyncio.create_task(self._persist(payload, pause))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _persist(self, payload: Json, pause: float) -> None:
        await asyncio.sleep(pause)
        outcome = await self._recorded("events_api", payload, Repeat(0))
        for attempt, wait in enumerate(self._redelivery, start=1):
            if outcome.acked or outcome.final:
                return
            await asyncio.sleep(wait)
            outcome = await self._recorded("events_api", payload, Repeat(attempt, outcome.reason))

    async def stop(self) -> None:
        """Cancel redelivery."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _name_of(payload: Json) -> str:
    event = payload.get("event")
    named = event.get("type") if isinstance(event, dict) else payload.get("command") or payload.get("type")
    return str(named or "")
