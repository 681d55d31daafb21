"""The twin: a bot that lives through the same hours undisturbed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from localslack import WorkspaceServer
from tests.chaos.reading import Said, read
from tests.chaos.slack import workspace
from tests.chaos.world import CHANNELS, CONFIG, FIRST_ROUND, World
from tests.scenario.scene import Clock, Scene


async def as_it_should_read(seed: str, measured: Iterable[datetime], folder: Path) -> dict[str, list[Said]]:
    """What each channel reads when nobody is killed and nothing fails, measured at these instants."""
    world, clock = World(folder / "helpdesk.db", seed), Clock(FIRST_ROUND)
    server = WorkspaceServer(workspace(CHANNELS, lambda: clock().timestamp()))
    await server.start()
    scene = Scene(server, world.helpdesk, folder, clock)
    scene.config = CONFIG
    try:
        for instant, _ in zip(measured, world.rounds(), strict=False):
            clock.now = instant
            await (scene.start() if scene.bot is None else scene.later(timedelta()))
        assert scene.services is not None
        assert set(scene.services.store.outbox.counts()) == {"sent"}, "the twin was disturbed"
        return read(server.ws)
    finally:
        await scene.stop()
        await server.stop()
