"""What people do about alerts, frozen for messages."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ActionKind(StrEnum):
    """What somebody did; the word is the audit trail's, too."""

    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    ASSIGNED = "assigned"
    MUTED = "muted"
    UNMUTED = "unmuted"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a mute or an alert is about, in words: a KPI (empty: every KPI) at a campus (empty: everywhere)."""

    kpi: str = ""
    campus: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Somebody did something about an alert. `by` and `to` are names that call nobody: `@luis`. Instants are aware."""

    kind: ActionKind
    by: str
    at: datetime
    scope: Scope
    until: datetime | None = None
    to: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ActionNotice:
    """A line in the thread of an alert. `mention` is whom it calls: nobody for what they did themselves."""

    action: Action
    zone: str
    mention: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionResult:
    """The reply to somebody who did something: what came of it.

    `is_new` is False if it was done before: then `actions` has the first one, by the person who did it. Without an
    action there was nothing left to do, since the alert or mute is over. `asker` gets the reply. `is_announced` says
    that everybody else gets a message of its own.
    """

    asker: str
    now: datetime
    zone: str
    actions: tuple[Action, ...] = ()
    is_new: bool = True
    is_announced: bool = field(default=False, kw_only=True)

    @property
    def is_done(self) -> bool:
        """Whether anything has changed because of it."""
        return self.is_new and bool(self.actions)
