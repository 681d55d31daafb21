"""The errors of this package.

WorkspaceError
├── SlackError       the Web API refuses: answered as {"ok": false, "error": …}
├── RequestUrlError  the bot's request URL doesn't answer the challenge
├── ScriptError      a script of the workspace can't be read
├── UnknownNameError a test or the page named a channel, person, message or action that doesn't exist
└── WaitTimeoutError wait_for ran out of time
"""

from __future__ import annotations

from localslack.state.model import Json


class WorkspaceError(Exception):
    """The root of this package's errors."""


class SlackError(WorkspaceError):
    """A refusal as the Web API gives it; `extra` is merged into the answer next to `error`."""

    def __init__(self, error: str, **extra: object) -> None:
        super().__init__(error)
        self.error = error
        self.extra: Json = extra

    def body(self) -> Json:
        """Return the answer to send."""
        return {"ok": False, "error": self.error, **self.extra}


class RequestUrlError(WorkspaceError):
    """The request URL failed Slack's check; the message says what it answered."""


class ScriptError(WorkspaceError):
    """A script says something that a workspace can't have; each line names a place and what to write there."""


class UnknownNameError(WorkspaceError, LookupError):
    """A name that the workspace doesn't know; the message lists those that it does know."""


class WaitTimeoutError(WorkspaceError, TimeoutError):
    """The condition was not met in time; the message lists the latest messages and calls."""
