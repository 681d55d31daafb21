"""When a digest is due, and who moved most."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

from kpibot.catalog.model import Digest
from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.kpis.readings import Reading
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict
from kpibot.core.time.calendar import Calendar, YearStart
from kpibot.render.terminal.text import digest_text
from kpibot.services.digests.digests import Digests, latest_slot, movers
from tests.unit.services.watching import Watched, kpi

CHICAGO = ZoneInfo("America/Chicago")
CALENDAR = Calendar(
    zone=CHICAGO, fiscal_year=YearStart(7, 1), school_year=YearStart(8, 15), working_hours=((time(8), time(16)),) * 7
)
WEEKLY = Digest(
    id="weekly", title="Weekly", weekdays=(0,), at=time(7), channels=(), kpis=(), useful_for=timedelta(days=6)
)
NOW = datetime(2026, 11, 18, 18, tzinfo=UTC)


def slot(now: datetime) -> str:
    return latest_slot(WEEKLY, now, CALENDAR).isoformat()


def test_a_slot_is_the_local_time_whatever_the_clocks_did_since() -> None:
    assert slot(datetime(2026, 11, 2, 12, 59, tzinfo=UTC)) == "2026-10-26T07:00:00-05:00"
    assert slot(datetime(2026, 11, 2, 13, 0, tzinfo=UTC)) == "2026-11-02T07:00:00-06:00"


def test_the_slot_of_today_counts_from_its_minute_on() -> None:
    monday = datetime(2026, 11, 16, 7, tzinfo=CHICAGO)
    assert slot(monday) == "2026-11-16T07:00:00-06:00"
    assert slot(monday - timedelta(seconds=1)) == "2026-11-09T07:00:00-06:00"
    assert slot(monday + timedelta(days=6, hours=23)) == "2026-11-16T07:00:00-06:00"


def report(campus: str, before: float | None, value: float | None, better: Better = Better.LOWER) -> Report:
    reading = Reading(kpi="tickets", campus=campus, as_of=NOW, value=value)
    limits = Thresholds(better, 20, 40, 80) if better is not Better.HIGHER else Thresholds(better, 85, 75, 60)
    return Report(
        card=KpiInfo(id="tickets", name="T", objective="", owner=""),
        campus=campus,
        campus_name=campus,
        reading=reading,
        thresholds=limits,
        verdict=Verdict.ON_TARGET,
        before=before,
    )


def test_the_biggest_moves_come_first_and_know_whether_they_are_good() -> None:
    found = movers([report("a", 10, 12), report("b", 50, 104), report("c", 60, 20), report("d", 5, 5)])
    assert [(mover.campus_name, mover.improved) for mover in found] == [("b", False), ("c", True), ("a", False)]


def test_more_is_better_where_the_kpi_says_so() -> None:
    (mover,) = movers([report("a", 60, 90, Better.HIGHER)])
    assert mover.improved


def test_neutral_kpis_and_missing_values_do_not_move() -> None:
    assert movers([report("a", 1, 9, Better.NEUTRAL), report("b", None, 9), report("c", 9, None)]) == []


def test_a_slow_database_costs_the_digest_its_own_kpis_only(tmp_path: Path) -> None:
    scene = Watched(tmp_path, kpi("tickets", None), kpi("devices", None, "assets"))
    answers = Event()
    scene.other.waits_for = answers
    everything = Digest(
        id="weekly",
        title="Weekly",
        weekdays=(0,),
        at=time(7),
        channels=("leads",),
        kpis=("tickets", "devices"),
        useful_for=timedelta(days=6),
    )
    digests = Digests(
        scene.district,
        {"weekly": everything},
        scene.catalog.channels,
        scene.reporting,
        scene.store,
        lambda half: getattr(half, "dataset", ""),
        within=timedelta(seconds=0.5),
    )
    ((_, edition),) = digests.editions(everything, NOW)
    answers.set()
    tickets, devices = edition.reports
    assert (tickets.reading.value, devices.reading.value) == (5.0, None)
    assert devices.reading.detail == "not within 0.5 s"
    assert "Incomplete: no data for Devices" in digest_text(edition)
