"""A Slack workspace on this machine, for trying a bot and for testing it.

It is Slack, seen from the bot: Web API, Socket Mode or signed requests, response_url, files, and a page to work in.
Any Bolt app can be pointed at it with ``base_url=server.api_url``. It knows nothing of the bot that talks to it.
"""

from kpibot.workspace.errors import (
    RequestUrlError,
    ScriptError,
    SlackError,
    UnknownNameError,
    WaitTimeoutError,
    WorkspaceError,
)
from kpibot.workspace.faults import Fault
from kpibot.workspace.link import Outcome
from kpibot.workspace.model import Call, Channel, Delivery, Edit, File, Group, Message, Person, View
from kpibot.workspace.server import WorkspaceServer
from kpibot.workspace.state import Workspace

__all__ = [
    "Call",
    "Channel",
    "Delivery",
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
