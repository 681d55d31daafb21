"""Reports of a small district at one instant: Sunday 22 November 2026, 14:02 in Chicago."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kpibot.core.alerts.groups import DeliveryKind
from kpibot.core.alerts.notices import AlertNotice, Change
from kpibot.core.alerts.states import Reason
from kpibot.core.kpis.budget import Pace
from kpibot.core.kpis.conditions import ValueCondition
from kpibot.core.kpis.definition import definition
from kpibot.core.kpis.kpi import Format, KpiInfo
from kpibot.core.kpis.measures import Statistic, Stock
from kpibot.core.kpis.readings import Missing, Reading
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.series import Series
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict
from kpibot.core.reports.answers import About, Answer, Breakdown, Comparison, Origin, Overview, Rank, RowList
from kpibot.core.reports.digests import DigestEdition, Mover

NOW = datetime(2026, 11, 22, 20, 2, tzinfo=UTC)
ZONE = "America/Chicago"
WEEK = "same point last week"
CARDS = {
    "tickets": KpiInfo(
        id="tickets",
        name="Outstanding tickets",
        objective="No classroom waits for technology",
        owner="@helpdesk-leads",
        rows="tickets",
    ),
    "response-time": KpiInfo(
        id="response-time",
        name="Response time",
        objective="Teachers hear from us the same morning",
        owner="@helpdesk-leads",
        format=Format.HOURS,
        rows="tickets",
        period="30 days",
    ),
    "po-value": KpiInfo(
        id="po-value",
        name="Purchase order value to date",
        objective="",
        owner="@finance",
        format=Format.CURRENCY,
        rows="purchase orders",
        period="fiscal year to date",
    ),
    "utilization": KpiInfo(
        id="utilization",
        name="Asset utilization rate",
        objective="Every device is in use",
        owner="@assets",
        format=Format.PERCENT,
        rows="assets",
    ),
}
LIMITS = {
    "tickets": Thresholds(Better.LOWER, 20, 40, 80),
    "response-time": Thresholds(Better.LOWER, 4, 6, 8),
    "po-value": Thresholds(Better.NEUTRAL, 1_200_000),
    "utilization": Thresholds(Better.HIGHER, 85, 80, 70),
}


def series(*values: float | None) -> Series:
    """One value a day, the last one of today."""
    last = date(2026, 11, 22)
    days = tuple(last - timedelta(days=back) for back in reversed(range(len(values))))
    return Series(days, values)


@dataclass(frozen=True)
class Samples:
    """Reports, answers, digests and alerts, one of each kind."""

    now: datetime = NOW
    zone: str = ZONE

    def series(self, *values: float | None) -> Series:
        return series(*values)

    def report(self, kpi: str = "tickets", value: float | None = 104.0, **changed: Any) -> Report:
        """A report of Campus West; `changed` goes to the report, what it has not to the reading."""
        own = {name: changed.pop(name) for name in tuple(changed) if name in Report.__dataclass_fields__}
        facts = {"rows": 104, "valued": 104, "newest": NOW - timedelta(minutes=22)} | changed
        missing = Missing.NO_ROWS if value is None and "missing" not in facts else facts.pop("missing", None)
        reading = Reading(kpi=kpi, campus="campus-west", as_of=NOW, value=value, missing=missing, **facts)
        limits = own.get("thresholds", LIMITS[kpi])
        base = Report(
            card=CARDS[kpi],
            campus="campus-west",
            campus_name="Campus West High School",
            reading=reading,
            thresholds=limits,
            verdict=limits.verdict_of(value),
            before=None,
            compared_with=WEEK,
        )
        return replace(base, **own)

    def answer(self, report: Report, days: int | None = None) -> Answer:
        length = len(report.series.days) if report.series is not None else 90
        return Answer(report=report, days=days or length, zone=ZONE)

    @property
    def tickets(self) -> Report:
        shape = series(*(float(45 + round(59 * (day / 89) ** 2) + day * 7 % 5) for day in range(89)), 104.0)
        return self.report(before=92.0, series=shape)

    @property
    def utilization(self) -> Report:
        shape = series(*(84 + 3 * math.sin(day / 12) for day in range(90)))
        return self.report(
            "utilization", 79.23, before=82.4, series=shape, numerator=412.0, denominator=520.0, rows=520, valued=520
        )

    @property
    def response_time(self) -> Report:
        shape = series(*(None if day % 7 > 4 else 3 + day % 4 / 2 for day in range(90)))
        return self.report("response-time", 4.23, before=4.0, series=shape, rows=312, valued=312, waiting=12)

    @property
    def po_value(self) -> Report:
        shape = series(*(float(day * 13_900) for day in range(90)))
        return self.report(
            "po-value",
            1_240_300.0,
            before=998_000.0,
            compared_with="same point last fiscal year",
            series=shape,
            campus="district",
            campus_name="Maple Valley District",
            rows=312,
            valued=305,
            unplaced=31,
        )

    @property
    def down(self) -> Report:
        return self.report(
            "response-time", None, missing=Missing.SOURCE_DOWN, detail="time-out after 30 s", rows=0, newest=None
        )

    @property
    def in_context(self) -> Answer:
        also = ((Statistic.P90, 9.2), (Statistic.WITHIN, 81.25))
        report = replace(self.response_time, reading=replace(self.response_time.reading, also=also))
        comparisons = (Comparison("the same week last school year", 5.1), Comparison("the whole month before", 4.4))
        return replace(self.answer(report), comparisons=comparisons, ranks=(Rank(3, 24, 4.23),))

    @property
    def of_budget(self) -> Answer:
        spent = replace(self.po_value.reading, pace=Pace(3_300_000.0, 0.4, 1_320_000.0, 93.96))
        levels = Thresholds(Better.LOWER, 100, 110, 125)
        report = replace(self.po_value, reading=spent, thresholds=levels, verdict=levels.verdict_of(93.96))
        return replace(self.answer(report), ranks=(Rank(21, 24, 93.96), Rank(2, 21, 0.0563, "student")))

    @property
    def by_priority(self) -> Breakdown:
        parts = [("1 Urgent", 12.0), ("2 High", 31.0), ("<!channel>", 60.0), ("none given", 1.0)]
        reports = tuple(
            (label, self.report(value=value, rows=int(value), thresholds=Thresholds())) for label, value in parts
        )
        return Breakdown("priority", self.tickets, reports, ZONE, more=2)

    @property
    def by_campus(self) -> Breakdown:
        values = {"Campus West High School": 79.2, "Oak Street Elementary": 91.5, "Cedar": None}
        reports = tuple((name, self.report("utilization", value, denominator=520.0)) for name, value in values.items())
        return Breakdown("campus", self.utilization, reports, ZONE)

    @property
    def about(self) -> About:
        card = replace(CARDS["tickets"], about="Tickets that wait for us.", category="operational", id="tickets")
        measure = Stock(
            dataset="tickets",
            since="opened",
            until="resolved",
            where=(ValueCondition("status", ("merged", "deleted"), negated=True),),
        )
        origins = (Origin("tickets", "helpdesk", NOW - timedelta(days=3), stale=True), Origin("assets", "inventory"))
        sentences = tuple(definition(measure, {"tickets": "tickets"}))
        return About(
            card=card,
            definition=sentences,
            thresholds=LIMITS["tickets"],
            origins=origins,
            dimensions=("priority", "age"),
            zone=ZONE,
        )

    @property
    def rows(self) -> RowList:
        rows = (("4711", "2026-11-09 08:12", "214"), ("4712", "2026-11-10 10:00", "–"))
        links = ("https://help.example.org/tickets/4711", "")
        return RowList(self.tickets, ("id", "opened", "room"), rows, links, ZONE)

    @property
    def overview(self) -> Overview:
        reports = (self.utilization, self.tickets, self.down, self.po_value)
        return Overview("campus-west", "Campus West High School", NOW, ZONE, reports)

    @property
    def edition(self) -> DigestEdition:
        movers = (
            Mover(CARDS["tickets"], "Campus West High School", 61, 104, False),
            Mover(CARDS["tickets"], "Oak Street Elementary", 40, 12, True),
        )
        reports = (self.tickets, self.down, self.po_value, self.report("utilization", 86.4, before=85.0))
        return DigestEdition(
            digest="weekly",
            title="Weekly digest",
            campus="district",
            campus_name="Maple Valley District",
            slot=NOW,
            zone=ZONE,
            reports=reports,
            movers=movers,
            breaches=7,
        )

    def change(
        self, name: str, value: float, days: float, severity: Verdict | None, reason: Reason = Reason.STILL_FIRING
    ) -> Change:
        """One campus of an alert, over the threshold for so many days."""
        shape = series(*(value + day for day in range(30)))
        report = self.report(value=value, campus=name.lower(), campus_name=name, series=shape)
        return Change(report, reason, NOW - timedelta(days=days), severity)

    @property
    def notice(self) -> AlertNotice:
        """The message in the channel, when the alert begins."""
        forecast = ("at this pace critical in 9 school days",)
        changes = (
            self.change("West", 104.0, 2, Verdict.CRITICAL),
            self.change("Cedar", 38.0, 9, Verdict.WARNING),
            replace(self.change("Birch", 55.0, 1, Verdict.WARNING), details=forecast),
        )
        return AlertNotice(
            card=CARDS["tickets"],
            as_of=NOW,
            zone=ZONE,
            mention="<!subteam^S123>",
            changes=changes,
            group="tickets:leads:2026-11-20T14:00",
        )

    @property
    def acknowledged(self) -> AlertNotice:
        """The same later: it was told to all of the district, and somebody sees to it."""
        return replace(
            self.notice,
            kind=DeliveryKind.UPDATE,
            mention="",
            is_common=True,
            acknowledged_by="@luis",
            acknowledged_at=NOW - timedelta(hours=1),
            acknowledged_until=NOW + timedelta(hours=7),
            assigned_to="@mei",
            snoozed_until=NOW + timedelta(hours=18),
        )

    @property
    def worse(self) -> AlertNotice:
        """A line in the thread."""
        changes = (
            self.change("West", 104.0, 2, Verdict.CRITICAL, Reason.WORSE),
            self.change("Birch", 55.0, 0, Verdict.WARNING, Reason.MORE),
            self.change("Oak", 15.0, 12, None, Reason.RECOVERED),
        )
        return replace(self.notice, kind=DeliveryKind.REPLY, reason=Reason.WORSE, changes=changes)

    @property
    def over(self) -> AlertNotice:
        """The message at the end."""
        changes = (self.change("Oak", 15.0, 12, None, Reason.RECOVERED),)
        ended = replace(self.acknowledged, reason=Reason.RECOVERED, is_over=True, is_common=False)
        return replace(ended, changes=changes)
