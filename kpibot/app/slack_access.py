"""The bot's access to Slack, and its check."""

from dataclasses import dataclass

from kpibot.catalog.model import Catalog
from kpibot.core.reports.inspection import Finding
from kpibot.settings import Settings
from kpibot.slack.client.connection import ConnectionProblem, check_app_token, missing_scopes, web_client
from kpibot.slack.client.directory import Directory


class StartError(Exception):
    """The bot cannot start; the message says what to set."""


@dataclass(frozen=True, slots=True)
class SlackAccess:
    """The address of Slack and the bot's tokens, which are secret."""

    bot_token: str
    app_token: str
    api_url: str

    def __repr__(self) -> str:
        return f"SlackAccess(api_url={self.api_url!r})"


def slack_access(settings: Settings) -> SlackAccess:
    """The tokens and address from the settings.

    Raises:
        StartError: a token is not set.
    """
    missing = [
        name
        for name, token in (
            ("SLACK_BOT_TOKEN", settings.slack_bot_token),
            ("SLACK_APP_TOKEN", settings.slack_app_token),
        )
        if token is None
    ]
    if settings.slack_bot_token is None or settings.slack_app_token is None:
        raise StartError(f"{' and '.join(missing)} not set; put it into .env, or try `make demo`, which needs none")
    return SlackAccess(
        settings.slack_bot_token.get_secret_value(),
        settings.slack_app_token.get_secret_value(),
        settings.slack_api_url,
    )


async def check_slack(catalog: Catalog, settings: Settings) -> list[Finding]:
    """The findings on tokens, scopes, and the channels of the configuration."""
    try:
        access = slack_access(settings)
        client = web_client(access.bot_token, access.api_url, waits_for_rate_limits=True)
        lacking = await missing_scopes(client)
        await check_app_token(client, access.app_token)
        directory = Directory(client, catalog.channels)
        await directory.load()
    except (StartError, ConnectionProblem) as error:
        return [Finding("slack", str(error), True)]
    findings = [Finding("slack", "tokens accepted", False)]
    if lacking:
        advice = "update the app from config/slack-manifest.yaml and install it again"
        findings.append(Finding("slack", f"the app lacks the scopes {', '.join(lacking)}; {advice}", True))
    outside = await directory.not_joined()
    return findings + [Finding("slack", problem, True) for problem in (*directory.problems, *outside)]
