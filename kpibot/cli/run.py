"""Runs the bot until it is stopped."""

import argparse
import asyncio
from contextlib import closing

from kpibot.app.bot import Bot
from kpibot.app.process import leave_if_stuck
from kpibot.app.slack_access import slack_access
from kpibot.cli.common import services_of, until_stopped
from kpibot.settings import Settings
from kpibot.store.database.instance_lock import instance_lock


def run_command(options: argparse.Namespace, settings: Settings) -> int:
    """Runs the bot until it is stopped."""
    access = slack_access(settings)
    with instance_lock(settings.state_url), closing(services_of(options, settings)) as services:
        asyncio.run(until_stopped(lambda stop: _work(Bot(services, access), stop)))
    return 0


async def _work(bot: Bot, stop: asyncio.Event) -> None:
    await bot.run(stop)
    leave_if_stuck()
