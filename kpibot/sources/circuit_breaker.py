"""A circuit breaker: a database that does not answer is left alone, so that fifty calls cost one time-out, not fifty.

closed     every call goes through; `BreakerRule.failures` failures in a row open the breaker
open       calls fail at once, with what the last one failed with, until the pause is over
half-open  the pause is over: one call goes through, the others still fail; its success closes, its failure opens again
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from kpibot.catalog.model import Database
from kpibot.core.text import plural
from kpibot.sources.base import SourceDownError, SourceMisfitError

FAILURES, PAUSE_SECONDS = 3, 30.0


@dataclass(frozen=True, slots=True)
class BreakerRule:
    """After how many failures in a row a database is left alone, and for how many seconds."""

    failures: int = FAILURES
    pause: float = PAUSE_SECONDS


@dataclass(frozen=True, slots=True)
class BreakerState:
    """How a database answered recently. Times are seconds of a clock that never goes back.

    `since` is when the first of the failures in a row was seen; `ask_again` is None while the breaker is closed.
    """

    failures: int = 0
    since: float = 0.0
    ask_again: float | None = None
    reason: str = ""

    def allows(self, now: float) -> bool:
        """Whether a call may go through."""
        return self.ask_again is None or now >= self.ask_again

    def asked(self, rule: BreakerRule, now: float) -> "BreakerState":
        """After a call was let through: where it is the trial after a pause, the next one comes after another pause."""
        return self if self.ask_again is None else replace(self, ask_again=now + rule.pause)

    def failed(self, rule: BreakerRule, now: float, reason: str) -> "BreakerState":
        """After a call that was not answered."""
        failures = self.failures + 1
        since = self.since if self.failures else now
        return BreakerState(failures, since, now + rule.pause if failures >= rule.failures else None, reason)

    def refusal(self, now: float) -> str:
        """The error for calls that are not let through."""
        again = max(self.ask_again or now, now)
        return f"{self.reason}; down for {_length(now - self.since)}, asked again in {_length(again - now)}"


class CircuitBreaker:
    """The breaker of one database. Safe to use from several threads.

    `now` gives the seconds of a clock that never goes back; `most` calls run at once, and one that waits longer than
    `patience` seconds for the others fails.
    """

    def __init__(self, name: str, rule: BreakerRule, now: Callable[[], float], most: int, patience: float) -> None:
        self._name = name
        self._rule = rule
        self._now = now
        self._patience = patience
        self._slots = threading.BoundedSemaphore(most)
        self._state = BreakerState()
        self._lock = threading.Lock()

    @contextmanager
    def call(self) -> Iterator[None]:
        """Around a call to the database.

        Raises:
            SourceDownError: at once, while the breaker is open.
        """
        with self._lock:
            state = self._allowed_state(self._now())
        if not self._slots.acquire(timeout=self._patience):
            raise SourceDownError(f"database `{self._name}` is busy: all its connections are in use")
        try:
            self._enter(state)
            with self._recording():
                yield
        finally:
            self._slots.release()

    def _allowed_state(self, now: float) -> BreakerState:
        if not self._state.allows(now):
            raise SourceDownError(self._state.refusal(now))
        return self._state

    def _enter(self, state: BreakerState) -> None:
        """Lets a call through, unless calls before it failed while it waited: it would only be the next to fail."""
        with self._lock:
            now = self._now()
            current = self._allowed_state(now)
            if current.failures and current is not state:
                raise SourceDownError(current.reason)
            self._state = current.asked(self._rule, now)

    @contextmanager
    def _recording(self) -> Iterator[None]:
        try:
            yield
        except SourceDownError as error:
            with self._lock:
                self._state = self._state.failed(self._rule, self._now(), str(error))
            raise
        except SourceMisfitError:  # the database answers, if with an error
            self._reset()
            raise
        self._reset()

    def _reset(self) -> None:
        with self._lock:
            self._state = BreakerState()


def breaker_of(database: Database, now: Callable[[], float]) -> CircuitBreaker:
    """A breaker that fits the database: its pause is no shorter than a statement may take."""
    longest = database.timeout.total_seconds()
    rule = BreakerRule(pause=max(PAUSE_SECONDS, longest))
    return CircuitBreaker(database.name, rule, now, database.connections, longest)


def _length(seconds: float) -> str:
    whole = round(seconds)
    if whole < 120:
        return plural(whole, "second")
    return plural(whole // 60, "minute") if whole < 7_200 else plural(whole // 3_600, "hour")
