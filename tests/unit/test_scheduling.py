"""The schedule keeps going whatever the wall clock does. APScheduler reads its own, which jumps here."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from apscheduler.schedulers import base
from apscheduler.triggers import interval

from kpibot.scheduling import Schedule

HOUR = timedelta(hours=1)
SOON = 10.0  # seconds in which a job with an interval of one second has certainly run


class WallClock(datetime):
    """The wall clock of APScheduler, which can be set."""

    off = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + cls.off


@pytest.fixture
async def ran(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[asyncio.Event]:
    """Set each time the job of a running schedule ran; its interval is a second."""
    for module in (base, interval):
        monkeypatch.setattr(module, "datetime", WallClock)
    monkeypatch.setattr(WallClock, "off", timedelta())
    has_run = asyncio.Event()

    async def run() -> None:
        has_run.set()

    schedule = Schedule(ZoneInfo("America/Chicago"), lambda: WallClock.now(UTC), look_every=0.05)
    schedule.every(timedelta(seconds=1), run, "run")
    schedule.start()
    await asyncio.wait_for(has_run.wait(), SOON)
    yield has_run
    schedule.stop()


@pytest.mark.parametrize("by", [HOUR, -HOUR, timedelta(days=3), -timedelta(days=3)])
async def test_jobs_go_on_when_the_clock_jumps(ran: asyncio.Event, by: timedelta) -> None:
    WallClock.off = by
    for _ in range(2):
        ran.clear()
        await asyncio.wait_for(ran.wait(), SOON)


async def test_a_clock_that_was_set_back_is_told_once(ran: asyncio.Event, caplog: pytest.LogCaptureFixture) -> None:
    WallClock.off = -HOUR
    for _ in range(3):
        ran.clear()
        await asyncio.wait_for(ran.wait(), SOON)
    assert caplog.text.count("the clock was set back; the schedule continues") == 1
