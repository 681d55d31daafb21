"""Who and where things are in Slack: channel ids and mentions, looked up once and not on the way to sending."""

import logging
from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from kpibot.catalog.model import Channel
from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.text import did_you_mean
from kpibot.slack.client.errors import BROKEN_OFF, code_of, explained
from kpibot.slack.mrkdwn import data

log = logging.getLogger(__name__)

PAGE = 1000
NOT_CALLED = ("deleted", "is_bot", "is_stranger")  # an owner of such a name is somebody else


class Directory:
    """The configuration's channels and owners as Slack knows them. Channels are looked up by their configured id."""

    def __init__(self, client: AsyncWebClient, channels: Mapping[str, Channel]) -> None:
        self._client = client
        self._channels = channels
        self._ids: dict[str, str] = {}
        self._mentions: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self.problems: list[str] = []
        self.is_loaded = False

    async def load(self) -> None:
        """Asks Slack for channels, user groups and people. What cannot be listed is a problem, not an exception."""
        self.problems = []
        try:
            await self._find_channels()
            await self._find_groups()
            self.is_loaded = True
        except SlackApiError as error:
            self.problems.append(f"channels are not known by name: {explained(code_of(error))}")
        except BROKEN_OFF as error:
            self.problems.append(f"channels are not known yet: Slack cannot be reached ({type(error).__name__})")

    def id_of(self, channel: str) -> str | None:
        """The Slack id of a configured channel, or None where Slack has no such channel."""
        return self._ids.get(channel)

    def campus_of(self, slack_id: str) -> str:
        """The campus that people mean in a channel when they name none."""
        for channel in self._channels.values():
            if self._ids.get(channel.id) == slack_id:
                return channel.campus
        return DISTRICT

    def channels_of(self, slack_id: str) -> frozenset[str]:
        """The configuration's ids of a channel."""
        return frozenset(each for each in self._channels if self._ids.get(each) == slack_id)

    async def name_of(self, user: str) -> str:
        """A person's name with an @, which calls nobody; the bare id of one whom Slack does not name."""
        if user not in self._names:
            try:
                self._know([(await self._client.users_info(user=user))["user"]])
            except (SlackApiError, *BROKEN_OFF) as error:
                log.warning("Slack does not say who %s is: %s", user, type(error).__name__)
        return f"@{self._names.get(user, user)}"

    def mention(self, owner: str) -> str:
        """`@helpdesk-leads` as a mention; anything that Slack does not know stays plain text."""
        return self._mentions.get(owner.lstrip("@").casefold()) or data(owner)

    async def not_joined(self) -> list[str]:
        """The channels to which nothing can be posted, each with what to do, found out before Monday morning.

        Raises:
            SlackApiError: Slack does not say.
        """
        problems = []
        for channel in self._channels.values():
            if (place := self._ids.get(channel.id)) is None:
                continue
            info = (await self._client.conversations_info(channel=place))["channel"]
            if not info.get("is_member"):
                problems.append(f"the bot is not in `{channel.slack}`; type /invite @kpibot there")
        return problems

    async def _find_channels(self) -> None:
        by_name: dict[str, str] = {}
        if any(channel.slack.startswith("#") for channel in self._channels.values()):
            by_name = {each["name"]: each["id"] for each in await self._list_channels()}
        for channel in self._channels.values():
            name = channel.slack.removeprefix("#")
            channel_id = by_name.get(name) if channel.slack.startswith("#") else channel.slack
            if channel_id is None:
                near = did_you_mean(name, by_name)
                self.problems.append(
                    f"Slack shows the bot no channel `#{name}`{near or '; make it and invite the bot'}"
                )
            else:
                self._ids[channel.id] = channel_id

    async def _list_channels(self) -> list[dict[str, Any]]:
        channels: list[dict[str, Any]] = []
        async for page in await self._client.conversations_list(
            types="public_channel,private_channel", exclude_archived=True, limit=PAGE
        ):
            channels += page["channels"]
        return channels

    async def _find_groups(self) -> None:
        try:
            groups = (await self._client.usergroups_list())["usergroups"]
            people = [each async for page in await self._client.users_list(limit=PAGE) for each in page["members"]]
        except SlackApiError as error:
            self.problems.append(f"owners are not mentioned: {explained(code_of(error))}")
            return
        self._names, self._mentions = {}, {}
        self._know(people)
        self._mentions |= {each["handle"].casefold(): f"<!subteam^{each['id']}>" for each in groups}

    def _know(self, people: list[dict[str, Any]]) -> None:
        self._names |= {each["id"]: each["name"] for each in people}
        callees = [each for each in people if not any(each.get(key) for key in NOT_CALLED)]
        self._mentions |= {each["name"].casefold(): f"<@{each['id']}>" for each in callees}
