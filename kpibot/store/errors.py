"""What can go wrong with the state database.

StoreError         it cannot be used now; the message says what to change, and holds no secret
└── SlotLostError  somebody else does this slot by now: nothing of ours may be kept
"""

from pathlib import Path


class StoreError(Exception):
    """The state database cannot be used; the message says what to change, and holds no secret."""


class SlotLostError(StoreError):
    """Another process has taken over the slot."""

    def __init__(self, work: str) -> None:
        super().__init__(f"{work} took longer than its lease; whoever has it now does it, and nothing was kept twice")


def unusable(error: BaseException, database: str) -> StoreError:
    """The failure of a statement or connection, in words that help."""
    reason = first_line(error)
    place = f"the bot's own database {Path(database).name}"
    if "full" in reason or "No space left" in reason:
        return StoreError(f"{place} has no room ({reason}); free some on its disk, and kpibot goes on by itself")
    if "locked" in reason:
        return StoreError(f"{place} is held by another program ({reason}); close what has it open")
    if "read-only" in reason or "readonly" in reason:
        return StoreError(f"{place} cannot be written ({reason}); give kpibot the right to write to it and its folder")
    return StoreError(f"{place} does not answer ({reason}); see that it is there, or correct KPIBOT_STATE_URL")


def first_line(error: BaseException) -> str:
    """What the driver says, without the statement."""
    return (str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__])[0]
