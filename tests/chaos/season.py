"""A season: some hours of a district whose bot is killed again and again, until it has died often enough."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from kpibot.catalog import load
from tests.chaos import steps
from tests.chaos.ledger import Ledger
from tests.chaos.nursery import Nursery
from tests.chaos.reading import places
from tests.chaos.slack import LATE, Clock, Slack
from tests.chaos.world import CHANNELS, CONFIG, FIRST_ROUND, World

PAST_ALL_LEASES = timedelta(seconds=125)
AT_ONCE, AT_ONCE_RATE = timedelta(seconds=3), 0.2  # how soon, and how often so soon, the next life begins
FIRST_OR_SECOND = (1, 1, 1, 1, 1, 2)
LIFE = 0.5  # seconds, about
RATE = 0.035  # of each kind of trouble: together a quarter of the calls
DEATHS_IN_AN_HOUR = (2, 7)
LAST_MINUTE = 35  # of an hour in which to kill: time enough for what is left to do in it
DECIDED = frozenset({"a measurement", "a digest"})
ALL = DECIDED | {"pruning", "a row"}
EVENLY = 4  # how much rather a moment is drawn that was seldom met


class Season:
    """A bot and its Slack. `killed` says how often it died at which moment."""

    def __init__(self, seed: str, state_url: str, folder: Path) -> None:
        self._chance = random.Random(seed)
        self._state_url = state_url
        self.killed: Counter[str] = Counter()
        self.world = World(folder / "helpdesk.db", seed)
        self.slack = Slack(CHANNELS, Clock(FIRST_ROUND), self._chance.randrange(2**32))
        self.ledger = Ledger(state_url, load(CONFIG, {"HELPDESK_URL": self.world.helpdesk.url}))
        self._nursery = Nursery(CONFIG, self.world.helpdesk.url, folder)

    async def play(self, deaths: int) -> None:
        """Kills so many times; then Slack is well again, and all that is owed is delivered."""
        await self.slack.start()
        try:
            await self._nursery.start()
            self.slack.spoil(RATE)
            for hour, instant in enumerate(self.world.rounds()):
                self.slack.clock.set(instant)
                deaths -= await self._kill(min(deaths, self._chance.randint(*DEATHS_IN_AN_HOUR)))
                if deaths == 0:
                    break
                # What waits may wait for the next hour, but nothing so long that it is of no use any more.
                await self._until_done(DECIDED if hour % 2 == 0 else ALL)
            self.slack.ws.faults.clear()
            await self._until_done(ALL)
        finally:
            await self._nursery.stop()
            await self.slack.stop()

    async def _kill(self, deaths: int) -> int:
        """Kills up to so many times in this hour; how many."""
        left = deaths
        while left and self.slack.clock.now.minute < LAST_MINUTE and (moment := self._next()) is not None:
            left -= await self._live(moment)
        return deaths - left

    def _next(self) -> str | None:
        """A moment that can be reached, rather one that was seldom met; None where nothing is left to do."""
        needs = self.ledger.needs(self.slack.clock.now, places(self.slack.ws))
        if not needs:
            return None
        if steps.FIRST in needs:  # it is left to do in one life only
            needs = {steps.FIRST}
        moments = {need: steps.moments_of(need) for need in sorted(needs | {steps.AT_RANDOM})}
        need = self._drawn(list(moments), lambda each: sum(map(self.killed.__getitem__, moments[each])))
        return self._drawn(moments[need], self.killed.__getitem__)

    def _drawn(self, among: Sequence[str], times: Callable[[str], int]) -> str:
        """One of them, rather one with a small number of times."""
        (chosen,) = self._chance.choices(among, [1 / (1 + times(each)) ** EVENLY for each in among])
        return chosen

    async def _live(self, moment: str | None) -> bool:
        """One life; whether it was killed."""
        step, _, when = (moment or "").partition(": ")
        nth = self._chance.choice(FIRST_OR_SECOND) if moment in steps.OFTEN_MET else 1
        by_slack = when == "accepted"
        await self._nursery.begin(self.slack.plan(self._state_url, None if by_slack else moment, nth))
        if by_slack:
            self.slack.kill_at(step, nth, self._nursery.kill)
        loop, after = asyncio.get_running_loop(), self._chance.uniform(0, LIFE)
        timer = loop.call_later(after, self._nursery.kill) if moment == steps.AT_RANDOM else None
        was_killed = await self._nursery.end()
        self.slack.spare()
        if timer is not None:
            timer.cancel()
        if was_killed:
            self.killed[moment or ""] += 1
            await asyncio.sleep(2 * LATE)  # what left before the death arrives before any lease ends
        self.slack.clock.jump(AT_ONCE if self._chance.random() < AT_ONCE_RATE else PAST_ALL_LEASES)
        return was_killed

    async def _until_done(self, needs: frozenset[str]) -> None:
        hour = self.slack.clock.now.hour
        while needs & self.ledger.needs(self.slack.clock.now) or self._is_owed(needs):
            await self._live(None)
            if self.slack.clock.now.hour != hour:
                raise AssertionError(f"an hour was not enough: {self.ledger.counts()}\n{self._nursery.log()[-3_000:]}")

    def _is_owed(self, needs: frozenset[str]) -> bool:
        """Whether anything waits, if that matters; it may not be due yet."""
        return "a row" in needs and "waiting" in self.ledger.counts()
