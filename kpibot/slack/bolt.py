"""The Bolt app and its Socket Mode connection."""

import logging

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

PING_SECONDS = 2  # after a silent peer the connection is back within about two of these


def bolt_app(client: AsyncWebClient) -> AsyncApp:
    """The Bolt app. Listeners run before the response: they acknowledge at once and start tasks of their own."""
    quiet = logging.getLogger("kpibot.slack.bolt")
    quiet.setLevel(logging.WARNING)  # every session and reconnection would be told
    quiet.addFilter(_is_news)
    # Without a name Bolt looks through every loaded module for one, which takes a third of the start.
    return AsyncApp(name="kpibot", client=client, process_before_response=True, logger=quiet)


def _is_news(record: logging.LogRecord) -> bool:
    """Bolt warns that it found SLACK_BOT_TOKEN in the environment and does not need it: the client has it."""
    return "`token` will be unused" not in record.getMessage()


def socket_mode(app: AsyncApp, app_token: str) -> AsyncSocketModeHandler:
    """The connection over which Slack sends what people do."""
    return AsyncSocketModeHandler(app, app_token, ping_interval=PING_SECONDS)
