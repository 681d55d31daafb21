"""Reports: judged, compared, and honest about how fresh their data is."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kpibot.core.campuses.campus_tree import DISTRICT, Campus, CampusTree
from kpibot.core.kpis.conditions import Ago
from kpibot.core.kpis.district import District
from kpibot.core.kpis.kpi import Kpi, KpiInfo
from kpibot.core.kpis.measures import Query, Ratio, Simple, Stock
from kpibot.core.kpis.readings import Aggregate, Missing, Reading
from kpibot.core.kpis.series import SeriesData, Window
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict
from kpibot.core.time.calendar import Calendar, YearStart
from kpibot.services.measurement.measurement import Measurement
from kpibot.services.measurement.reporting import Reporting
from kpibot.sources.base import GroupKey, QueryResult, Request, SourceDownError, SourceError
from kpibot.store.store import Store, open_engine

NOW = datetime(2026, 11, 18, 18, tzinfo=UTC)
CALENDAR = Calendar(
    zone=ZoneInfo("America/Chicago"),
    fiscal_year=YearStart(7, 1),
    school_year=YearStart(8, 15),
    working_hours=((time(8), time(16)),) * 5 + (None, None),
)
TREE = CampusTree([Campus(slug="campus-west", name="Campus West", aliases=("101",))])
LOANS, DEVICES = (
    Stock(dataset="loans", since="out", until="back"),
    Stock(dataset="devices", since="received", until="retired"),
)
ALLOWED = {"loans": Ago(timedelta(days=4)), "devices": Ago(timedelta(days=60))}


class Inventory:
    """A source whose datasets have one campus, and a newest row each."""

    def __init__(self, newest: Mapping[str, datetime | None]) -> None:
        self._newest = newest
        self.measured: list[datetime] = []
        self.is_down = False

    def take(self, requests: Sequence[Request]) -> list[QueryResult | SourceError]:
        self.measured += [request.period.end for request in requests]
        if self.is_down:
            return [SourceDownError("database `assets` did not answer within 30 s") for _ in requests]
        return [
            {GroupKey("101"): Aggregate(numerator=5.0 if each.period.end == NOW else 3.0, rows=5, valued=5)}
            for each in requests
        ]

    def series(self, measure: Simple, window: Window) -> Mapping[GroupKey, SeriesData]:
        return {}

    def is_empty(self, measure: Simple) -> bool:
        return False

    def newest(self, measure: Simple, before: datetime) -> datetime | None:
        assert not isinstance(measure, Query)
        if measure.dataset not in self._newest:
            raise SourceDownError("database `assets` went away")
        return self._newest[measure.dataset]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(open_engine(f"sqlite:///{tmp_path / 'state.db'}"))
    yield store
    store.close()


def reporting(source: Inventory, store: Store) -> Reporting:
    district = District(TREE, CALENDAR)
    return Reporting(district, Measurement(district, lambda _: source), store, ALLOWED)


def kpi(measure: Stock | Ratio | Query = LOANS) -> Kpi:
    return Kpi(
        card=KpiInfo(id="kpi", name="A KPI", objective="", owner=""),
        measure=measure,
        thresholds=Thresholds(Better.LOWER, 1, 4, 9),
    )


def test_a_report_is_judged_and_compared_with_the_week_before(store: Store) -> None:
    (report,) = reporting(Inventory({"loans": NOW}), store).reports(kpi(), ["campus-west"], NOW)
    assert (report.reading.value, report.before, report.change) == (5.0, 3.0, 2.0)
    assert (report.verdict, report.compared_with) == (Verdict.WARNING, "same point last week")


@pytest.mark.parametrize(
    ("measure", "newest", "stale"),
    [
        (LOANS, {"loans": NOW - timedelta(days=3)}, False),
        (LOANS, {"loans": NOW - timedelta(days=5)}, True),
        (LOANS, {"loans": None}, True),
        (Ratio(LOANS, DEVICES), {"loans": NOW, "devices": NOW - timedelta(days=50)}, False),
        (Ratio(LOANS, DEVICES), {"loans": NOW, "devices": NOW - timedelta(days=70)}, True),
        (Query("assets", "SELECT"), {}, False),
    ],
)
def test_data_is_stale_when_a_dataset_had_no_row_of_any_kind_for_too_long(
    store: Store, measure: Stock | Ratio | Query, newest: dict[str, datetime | None], stale: bool
) -> None:
    (report,) = reporting(Inventory(newest), store).reports(kpi(measure), [DISTRICT], NOW)
    assert report.stale is stale


def test_a_database_that_goes_away_before_its_age_is_known_costs_no_number(store: Store) -> None:
    (report,) = reporting(Inventory({}), store).reports(kpi(), ["campus-west"], NOW)
    assert (report.reading.value, report.stale) == (5.0, False)


def test_a_database_that_is_down_is_asked_once_and_not_for_its_past(store: Store) -> None:
    source = Inventory({"loans": NOW})
    source.is_down = True
    reports = reporting(source, store)
    for _ in range(3):
        (report,) = reports.reports(kpi(), ["campus-west"], NOW, 90)
        assert (report.reading.missing, report.stale) == (Missing.SOURCE_DOWN, False)
    assert source.measured == [NOW]


def test_a_query_is_compared_with_what_the_bot_remembers(store: Store) -> None:
    one, week = kpi(Query("assets", "SELECT")), timedelta(days=7)
    earlier = CALENDAR.local(NOW) - week
    store.save_readings([Reading(kpi="kpi", campus="campus-west", as_of=earlier - timedelta(hours=2), value=7.0)])
    (report,) = reporting(Inventory({}), store).reports(one, ["campus-west"], NOW, 14)
    assert report.before == 7.0
    assert report.series is not None
    assert [value for value in report.series.values if value is not None] == [7.0]
