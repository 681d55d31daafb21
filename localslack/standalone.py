"""Runs a workspace on its own, for any bot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from localslack.script import Script, read_script
from localslack.server import WorkspaceServer
from localslack.state.errors import WorkspaceError


async def run_workspace(script: Path | None, port: int, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    """Run until `stop` is set, with the set-up that `script` names; `say` prints.

    Raises ScriptError, and WorkspaceError when the port is taken.
    """
    server = (read_script(script) if script is not None else Script()).server(port)
    try:
        await server.start()
    except OSError as error:
        raise WorkspaceError(f"port {port} is taken; choose another with --port") from error
    try:
        say(directions(server))
        await stop.wait()
    finally:
        await server.stop()


def directions(server: WorkspaceServer) -> str:
    """Return the page's address, and the environment variables for a bot."""
    ws = server.ws
    lines = [
        f"the page: {server.url}",
        "",
        "for the bot's environment:",
        f"SLACK_API_URL={server.api_url}",
        f"SLACK_BOT_TOKEN={ws.bot_token}",
        f"SLACK_APP_TOKEN={ws.app_token}",
        f"SLACK_SIGNING_SECRET={ws.signing_secret}",
        "",
        "Ctrl-C ends it",
    ]
    return "\n".join(lines)
