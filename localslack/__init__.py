"""A Slack workspace on this machine, for trying a bot and for testing it.

It is Slack, seen from the bot: Web API, Socket Mode or signed requests, response_url, files, and a page to work in.
Any Bolt app can be pointed at it with ``base_url=server.api_url``. It knows nothing of the bot that talks to it.
"""

from localslack.server import WorkspaceServer
from localslack.state.errors import (
    RequestUrlError,
    ScriptError,
    SlackError,
    UnknownNameError,
    WaitTimeoutError,
    WorkspaceError,
)
from localslack.state.faults import Fault
from localslack.state.model import Call, Channel, DeliveryAttempt, Edit, File, Group, Message, Person, View
from localslack.state.workspace import Workspace
from localslack.transport.dispatcher import Outcome

__all__ = [
    "Call",
    "Channel",
    "DeliveryAttempt",
    "Edit",
    "Fault",
    "File",
    "Group",
    "Message",
    "Outcome",
    "Person",
    "RequestUrlError",
    "ScriptError",
    "SlackError",
    "UnknownNameError",
    "View",
    "WaitTimeoutError",
    "Workspace",
    "WorkspaceError",
    "WorkspaceServer",
]
