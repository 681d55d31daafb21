"""The clock. Everybody else is told the time."""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The current instant."""
    return datetime.now(UTC)


def seconds_passed() -> float:
    """Seconds of a clock that never goes back, for measuring how long things last; it has no beginning to speak of."""
    return time.monotonic()
