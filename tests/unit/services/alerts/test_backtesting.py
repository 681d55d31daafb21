"""The past of a KPI, replayed where it is watched."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from kpibot.core.alerts.backtest import ReplayedAlert, instant_of_day
from kpibot.core.alerts.quiet_hours import QuietHours, SuppressionReason
from kpibot.core.alerts.silences import Recurrence, RecurringSilence
from kpibot.core.campuses.campus_tree import DISTRICT, Campus, CampusTree
from kpibot.core.kpis.alert_rule import AlertRule, ChangeRule
from kpibot.core.kpis.budget import Budget
from kpibot.core.kpis.district import District
from kpibot.core.kpis.kpi import Kpi, KpiInfo
from kpibot.core.kpis.measures import Query, Simple, Stock
from kpibot.core.kpis.readings import Aggregate, Reading
from kpibot.core.kpis.series import DailyTotals, SeriesData, Window
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict
from kpibot.core.text import QueryError
from kpibot.core.time.calendar import Calendar, YearStart
from kpibot.services.alerts.backtesting import Backtesting
from kpibot.services.measurement.measurement import Measurement
from kpibot.services.measurement.reporting import Reporting
from kpibot.sources.base import GroupKey, QueryResult, Request, SourceDownError, SourceError
from kpibot.store.store import Store, open_engine

NOW = datetime(2026, 11, 30, 18, tzinfo=UTC)  # a Monday
TODAY = date(2026, 11, 30)
THANKSGIVING = date(2026, 11, 26)
CALENDAR = Calendar(
    zone=ZoneInfo("America/Chicago"),
    fiscal_year=YearStart(7, 1),
    school_year=YearStart(8, 15),
    working_hours=((time(8), time(16)),) * 5 + (None, None),
    holidays=frozenset({THANKSGIVING}),
)
TREE = CampusTree(
    [Campus(slug="west", name="West HS", aliases=("101",)), Campus(slug="east", name="East HS", aliases=("201",))]
)
QUARTER = timedelta(minutes=15)
TICKETS = Kpi(
    card=KpiInfo(id="tickets", name="Tickets", objective="", owner=""),
    measure=Stock(dataset="tickets", since="opened", until="resolved"),
    thresholds=Thresholds(Better.LOWER, 20, 40, 80),
    alert=AlertRule(),
)


class Helpdesk:
    """A source that knows how many tickets West had at the end of each day; East always has ten."""

    def __init__(self, at_west: Mapping[date, float]) -> None:
        self._at_west = at_west
        self.tracked = 0
        self.is_down = False

    def take(self, requests: Sequence[Request]) -> list[QueryResult | SourceError]:
        if self.is_down:
            return [SourceDownError("database `helpdesk` did not answer within 30 s") for _ in requests]
        return [{GroupKey("201"): Aggregate(numerator=10.0, rows=10, valued=10, newest=NOW)} for _ in requests]

    def series(self, measure: Simple, window: Window) -> Mapping[GroupKey, SeriesData]:
        self.tracked += 1
        west = np.array([self._at_west.get(day, 10.0) for day in window.days])
        return {GroupKey("101"): DailyTotals(west), GroupKey("201"): DailyTotals(np.full(len(window.days), 10.0))}

    def is_empty(self, measure: Simple) -> bool:
        return False

    def newest(self, measure: Simple, before: datetime) -> datetime | None:
        return before


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(open_engine(f"sqlite:///{tmp_path / 'state.db'}"), CALENDAR.zone)
    yield store
    store.close()


def backtesting(source: Helpdesk, store: Store, *silences: RecurringSilence) -> Backtesting:
    district = District(TREE, CALENDAR)
    reporting = Reporting(district, Measurement(district, lambda _: source), store, {})
    return Backtesting(district, reporting, QuietHours(silences, TREE, CALENDAR), QUARTER)


def high(*days: date, at: float = 50.0) -> dict[date, float]:
    return dict.fromkeys(days, at)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def alarm(first: date, recovered: date | None, began: Verdict = Verdict.WARNING) -> ReplayedAlert:
    end = None if recovered is None else instant_of_day(recovered)
    return ReplayedAlert(instant_of_day(first), end, began is Verdict.CRITICAL, began)


def test_one_statement_gives_the_past_of_all_campuses(store: Store) -> None:
    source = Helpdesk(high(ago(6), ago(5)))
    found = backtesting(source, store).backtest(TICKETS, None, NOW, 30)
    assert source.tracked == 1
    assert (found.first, found.last, found.days) == (ago(29), TODAY, 30)
    west, east = found.replays
    assert west.alerts == (alarm(ago(6), ago(4)),)
    assert (west.days, west.duration, east.alerts) == (30, timedelta(days=2), ())


def test_after_counts_measurements_and_a_day_has_many(store: Store) -> None:
    source = Helpdesk(high(ago(6)))
    for after, alerts in ((4, 1), (96, 1), (97, 0)):
        patient = replace(TICKETS, alert=AlertRule(after=after))
        found = backtesting(source, store).backtest(patient, "west", NOW, 30)
        assert (len(found.alerts), found.rule.after) == (alerts, after)


@pytest.mark.parametrize(
    ("day", "value", "why"),
    [
        (THANKSGIVING, 50.0, SuppressionReason.HOLIDAY),
        (THANKSGIVING, 90.0, SuppressionReason.HOLIDAY),
        (date(2026, 11, 22), 50.0, SuppressionReason.OUTSIDE_HOURS),
        (date(2026, 11, 22), 90.0, None),
        (date(2026, 11, 24), 50.0, None),
        (date(2026, 11, 18), 90.0, SuppressionReason.SILENCED),
    ],
)
def test_an_alert_waits_for_what_is_quiet_on_its_day(
    store: Store, day: date, value: float, why: SuppressionReason | None
) -> None:
    patching = RecurringSilence(name="Patching", when=Recurrence.WEEKLY, weekdays=(2,), hours=(time(7), time(9)))
    found = backtesting(Helpdesk(high(day, at=value)), store, patching).backtest(TICKETS, "west", NOW, 30)
    (past,) = found.replays
    assert past.suppressions == (why,)


def test_the_district_is_a_place_where_it_is_watched(store: Store) -> None:
    watched = replace(TICKETS, alert=AlertRule(at_district=True))
    source = Helpdesk({})
    for campus, places in (
        (None, ["west", "east", DISTRICT]),
        (DISTRICT, ["west", "east", DISTRICT]),
        ("west", ["west"]),
    ):
        found = backtesting(source, store).backtest(watched, campus, NOW, 30)
        assert [past.report.campus for past in found.replays] == places
    found = backtesting(source, store).backtest(replace(TICKETS, by_campus=False), None, NOW, 30)
    assert [past.report.campus for past in found.replays] == [DISTRICT]


def test_signals_are_told_from_what_was_known_on_the_day(store: Store) -> None:
    """Ten tickets, then fifteen for a week: half as many again as a week before, and far from any threshold."""
    source = Helpdesk(dict.fromkeys((ago(n) for n in range(12)), 15.0))
    watched = replace(TICKETS, alert=AlertRule(signals=(ChangeRule(50, 7),)))
    found = backtesting(source, store).backtest(watched, "west", NOW, 30)
    assert found.replays[0].alerts == (alarm(ago(11), ago(4)),)
    series = found.replays[0].report.series
    assert series is not None
    assert len(series.days) == 30


def test_levels_that_campuses_share_are_tried_together(store: Store) -> None:
    special = replace(TICKETS, overrides={"west": Thresholds(Better.LOWER, 35, 60, 100)})
    found = backtesting(Helpdesk(high(ago(6), at=70)), store).backtest(special, None, NOW, 30)
    assert [(tuning.thresholds.warning, tuning.campuses) for tuning in found.tunings] == [(60, 1), (40, 1)]
    assert all(
        tuning.current is not None and tuning.current.warning == tuning.thresholds.warning for tuning in found.tunings
    )
    merge = backtesting(Helpdesk({}), store).backtest(TICKETS, None, NOW, 30)
    assert [(tuning.campuses, tuning.days) for tuning in merge.tunings] == [(2, 60)]


def test_where_the_databases_know_no_past_the_bots_own_readings_do(store: Store) -> None:
    asked = replace(TICKETS, measure=Query("helpdesk", "SELECT"))
    known = [(10, 10.0), (9, 50.0), (8, 50.0), (7, 10.0)]
    for days, value in known:
        store.save_readings([Reading(kpi="tickets", campus="west", as_of=NOW - timedelta(days=days), value=value)])
    found = backtesting(Helpdesk({}), store).backtest(asked, None, NOW, 30)
    assert found.from_own_readings
    (west,) = found.replays
    assert (west.days, west.alerts) == (11, (alarm(ago(9), ago(7)),))


@pytest.mark.parametrize(
    ("kpi", "told"),
    [
        (replace(TICKETS, thresholds=Thresholds()), "write `better: lower` or `better: higher`"),
        (replace(TICKETS, budget=Budget({"FY2027": 100.0})), "compared with the pace of its budget"),
        (replace(TICKETS, measure=Query("helpdesk", "SELECT")), "kpibot has not measured it yet"),
    ],
)
def test_what_cannot_be_replayed_is_told_with_what_to_do(store: Store, kpi: Kpi, told: str) -> None:
    with pytest.raises(QueryError, match=told):
        backtesting(Helpdesk({}), store).backtest(kpi, None, NOW, 30)


def test_a_database_that_is_down_is_no_lack_of_a_past(store: Store) -> None:
    source = Helpdesk({})
    source.is_down = True
    with pytest.raises(SourceDownError, match="did not answer"):
        backtesting(source, store).backtest(TICKETS, None, NOW, 30)
