"""The Sender over Slack's Web API: posts with the delivery's key in the metadata, and finds what it posted."""

import logging
from collections.abc import Callable
from datetime import datetime

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from kpibot.render.blocks import Rendered, SlackFile
from kpibot.services.deliver import DeliveryError, InDoubtError, NotNowError, Picture, RefusedError
from kpibot.slack.directory import Directory
from kpibot.slack.errors import BROKEN_OFF, code_of, delivery_error
from kpibot.slack.pictures import upload

log = logging.getLogger(__name__)

EVENT_TYPE = "kpibot_delivery"
PAGE = 200


class SlackSender:
    """Sends to the channels of a directory. The client must not retry on its own: a retried post is a doubled one."""

    def __init__(self, client: AsyncWebClient, directory: Directory) -> None:
        self._client = client
        self._directory = directory

    async def send(
        self, channel: str, key: str, compose: Callable[[SlackFile | None], Rendered], picture: Picture | None
    ) -> str:
        """See `Sender.send`. Where the picture is refused, the text goes alone."""
        place = self._place(channel)
        chart = await upload(self._client, picture) if picture else None
        try:
            return await self._post(place, key, compose(chart))
        except SlackApiError as error:
            if chart is None or code_of(error) != "invalid_blocks":
                raise delivery_error(error) from error
            log.warning("%s goes without its picture: %s", key, error.response.get("response_metadata"))
        return await self._post_or_explain(place, key, compose(None))

    async def find(self, channel: str, key: str, since: datetime) -> str | None:
        """See `Sender.find`."""
        try:
            async for page in await self._client.conversations_history(
                channel=self._place(channel), oldest=f"{since.timestamp():.6f}", include_all_metadata=True, limit=PAGE
            ):
                for message in page["messages"]:
                    if message.get("metadata", {}).get("event_payload", {}).get("key") == key:
                        return str(message["ts"])
        except (SlackApiError, *BROKEN_OFF) as error:
            raise _still_in_doubt(error) from error
        return None

    def mention(self, owner: str) -> str:
        """See `Sender.mention`."""
        return self._directory.mention(owner)

    def _place(self, channel: str) -> str:
        place = self._directory.id_of(channel)
        if place is None and not self._directory.is_loaded:
            raise NotNowError("Slack has not told yet which channels there are")
        if place is None:
            raise RefusedError(f"Slack has no channel for `{channel}`; correct its name under channels")
        return place

    async def _post_or_explain(self, place: str, key: str, message: Rendered) -> str:
        try:
            return await self._post(place, key, message)
        except SlackApiError as error:
            raise delivery_error(error) from error

    async def _post(self, place: str, key: str, message: Rendered) -> str:
        try:
            posted = await self._client.chat_postMessage(
                channel=place,
                text=message.text,
                blocks=list(message.blocks),
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
                unfurl_links=False,
            )
        except BROKEN_OFF as error:
            raise delivery_error(error) from error
        return str(posted["ts"])


def _still_in_doubt(error: Exception) -> DeliveryError:
    """Not knowing whether a message arrived is no news about it: whatever went wrong, look again later."""
    meant = delivery_error(error)
    return meant if isinstance(meant, RefusedError) else InDoubtError(str(meant))
