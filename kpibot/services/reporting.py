"""Makes reports: a reading, judged, compared with an earlier point, with its series."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from kpibot.core.campus import DISTRICT
from kpibot.core.kpi import Kpi
from kpibot.core.readings import Missing, Reading
from kpibot.core.reports import Report
from kpibot.core.series import Series
from kpibot.services.measuring import Measuring
from kpibot.services.recent import Recent
from kpibot.sources.base import SourceError
from kpibot.store.store import Store

log = logging.getLogger(__name__)

Readings = Mapping[str, Reading]
NEAR = timedelta(days=1)  # how far a stored reading may lie from the point that it stands for


class Reporting:
    """Reports on KPIs. Its methods block.

    `fresh_within` is the age, by KPI id, at which the newest row makes its data stale.
    """

    def __init__(self, measuring: Measuring, store: Store, fresh_within: Mapping[str, timedelta]) -> None:
        self.measuring = measuring
        self._store = store
        self._fresh_within = fresh_within
        self._readings: Recent[dict[str, Reading]] = Recent()
        self._series: Recent[dict[str, Series]] = Recent()

    def readings(self, kpi: Kpi, as_of: datetime) -> Readings:
        """A reading for every campus and group."""
        return self._readings.get(
            (kpi.id, as_of), lambda: self.measuring.measure(kpi, as_of), lambda readings: not _failed(readings)
        )

    def reports(self, kpi: Kpi, campuses: Iterable[str], as_of: datetime, days: int | None = None) -> list[Report]:
        """Reports on a KPI at these campuses or groups, each with the series of `days` days where that is given."""
        chosen = list(campuses)
        now = self.readings(kpi, as_of)
        if _failed(now):  # a database that is down would make everybody wait for its past, too
            return [self._report(kpi, now[campus], before=None, series=None, stale=False) for campus in chosen]
        earlier = self._before(kpi, chosen, as_of)
        series = self._all_series(kpi, as_of, days) if days else {}
        stale = self.is_stale(kpi, now)
        return [
            self._report(kpi, now[campus], before=earlier.get(campus), series=series.get(campus), stale=stale)
            for campus in chosen
        ]

    def judged(self, kpi: Kpi, as_of: datetime) -> list[Report]:
        """A report, without comparison or series, on every campus and group."""
        readings = self.readings(kpi, as_of)
        stale = self.is_stale(kpi, readings)
        return [self._report(kpi, each, before=None, series=None, stale=stale) for each in readings.values()]

    def is_stale(self, kpi: Kpi, readings: Readings) -> bool:
        """Whether the newest row of the whole district is older than the dataset's rhythm allows."""
        allowed, district = self._fresh_within.get(kpi.id), readings[DISTRICT]
        return bool(allowed and district.newest and district.as_of - district.newest > allowed)

    def _report(
        self, kpi: Kpi, reading: Reading, *, before: float | None, series: Series | None, stale: bool
    ) -> Report:
        thresholds = kpi.thresholds_of(reading.campus, self.measuring.tree)
        return Report(
            card=kpi.card,
            campus=reading.campus,
            campus_name=self.measuring.tree[reading.campus].name,
            reading=reading,
            thresholds=thresholds,
            verdict=thresholds.judge(reading.value),
            before=before,
            compared_with=kpi.compared.before,
            series=series,
            stale=stale,
        )

    def _before(self, kpi: Kpi, campuses: list[str], as_of: datetime) -> dict[str, float | None]:
        earlier = kpi.compared.step_back(as_of, self.measuring.calendar)
        if kpi.has_past:
            readings = self.readings(kpi, earlier)
            return {campus: readings[campus].value for campus in campuses}
        return {campus: self._remembered(kpi, campus, earlier) for campus in campuses}

    def _remembered(self, kpi: Kpi, campus: str, instant: datetime) -> float | None:
        past = self._store.history(kpi.id, campus, instant - NEAR, instant + timedelta(seconds=1))
        return past[-1][1] if past else None

    def _all_series(self, kpi: Kpi, as_of: datetime, days: int) -> dict[str, Series]:
        """The series of every node: a question about one campus pays for all, and its neighbours' are there."""
        nodes = [campus.slug for campus in self.measuring.tree]
        if not kpi.has_past:
            return {campus: self._remembered_series(kpi, campus, as_of, days) for campus in nodes}
        try:
            return self._series.get(
                (kpi.id, as_of, days), lambda: self.measuring.series(kpi, nodes, as_of, days), lambda _: True
            )
        except SourceError as error:
            log.warning("no series of %s: %s", kpi.id, error)
            return {}

    def _remembered_series(self, kpi: Kpi, campus: str, as_of: datetime, days: int) -> Series:
        window = self.measuring.window(kpi, as_of, days)
        since = self.measuring.calendar.midnight(window.days[0])
        last_of_day = {
            self.measuring.calendar.local(instant).date(): value
            for instant, value in self._store.history(kpi.id, campus, since, as_of + timedelta(seconds=1))
        }
        return Series(window.days, tuple(last_of_day.get(day) for day in window.days))


def _failed(readings: Readings) -> bool:
    """Whether the measure was not taken at all: a database fails for every campus or for none."""
    return readings[DISTRICT].missing in (Missing.SOURCE_DOWN, Missing.MISFIT)
