"""Which codes match no campus."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from kpibot.core.campuses.campus_tree import Campus, CampusTree
from kpibot.core.kpis.district import District
from kpibot.core.kpis.kpi import Kpi, KpiInfo
from kpibot.core.kpis.measures import Measure, Query, Ratio, Simple, Stock
from kpibot.core.kpis.readings import Aggregate
from kpibot.core.kpis.series import SeriesData, Window
from kpibot.core.time.calendar import Calendar, YearStart
from kpibot.services.diagnostics.unmatched_codes import UnmatchedCodes, unmatched_codes
from kpibot.services.measurement.measurement import Measurement
from kpibot.sources.base import GroupKey, QueryResult, RawCampus, Request, SourceError

NOW = datetime(2026, 11, 18, 18, tzinfo=UTC)
CALENDAR = Calendar(
    zone=ZoneInfo("America/Chicago"),
    fiscal_year=YearStart(7, 1),
    school_year=YearStart(8, 15),
    working_hours=((time(8), time(16)),) * 5 + (None, None),
)
TREE = CampusTree([Campus(slug="west", name="West", aliases=("CWHS",), codes={"helpdesk": ("17",)})])
TICKETS, ASSETS = Stock(dataset="tickets"), Stock(dataset="assets")


class Given:
    """A source that holds so many rows of each code."""

    def __init__(self, rows: Mapping[RawCampus, int]) -> None:
        self._rows = rows

    def take(self, requests: Sequence[Request]) -> list[QueryResult | SourceError]:
        return [{GroupKey(raw): Aggregate(rows=rows) for raw, rows in self._rows.items()} for _ in requests]

    def series(self, measure: Simple, window: Window) -> Mapping[GroupKey, SeriesData]:
        return {}

    def values(self, dataset: str, column: str, most: int) -> list[object]:
        return []

    def is_empty(self, measure: Simple) -> bool:
        return not self._rows

    def newest(self, measure: Simple, before: datetime) -> datetime | None:
        return None


def found(measure: Measure, **rows: Mapping[RawCampus, int]) -> list[UnmatchedCodes]:
    """The strays of a KPI over datasets of the helpdesk (tickets) and another system."""

    def name(half: Simple) -> str:
        return half.database if isinstance(half, Query) else half.dataset

    measurement = Measurement(
        District(TREE, CALENDAR),
        lambda half: Given(rows[name(half)]),
        lambda half: "helpdesk" if half == TICKETS else "other",
    )
    return unmatched_codes(
        Kpi(card=KpiInfo(id="kpi", name="A KPI", objective="", owner=""), measure=measure), measurement, NOW
    )


def test_strays_are_counted_by_code_most_first() -> None:
    rows = {"XX-9": 17, None: 10, " ": 4, 17: 300, "cwhs": 2, 99: 3, "99": 1, "zero": 0}
    (only,) = found(TICKETS, tickets=rows)
    assert only == UnmatchedCodes("tickets", (("XX-9", 17), ("(empty)", 14), ("99", 4)))
    assert str(only) == (
        "35 rows of `tickets` belong to no campus: `XX-9` 17, (empty) 14, `99` 4; "
        "add them as aliases under `campuses`, or map them"
    )


def test_where_all_have_a_campus_there_is_nothing_to_tell() -> None:
    assert found(TICKETS, tickets={17: 5}) == []


def test_each_half_is_told_apart_with_the_codes_of_its_system() -> None:
    assert found(Ratio(TICKETS, ASSETS), tickets={17: 5, 18: 1}, assets={17: 5}) == [
        UnmatchedCodes("tickets", (("18", 1),)),
        UnmatchedCodes("assets", (("17", 5),)),
    ]


def test_a_half_that_is_divided_by_itself_is_told_once() -> None:
    assert len(found(Ratio(TICKETS, TICKETS), tickets={18: 1})) == 1


def test_a_query_is_told_by_its_database() -> None:
    assert found(Query("maximo", "SELECT 1"), maximo={"X": 2}) == [UnmatchedCodes("maximo", (("X", 2),))]


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        ((("X`Y", 1),), "1 row of `t` belongs to no campus: `X'Y` 1; add them"),
        ((("(empty)", 1_204),), "1,204 rows of `t` belong to no campus: (empty) 1,204; fill in the campus there"),
        (tuple((str(n), 10 - n) for n in range(7)), "`4` 6, 2 more codes 9; add them"),
    ],
)
def test_what_is_told(codes: tuple[tuple[str, int], ...], told: str) -> None:
    assert told in str(UnmatchedCodes("t", codes))
