"""What an error of Slack's means: permanent, transient, or in doubt."""

import asyncio
import math
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError

from kpibot.services.delivery.delivery import DeliveryError, GoneError, InDoubtError, NotNowError, RefusedError

TRANSIENT = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
HINTS = {
    "not_in_channel": "invite the bot there: /invite @kpibot",
    "channel_not_found": "the channel does not exist, or is private and the bot is not in it",
    "is_archived": "the channel is archived; unarchive it or name another one under channels",
    "invalid_auth": "the bot's token is not accepted; put the current one into SLACK_BOT_TOKEN",
    "account_inactive": "the bot was removed from the workspace; install it again",
    "token_revoked": "the bot's token was revoked; install the app again and replace SLACK_BOT_TOKEN",
    "missing_scope": "the app lacks a scope; update it from config/slack-manifest.yaml and install it again",
    "not_authed": "no token was sent; set SLACK_BOT_TOKEN",
}
GONE = frozenset({"message_not_found", "thread_not_found"})
NEVER_SENT = (aiohttp.ClientConnectorError,)
BROKEN_OFF = (aiohttp.ClientError, asyncio.TimeoutError, ConnectionError, SlackRequestError)


def code_of(error: SlackApiError) -> str:
    """Slack's word for the error, such as `not_in_channel`; `http_503` where it sent no word."""
    data = error.response.data
    if isinstance(data, dict) and isinstance(data.get("error"), str):
        return str(data["error"])
    return f"http_{error.response.status_code}"


def explained(code: str) -> str:
    """The error with what to do about it."""
    return f"{code}: {HINTS[code]}" if code in HINTS else code


def delivery_error(error: Exception) -> DeliveryError:
    """The error as the outbox sees it."""
    if isinstance(error, NEVER_SENT):
        return NotNowError("Slack cannot be reached")
    if not isinstance(error, SlackApiError):
        return InDoubtError(f"the connection to Slack broke off ({type(error).__name__})")
    code, status = code_of(error), error.response.status_code
    if status == 429 or code in {"ratelimited", "rate_limited"}:
        return NotNowError("Slack asks to wait", after=_retry_after(error))
    if status >= 500 or code in TRANSIENT:
        return InDoubtError(f"Slack has a problem ({code})")
    return GoneError(f"somebody deleted it ({code})") if code in GONE else RefusedError(explained(code))


def _retry_after(error: SlackApiError) -> timedelta:
    stated = error.response.headers.get("Retry-After") or error.response.headers.get("retry-after") or "1"
    return timedelta(seconds=max(1, math.ceil(float(stated))))
