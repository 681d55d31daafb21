"""The Sender over Slack's Web API: posts with the delivery's key in the metadata; finds and edits what it posted."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from kpibot.core.reports.messages import Message, Picture
from kpibot.services.delivery.delivery import DeliveryError, GoneError, InDoubtError, NotNowError, RefusedError
from kpibot.slack.blocks import Rendered, SlackFile
from kpibot.slack.client.directory import Directory
from kpibot.slack.client.errors import BROKEN_OFF, code_of, delivery_error
from kpibot.slack.client.files import upload

log = logging.getLogger(__name__)

EVENT_TYPE = "kpibot_delivery"
PAGE = 200


class SlackSender:
    """Sends to the channels of a directory. The client must not retry on its own: a retried post is a doubled one."""

    def __init__(
        self,
        client: AsyncWebClient,
        directory: Directory,
        message_of: Callable[[Message, SlackFile | None], Rendered],
    ) -> None:
        self._client = client
        self._message_of = message_of
        self._directory = directory

    async def send(self, channel: str, key: str, message: Message, picture: Picture | None) -> str:
        """See `Sender.send`. Where the picture is refused, the text goes alone."""
        place = self._place(channel)
        chart = await upload(self._client, picture) if picture else None
        return await self._with_or_without(
            chart, lambda shown: self._post(place, key, self._message_of(message, shown))
        )

    async def reply(self, channel: str, key: str, message: Message, thread: str, *, in_channel: bool) -> str:
        """See `Sender.reply`."""
        place = self._place(channel)
        with _as_delivery_errors():
            return await self._post(place, key, self._message_of(message, None), thread, in_channel=in_channel)

    async def edit(self, channel: str, ts: str, message: Message, picture: Picture | None) -> None:
        """See `Sender.edit`. Where the new picture is refused, the text goes alone."""
        place = self._place(channel)
        chart = await upload(self._client, picture) if picture else None
        shown = chart or await self._standing_picture(place, ts)
        await self._with_or_without(shown, lambda shown: self._update(place, ts, self._message_of(message, shown)))

    async def find(self, channel: str, key: str, since: datetime, thread: str | None) -> str | None:
        """See `Sender.find`."""
        place, oldest = self._place(channel), f"{since.timestamp():.6f}"
        try:
            if thread is None:
                pages = await self._client.conversations_history(
                    channel=place, oldest=oldest, include_all_metadata=True, limit=PAGE
                )
            else:
                pages = await self._client.conversations_replies(
                    channel=place, ts=thread, oldest=oldest, include_all_metadata=True, limit=PAGE
                )
            async for page in pages:
                if (ts := _with_key(page["messages"], key)) is not None:
                    return ts
        except (SlackApiError, *BROKEN_OFF) as error:
            raise _still_in_doubt(error) from error
        return None

    def mention(self, owner: str) -> str:
        """See `Sender.mention`."""
        return self._directory.mention(owner)

    def _place(self, channel: str) -> str:
        place = self._directory.id_of(channel)
        if place is None and not self._directory.is_loaded:
            raise NotNowError("Slack has not listed its channels yet")
        if place is None:
            raise RefusedError(f"Slack has no channel for `{channel}`; correct its name under channels")
        return place

    async def _with_or_without(self, chart: SlackFile | None, put: Callable[[SlackFile | None], Awaitable[str]]) -> str:
        """Puts a message with its picture; without it where Slack refuses that."""
        try:
            return await put(chart)
        except SlackApiError as error:
            if chart is None or code_of(error) != "invalid_blocks":
                raise delivery_error(error) from error
            log.warning("a message is sent without its picture: %s", error.response.get("response_metadata"))
        except BROKEN_OFF as error:
            raise delivery_error(error) from error
        with _as_delivery_errors():
            return await put(None)

    async def _post(
        self, place: str, key: str, message: Rendered, thread: str | None = None, *, in_channel: bool = False
    ) -> str:
        posted = await self._client.chat_postMessage(
            channel=place,
            text=message.text,
            blocks=list(message.blocks),
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            unfurl_links=False,
            thread_ts=thread,
            reply_broadcast=in_channel,
        )
        return str(posted["ts"])

    async def _update(self, place: str, ts: str, message: Rendered) -> str:
        """The message's metadata stay, since none are given."""
        edited = await self._client.chat_update(channel=place, ts=ts, text=message.text, blocks=list(message.blocks))
        return str(edited["ts"])

    async def _standing_picture(self, place: str, ts: str) -> SlackFile | None:
        """The picture of a message in the channel; None without one, or where Slack does not say: it costs no text."""
        try:
            page = await self._client.conversations_history(channel=place, latest=ts, inclusive=True, limit=1)
        except (SlackApiError, *BROKEN_OFF) as error:
            log.warning("the picture of %s is left out: %s", ts, type(error).__name__)
            return None
        blocks = [block for each in page["messages"] if each["ts"] == ts for block in each.get("blocks", [])]
        files = (block["slack_file"]["id"] for block in blocks if "id" in block.get("slack_file", {}))
        return next(map(SlackFile, files), None)


def _with_key(messages: Iterable[dict[str, Any]], key: str) -> str | None:
    """The `ts` of the message that was sent with this key."""
    keys = ((each, each.get("metadata", {}).get("event_payload", {}).get("key")) for each in messages)
    return next((str(each["ts"]) for each, its in keys if its == key), None)


@contextmanager
def _as_delivery_errors() -> Iterator[None]:
    """Slack's errors by what may be done about them."""
    try:
        yield
    except (SlackApiError, *BROKEN_OFF) as error:
        raise delivery_error(error) from error


def _still_in_doubt(error: Exception) -> DeliveryError:
    """Not knowing whether a message arrived is no news about it: whatever went wrong, look again later."""
    meant = delivery_error(error)
    return meant if isinstance(meant, RefusedError | GoneError) else InDoubtError(str(meant))
