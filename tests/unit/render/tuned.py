"""What the commands that tune alerts say: routes and backtests to render."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kpibot.core.kpi import Card
from kpibot.core.quiet import Held, Why
from kpibot.core.routing import TAKES_IT, TOO_LATE, Route, Routed
from kpibot.core.silences import RecurringSilence, Silence, When

ZONE = "America/Chicago"
AT = datetime(2026, 11, 24, 20, tzinfo=ZoneInfo(ZONE))
TICKETS = Card("tickets", "Outstanding tickets", "No classroom waits", "@helpdesk-leads", rows="tickets")
MUTED = Silence("s1", AT - timedelta(hours=1), AT + timedelta(hours=3), "tickets", "campus-west", "exam week", "Dana")
PATCH_NIGHT = RecurringSilence("Patch night", When.WEEKLY, (1,))
ROUTED = Routed(
    card=TICKETS,
    campus="campus-west",
    campus_name="Campus West High School",
    severity="critical",
    at=AT,
    zone=ZONE,
    channel="#west-tech",
    calls="@west-oncall",
    rules=(
        (
            Route("asset-team", categories=frozenset({"security", "compliance"})),
            "#asset-team",
            "is about `compliance` or `security` KPIs only, and this one is operational",
        ),
        (
            Route(
                "west-tech",
                kpis=frozenset({"tickets"}),
                campuses=frozenset({"feeder-west"}),
                severities=frozenset({"critical"}),
                in_working_hours=False,
            ),
            "#west-tech",
            TAKES_IT,
        ),
        (Route("tech-leads"), "#tech-leads", TOO_LATE),
    ),
    held=None,
    told_at=AT,
    escalation=((timedelta(hours=1), "@director"), (timedelta(days=2), "@superintendent")),
    inhibited_by_district=True,
)
HELD = {
    "hours": Held(Why.OUTSIDE_HOURS),
    "holiday": Held(Why.HOLIDAY, holiday="Thanksgiving"),
    "nameless-holiday": Held(Why.HOLIDAY),
    "muted": Held(Why.SILENCED, MUTED),
    "silence": Held(Why.SILENCED, PATCH_NIGHT),
}
