"""Runs a Slack workspace on this machine, for any bot."""

import argparse
import asyncio

from kpibot.cli.common import UsageError, say, until_stopped
from kpibot.settings import Settings
from localslack import WorkspaceError, standalone


def workspace_command(options: argparse.Namespace, _: Settings) -> int:
    """Runs a Slack workspace on this machine, for any bot."""
    try:
        asyncio.run(until_stopped(lambda stop: standalone.run_workspace(options.script, options.port, stop, say)))
    except WorkspaceError as error:
        raise UsageError(str(error)) from error
    return 0
