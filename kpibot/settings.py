"""The process's environment and `.env`, as frozen settings. Nothing else reads the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from dotenv import dotenv_values
from pydantic import SecretStr

SLACK_API_URL = "https://slack.com/api/"
STATE_URL = "sqlite:///var/kpibot.db"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsError(ValueError):
    """The environment cannot be used; one line for each variable, saying what to put there. Never shows a value."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says. Tokens, the state's URL and the environment itself are secrets: no repr shows them.

    `environment` is the merged environment, for the `${NAME}` of the configuration.
    """

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: str = SLACK_API_URL
    state_url: str = field(default=STATE_URL, repr=False)
    log_level: str = "INFO"
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


def from_process() -> Settings:
    """The settings of this process: its environment, and `.env` of the working directory where that is silent.

    Raises:
        SettingsError: a variable has a value that cannot be right.
    """
    return read_settings(os.environ, Path(".env"))


def read_settings(environ: Mapping[str, str], dotenv: Path | None) -> Settings:
    """The settings; a variable of the real environment wins over the same one in `.env`, an empty one is not set.

    Raises:
        SettingsError: every variable whose value cannot be right, at once.
    """
    environment = _from_file(dotenv) | {name: value for name, value in environ.items() if value}
    problems = tuple(problem for check in _CHECKS if (problem := check(environment)) is not None)
    if problems:
        raise SettingsError(problems)
    return Settings(
        slack_bot_token=_secret(environment, "SLACK_BOT_TOKEN"),
        slack_app_token=_secret(environment, "SLACK_APP_TOKEN"),
        slack_api_url=environment.get("SLACK_API_URL", SLACK_API_URL).rstrip("/") + "/",
        state_url=environment.get("KPIBOT_STATE_URL", STATE_URL),
        log_level=environment.get("KPIBOT_LOG_LEVEL", "INFO").upper(),
        environment=MappingProxyType(environment),
    )


def _from_file(dotenv: Path | None) -> dict[str, str]:
    if dotenv is None or not dotenv.is_file():
        return {}
    try:
        # A password may hold `${`: values are taken as they stand.
        values = dotenv_values(dotenv, interpolate=False, encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError((f"{dotenv} is not UTF-8 text; save it as UTF-8",)) from error
    return {name: value for name, value in values.items() if value}


def _secret(environment: Mapping[str, str], name: str) -> SecretStr | None:
    return SecretStr(environment[name]) if name in environment else None


def _bot_token(environment: Mapping[str, str]) -> str | None:
    page = "OAuth & Permissions (Bot User OAuth Token)"
    return _token(environment, "SLACK_BOT_TOKEN", "xoxb-", page)


def _app_token(environment: Mapping[str, str]) -> str | None:
    page = "Basic Information (App-Level Tokens, with connections:write)"
    return _token(environment, "SLACK_APP_TOKEN", "xapp-", page)


def _token(environment: Mapping[str, str], name: str, prefix: str, page: str) -> str | None:
    if re.fullmatch(re.escape(prefix) + r"[!-~]+", environment.get(name, prefix + "-")):
        return None
    return f"{name} must begin with {prefix}… and hold no spaces; copy it from your Slack app's page {page}"


def _api_url(environment: Mapping[str, str]) -> str | None:
    if re.match(r"https?://[^/\s]", environment.get("SLACK_API_URL", SLACK_API_URL)):
        return None
    return f"SLACK_API_URL must begin with https:// or http://; leave it out for Slack itself ({SLACK_API_URL})"


def _state_url(environment: Mapping[str, str]) -> str | None:
    if re.match(r"[a-z][a-z0-9+_]*://", environment.get("KPIBOT_STATE_URL", STATE_URL)):
        return None
    return f"KPIBOT_STATE_URL must be a database URL; write for example {STATE_URL}"


def _log_level(environment: Mapping[str, str]) -> str | None:
    if environment.get("KPIBOT_LOG_LEVEL", "INFO").upper() in LOG_LEVELS:
        return None
    return f"KPIBOT_LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}"


_CHECKS = (_bot_token, _app_token, _api_url, _state_url, _log_level)
