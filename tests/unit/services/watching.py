"""A district to be watched: its databases say what a test says, its state database is a real one.

It is Monday, November 16, 2026, 10:00 in Chicago. The department works from 8:00 to 16:00 on weekdays.
"""

import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import numpy as np

from kpibot.catalog.model import Catalog, Channel, DistrictConfig
from kpibot.core.alerts.groups import DeliveryKind
from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.alerts.routing import Route
from kpibot.core.alerts.states import Reason
from kpibot.core.campuses.campus_tree import Campus, CampusTree
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.conditions import Ago
from kpibot.core.kpis.district import District
from kpibot.core.kpis.kpi import Kpi, KpiInfo
from kpibot.core.kpis.measures import Query, Simple, Stock
from kpibot.core.kpis.readings import Aggregate
from kpibot.core.kpis.series import DailyTotals, SeriesData, Window
from kpibot.core.kpis.thresholds import Better, Thresholds
from kpibot.core.reports.messages import AdminNotice
from kpibot.core.time.calendar import Calendar, YearStart
from kpibot.services.alerts.monitor import AlertMonitor
from kpibot.services.measurement.measurement import Measurement
from kpibot.services.measurement.reporting import Reporting
from kpibot.sources.base import GroupKey, QueryResult, Request, SourceDownError, SourceError
from kpibot.store.outbox import OutboxMessage
from kpibot.store.store import Store, open_engine

MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)
HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
THANKSGIVING = date(2026, 11, 26)
CALENDAR = Calendar(
    zone=ZoneInfo("America/Chicago"),
    fiscal_year=YearStart(7, 1),
    school_year=YearStart(8, 15),
    working_hours=((time(8), time(16)),) * 5 + (None, None),
    holidays=frozenset({THANKSGIVING}),
)
NAMES = ("oak", "birch", "cedar", "elm", "pine")
TREE = CampusTree([Campus(slug=each, name=each.title()) for each in NAMES], "Maple Valley District")
LEVELS = Thresholds(Better.LOWER, 20, 40, 80)
ROUTES = (Route(channel="leads"),)
CHANNELS = {name: Channel(name, f"#{name}", "district") for name in ("leads", "team", "oncall", "admins")}


@dataclass(eq=False)
class Database:
    """A source that holds one number for each campus, and what it was at the end of each earlier day."""

    counts: dict[str, float] = field(default_factory=dict)
    before: dict[str, list[float]] = field(default_factory=dict)
    is_down: bool = False
    has_series: bool = True
    newest_row: datetime = MONDAY + timedelta(days=365)
    waits_for: Event | None = None

    def take(self, requests: Sequence[Request]) -> list[QueryResult | SourceError]:
        if self.waits_for is not None:
            self.waits_for.wait()
        if self.is_down:
            return [SourceDownError("database `helpdesk` did not answer within 2 s") for _ in requests]
        parts = {
            GroupKey(each): Aggregate(numerator=count, rows=int(count), valued=int(count))
            for each, count in self.counts.items()
        }
        return [parts for _ in requests]

    def series(self, measure: Simple, window: Window) -> Mapping[GroupKey, SeriesData]:
        if not self.has_series:
            raise SourceDownError("database `helpdesk` did not answer within 2 s")
        return {
            GroupKey(each): DailyTotals(self._course(each, count, len(window.days)))
            for each, count in self.counts.items()
        }

    def _course(self, campus: str, count: float, days: int) -> np.ndarray:
        course = np.zeros(days)
        known = [*self.before.get(campus, []), count][-days:]
        course[-len(known) :] = known
        return course

    def is_empty(self, measure: Simple) -> bool:
        return not self.counts

    def newest(self, measure: Simple, before: datetime) -> datetime | None:
        return self.newest_row

    def values(self, dataset: str, column: str, most: int) -> list[object]:
        return []

    def rows(self, request: Request, columns: Sequence[str], most: int) -> list[Mapping[str, object]]:
        return []


def kpi(name: str, rule: AlertRule | None, dataset: str = "tickets", levels: Thresholds = LEVELS) -> Kpi:
    card = KpiInfo(id=name, name=name.title(), objective="", owner="@helpdesk", rows="tickets", category="operational")
    return Kpi(
        card=card, measure=Stock(dataset=dataset, since="opened", until="resolved"), thresholds=levels, alert=rule
    )


class Watched:
    """A watch with its state database, whose outbox is emptied after each measurement."""

    def __init__(
        self,
        folder: Path,
        *kpis: Kpi,
        routes: tuple[Route, ...] = ROUTES,
        fresh_within: Mapping[str, Ago] | None = None,
        **catalog: object,
    ) -> None:
        self.database, self.other = Database({"oak": 5}), Database({"oak": 5})
        self.store = Store(open_engine(f"sqlite:///{folder / 'state.db'}"), CALENDAR.zone)
        weakref.finalize(self, self.store.close)
        self.now = MONDAY
        self.district = district = District(TREE, CALENDAR, {each.id: each for each in kpis})
        measurement = Measurement(district, lambda half: self.other if _dataset(half) == "assets" else self.database)
        self.catalog = replace(
            Catalog(
                district=DistrictConfig("Maple Valley", CALENDAR, administrators="admins"),
                databases={},
                campuses=(),
                datasets={},
                kpis={},
                channels=CHANNELS,
                routes=routes,
            ),
            kpis=district.kpis,
            **catalog,  # type: ignore[arg-type]
        )
        self.reporting = Reporting(district, measurement, self.store, fresh_within or {})
        self.watch = AlertMonitor(
            district,
            self.catalog,
            self.reporting,
            self.store,
            lambda half: {"assets": "inventory"}.get(_dataset(half), "helpdesk"),
        )
        self.owed: list[OutboxMessage] = []

    def measure(self, after: timedelta = QUARTER, **counts: float) -> list[OutboxMessage]:
        """Lets time pass, measures, and gives what is owed because of it."""
        self.database.counts.update(counts)
        self.now += after
        self.watch.measure(self.now)
        return self._taken()

    def told(
        self, after: timedelta = QUARTER, **counts: float
    ) -> list[tuple[str, DeliveryKind, Reason, dict[str, Reason]]]:
        """What is told of alerts, by channel: how, why, and about which campuses."""
        notices = [(each, each.body) for each in self.measure(after, **counts)]
        return [
            (each.channel, each.kind, notice.reason, {one.report.campus: one.reason for one in notice.changes})
            for each, notice in notices
            if isinstance(notice, AlertNotice)
        ]

    def troubles(self, after: timedelta = QUARTER, **counts: float) -> list[AdminNotice]:
        """What the administrators are told."""
        return [each.body for each in self.measure(after, **counts) if isinstance(each.body, AdminNotice)]

    def _taken(self) -> list[OutboxMessage]:
        """What has come into the outbox, by channel; all of it counts as sent."""
        found = []
        while claimed := self.store.outbox.lease(self.now, "test", HOUR):
            for row in claimed:
                found.append(row.message)
                self.store.outbox.begin_attempt(row.id, self.now, "test", HOUR)
                self.store.outbox.mark_sent(row.id, f"{row.id}.0")
        return sorted(found, key=lambda each: each.channel)


def _dataset(half: Simple) -> str:
    return "" if isinstance(half, Query) else half.dataset
