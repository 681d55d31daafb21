"""What the commands that tune alerts say: routes and backtests to render."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kpibot.core.alerts.backtest import (
    DAY,
    Backtest,
    CampusReplay,
    Tuning,
    instant_of_day,
    replay,
    suggested_option,
    threshold_options,
    total_duration,
)
from kpibot.core.alerts.quiet_hours import Suppression, SuppressionReason
from kpibot.core.alerts.routing import TAKES_IT, TOO_LATE, Route, RouteExplanation
from kpibot.core.alerts.silences import Recurrence, RecurringSilence, Silence
from kpibot.core.kpis.alert_rule import AlertRule, AnomalyRule
from kpibot.core.kpis.kpi import Format, KpiInfo
from kpibot.core.kpis.readings import Reading
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.series import Series
from kpibot.core.kpis.thresholds import Better, Thresholds

ZONE = "America/Chicago"
AT = datetime(2026, 11, 24, 20, tzinfo=ZoneInfo(ZONE))
TICKETS = KpiInfo(
    id="tickets", name="Outstanding tickets", objective="No classroom waits", owner="@helpdesk-leads", rows="tickets"
)
MUTED = Silence(
    id="s1",
    start=AT - timedelta(hours=1),
    end=AT + timedelta(hours=3),
    kpi="tickets",
    campus="campus-west",
    reason="exam week",
    by="Dana",
)
PATCH_NIGHT = RecurringSilence(name="Patch night", when=Recurrence.WEEKLY, weekdays=(1,))
ROUTED = RouteExplanation(
    card=TICKETS,
    campus="campus-west",
    campus_name="Campus West High School",
    severity="critical",
    at=AT,
    zone=ZONE,
    channel="#west-tech",
    mention="@west-oncall",
    rules=(
        (
            Route(channel="asset-team", categories=frozenset({"security", "compliance"})),
            "#asset-team",
            "is about `compliance` or `security` KPIs only, and this one is operational",
        ),
        (
            Route(
                channel="west-tech",
                kpis=frozenset({"tickets"}),
                campuses=frozenset({"feeder-west"}),
                severities=frozenset({"critical"}),
                in_working_hours=False,
            ),
            "#west-tech",
            TAKES_IT,
        ),
        (Route(channel="tech-leads"), "#tech-leads", TOO_LATE),
    ),
    suppression=None,
    next_notify_at=AT,
    escalation=((timedelta(hours=1), "@director"), (timedelta(days=2), "@superintendent")),
    inhibited_by_district=True,
)
HELD = {
    "hours": Suppression(SuppressionReason.OUTSIDE_HOURS),
    "holiday": Suppression(SuppressionReason.HOLIDAY, holiday="Thanksgiving"),
    "nameless-holiday": Suppression(SuppressionReason.HOLIDAY),
    "muted": Suppression(SuppressionReason.SILENCED, MUTED),
    "silence": Suppression(SuppressionReason.SILENCED, PATCH_NIGHT),
}
LAST = date(2026, 11, 24)
LIMITS = Thresholds(Better.LOWER, 20, 40, 80, recovers_at=35)
RULE = AlertRule(after=2)
NAMES = {
    "campus-west": "Campus West High School",
    "oakridge": "Oakridge Middle School",
    "an-academy": "Academy of the Arts and Sciences at Prairie View",
    "cedar-hill": "Cedar Hill Middle School",
}


def past(
    campus: str,
    values: list[float | None],
    levels: Thresholds = LIMITS,
    card: KpiInfo = TICKETS,
    rule: AlertRule = AlertRule(),  # noqa: B008 - frozen
) -> CampusReplay:
    """What one campus's days, up to the last one, would have given."""
    days = tuple(LAST - n * DAY for n in reversed(range(len(values))))
    reading = Reading(kpi="tickets", campus=campus, as_of=AT, value=values[-1])
    series = Series(days, tuple(values))
    report = Report(
        card=card,
        campus=campus,
        campus_name=NAMES[campus],
        reading=reading,
        thresholds=levels,
        verdict=levels.verdict_of(values[-1]),
        series=series,
    )
    moments = [(instant_of_day(day), value) for day, value in zip(days, values, strict=True)]
    alarms = tuple(replay(moments, levels, rule))
    held = tuple(SuppressionReason.OUTSIDE_HOURS if alarm.start.weekday() > 4 else None for alarm in alarms)
    known = sum(value is not None for value in values)
    return CampusReplay(report, alarms, held, known, total_duration(alarms, instant_of_day(LAST + DAY)))


def backtest(
    *pasts: CampusReplay, where: str = "Prairie View ISD", card: KpiInfo = TICKETS, rule: AlertRule = RULE
) -> Backtest:
    """The same for several, which all have as many days."""
    of_levels: dict[Thresholds, list[CampusReplay]] = {}
    for each in pasts:
        of_levels.setdefault(each.report.thresholds, []).append(each)
    tunings = tuple(_tuning(levels, those, rule) for levels, those in of_levels.items())
    first = LAST - (len(_series(pasts[0]).days) - 1) * DAY
    return Backtest(
        card=card,
        place=where,
        zone=ZONE,
        first=first,
        last=LAST,
        rule=rule,
        has_rule=True,
        from_own_readings=False,
        replays=pasts,
        tunings=tunings,
    )


def _tuning(levels: Thresholds, pasts: list[CampusReplay], rule: AlertRule) -> Tuning:
    moments = [
        [(instant_of_day(day), value) for day, value in zip(each.days, each.values, strict=True)]
        for each in map(_series, pasts)
    ]
    found = threshold_options(moments, levels, rule, instant_of_day(LAST + DAY))
    days = sum(each.days for each in pasts)
    now = next((each for each in found if each.warning == levels.warning), None)
    return Tuning(
        thresholds=levels,
        campuses=len(pasts),
        days=days,
        options=tuple(found),
        current=now,
        suggested=suggested_option(found, len(pasts), days),
    )


def _series(of: CampusReplay) -> Series:
    assert of.report.series is not None
    return of.report.series


def wave(days: int, low: float, high: float, every: int, lasting: int) -> list[float | None]:
    """Low, and high for some days every so many."""
    return [high if n % every >= every - lasting else low + n % 5 for n in range(days)]


WEST = past("campus-west", wave(365, 45, 90, 60, 20), Thresholds(Better.LOWER, 35, 60, 85, recovers_at=35))
OAKRIDGE = past("oakridge", wave(365, 10, 55, 30, 3))
ACADEMY = past("an-academy", wave(365, 15, 100, 200, 7))
CEDAR_HILL = past("cedar-hill", wave(365, 8, 12, 30, 3))
OF_DISTRICT = backtest(WEST, OAKRIDGE, ACADEMY, CEDAR_HILL)
OF_WEST = backtest(WEST, where="Campus West High School")
UTILIZATION = KpiInfo(
    id="utilization",
    name="Asset utilization rate",
    objective="In use",
    owner="@assets",
    format=Format.PERCENT,
    rows="assets",
)
HIGHER = past("oakridge", wave(100, 88, 71, 25, 4), Thresholds(Better.HIGHER, 85, 75, 70), UTILIZATION, AlertRule())
OF_UTILIZATION = replace(
    backtest(HIGHER, card=UTILIZATION, rule=AlertRule()), has_rule=False, from_own_readings=True, place="Oakridge"
)
QUIET = replace(backtest(CEDAR_HILL), rule=AlertRule(signals=(AnomalyRule(),)))
