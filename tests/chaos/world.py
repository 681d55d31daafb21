"""What happens in the district, hour by hour: campuses fire, join, worsen, ease and recover as tickets come and go.

It is the same for a seed, however often it is played.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from tests.scenario.scene import Helpdesk

CONFIG = Path(__file__).parent / "config"
CHANNELS = ("tech-leads", "west-tech", "north-tech", "kpibot-admin")
SITES = ("101", "111", "201", "211")
LEVELS = (0, 2, 5, 7, 9, 12, 15)  # tickets; from 6 on too many, from 10 on critical, over at 4
FIRST_ROUND = datetime(2026, 11, 16, 14, 10, tzinfo=UTC)  # ten past eight on a Monday in Chicago: a digest is due
HOUR = timedelta(hours=1)
EARLIER = timedelta(minutes=4)  # after the hour struck, so that a digest of that hour reads the same at any time


class World:
    """A helpdesk and its hours. `rounds` is endless: each is an instant, and by then the helpdesk is as it is then."""

    def __init__(self, file: Path, seed: str) -> None:
        self.helpdesk = Helpdesk(file)
        self._chance = random.Random(seed)
        self._levels = dict.fromkeys(SITES, 0)

    def rounds(self) -> Iterator[datetime]:
        """Lets the next hour come, whenever it is asked for."""
        for number in count():
            instant = FIRST_ROUND + number * HOUR
            for site in self._chance.sample(SITES, self._chance.randint(1, 3)):
                self._bring(site, self._chance.choice(LEVELS), instant - EARLIER)
            yield instant

    def _bring(self, site: str, level: int, at: datetime) -> None:
        if level > self._levels[site]:
            self.helpdesk.open(site, level - self._levels[site], at)
        elif level < self._levels[site]:
            self.helpdesk.resolve(site, at, keep=level)
        self._levels[site] = level
