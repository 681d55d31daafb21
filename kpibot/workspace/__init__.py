"""A Slack workspace on this machine, for trying a bot and for testing it.

It is Slack, seen from the bot: Web API, Socket Mode, response_url, files, and a page to work in. Any Bolt app can be
pointed at it with ``base_url=server.api_url``. It knows nothing of the bot that talks to it.
"""

from kpibot.workspace.errors import SlackError, UnknownNameError, WaitTimeoutError, WorkspaceError
from kpibot.workspace.faults import Fault
from kpibot.workspace.model import Call, Channel, File, Group, Message, Person, View
from kpibot.workspace.server import WorkspaceServer
from kpibot.workspace.socket_mode import Outcome
from kpibot.workspace.state import Workspace

__all__ = [
    "Call",
    "Channel",
    "Fault",
    "File",
    "Group",
    "Message",
    "Outcome",
    "Person",
    "SlackError",
    "UnknownNameError",
    "View",
    "WaitTimeoutError",
    "Workspace",
    "WorkspaceError",
    "WorkspaceServer",
]
