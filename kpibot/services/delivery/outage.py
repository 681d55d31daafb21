"""Tells of the bot's own database, which cannot carry that message itself: it goes to the administrators directly.

        fails for a while                 works for a while
works ────────────────────► told: away ────────────────────► told: back

Several bots on one database see the same outage. Each message bears a key and is looked up first, so that whoever comes
second finds it told.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from kpibot.catalog.model import DistrictConfig
from kpibot.core.reports.messages import AdminNotice
from kpibot.render.phrases.times import soon
from kpibot.services.delivery.delivery import DeliveryError, Sender

log = logging.getLogger(__name__)

LASTS = timedelta(minutes=5)
A_MINUTE = timedelta(minutes=1)  # clocks differ
A_DAY = timedelta(days=1)
AWAY, BACK = "own-database:away", "own-database:back"
WHAT = "The bot's own database"


class OutageNotifier:
    """Knows which of the bot's jobs its own database fails, and says so: once, and once when it works again."""

    def __init__(self, sender: Sender, district: DistrictConfig, now: Callable[[], datetime]) -> None:
        self._sender = sender
        self._administrators = district.administrators
        self._zone = str(district.calendar.zone)
        self._now = now
        self._failing: dict[str, str] = {}
        self._since = now()
        self._told: datetime | None = None  # when the outage began that they were told of
        self._knows_past = False
        self._excuse = ""  # why they could not be told the last time

    def record_failure(self, job: str, why: str) -> None:
        """A job could not use the database. The log hears of it once, however often it is tried."""
        if self._failing.get(job) != why:
            log.error("%s failed: %s", job, why)
        if not self._failing:
            self._since = self._now()
        self._failing[job] = why

    def record_success(self, job: str) -> None:
        """A job could use the database."""
        if self._failing.pop(job, None) is not None:
            log.warning("%s works again", job)
            if not self._failing:
                self._since = self._now()

    async def notify(self) -> None:
        """Tells the administrators what they should know by now. What Slack does not take is told the next time."""
        if self._administrators is None:
            return
        try:
            await self._tell(self._administrators, self._now())
            self._excuse = ""
        except DeliveryError as error:
            if self._excuse != str(error):
                log.warning("the administrators cannot be notified about the bot's own database: %s", error)
            self._excuse = str(error)

    async def _tell(self, channel: str, now: datetime) -> None:
        if not self._knows_past:
            self._told = await self._told_before(channel, now)
            self._knows_past = True
        self._since = min(self._since, now)  # the clock may have been set back
        if now - self._since < LASTS:
            return
        if self._failing and self._told is None:
            await self._say(channel, AWAY, self._away(now))
            self._told = self._since
        elif not self._failing and self._told is not None:
            await self._say(channel, BACK, AdminNotice(now, self._zone, resolved=(WHAT,)))
            self._told = None

    async def _told_before(self, channel: str, now: datetime) -> datetime | None:
        """The outage that another process, or this one before it was started again, told of and did not end."""
        away = await self._sender.find(channel, AWAY, now - A_DAY, None)
        if away is None:
            return None
        told = datetime.fromtimestamp(float(away), UTC)
        return None if await self._sender.find(channel, BACK, told, None) else told

    async def _say(self, channel: str, key: str, notice: AdminNotice) -> None:
        if await self._sender.find(channel, key, self._since - A_MINUTE, None) is None:
            await self._sender.send(channel, key, notice, None)

    def _away(self, now: datetime) -> AdminNotice:
        says = (
            f"{next(iter(self._failing.values()))}. It has not worked since {soon(self._since, now, self._zone)}. "
            "Until it does, digests and alerts wait, and nobody can acknowledge or mute. Questions are answered"
        )
        return AdminNotice(now, self._zone, ((WHAT, says),))
