"""The clock. Other modules take the time as an argument."""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The current instant."""
    return datetime.now(UTC)


def seconds_passed() -> float:
    """A monotonic clock in seconds, for measuring how long something takes."""
    return time.monotonic()
