"""From what the databases give to readings and series, up the campus tree."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from kpibot.core.campuses.campus_tree import Campus, CampusTree
from kpibot.core.kpis.dimensions import Dimension
from kpibot.core.kpis.district import District
from kpibot.core.kpis.kpi import Format, Kpi, KpiInfo
from kpibot.core.kpis.measures import (
    Amount,
    Counted,
    Duration,
    Flow,
    Limit,
    Measure,
    Query,
    Ratio,
    Simple,
    Statistic,
    Stock,
)
from kpibot.core.kpis.readings import Aggregate, Missing
from kpibot.core.kpis.series import DailyTotals, Intervals, SeriesData, Window
from kpibot.core.kpis.thresholds import Better, Thresholds
from kpibot.core.time.calendar import Calendar, YearStart
from kpibot.core.time.periods import PeriodRule
from kpibot.services.measurement.measurement import Measurement
from kpibot.sources.base import (
    GroupKey,
    QueryResult,
    RawCampus,
    Request,
    SourceDownError,
    SourceError,
    SourceMisfitError,
)

NOW = datetime(2026, 11, 18, 18, tzinfo=UTC)
CALENDAR = Calendar(
    zone=ZoneInfo("America/Chicago"),
    fiscal_year=YearStart(7, 1),
    school_year=YearStart(8, 15),
    working_hours=((time(8), time(16)),) * 5 + (None, None),
)
TREE = CampusTree(
    [
        Campus(slug="feeder-west", name="West feeder"),
        Campus(slug="campus-west", name="Campus West High School", parent="feeder-west", aliases=("101", "CWHS")),
        Campus(slug="oakridge-middle", name="Oakridge Middle School", parent="feeder-west", aliases=("111",)),
        Campus(slug="campus-north", name="Campus North High School", aliases=("201",)),
    ]
)
IN_USE = Stock(dataset="loans", since="out", until="back")
OWNED = Stock(dataset="devices", since="received", until="retired")


class Given:
    """A source that gives what a test says; it stands at one of the house's two seams."""

    def __init__(
        self, parts: Mapping[RawCampus, Aggregate], tracks: Mapping[RawCampus, SeriesData] | None = None
    ) -> None:
        self._parts = parts
        self._tracks = tracks or {}
        self.empty = False

    def take(self, requests: Sequence[Request]) -> list[QueryResult | SourceError]:
        return [{GroupKey(campus): parts for campus, parts in self._parts.items()} for _ in requests]

    def series(self, measure: Simple, window: Window) -> Mapping[GroupKey, SeriesData]:
        return {GroupKey(campus): track for campus, track in self._tracks.items()}

    def is_empty(self, measure: Simple) -> bool:
        return self.empty

    def newest(self, measure: Simple, before: datetime) -> datetime | None:
        return None

    def values(self, dataset: str, column: str, most: int) -> list[object]:
        return []


class Down(Given):
    def __init__(self, error: Exception) -> None:
        super().__init__({})
        self._error = error

    def take(self, requests: Sequence[Request]) -> list[QueryResult | SourceError]:
        raise self._error


def count(number: int) -> Aggregate:
    return Aggregate(numerator=float(number), rows=number, valued=number, newest=NOW)


def kpi(measure: Measure, shown: Format = Format.NUMBER, period: str | None = None) -> Kpi:
    return Kpi(
        card=KpiInfo(id="kpi", name="A KPI", objective="", owner="", format=shown),
        measure=measure,
        period=PeriodRule.parse(period) if period else None,
    )


def values(measurement: Measurement, one: Kpi) -> dict[str, float | None]:
    return {slug: reading.value for slug, reading in measurement.measure([one], NOW)[0].items()}


def test_groups_are_sums_of_their_campuses_under_any_alias() -> None:
    source = Given({"101": count(3), "cwhs": count(2), 111: count(7), "201": count(11), None: count(1)})
    assert values(Measurement(District(TREE, CALENDAR), lambda _: source), kpi(OWNED)) == {
        "campus-west": 5.0,
        "oakridge-middle": 7.0,
        "feeder-west": 12.0,
        "campus-north": 11.0,
        "no-campus": 1.0,
        "district": 24.0,
    }


def test_rows_without_a_campus_are_reported_by_the_district_alone() -> None:
    source = Given({"101": count(3), "elsewhere": count(1)})
    readings = Measurement(District(TREE, CALENDAR), lambda _: source).measure([kpi(OWNED)], NOW)[0]
    assert (readings["district"].unplaced, readings["feeder-west"].unplaced) == (1, 0)
    assert readings["district"].coverage == 0.75


def test_each_half_speaks_the_codes_of_its_own_system() -> None:
    tree = CampusTree([Campus(slug="west", name="West", codes={"loans": ("17",), "assets": ("18",)}),
                       Campus(slug="east", name="East", codes={"loans": ("18",), "assets": ("17",)})])  # fmt: skip
    loans, devices = Given({17: count(1), 18: count(2)}), Given({17: count(4), 18: count(10)})
    measurement = Measurement(
        District(tree, CALENDAR),
        lambda half: loans if half == IN_USE else devices,
        lambda half: "loans" if half == IN_USE else "assets",
    )
    found = values(measurement, kpi(Ratio(IN_USE, OWNED), Format.PERCENT))
    assert (found["west"], found["east"]) == (10.0, 50.0)


def test_a_breakdown_speaks_the_codes_of_its_system_too() -> None:
    tree = CampusTree(
        [
            Campus(slug="west", name="West", codes={"helpdesk": ("17",)}),
            Campus(slug="east", name="East", aliases=("17",)),
        ]
    )
    measurement = Measurement(
        District(tree, CALENDAR), lambda _: Given({17: count(3), "east": count(1)}), lambda _: "helpdesk"
    )
    one = replace(kpi(OWNED), dimensions={"priority": (Dimension("priority", "prio"),)})
    assert [each.value for each in measurement.breakdown(one, "priority", "west", NOW).values()] == [3.0]


def test_a_ratio_is_the_ratio_of_sums_never_the_mean_of_ratios() -> None:
    loans, devices = Given({"101": count(1), "111": count(90)}), Given({"101": count(10), "111": count(100)})
    measurement = Measurement(District(TREE, CALENDAR), lambda half: loans if half == IN_USE else devices)
    found = values(measurement, kpi(Ratio(IN_USE, OWNED), Format.PERCENT))
    assert found["campus-west"] == 10.0
    assert found["feeder-west"] == pytest.approx(91 / 110 * 100)


def test_nothing_to_divide_by_is_no_data_with_its_reason() -> None:
    loans, devices = Given({"101": count(1)}), Given({"111": count(5)})
    measurement = Measurement(District(TREE, CALENDAR), lambda half: loans if half == IN_USE else devices)
    reading = measurement.measure([kpi(Ratio(IN_USE, OWNED))], NOW)[0]["campus-west"]
    assert (reading.value, reading.missing) == (None, Missing.NO_DENOMINATOR)


def test_a_quiet_campus_has_0_but_an_empty_dataset_has_no_data() -> None:
    source = Given({})
    measurement = Measurement(District(TREE, CALENDAR), lambda _: source)
    assert measurement.measure([kpi(OWNED)], NOW)[0]["campus-west"].value == 0.0
    source.empty = True
    reading = measurement.measure([kpi(OWNED)], NOW)[0]["campus-west"]
    assert (reading.value, reading.missing) == (None, Missing.NO_ROWS)


def test_a_duration_without_rows_is_no_data_and_not_0() -> None:
    source = Given({"111": Aggregate(numerator=60.0, denominator=1.0, rows=1, valued=1, sample=np.array([60.0]))})
    measurement = Measurement(District(TREE, CALENDAR), lambda _: source)
    readings = measurement.measure(
        [kpi(Duration(dataset="tickets", since="a", until="b"), Format.HOURS, "30 days")], NOW
    )[0]
    assert (readings["campus-west"].value, readings["campus-west"].missing) == (None, Missing.NO_ROWS)
    assert readings["oakridge-middle"].value == pytest.approx(1 / 60)


def test_a_group_s_median_is_over_all_its_rows() -> None:
    hours = 3_600.0
    source = Given(
        {
            "101": Aggregate(
                numerator=1.0, denominator=3.0, rows=3, valued=3, sample=np.array([1.0, 1.0, 1.0]) * hours
            ),
            "111": Aggregate(numerator=1.0, denominator=2.0, rows=2, valued=2, sample=np.array([9.0, 9.0]) * hours),
        }
    )
    found = values(
        Measurement(District(TREE, CALENDAR), lambda _: source),
        kpi(Duration(dataset="tickets", since="a", until="b"), Format.HOURS, "30 days"),
    )
    assert (found["campus-west"], found["oakridge-middle"], found["feeder-west"]) == (1.0, 9.0, 1.0)


@pytest.mark.parametrize(
    ("error", "missing"),
    [
        (SourceDownError("database `helpdesk` did not answer within 30 s"), Missing.SOURCE_DOWN),
        (SourceMisfitError("no column `opened`"), Missing.MISFIT),
    ],
)
def test_a_database_that_fails_gives_readings_that_say_so(error: Exception, missing: Missing) -> None:
    reading = Measurement(District(TREE, CALENDAR), lambda _: Down(error)).measure([kpi(OWNED)], NOW)[0]["district"]
    assert (reading.value, reading.missing, reading.detail) == (None, missing, str(error))


def test_a_series_ends_today_and_sums_like_the_readings() -> None:
    source = Given(
        {}, {"101": DailyTotals(np.array([1.0, 2.0, 3.0])), "111": DailyTotals(np.array([10.0, 20.0, 30.0]))}
    )
    series = Measurement(District(TREE, CALENDAR), lambda _: source).series(
        kpi(OWNED), ["feeder-west", "campus-north"], NOW, 3
    )
    assert [day.isoformat() for day in series["feeder-west"].days] == ["2026-11-16", "2026-11-17", "2026-11-18"]
    assert series["feeder-west"].values == (11.0, 22.0, 33.0)
    assert series["campus-north"].values == (0.0, 0.0, 0.0)


def test_a_ratio_s_series_has_gaps_where_nothing_is_divided() -> None:
    loans = Given({}, {"101": DailyTotals(np.array([1.0, 2.0]))})
    devices = Given({}, {"101": DailyTotals(np.array([0.0, 4.0]))})
    measurement = Measurement(District(TREE, CALENDAR), lambda half: loans if half == IN_USE else devices)
    one = kpi(Ratio(IN_USE, OWNED), Format.PERCENT)
    assert measurement.series(one, ["campus-west"], NOW, 2)["campus-west"].values == (None, 50.0)


def test_a_duration_s_series_has_gaps_where_nothing_began() -> None:
    yesterday = CALENDAR.midnight(NOW.date()).timestamp() - 7_200
    spans = Intervals(np.array([yesterday]), np.array([yesterday + 3_600]))
    measurement = Measurement(District(TREE, CALENDAR), lambda _: Given({}, {"101": spans}))
    one = kpi(Duration(dataset="tickets", since="a", until="b", statistic=Statistic.MEAN), Format.HOURS, "1 day")
    assert measurement.series(one, ["campus-west"], NOW, 3)["campus-west"].values == (None, 1.0, None)


def test_a_window_knows_the_fiscal_year_that_each_day_belongs_to() -> None:
    """On July 1 the count begins anew; the last day of June still belongs to the old year."""
    as_of = datetime(2026, 7, 2, 18, tzinfo=UTC)
    window = Measurement(District(TREE, CALENDAR), lambda _: Given({})).window(
        kpi(Flow("orders", "at"), period="fiscal year to date"), as_of, 4
    )
    assert [start.date().isoformat() for start in window.starts] == [
        "2025-07-01",
        "2025-07-01",
        "2026-07-01",
        "2026-07-01",
    ]
    assert window.ends[-1] == as_of


def test_data_that_nobody_foresaw_costs_its_own_kpi_alone() -> None:
    reading = Measurement(District(TREE, CALENDAR), lambda _: Down(ZeroDivisionError())).measure([kpi(OWNED)], NOW)[0][
        "district"
    ]
    assert (reading.value, reading.missing) == (None, Missing.MISFIT)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_missing(number: float) -> None:
    source = Given({"101": Aggregate(numerator=number, rows=1, valued=1)})
    reading = Measurement(District(TREE, CALENDAR), lambda _: source).measure([kpi(OWNED)], NOW)[0]["campus-west"]
    assert (reading.value, reading.missing) == (None, Missing.NOT_A_NUMBER)


def test_percentages_of_a_query_are_not_added_up() -> None:
    source = Given(
        {"101": Aggregate(numerator=80.0, rows=1, valued=1), "111": Aggregate(numerator=90.0, rows=1, valued=1)}
    )
    one = kpi(Query("helpdesk", "SELECT"), Format.PERCENT)
    reading = Measurement(District(TREE, CALENDAR), lambda _: source).measure([one], NOW)[0]["district"]
    assert reading.value is None
    assert "numerator and denominator" in (reading.detail or "")


def test_a_campus_that_a_query_leaves_out_has_no_data() -> None:
    source = Given({"101": Aggregate(numerator=80.0, rows=1, valued=1)})
    found = values(Measurement(District(TREE, CALENDAR), lambda _: source), kpi(Query("helpdesk", "SELECT")))
    assert (found["campus-west"], found["oakridge-middle"], found["feeder-west"]) == (80.0, None, 80.0)


def test_rows_of_the_whole_district_belong_to_no_campus() -> None:
    source = Given({"district": count(7)})
    one = replace(kpi(OWNED), by_campus=False, thresholds=Thresholds(Better.LOWER, 1, 2, 3))
    found = values(Measurement(District(TREE, CALENDAR), lambda _: source), one)
    assert (found["district"], found["campus-west"]) == (7.0, None)
    assert one.thresholds_of("district", TREE) == one.thresholds


def test_strays_are_those_of_the_half_that_a_ratio_rests_on() -> None:
    loans, devices = Given({"101": count(1), None: count(5)}), Given({"101": count(5)})
    measurement = Measurement(District(TREE, CALENDAR), lambda half: loans if half == IN_USE else devices)
    assert measurement.measure([kpi(Ratio(IN_USE, OWNED))], NOW)[0]["district"].unplaced == 0


def mean_of(rows: int, total: float) -> Aggregate:
    return Aggregate(numerator=total, denominator=float(rows), rows=rows, valued=rows)


def test_a_mean_over_no_rows_is_nothing_where_other_campuses_have_one() -> None:
    mean = replace(OWNED, amount=Amount(Counted.MEAN, ("cost",)))
    found = values(Measurement(District(TREE, CALENDAR), lambda _: Given({"101": mean_of(2, 6.0)})), kpi(mean))
    assert (found["campus-west"], found["campus-north"], found["district"]) == (3.0, None, 3.0)


def test_a_ratio_whose_half_is_a_mean_of_nothing_is_nothing_on_the_chart_too() -> None:
    ratio = Ratio(replace(IN_USE, amount=Amount(Counted.MEAN, ("cost",))), OWNED)
    tracks = {"101": DailyTotals(np.array([0.0, 6.0]), np.array([0.0, 2.0]))}
    means, counts = Given({}, tracks), Given({}, {"101": DailyTotals(np.array([4.0, 4.0]))})
    measurement = Measurement(District(TREE, CALENDAR), lambda half: means if half == ratio.of else counts)
    assert measurement.series(kpi(ratio), ["campus-west"], NOW, 2)["campus-west"].values == (None, 0.75)


def test_an_empty_dataset_has_an_empty_series_not_one_of_zeros() -> None:
    source = Given({})
    source.empty = True
    series = Measurement(District(TREE, CALENDAR), lambda _: source).series(kpi(OWNED), ["district"], NOW, 2)
    assert series["district"].values == (None, None)


def test_a_mean_beside_a_share_within_the_limit_is_that_of_the_durations() -> None:
    within = Duration(
        dataset="t", since="a", until="b", statistic=Statistic.WITHIN, limit=Limit(3_600.0), also=(Statistic.MEAN,)
    )
    parts = Aggregate(
        numerator=1.0, denominator=2.0, rows=2, valued=2, sample=np.array([1_800.0, 9_000.0]), met=1.0, decided=2.0
    )
    measurement = Measurement(District(TREE, CALENDAR), lambda _: Given({"101": parts}))
    reading = measurement.measure([kpi(within, Format.PERCENT)], NOW)[0]["campus-west"]
    assert (reading.value, reading.also) == (50.0, ((Statistic.MEAN, 1.5),))
