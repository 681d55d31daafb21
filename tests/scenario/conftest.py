"""The whole bot, over Socket Mode, against a Slack workspace on this machine."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from localslack import Channel, Group, Person, Workspace, WorkspaceServer
from tests.scenario.scene import MONDAY, Clock, Helpdesk, Scene


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """The workspace is up; the bot is not yet. Both see the same time, whatever the machine's is."""
    clock = Clock(MONDAY)
    workspace = Workspace(
        name="Scenario ISD",
        bot_name="kpibot",
        channels=[
            Channel("tech-leads"),
            Channel("west-tech"),
            Channel("kpibot-admin"),
            Channel("teachers-lounge", members=("dana",)),
        ],
        people=[Person("dana", "Dana Okafor"), Person("luis", "Luis Ortega")],
        groups=[Group("helpdesk-leads", members=("luis",))],
        clock=lambda: clock().timestamp(),
        file_seconds=0.01,
    )
    server = WorkspaceServer(workspace)
    await server.start()
    scene = Scene(server, Helpdesk(tmp_path / "helpdesk.db"), tmp_path, clock)
    yield scene
    await scene.stop()
    await server.stop()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What the bot logs, whatever another command of the same process has silenced."""
    caplog.set_level(logging.INFO, "kpibot.services")
    return caplog
