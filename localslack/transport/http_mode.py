"""HTTP mode: events, commands and interactions are posted to the bot's request URL, signed as Slack signs them.

One URL takes them all, as with Bolt's ``/slack/events``. First it must return a challenge.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import TypeGuard
from urllib.parse import parse_qs, urlencode

import aiohttp

from localslack.state.errors import RequestUrlError
from localslack.state.model import Json
from localslack.state.workspace import Workspace
from localslack.transport.dispatcher import ACK_SECONDS, REDELIVERY, Dispatcher, Outcome, Repeat

_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"


def signature(secret: str, timestamp: str, body: str) -> str:
    """Return ``X-Slack-Signature`` of a request that was sent at `timestamp`, in seconds since 1970."""
    base = f"v0:{timestamp}:{body}"
    return "v0=" + hmac.new(secret.encode(), base.encode(), hashlib.sha256).hexdigest()


class HttpMode(Dispatcher):
    """The bot's request URL."""

    def __init__(
        self,
        ws: Workspace,
        request_url: str,
        ack_seconds: float = ACK_SECONDS,
        redelivery: Sequence[float] = REDELIVERY,
    ) -> None:
        super().__init__(ws, ack_seconds, redelivery)
        self._url, self._verified = request_url, False
        self._session: aiohttp.ClientSession | None = None

    @property
    def connections(self) -> int:
        """Return 1 when the request URL has passed its check, 0 before."""
        return int(self._verified)

    async def verify(self) -> None:
        """Send the challenge. Raises RequestUrlError, with the response, when the bot doesn't return it."""
        challenge = secrets.token_urlsafe(24)
        body = json.dumps({"token": "verification-token", "challenge": challenge, "type": "url_verification"})
        try:
            status, kind, text, _ = await self._post(body, _JSON, {})
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RequestUrlError(f"{self._url} does not answer ({error!r}); is the bot running?") from error
        if status != 200 or _challenge_in(kind, text) != challenge:
            raise RequestUrlError(
                f"{self._url} did not give the challenge back; it answered {status} {text[:200]!r}; "
                "look at its path, and whether the bot has the workspace's signing secret"
            )
        self._verified = True
        self._ws.notify("link", self.connections)

    async def _send(self, kind: str, payload: Json, repeat: Repeat | None) -> Outcome:
        """Post once. A command or press fails with ``dispatch_failed`` on anything but 200."""
        started = self._ws.timer()
        try:
            if not self._verified:
                await self.verify()
            status, content_type, text, headers = await self._post(*_request_of(kind, payload), _headers_of(repeat))
        except TimeoutError:
            return Outcome(False, error="operation_timeout", reason="http_timeout")
        except (aiohttp.ClientError, RequestUrlError):
            return Outcome(False, error="dispatch_failed", reason="connection_failed")
        final = headers.get("X-Slack-No-Retry") == "1"
        if not 200 <= status < 300:
            return Outcome(False, error="dispatch_failed", reason="http_error", final=final)
        return Outcome(True, self._ws.timer() - started, _ack_in(content_type, text))

    async def _post(self, body: str, kind: str, headers: Mapping[str, str]) -> tuple[int, str, str, Mapping[str, str]]:
        timestamp = str(int(self._ws.clock()))
        signed = {
            "Content-Type": kind,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._ws.signing_secret, timestamp, body),
            **headers,
        }
        async with self._open().post(self._url, data=body.encode(), headers=signed, allow_redirects=False) as answer:
            return answer.status, answer.content_type, await answer.text(), answer.headers

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._ack_seconds))
        return self._session

    async def stop(self) -> None:
        """Cancel redelivery and close the connections."""
        await super().stop()
        if self._session is not None:
            await self._session.close()
            self._session = None


def _request_of(kind: str, payload: Json) -> tuple[str, str]:
    """Return body and content type: events are JSON, commands a form, everything else JSON in a form's field."""
    if kind == "events_api":
        return json.dumps(payload), _JSON
    return urlencode(payload if kind == "slash_commands" else {"payload": json.dumps(payload)}), _FORM


def _headers_of(repeat: Repeat | None) -> dict[str, str]:
    if repeat is None or not repeat.attempt:
        return {}
    return {"X-Slack-Retry-Num": str(repeat.attempt), "X-Slack-Retry-Reason": repeat.reason}


def _challenge_in(kind: str, text: str) -> str | None:
    """Return the challenge from an answer in any of the three forms that Slack takes."""
    if kind == _FORM:
        return next(iter(parse_qs(text).get("challenge", [])), None)
    if kind == _JSON:
        answer = _object(text)
        return str(answer.get("challenge")) if answer is not None else None
    return text.strip()


def _ack_in(kind: str, text: str) -> Json:
    """Return an ack's payload: a JSON object, or plain text as a message."""
    answer = _object(text) if kind == _JSON else None
    if answer is not None:
        return answer
    return {"text": text} if text.strip() else {}


def _object(text: str) -> Json | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if _is_object(value) else None


def _is_object(value: object) -> TypeGuard[Json]:
    return isinstance(value, dict)
