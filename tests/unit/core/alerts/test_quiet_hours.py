"""When nobody is told, and when they are told instead."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.alerts.quiet_hours import Breach, QuietHours, Suppression, SuppressionReason
from kpibot.core.alerts.silences import Recurrence, RecurringSilence, Silence
from kpibot.core.campuses.campus_tree import Campus, CampusTree
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.time.calendar import Calendar, YearStart

ZONE = ZoneInfo("America/Chicago")
THANKSGIVING = date(2026, 11, 26)
CALENDAR = Calendar(
    zone=ZONE,
    fiscal_year=YearStart(7, 1),
    school_year=YearStart(8, 15),
    working_hours=((time(8), time(16)),) * 5 + (None, None),
    holidays=frozenset({THANKSGIVING}),
    holiday_names={THANKSGIVING: "Thanksgiving"},
)
TREE = CampusTree([Campus(slug="west", name="West HS"), Campus(slug="east", name="East HS")])
PATCH_NIGHT = RecurringSilence(name="Patch night", when=Recurrence.WEEKLY, weekdays=(2,), hours=(time(18), time(22)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


EXAMS = Silence(
    id="s1",
    start=at("2026-11-24T09:00"),
    end=at("2026-11-24T12:30"),
    kpi="tickets",
    campus="west",
    reason="exam week",
    by="dana",
)
QUIET = QuietHours((EXAMS, PATCH_NIGHT), TREE, CALENDAR)


def notice(severity: str, campus: str = "west", **rule: bool) -> Breach:
    return Breach("tickets", campus, severity, AlertRule(**rule))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "when", "held"),
    [
        (notice("warning"), "2026-11-23T09:00", None),
        (notice("warning"), "2026-11-23T07:59", Suppression(SuppressionReason.OUTSIDE_HOURS)),
        (notice("warning"), "2026-11-22T09:00", Suppression(SuppressionReason.OUTSIDE_HOURS)),
        (notice("critical"), "2026-11-22T03:00", None),
        (notice("warning", any_time=True), "2026-11-22T03:00", None),
        (notice("critical"), "2026-11-26T09:00", Suppression(SuppressionReason.HOLIDAY, holiday="Thanksgiving")),
        (
            notice("warning", any_time=True),
            "2026-11-26T09:00",
            Suppression(SuppressionReason.HOLIDAY, holiday="Thanksgiving"),
        ),
        (notice("critical", on_holidays=True), "2026-11-26T09:00", None),
        (notice("warning", on_holidays=True), "2026-11-26T09:00", Suppression(SuppressionReason.OUTSIDE_HOURS)),
        (notice("warning", on_holidays=True, any_time=True), "2026-11-26T09:00", None),
        (notice("critical"), "2026-11-24T09:00", Suppression(SuppressionReason.SILENCED, EXAMS)),
        (notice("critical", campus="east"), "2026-11-24T09:00", None),
        (
            notice("critical", on_holidays=True, any_time=True),
            "2026-11-25T19:00",
            Suppression(SuppressionReason.SILENCED, PATCH_NIGHT),
        ),
    ],
)
def test_who_is_told_when(told: Breach, when: str, held: Suppression | None) -> None:
    assert QUIET.suppression(told, at(when)) == held


@pytest.mark.parametrize(
    ("told", "when", "then"),
    [
        (notice("warning"), "2026-11-23T09:05", "2026-11-23T09:05"),
        (notice("warning"), "2026-11-20T17:00", "2026-11-23T08:00"),
        (notice("warning"), "2026-11-25T17:00", "2026-11-27T08:00"),
        (notice("critical"), "2026-11-26T17:00", "2026-11-27T00:00"),
        (notice("warning"), "2026-11-24T10:00", "2026-11-24T12:30"),
        (notice("critical"), "2026-11-25T19:00", "2026-11-25T22:00"),
    ],
)
def test_what_is_held_back_is_told_as_soon_as_the_quiet_ends(told: Breach, when: str, then: str) -> None:
    assert QUIET.next_notify_at(told, at(when)) == at(then)


def test_what_is_never_told_has_no_time() -> None:
    always = RecurringSilence(name="Always", when=Recurrence.WEEKLY, weekdays=tuple(range(7)))
    assert QuietHours((always,), TREE, CALENDAR).next_notify_at(notice("critical"), at("2026-11-23T09:00")) is None


@given(st.integers(0, 60 * 24 * 30), st.sampled_from(["warning", "critical"]), st.booleans(), st.booleans())
def test_until_then_it_is_held_back_and_then_no_longer(minute: int, severity: str, any_time: bool, on: bool) -> None:
    told = notice(severity, any_time=any_time, on_holidays=on)
    now = datetime(2026, 11, 10, tzinfo=UTC) + timedelta(minutes=minute)
    then = QUIET.next_notify_at(told, now)
    assert then is not None
    assert QUIET.suppression(told, then) is None
    waited = int((then - now) / timedelta(minutes=1))
    assert all(QUIET.suppression(told, now + timedelta(minutes=n)) for n in range(0, waited, 7))
