"""What can go wrong with the state database.

StoreError         it cannot be used now; the message says what to change, and holds no secret
├── SlotLostError  somebody else does this slot by now: nothing of ours may be kept
└── UpgradedError  a later version has changed its tables: this one must not write to them
"""


class StoreError(Exception):
    """The state database cannot be used; the message says what to change, and holds no secret."""


class SlotLostError(StoreError):
    """Another process has taken over the slot."""

    def __init__(self, work: str) -> None:
        super().__init__(f"{work} took longer than its lease; whoever has it now does it, and nothing was kept twice")


class UpgradedError(StoreError):
    """A later version of the bot has taken the database over."""


def unusable(error: BaseException) -> StoreError:
    """The failure of a statement or connection, in words that help."""
    reason = first_line(error)
    remedies = (remedy for sign, remedy in REMEDIES.items() if sign in reason)
    remedy = next(remedies, "see that it runs, or correct KPIBOT_STATE_URL")
    return StoreError(f"the bot's own database cannot be used ({reason}); {remedy}")


REMEDIES = {
    "is full": "free some room on its disk, and kpibot goes on by itself",
    "No space left": "free some room on its disk, and kpibot goes on by itself",
    "is locked": "close whatever else has it open",
    "readonly": "give kpibot the right to write to it and to its folder",
    "read-only": "give kpibot the right to write to it and to its folder",
    "malformed": "put back a copy of it from before, or start with a new one",
    "no such table": "it is not the one that kpibot opened; put that back and start kpibot again",
}


def first_line(error: BaseException) -> str:
    """What the driver says, without the statement."""
    return (str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__])[0]
