"""Does a thing once, however often and by however many processes it is asked for. It blocks."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from kpibot.store.store import Store

AGAIN_AFTER = timedelta(seconds=10)  # a second press within it is a double click
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Idempotency:
    """Knows what was done, for all processes that share a state database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def is_first(self, name: str, now: datetime) -> bool:
        """Whether nobody has asked for this before, ever: an event, by its id."""
        return self._take(name, EPOCH, now)

    def is_first_click(self, name: str, now: datetime) -> bool:
        """Whether nobody has asked for this within the last ten seconds: a button, by who pressed it.

        The next stretch of ten seconds is taken, too, so that a click at the end of one and another at the beginning
        of the next are a double click.
        """
        slot = now - (now - EPOCH) % AGAIN_AFTER
        if not self._take(name, slot, now):
            return False
        self._take(name, slot + AGAIN_AFTER, now)
        return True

    def _take(self, name: str, slot: datetime, now: datetime) -> bool:
        work = f"once:{sha256(name.encode()).hexdigest()}"  # what a button carries may be long
        if not self._store.leases.acquire(work, slot, now):
            return False
        self._store.complete(work, slot, now)
        return True
