"""Reports outages of the bot's own database, which cannot carry that message itself, directly to the administrators.

          fails for a while               works for a while
works ────────────────────► reported: away ────────────────────► reported: back

Several bots on one database see the same outage. Each message has a key and is looked up first, so that the second bot
finds it sent.
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
        self._reported: datetime | None = None  # when the reported outage began
        self._knows_past = False
        self._last_error = ""  # why the last report could not be sent

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
        """Reports to the administrators what is due. What Slack does not take is sent the next time."""
        if self._administrators is None:
            return
        try:
            await self._report(self._administrators, self._now())
            self._last_error = ""
        except DeliveryError as error:
            if self._last_error != str(error):
                log.warning("the administrators cannot be notified about the bot's own database: %s", error)
            self._last_error = str(error)

    async def _report(self, channel: str, now: datetime) -> None:
        if not self._knows_past:
            self._reported = await self._reported_before(channel, now)
            self._knows_past = True
        self._since = min(self._since, now)  # the clock may have been set back
        if now - self._since < LASTS:
            return
        if self._failing and self._reported is None:
            await self._send_once(channel, AWAY, self._away(now))
            self._reported = self._since
        elif not self._failing and self._reported is not None:
            await self._send_once(channel, BACK, AdminNotice(now, self._zone, resolved=(WHAT,)))
            self._reported = None

    async def _reported_before(self, channel: str, now: datetime) -> datetime | None:
        """The outage that another process, or this one before a restart, reported and did not end."""
        away = await self._sender.find(channel, AWAY, now - A_DAY, None)
        if away is None:
            return None
        reported = datetime.fromtimestamp(float(away), UTC)
        return None if await self._sender.find(channel, BACK, reported, None) else reported

    async def _send_once(self, channel: str, key: str, notice: AdminNotice) -> None:
        if await self._sender.find(channel, key, self._since - A_MINUTE, None) is None:
            await self._sender.send(channel, key, notice, None)

    def _away(self, now: datetime) -> AdminNotice:
        says = (
            f"{next(iter(self._failing.values()))}. It has not worked since {soon(self._since, now, self._zone)}. "
            "Until it does, digests and alerts wait, and nobody can acknowledge or mute. Questions are answered"
        )
        return AdminNotice(now, self._zone, ((WHAT, says),))
