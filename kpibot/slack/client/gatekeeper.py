"""Lets only full members of the workspace in, and only where nobody from outside reads along."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from kpibot.core.access.membership import Audience, Member, Refusal, Workspace, refusal
from kpibot.slack.client.errors import BROKEN_OFF, code_of, explained

log = logging.getLogger(__name__)

Body = dict[str, Any]
Value = TypeVar("Value")

REMEMBERED = 300.0  # seconds after which Slack is asked again who somebody is
MOST = 2_000  # people, and as many conversations
LOOK_UP_WITHIN = 5.0  # seconds, after which whoever waits is asked to try again
NOBODY_HERE = frozenset({"user_not_found", "user_not_visible"})
UNSEEN = frozenset({"channel_not_found", "missing_scope", "method_not_supported_for_channel_type"})
SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who does something, and where, as Slack's payload says. Without a `channel` they are alone with the bot."""

    user: str
    channel: str | None = None
    teams: frozenset[str] = frozenset()
    is_ext_shared: bool = False


def caller_of_command(body: Body) -> Caller:
    """Who typed a slash command."""
    return Caller(body["user_id"], body["channel_id"], _teams(body.get("team_id")))


def caller_of_event(body: Body) -> Caller:
    """Who said something to the bot, or opened its home tab."""
    event = body["event"]
    is_alone = event["type"] == "app_home_opened" or event.get("channel_type") == "im"
    return Caller(
        event["user"],
        None if is_alone else event["channel"],
        _teams(event.get("user_team"), event.get("team"), event.get("source_team")),
        bool(body.get("is_ext_shared_channel")),
    )


def caller_of_action(body: Body, channel: str) -> Caller:
    """Who used a button or menu, or submitted a form that was opened in a channel; the home tab is the person's own."""
    user = body["user"]
    return Caller(user["id"], None if channel == user["id"] else channel, _teams(user.get("team_id")))


def _teams(*stated: str | None) -> frozenset[str]:
    return frozenset(team for team in stated if team)


class Gatekeeper:
    """Looks up who somebody is and who reads a channel, and remembers it for some minutes."""

    def __init__(self, client: AsyncWebClient, passed: Callable[[], float]) -> None:
        self._client = client
        self._workspace: Workspace | None = None
        self._members = _Memory[Member](passed)
        self._audiences = _Memory[Audience](passed)

    async def refusal(self, caller: Caller) -> Refusal | None:
        """Why the caller is shown nothing; in doubt they are asked to try again."""
        try:
            async with asyncio.timeout(LOOK_UP_WITHIN):
                workspace, member, audience = await asyncio.gather(
                    self._own_workspace(),
                    self._members.get(caller.user, lambda: self._member(caller.user)),
                    self._audience_of(caller),
                )
        except SlackApiError as error:
            log.warning("a question is refused, since Slack does not say who asks: %s", explained(code_of(error)))
            return Refusal.UNCERTAIN
        except BROKEN_OFF as error:
            log.warning("a question is refused, since Slack does not say who asks: %s", type(error).__name__)
            return Refusal.UNCERTAIN
        return refusal(workspace, member, audience, caller.teams)

    async def _own_workspace(self) -> Workspace:
        if self._workspace is None:
            answer = await self._client.auth_test()
            self._workspace = Workspace(answer["team_id"], answer.get("enterprise_id"))
        return self._workspace

    async def _member(self, user: str) -> Member:
        try:
            user_info: Body = (await self._client.users_info(user=user))["user"]
        except SlackApiError as error:
            if code_of(error) in NOBODY_HERE:
                return Member(teams=frozenset())
            raise
        organization = user_info.get("enterprise_user") or {}
        return Member(
            teams=_teams(user_info.get("team_id"), *organization.get("teams", ())),
            is_guest=bool(user_info.get("is_restricted") or user_info.get("is_ultra_restricted")),
            is_deactivated=bool(user_info.get("deleted")),
            is_bot=bool(user_info.get("is_bot")) or user == SLACKBOT,
            is_stranger=bool(user_info.get("is_stranger")),
        )

    async def _audience_of(self, caller: Caller) -> Audience:
        channel = caller.channel
        if caller.is_ext_shared:
            return Audience.SHARED
        if channel is None:
            return Audience.OWN
        if channel.startswith("D"):
            return await self._audiences.get(f"{channel} {caller.user}", lambda: self._direct(channel, caller.user))
        return await self._audiences.get(channel, lambda: self._channel(channel))

    async def _direct(self, channel: str, user: str) -> Audience:
        """A direct message is the bot's own with the person, or is between people of whom Slack tells nothing."""
        own = (await self._client.conversations_open(users=user))["channel"]["id"]
        return Audience.OWN if own == channel else Audience.UNSEEN

    async def _channel(self, channel: str) -> Audience:
        try:
            channel_info = (await self._client.conversations_info(channel=channel))["channel"]
        except SlackApiError as error:
            if code_of(error) in UNSEEN:
                return Audience.UNSEEN
            raise
        is_shared = any(channel_info.get(key) for key in ("is_ext_shared", "is_org_shared", "is_shared"))
        return Audience.SHARED if is_shared else Audience.OWN


class _Memory(Generic[Value]):
    """What was looked up in the last minutes; the oldest is forgotten first."""

    def __init__(self, passed: Callable[[], float]) -> None:
        self._passed = passed
        self._kept: dict[str, tuple[float, Value]] = {}

    async def get(self, key: str, look_up: Callable[[], Awaitable[Value]]) -> Value:
        """What is known under a key, or else what is looked up."""
        if key in self._kept and self._passed() - self._kept[key][0] < REMEMBERED:
            return self._kept[key][1]
        value = await look_up()
        self._kept.pop(key, None)
        self._kept[key] = (self._passed(), value)
        while len(self._kept) > MOST:
            del self._kept[next(iter(self._kept))]
        return value
