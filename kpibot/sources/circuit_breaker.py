"""Spares a database that does not answer, and everybody who asks it: fifty askers cost one time-out, not fifty.

closed     every call goes through; `Rule.failures` failures in a row open the breaker
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
class Rule:
    """After how many failures in a row a database is spared, and for how many seconds."""

    failures: int = FAILURES
    pause: float = PAUSE_SECONDS


@dataclass(frozen=True, slots=True)
class Health:
    """How a database has answered lately. Times are seconds of a clock that never goes back.

    `since` is when the first of the failures in a row was seen; `ask_again` is None while the breaker is closed.
    """

    failures: int = 0
    since: float = 0.0
    ask_again: float | None = None
    said: str = ""

    def allows(self, now: float) -> bool:
        """Whether a call may go through."""
        return self.ask_again is None or now >= self.ask_again

    def asked(self, rule: Rule, now: float) -> "Health":
        """After a call was let through: where it is the trial after a pause, the next one is a pause away."""
        return self if self.ask_again is None else replace(self, ask_again=now + rule.pause)

    def failed(self, rule: Rule, now: float, said: str) -> "Health":
        """After a call that was not answered."""
        failures = self.failures + 1
        since = self.since if self.failures else now
        return Health(failures, since, now + rule.pause if failures >= rule.failures else None, said)

    def refusal(self, now: float) -> str:
        """What those are told whose calls are not let through."""
        again = max(self.ask_again or now, now)
        return f"{self.said}; down for {_length(now - self.since)}, asked again in {_length(again - now)}"


class Breaker:
    """The breaker of one database. Safe to use from several threads.

    `now` gives the seconds of a clock that never goes back; `most` calls are under way at once, and who waits longer
    than `patience` seconds for the others is told so.
    """

    def __init__(self, name: str, rule: Rule, now: Callable[[], float], most: int, patience: float) -> None:
        self._name = name
        self._rule = rule
        self._now = now
        self._patience = patience
        self._slots = threading.BoundedSemaphore(most)
        self._health = Health()
        self._lock = threading.Lock()

    @contextmanager
    def call(self) -> Iterator[None]:
        """Around a call to the database.

        Raises:
            SourceDownError: at once, while the database is spared.
        """
        with self._lock:
            health = self._allowed_health(self._now())
        if not self._slots.acquire(timeout=self._patience):
            raise SourceDownError(f"database `{self._name}` is busy: all its connections are in use")
        try:
            self._enter(health)
            with self._recording():
                yield
        finally:
            self._slots.release()

    def _allowed_health(self, now: float) -> Health:
        if not self._health.allows(now):
            raise SourceDownError(self._health.refusal(now))
        return self._health

    def _enter(self, health: Health) -> None:
        """Lets a call through, unless those who went before it met a failure while it waited: it would only be next."""
        with self._lock:
            now = self._now()
            current = self._allowed_health(now)
            if current.failures and current is not health:
                raise SourceDownError(current.said)
            self._health = current.asked(self._rule, now)

    @contextmanager
    def _recording(self) -> Iterator[None]:
        try:
            yield
        except SourceDownError as error:
            with self._lock:
                self._health = self._health.failed(self._rule, self._now(), str(error))
            raise
        except SourceMisfitError:  # an answer, if not the one that was hoped for
            self._reset()
            raise
        self._reset()

    def _reset(self) -> None:
        with self._lock:
            self._health = Health()


def breaker_of(database: Database, now: Callable[[], float]) -> Breaker:
    """A breaker that fits the database: its pause is no shorter than a statement may take."""
    longest = database.timeout.total_seconds()
    rule = Rule(pause=max(PAUSE_SECONDS, longest))
    return Breaker(database.name, rule, now, database.connections, longest)


def _length(seconds: float) -> str:
    whole = round(seconds)
    if whole < 120:
        return plural(whole, "second")
    return plural(whole // 60, "minute") if whole < 7_200 else plural(whole // 3_600, "hour")
