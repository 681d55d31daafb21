"""Makes reports: a reading, judged, compared with an earlier point, with its series."""

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
MOST_SERIES = 32  # each with the rows that it is made of
NEAR = timedelta(days=1)  # how far a stored reading may lie from the point that it stands for


class Reporting:
    """Reports on KPIs. Its methods block.

    `fresh_within` says, by dataset, how old its newest row may be before its data is stale.
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
        """A reading for every campus and group, for each KPI; those that are not remembered are measured together."""
        wanted = {(kpi.id, kpi.measure, as_of): kpi for kpi in kpis}
        return self._readings.get_all(wanted, lambda missing: self._measurement.measure(missing, as_of))

    def prepare(self, kpis: Sequence[Kpi], as_of: datetime) -> None:
        """Measures several KPIs together, and what they are compared with, so that their reports need no more."""
        beside = (each for kpi in kpis for each in (kpi.counterpart, kpi.link_rate) if each is not None)
        self.readings([*kpis, *beside], as_of)
        by_instant: dict[datetime, list[Kpi]] = {}
        for kpi in kpis:
            if kpi.has_past:
                by_instant.setdefault(kpi.comparison_period.step_back(as_of, self._district.calendar), []).append(kpi)
        for instant, those in by_instant.items():
            self.readings(those, instant)

    def reports(self, kpi: Kpi, campuses: Iterable[str], as_of: datetime, days: int | None = None) -> list[Report]:
        """Reports on a KPI at these campuses or groups, each with the series of `days` days where that is given."""
        chosen = list(campuses)
        (now,) = self.readings([kpi], as_of)
        if _failed(now):  # a database that is down would make everybody wait for its past, too
            return [self._report(kpi, now[campus], before=None, series=None, stale=False) for campus in chosen]
        earlier = self.values_at(kpi, kpi.comparison_period.step_back(as_of, self._district.calendar))
        series = self.series_of(kpi, chosen, as_of, days) if days else {}
        stale = self.is_stale(kpi, now)
        return [
            self._checked(
                kpi, self._report(kpi, now[campus], before=earlier.get(campus), series=series.get(campus), stale=stale)
            )
            for campus in chosen
        ]

    def evaluate(self, kpi: Kpi, as_of: datetime) -> list[Report]:
        """A report, without comparison or series, on every campus and group."""
        (readings,) = self.readings([kpi], as_of)
        stale = self.is_stale(kpi, readings)
        reports = (self._report(kpi, each, before=None, series=None, stale=stale) for each in readings.values())
        return [self._checked(kpi, report) for report in reports]

    def values_at(self, kpi: Kpi, instant: datetime) -> Mapping[str, float | None]:
        """The KPI at an earlier instant, by campus: measured, or as the bot remembers it, as far as it does."""
        if kpi.has_past:
            (readings,) = self.readings([kpi], instant)
            return _values(readings)
        return {} if kpi.card.only else self._remembered(kpi, instant)  # what is remembered is of all rows

    def _remembered(self, kpi: Kpi, instant: datetime) -> dict[str, float | None]:
        try:
            return _values(self._store.readings.latest(kpi.id, instant - NEAR, instant))
        except StoreError as error:  # what it is compared with may not cost the number
            log.warning("no readings are stored for %s: %s", kpi.id, error)
            return {}

    def report_on(self, kpi: Kpi, reading: Reading) -> Report:
        """A reading, judged, without comparison or series."""
        return self._report(kpi, reading, before=None, series=None, stale=False)

    def is_stale(self, kpi: Kpi, readings: Readings) -> bool:
        """Whether a dataset of the KPI has had no new row, of any kind, for longer than its rhythm allows."""
        seen = readings[DISTRICT]
        if _failed(readings):
            return False
        return any(self.is_old(half, seen.as_of, seen.newest) for half in components(kpi.measure))

    def is_old(self, half: Simple, as_of: datetime, seen: datetime | None) -> bool:
        """Whether the newest row of a measure's dataset is too old, where `seen` is the newest that was seen."""
        if isinstance(half, Query) or (allowed := self._fresh_within.get(half.dataset)) is None:
            return False
        since = instant_of(allowed, as_of, self._district.calendar)
        if seen is not None and seen >= since:  # some of its rows are fresh enough: nobody needs to ask for others
            return False
        return self._staleness.get((half, as_of), lambda: self._is_older(half, as_of, since))

    def _is_older(self, half: Simple, as_of: datetime, since: datetime) -> bool:
        try:
            newest = self._measurement.newest(half, as_of)
        except SourceError as error:  # the number is there; not knowing its age may cost neither it nor other KPIs
            log.warning("the freshness of the data is unknown: %s", error)
            return False
        return newest is None or newest < since

    def _checked(self, kpi: Kpi, report: Report) -> Report:
        """With what another system says of the same KPI, where the two disagree, and how many rows have their link."""
        as_of, campus = report.reading.as_of, report.campus
        if kpi.cross_check is not None and (counterpart := kpi.counterpart) is not None:
            (others,) = self.readings([counterpart], as_of)
            conflict = kpi.cross_check.conflict(report.reading.value, others[campus].value)
            report = replace(report, conflict=conflict)
        if kpi.linked is not None and (rate := kpi.link_rate) is not None:
            (rates,) = self.readings([rate], as_of)
            report = replace(report, linked=Link(kpi.linked, rates[campus].value))
        return report

    def _report(
        self, kpi: Kpi, reading: Reading, *, before: float | None, series: Series | None, stale: bool
    ) -> Report:
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

    def series_of(self, kpi: Kpi, campuses: Sequence[str], as_of: datetime, days: int) -> dict[str, Series]:
        """The series of these nodes, by slug; empty where there is none now.

        One statement measures all: neighbours who ask next are spared theirs.
        """
        if kpi.card.only and not kpi.has_past:  # what was remembered is of all rows
            return {}
        if not kpi.has_past:
            return self._remembered_series(kpi, campuses, as_of, days)
        return self._measured_series(kpi, campuses, as_of, days, seen=as_of)

    def course_of(
        self, kpi: Kpi, campuses: Sequence[str], taken: Readings, as_of: datetime, days: int
    ) -> dict[str, Series]:
        """The series of these nodes, up to what was `taken` at `as_of`; empty where there is none now.

        The days before are as they were when somebody first looked today: signals ask for them with every measurement,
        and what is entered late about a day that is over counts from tomorrow on.
        """
        if not kpi.has_past:
            return self.series_of(kpi, campuses, as_of, days)
        today = self._measurement.window(kpi, as_of, 1).days[0]
        found = self._measured_series(kpi, campuses, as_of, days, seen=today)
        return {
            campus: replace(series, values=(*series.values[:-1], taken[campus].value))
            for campus, series in found.items()
        }

    def _measured_series(
        self, kpi: Kpi, campuses: Sequence[str], as_of: datetime, days: int, seen: date
    ) -> dict[str, Series]:
        """The series of these nodes, by slug; `seen` is the instant or the day for which all are remembered."""
        nodes = [campus.slug for campus in self._district.tree]
        try:
            found = self._series.get(
                (kpi.id, kpi.measure, seen, days), lambda: self._measurement.series(kpi, nodes, as_of, days)
            )
            return {campus: found[campus] for campus in campuses}
        except SourceError as error:
            log.warning("no series of %s: %s", kpi.id, error)
        except Exception:  # a chart that cannot be drawn may not cost the number
            log.exception("no series of %s", kpi.id)
        return {}

    def _remembered_series(self, kpi: Kpi, campuses: Sequence[str], as_of: datetime, days: int) -> dict[str, Series]:
        window = self._measurement.window(kpi, as_of, days)
        try:
            remembered = self._store.readings.daily(kpi.id, window.days[0], as_of)
        except StoreError as error:
            log.warning("no series of %s: %s", kpi.id, error)
            return {}
        return {campus: Series(window.days, tuple(remembered.get(campus, [None] * days))) for campus in campuses}


def _values(readings: Readings) -> dict[str, float | None]:
    return {campus: reading.value for campus, reading in readings.items()}


def _failed(readings: Readings) -> bool:
    """Whether the measure was not taken at all: a database fails for every campus or for none."""
    return readings[DISTRICT].missing in (Missing.SOURCE_DOWN, Missing.MISFIT)
