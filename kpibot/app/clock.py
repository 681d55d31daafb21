"""The clock. Everybody else is told the time."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The current instant."""
    return datetime.now(UTC)
