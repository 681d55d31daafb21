"""The bot's own way to measure a made-up district: the real `Measurement` over real databases."""

import itertools
import random
from datetime import timedelta

from kpibot.catalog.model import Database, Dataset
from kpibot.core.kpis.district import District
from kpibot.core.kpis.measures import Simple
from kpibot.core.time.calendar import Calendar
from kpibot.services.measurement.measurement import Measurement
from kpibot.sources.sql.source import SqlSource
from tests.oracle.databases import Shelf
from tests.oracle.worlds import World, world


class OracleServices:
    """Two databases that hold one made-up district after the other, and the sources that read them."""

    def __init__(self, main: Shelf, beside: Shelf) -> None:
        self.kind = main.kind
        self._shelves = {"main": main, "beside": beside}
        self._datasets: dict[str, Dataset] = {}
        self._places: dict[str, str] = {}
        self._sources: dict[tuple[str, Calendar], SqlSource] = {}
        self._numbers = itertools.count()

    def settle(self, draw: random.Random) -> tuple[World, Measurement]:
        """A new district, whose rows the databases hold from now on."""
        number = next(self._numbers)
        ids = (f"left{number}", f"right{number}")
        places = dict(zip(ids, ("main", draw.choice(list(self._shelves))), strict=True))
        one = world(draw, [self._shelves[place].kind for place in places.values()], ids)
        for place, shelf in self._shelves.items():
            shelf.hold((one.kept[name], one.tables[name].rows) for name in ids if places[name] == place)
        self._datasets.clear()
        self._datasets |= {name: kept.dataset() for name, kept in one.kept.items()}
        return one, Measurement(District(one.tree, one.calendar), lambda half: self._source(places, half, one.calendar))

    def _source(self, places: dict[str, str], half: Simple, calendar: Calendar) -> SqlSource:
        place = places[half.dataset]
        key = (place, calendar)
        if key not in self._sources:
            database = Database("helpdesk", timedelta(seconds=20), self._shelves[place].url)
            self._sources[key] = SqlSource(database, self._datasets, calendar.zone, lasting=calendar.working_seconds)
        return self._sources[key]

    def close(self) -> None:
        for each in (*self._sources.values(), *self._shelves.values()):
            each.close()
