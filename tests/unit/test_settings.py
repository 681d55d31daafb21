"""The environment and `.env` as settings."""

from pathlib import Path

import pytest

from kpibot.settings import Settings, SettingsError, from_process, read_settings

BOT, APP = "xoxb-1-2-secret", "xapp-1-A-2-secret"


def test_nothing_is_needed() -> None:
    settings = read_settings({}, None)
    assert settings == Settings()
    assert settings.slack_bot_token is None
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.state_url == "sqlite:///var/kpibot.db"
    assert settings.log_level == "INFO"


def test_everything_may_be_set() -> None:
    environment = {
        "SLACK_BOT_TOKEN": BOT,
        "SLACK_APP_TOKEN": APP,
        "SLACK_API_URL": "http://127.0.0.1:8065/api",
        "KPIBOT_STATE_URL": "postgresql://k:secret@db/kpibot",
        "KPIBOT_LOG_LEVEL": "debug",
    }
    settings = read_settings(environment, None)
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == BOT
    assert settings.slack_app_token is not None
    assert settings.slack_app_token.get_secret_value() == APP
    assert settings.slack_api_url == "http://127.0.0.1:8065/api/"
    assert settings.state_url == "postgresql://k:secret@db/kpibot"
    assert settings.log_level == "DEBUG"
    assert settings.environment == environment
    assert "secret" not in repr(settings) + str(settings)


def test_the_real_environment_wins_over_the_file_unless_it_is_empty(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text('A=file\nB="file"\nC=file\nD=\nE\nPASSWORD=a${A}$b\n', encoding="utf-8")
    environment = read_settings({"A": "real", "B": "", "X": "real"}, file).environment
    assert environment == {"A": "real", "B": "file", "C": "file", "X": "real", "PASSWORD": "a${A}$b"}


def test_a_file_need_not_be_there(tmp_path: Path) -> None:
    assert read_settings({"A": "1"}, tmp_path / ".env").environment == {"A": "1"}


def test_a_file_must_be_text(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xff\n")
    with pytest.raises(SettingsError, match="not UTF-8"):
        read_settings({}, tmp_path / ".env")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SLACK_BOT_TOKEN", "xapp-secret", "SLACK_BOT_TOKEN must begin with xoxb-…"),
        ("SLACK_BOT_TOKEN", "xoxb-secret with a blank", "SLACK_BOT_TOKEN must begin with xoxb-…"),
        ("SLACK_BOT_TOKEN", "xoxb-", "SLACK_BOT_TOKEN must begin with xoxb-…"),
        ("SLACK_APP_TOKEN", "xoxb-secret", "SLACK_APP_TOKEN must begin with xapp-…"),
        ("SLACK_API_URL", "secret.example.org", "SLACK_API_URL must begin with https://"),
        ("KPIBOT_STATE_URL", "secret.db", "KPIBOT_STATE_URL must be a database URL"),
        ("KPIBOT_LOG_LEVEL", "secret", "KPIBOT_LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR"),
    ],
)
def test_a_wrong_value_is_told_without_being_shown(name: str, value: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({name: value}, None)
    assert str(caught.value).startswith(told)
    assert "secret" not in str(caught.value)


def test_all_wrong_values_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({"SLACK_BOT_TOKEN": "x", "SLACK_APP_TOKEN": "x", "KPIBOT_LOG_LEVEL": "loud"}, None)
    assert len(caught.value.problems) == 3


def test_the_process_has_its_file_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
    monkeypatch.setenv("KPIBOT_LOG_LEVEL", "WARNING")
    (tmp_path / ".env").write_text(f"SLACK_BOT_TOKEN={BOT}\nKPIBOT_LOG_LEVEL=DEBUG\n", encoding="utf-8")
    settings = from_process()
    assert settings.slack_bot_token is not None
    assert settings.log_level == "WARNING"
