"""The Bolt app and its Socket Mode connection."""

import asyncio
import logging

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

PING_SECONDS = 2  # after a silent peer the connection is back within about two of these
AGAIN_AFTER = 300.0  # seconds
BROKEN = ("Failed to connect", "Failed to check the current session", "Failed to receive or enqueue")


def bolt_app(client: AsyncWebClient) -> AsyncApp:
    """The Bolt app. Listeners run before the response: they acknowledge at once and start tasks of their own."""
    quiet = logging.getLogger("kpibot.slack.client.bolt")
    quiet.setLevel(logging.WARNING)  # every session and reconnection would be logged
    quiet.filters = [_News()]
    # Without a name Bolt looks through every loaded module for one, which takes a third of the start.
    return AsyncApp(name="kpibot", client=client, process_before_response=True, logger=quiet)


class _News(logging.Filter):
    """Lets through what is news.

    Bolt warns that it found SLACK_BOT_TOKEN in the environment and does not need it: the client has it. While Slack is
    away its client logs every attempt, one in two seconds, each with its traceback.
    """

    def __init__(self) -> None:
        super().__init__()
        self._logged_at: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is to be logged."""
        said = record.getMessage()
        kind = next((each for each in BROKEN if said.startswith(each)), None)
        if kind is None:
            return "`token` will be unused" not in said
        record.exc_info = None
        is_new = not 0 <= record.created - self._logged_at.get(kind, -AGAIN_AFTER) < AGAIN_AFTER
        if is_new:
            self._logged_at[kind] = record.created
        return is_new


def socket_mode(app: AsyncApp, app_token: str) -> AsyncSocketModeHandler:
    """The connection over which Slack sends what people do."""
    return AsyncSocketModeHandler(app, app_token, ping_interval=PING_SECONDS)


async def close_connection(handler: AsyncSocketModeHandler, within: float) -> None:
    """Ends the connection. A Slack that has fallen silent is not waited for longer than `within` seconds."""
    try:
        async with asyncio.timeout(within):
            await handler.close_async()  # type: ignore[no-untyped-call]
    except TimeoutError:
        await handler.client.aiohttp_client_session.close()
