"""Faults on demand: what a bot has to live with, served on the wire exactly where it happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["ratelimited", "error", "http_500", "http_502", "http_503", "slow", "late", "drop_before", "drop_after"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, for which calls, and how often.

    `method` is a Web API method, ``files.upload`` (the bytes), ``response_url``, or ``*`` for all of them.
    `times` None means until cleared. `channel` narrows it to calls with that channel (name or id).

    - ``ratelimited``: 429 with ``Retry-After`` of `seconds`, rounded up
    - ``error``: 200 with ``{"ok": false, "error": error}``
    - ``http_500``, ``http_502``, ``http_503``: that status with a page of text instead of JSON
    - ``slow``: accepted at once, answered after `seconds`
    - ``late``: nothing for `seconds`, then accepted and answered; a caller that gave up gets it nevertheless
    - ``drop_before``: the connection is cut and nothing was accepted
    - ``drop_after``: accepted, then the connection is cut before the answer
    """

    method: str
    kind: Kind
    times: int | None = 1
    channel: str | None = None
    seconds: float = 1.0
    error: str = "internal_error"


class Faults:
    """The faults that are still to come, the oldest first."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault) -> None:
        """Arm a fault."""
        self._waiting.append((fault, fault.times))

    def clear(self) -> None:
        """Disarm everything."""
        self._waiting.clear()

    def pending(self) -> list[Fault]:
        """Return what hasn't been used up."""
        return [fault for fault, _ in self._waiting]

    def take(self, method: str, channels: frozenset[str]) -> Fault | None:
        """Return the first fault for this call and use it once; `channels` are the call's channel's name and id."""
        for index, (fault, left) in enumerate(self._waiting):
            if _meant(fault, method, channels):
                self._use(index, fault, left)
                return fault
        return None

    def _use(self, index: int, fault: Fault, left: int | None) -> None:
        if left is None:
            return
        if left <= 1:
            del self._waiting[index]
        else:
            self._waiting[index] = (fault, left - 1)


def _meant(fault: Fault, method: str, channels: frozenset[str]) -> bool:
    if fault.method not in ("*", method):
        return False
    return fault.channel is None or fault.channel.lstrip("#") in channels
