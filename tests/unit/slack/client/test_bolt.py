"""What Bolt and Slack's client say in the log, and how the connection ends."""

import asyncio
import logging

import pytest

from kpibot.slack.client.bolt import bolt_app, close_connection, socket_mode
from kpibot.slack.client.connection import web_client


@pytest.fixture
def bolt() -> logging.Logger:
    """The logger that the app hands on to its connection."""
    return bolt_app(web_client("xoxb-1", "http://127.0.0.1:9/api/", waits_for_rate_limits=False)).logger


def fail_to_connect(bolt: logging.Logger) -> None:
    try:
        raise ConnectionError("refused")
    except ConnectionError as error:
        bolt.exception(f"Failed to connect (error: {error}); Retrying...")


def test_an_outage_of_slack_is_logged_once_and_without_a_traceback(
    bolt: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        fail_to_connect(bolt)
    assert caplog.text.count("Failed to connect (error: refused)") == 1
    assert "Traceback" not in caplog.text


def test_whatever_else_fails_is_logged_each_time_with_its_traceback(
    bolt: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        try:
            raise ValueError("a mistake of ours")
        except ValueError:
            bolt.exception("Failed to run a listener")
    assert caplog.text.count("Traceback") == 2


async def test_a_slack_that_does_not_say_goodbye_is_not_waited_for_and_nothing_stays_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = bolt_app(web_client("xoxb-1", "http://127.0.0.1:9/api/", waits_for_rate_limits=False))
    handler = socket_mode(app, "xapp-1")
    monkeypatch.setattr(handler.client, "disconnect", asyncio.Event().wait)
    await close_connection(handler, 0.01)
    assert handler.client.aiohttp_client_session.closed
