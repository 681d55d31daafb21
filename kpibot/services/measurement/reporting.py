"""Makes reports: a reading with its verdict, its comparison with an earlier point, and its series."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.kpis.conditions import RelativeTime, instant_of
from kpibot.core.kpis.district import District
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.measures import Query, Simple, components
from kpibot.core.kpis.readings import Missing, Reading
from kpibot.core.kpis.report import Link, Report
from kpibot.core.kpis.series import Series
from kpibot.services.measurement.coalescing_cache import CoalescingCache
from kpibot.services.measurement.measurement import Measurement
from kpibot.sources.base import SourceError
from kpibot.store.store import Store, StoreError

log = logging.getLogger(__name__)

Readings = Mapping[str, Reading]
MOST_SERIES = 32  # each keeps the rows that it is made of
NEAR = timedelta(days=1)  # how far before a point a stored reading may be used for it


class Reporting:
    """Reports on KPIs. Its methods block.

    `fresh_within` is, by dataset, the age at which its newest row makes its data stale.
    """

    def __init__(
        self, district: District, measurement: Measurement, store: Store, fresh_within: Mapping[str, RelativeTime]
    ) -> None:
        self._district = district
        self._measurement = measurement
        self._store = store
        self._fresh_within = fresh_within
        self._readings: CoalescingCache[dict[str, Reading]] = CoalescingCache()
        self._series: CoalescingCache[Mapping[str, Series]] = CoalescingCache(MOST_SERIES)
        self._staleness: CoalescingCache[bool] = CoalescingCache()

    def readings(self, kpis: Sequence[Kpi], as_of: datetime) -> list[dict[str, Reading]]:
        """For each KPI a reading for every campus and group; those not in the cache are measured together."""
        wanted = {(kpi.id, kpi.measure, as_of): kpi for kpi in kpis}
        return self._readings.get_all(wanted, lambda missing: self._measurement.measure(missing, as_of))

    def prepare(self, kpis: Sequence[Kpi], as_of: datetime) -> None:
        """Measures several KPIs together with what they are compared with, so that their reports need no more."""
        related = (each for kpi in kpis for each in (kpi.counterpart, kpi.link_rate) if each is not None)
        self.readings([*kpis, *related], as_of)
        by_instant: dict[datetime, list[Kpi]] = {}
        for kpi in kpis:
            if kpi.has_past:
                by_instant.setdefault(kpi.comparison_period.step_back(as_of, self._district.calendar), []).append(kpi)
        for instant, of_instant in by_instant.items():
            self.readings(of_instant, instant)

    def reports(self, kpi: Kpi, campuses: Iterable[str], as_of: datetime, days: int | None = None) -> list[Report]:
        """Reports on a KPI at these campuses or groups, with a series of `days` days if given."""
        chosen = list(campuses)
        (now,) = self.readings([kpi], as_of)
        if _failed(now):  # asking a database that is down for its past would only take more time
            return [self.report(kpi, now[campus]) for campus in chosen]
        earlier = self.values_at(kpi, kpi.comparison_period.step_back(as_of, self._district.calendar))
        series = self.series(kpi, chosen, as_of, days) if days else {}
        stale = self.is_stale(kpi, now)
        return [
            self._cross_checked(
                kpi, self.report(kpi, now[campus], before=earlier.get(campus), series=series.get(campus), stale=stale)
            )
            for campus in chosen
        ]

    def evaluate(self, kpi: Kpi, as_of: datetime) -> list[Report]:
        """A report on every campus and group, without comparison or series."""
        (readings,) = self.readings([kpi], as_of)
        stale = self.is_stale(kpi, readings)
        reports = (self.report(kpi, reading, stale=stale) for reading in readings.values())
        return [self._cross_checked(kpi, report) for report in reports]

    def values_at(self, kpi: Kpi, instant: datetime) -> Mapping[str, float | None]:
        """The KPI at an earlier instant by campus: measured, or else as far as it was stored."""
        if kpi.has_past:
            (readings,) = self.readings([kpi], instant)
            return _values(readings)
        return {} if kpi.card.only else self._stored(kpi, instant)  # stored readings are of all rows

    def _stored(self, kpi: Kpi, instant: datetime) -> dict[str, float | None]:
        try:
            return _values(self._store.readings.latest(kpi.id, instant - NEAR, instant))
        except StoreError as error:  # a missing comparison must not cost the number
            log.warning("no readings are stored for %s: %s", kpi.id, error)
            return {}

    def is_stale(self, kpi: Kpi, readings: Readings) -> bool:
        """Whether a dataset of the KPI has had no new row, of any kind, for longer than `fresh_within`."""
        if _failed(readings):
            return False
        reading = readings[DISTRICT]
        return any(self.is_old(component, reading.as_of, reading.newest) for component in components(kpi.measure))

    def is_old(self, measure: Simple, as_of: datetime, newest: datetime | None) -> bool:
        """Whether a measure's dataset is stale, where `newest` is the newest row that the measure counted."""
        if isinstance(measure, Query) or (allowed := self._fresh_within.get(measure.dataset)) is None:
            return False
        since = instant_of(allowed, as_of, self._district.calendar)
        if newest is not None and newest >= since:  # fresh by the rows counted: no need to query the others
            return False
        return self._staleness.get((measure, as_of), lambda: self._is_older(measure, as_of, since))

    def _is_older(self, measure: Simple, as_of: datetime, since: datetime) -> bool:
        try:
            newest = self._measurement.newest(measure, as_of)
        except SourceError as error:  # an unknown age must cost neither this number nor other KPIs
            log.warning("the freshness of the data is unknown: %s", error)
            return False
        return newest is None or newest < since

    def _cross_checked(self, kpi: Kpi, report: Report) -> Report:
        """The report with the other system's value, where the two disagree, and the share of linked rows."""
        as_of, campus = report.reading.as_of, report.campus
        if kpi.cross_check is not None and (counterpart := kpi.counterpart) is not None:
            (others,) = self.readings([counterpart], as_of)
            conflict = kpi.cross_check.conflict(report.reading.value, others[campus].value)
            report = replace(report, conflict=conflict)
        if kpi.linked is not None and (rate := kpi.link_rate) is not None:
            (rates,) = self.readings([rate], as_of)
            report = replace(report, linked=Link(kpi.linked, rates[campus].value))
        return report

    def report(
        self,
        kpi: Kpi,
        reading: Reading,
        *,
        before: float | None = None,
        series: Series | None = None,
        stale: bool = False,
    ) -> Report:
        """A reading with its verdict, and with what it is compared with."""
        thresholds = kpi.thresholds_for(reading, self._district.tree)
        return Report(
            card=kpi.card,
            campus=reading.campus,
            campus_name=self._district.tree[reading.campus].name,
            reading=reading,
            thresholds=thresholds,
            verdict=thresholds.verdict_of(reading.threshold_value),
            before=before,
            compared_with=kpi.comparison_period.before,
            series=series,
            stale=stale,
        )

    def series(self, kpi: Kpi, campuses: Sequence[str], as_of: datetime, days: int) -> dict[str, Series]:
        """The series of these nodes by slug; empty where there is none now.

        One statement measures all nodes, so that questions about neighboring campuses need none.
        """
        if kpi.has_past:
            return self._measured_series(kpi, campuses, as_of, days, cached_for=as_of)
        return {} if kpi.card.only else self._stored_series(kpi, campuses, as_of, days)  # stored ones are of all rows

    def series_for_signals(
        self, kpi: Kpi, campuses: Sequence[str], readings: Readings, as_of: datetime, days: int
    ) -> dict[str, Series]:
        """The series of these nodes, ending with the `readings` at `as_of`; empty where there is none now.

        Earlier days are measured once a day, since signals need them with every measurement: what is entered late
        about a past day counts from tomorrow on.
        """
        if not kpi.has_past:
            return self.series(kpi, campuses, as_of, days)
        today = self._measurement.window(kpi, as_of, 1).days[0]
        measured = self._measured_series(kpi, campuses, as_of, days, cached_for=today)
        return {
            campus: replace(series, values=(*series.values[:-1], readings[campus].value))
            for campus, series in measured.items()
        }

    def _measured_series(
        self, kpi: Kpi, campuses: Sequence[str], as_of: datetime, days: int, cached_for: date
    ) -> dict[str, Series]:
        """The series of these nodes by slug; `cached_for` is the instant or day whose series are cached."""
        nodes = [campus.slug for campus in self._district.tree]
        try:
            series = self._series.get(
                (kpi.id, kpi.measure, cached_for, days), lambda: self._measurement.series(kpi, nodes, as_of, days)
            )
            return {campus: series[campus] for campus in campuses}
        except SourceError as error:
            log.warning("no series of %s: %s", kpi.id, error)
        except Exception:  # a failed chart must not cost the number
            log.exception("no series of %s", kpi.id)
        return {}

    def _stored_series(self, kpi: Kpi, campuses: Sequence[str], as_of: datetime, days: int) -> dict[str, Series]:
        window = self._measurement.window(kpi, as_of, days)
        try:
            stored = self._store.readings.daily(kpi.id, window.days[0], as_of)
        except StoreError as error:
            log.warning("no series of %s: %s", kpi.id, error)
            return {}
        return {campus: Series(window.days, tuple(stored.get(campus, [None] * days))) for campus in campuses}


def _values(readings: Readings) -> dict[str, float | None]:
    return {campus: reading.value for campus, reading in readings.items()}


def _failed(readings: Readings) -> bool:
    """Whether the query failed: a database fails for every campus or for none."""
    return readings[DISTRICT].missing in (Missing.SOURCE_DOWN, Missing.MISFIT)
