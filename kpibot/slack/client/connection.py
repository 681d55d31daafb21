"""Slack's Web API, and whether it lets the bot in."""

from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from kpibot.slack.client.errors import BROKEN_OFF, code_of, explained

NEEDED_SCOPES = frozenset(
    {
        "commands",
        "chat:write",
        "files:write",
        "files:read",
        "channels:read",
        "groups:read",
        "channels:history",
        "groups:history",
        "im:history",
        "im:write",
        "users:read",
        "usergroups:read",
        "app_mentions:read",
    }
)


class ConnectionProblem(Exception):  # noqa: N818 - people read it as a problem, in these words
    """Slack does not let the bot in; the message says what to change, and holds no token."""


def web_client(token: str, api_url: str, *, waits_for_rate_limits: bool) -> AsyncWebClient:
    """A client that never retries a broken connection: Slack would get the message twice.

    Args:
        token: the bot's.
        api_url: of the Web API, ending in a slash.
        waits_for_rate_limits: whether it waits when Slack asks for it; the outbox does its own waiting.
    """
    handlers: list[AsyncRetryHandler] = []
    if waits_for_rate_limits:
        handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    return AsyncWebClient(token=token, base_url=api_url, retry_handlers=handlers)


async def missing_scopes(client: AsyncWebClient) -> list[str]:
    """The scopes that the app should have and lacks.

    Raises:
        ConnectionProblem: the token is not accepted, or Slack cannot be reached.
    """
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise ConnectionProblem(f"SLACK_BOT_TOKEN: {explained(code_of(error))}") from error
    except BROKEN_OFF as error:
        raise ConnectionProblem(f"Slack cannot be reached at {client.base_url} ({type(error).__name__})") from error
    granted = {scope.strip() for scope in answer.headers.get("x-oauth-scopes", "").split(",")}
    return sorted(NEEDED_SCOPES - granted)


async def check_app_token(client: AsyncWebClient, app_token: str) -> None:
    """Makes sure that Socket Mode is open to the app-level token.

    Raises:
        ConnectionProblem: it is not.
    """
    try:
        await client.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        code = code_of(error)
        advice = "make an app-level token with connections:write and put it into SLACK_APP_TOKEN"
        raise ConnectionProblem(f"SLACK_APP_TOKEN: {code}: {advice}") from error
    except BROKEN_OFF as error:
        raise ConnectionProblem(f"Slack cannot be reached at {client.base_url} ({type(error).__name__})") from error
