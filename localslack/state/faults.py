"""Faults on demand: errors, delays and broken connections, injected where they happen in reality."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "pass",
    "ratelimited",
    "error",
    "http_500",
    "http_502",
    "http_503",
    "slow",
    "late",
    "drop_before",
    "drop_after",
    "reset",
    "silent",
    "half_open",
    "duplicate",
    "out_of_order",
    "never_processed",
    "clock_jump",
]
KINDS: tuple[str, ...] = get_args(Kind)

SOCKET, EVENTS, UPLOAD, RESPONSE_URL = "socket", "events", "files.upload", "response_url"
_FOR_SOCKET = ("pass", "reset", "silent", "half_open")
_FOR_EVENTS = ("pass", "duplicate", "out_of_order", "late")
_NOT_FOR_CALLS = ("half_open", "duplicate", "out_of_order")


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, for which calls, and how often.

    `method` is a Web API method, ``files.upload`` (the bytes), ``response_url``, or ``*`` for all of them; ``socket``
    is an envelope on its way to the bot, ``events`` an event. `times` None means until cleared. `channel` narrows it
    to calls with that channel (name or id). `rate` is the share of the calls that it strikes, by the workspace's seed.

    - ``pass``: nothing goes wrong; a step of a script
    - ``ratelimited``: 429 with ``Retry-After`` of `seconds`, rounded up
    - ``error``: 200 with ``{"ok": false, "error": error}``
    - ``http_500``, ``http_502``, ``http_503``: that status with a page of text instead of JSON
    - ``slow``: accepted at once, answered after `seconds`
    - ``late``: nothing for `seconds`, then accepted and answered; even if the caller gave up
    - ``drop_before``: the connection is closed and nothing was accepted
    - ``drop_after``: accepted, then the connection is closed before the answer
    - ``reset``: the connection is reset (TCP RST) and nothing was accepted, or sent
    - ``silent``: apparently accepted, or sent; nothing comes back, and the connection stays open
    - ``half_open``: a Socket Mode connection that only the bot considers open
    - ``duplicate``: an event comes twice, with one event_id
    - ``out_of_order``: an event comes after the next one
    - ``never_processed``: a file's bytes are accepted, and it never gets its mimetype
    - ``clock_jump``: the workspace's clock jumps by `seconds`, and the call goes on
    """

    method: str
    kind: Kind
    times: int | None = 1
    channel: str | None = None
    seconds: float = 1.0
    error: str = "internal_error"
    rate: float = 1.0

    def __post_init__(self) -> None:
        fitting = kinds_of(self.method)
        if self.kind not in fitting:
            raise ValueError(f"no fault `{self.kind}` for `{self.method}`; there are: {', '.join(fitting)}")
        if self.kind == "never_processed" and self.method != UPLOAD:
            raise ValueError(f"`never_processed` is a fault of `{UPLOAD}`, not of `{self.method}`")
        if not 0 < self.rate <= 1:
            raise ValueError(f"rate {self.rate:g}: give a share above 0, and 1 at most")


def kinds_of(method: str) -> tuple[str, ...]:
    """Return the kinds of faults that `method` may have."""
    if method == SOCKET:
        return _FOR_SOCKET
    return _FOR_EVENTS if method == EVENTS else tuple(kind for kind in KINDS if kind not in _NOT_FOR_CALLS)


class Faults:
    """The faults that are still to come, the oldest first; `seed` decides which calls a fault with a rate strikes."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._waiting: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault) -> None:
        """Arm a fault."""
        self._waiting.append((fault, fault.times))

    def script(self, steps: Iterable[Fault]) -> None:
        """Arm several, to happen one after another; ``pass`` lets a call through."""
        for step in steps:
            self.add(step)

    def clear(self) -> None:
        """Disarm everything."""
        self._waiting.clear()

    def pending(self) -> list[Fault]:
        """Return what hasn't been used up."""
        return [fault for fault, _ in self._waiting]

    def take(self, method: str, channels: frozenset[str] = frozenset()) -> Fault | None:
        """Return the first fault for this call and use it once; `channels` are the call's channel's name and id."""
        for index, (fault, left) in enumerate(self._waiting):
            if _matches(fault, method, channels) and self._strikes(fault):
                self._use(index, fault, left)
                return fault if fault.kind != "pass" else None
        return None

    def _strikes(self, fault: Fault) -> bool:
        return fault.rate == 1 or self._random.random() < fault.rate

    def _use(self, index: int, fault: Fault, left: int | None) -> None:
        if left is None:
            return
        if left <= 1:
            del self._waiting[index]
        else:
            self._waiting[index] = (fault, left - 1)


def _matches(fault: Fault, method: str, channels: frozenset[str]) -> bool:
    everything = fault.method == "*" and method not in (SOCKET, EVENTS)
    if not everything and fault.method != method:
        return False
    return fault.channel is None or fault.channel.lstrip("#") in channels
