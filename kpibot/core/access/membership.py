"""Who may be shown anything: full members of the workspace, in conversations that nobody from outside reads."""

from collections.abc import Set
from dataclasses import dataclass
from enum import Enum, auto


class Refusal(Enum):
    """Why somebody is shown nothing."""

    NOT_A_MEMBER = auto()
    SHARED_CHANNEL = auto()
    UNSEEN_CHANNEL = auto()
    UNCERTAIN = auto()


@dataclass(frozen=True, slots=True)
class Workspace:
    """The bot's own workspace, and the organization that it is part of, if there is one."""

    team: str
    enterprise: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What the workspace says about somebody. `teams` are those the person belongs to."""

    teams: Set[str]
    is_guest: bool = False
    is_deactivated: bool = False
    is_bot: bool = False
    is_stranger: bool = False


class Audience(Enum):
    """Who can read a conversation."""

    OWN = auto()
    SHARED = auto()
    UNSEEN = auto()  # the bot is not in there, and is not told


def refusal(
    workspace: Workspace, member: Member, audience: Audience, stated_teams: Set[str] = frozenset()
) -> Refusal | None:
    """Why somebody is shown nothing in a conversation; None where they may see everything.

    Args:
        workspace: the bot's own.
        member: who asks.
        audience: of the conversation in which the reply would stand.
        stated_teams: the asker's teams according to the event itself, which may be newer than what is known.
    """
    if not _is_full_member(workspace, member) or not stated_teams <= _own_teams(workspace, member):
        return Refusal.NOT_A_MEMBER
    if audience is Audience.SHARED:
        return Refusal.SHARED_CHANNEL
    return Refusal.UNSEEN_CHANNEL if audience is Audience.UNSEEN else None


def _is_full_member(workspace: Workspace, member: Member) -> bool:
    if member.is_guest or member.is_deactivated or member.is_bot or member.is_stranger:
        return False
    return workspace.team in member.teams


def _own_teams(workspace: Workspace, member: Member) -> Set[str]:
    """The teams that an event may state of a member: in an organization, an event names it or any of its workspaces."""
    enterprise = frozenset() if workspace.enterprise is None else frozenset({workspace.enterprise})
    return frozenset({workspace.team}) | member.teams | enterprise
