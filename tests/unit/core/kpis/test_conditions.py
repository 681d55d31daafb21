"""The instants that conditions about time speak of."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from kpibot.core.kpis.conditions import (
    Ago,
    DaysAgo,
    Now,
    NumberCondition,
    Relation,
    RelativeTime,
    StartOf,
    TimeCondition,
    ValueCondition,
    instant_of,
    resolved,
)
from kpibot.core.time.calendar import Calendar, YearStart
from kpibot.core.time.periods import PeriodRule

CHICAGO = ZoneInfo("America/Chicago")
CALENDAR = Calendar(
    zone=CHICAGO,
    fiscal_year=YearStart(7, 1),
    school_year=YearStart(8, 15),
    working_hours=((time(8), time(16)),) * 5 + (None, None),
)
MONDAY_NOON = datetime(2026, 11, 9, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "instant"),
    [
        (Now(), MONDAY_NOON),
        (Ago(timedelta(hours=4)), datetime(2026, 11, 9, 14, tzinfo=UTC)),
        (DaysAgo(0), datetime(2026, 11, 9, tzinfo=CHICAGO)),
        (DaysAgo(10), datetime(2026, 10, 30, tzinfo=CHICAGO)),  # over a change of clocks, still a midnight
        (DaysAgo(1, working=True), datetime(2026, 11, 6, tzinfo=CHICAGO)),
        (StartOf(PeriodRule.parse("school year to date")), datetime(2026, 8, 15, tzinfo=CHICAGO)),
    ],
)
def test_a_moment_is_an_instant_of_the_district(moment: RelativeTime, instant: datetime) -> None:
    assert instant_of(moment, MONDAY_NOON, CALENDAR) == instant


def test_at_midnight_the_day_just_over_is_still_the_current_one() -> None:
    midnight = datetime(2026, 11, 10, tzinfo=CHICAGO)
    assert instant_of(DaysAgo(0), midnight, CALENDAR) == datetime(2026, 11, 9, tzinfo=CHICAGO)


def test_fixing_turns_moments_into_instants_and_leaves_the_rest() -> None:
    others = (ValueCondition("kind", ("x",)), NumberCondition("size", Relation.ABOVE, than=1.0))
    timed = TimeCondition("seen", since=Ago(timedelta(hours=1)), until=Now(), or_empty=True)
    found = resolved((*others, timed), MONDAY_NOON, CALENDAR)
    whole = TimeCondition("seen", MONDAY_NOON - timedelta(hours=1), MONDAY_NOON, or_empty=True)
    assert found == (*others, whole)
    assert (timed.moves, whole.moves) == (True, False)


@pytest.mark.parametrize(
    ("condition", "columns"),
    [
        (ValueCondition("kind", ("x",)), ("kind",)),
        (NumberCondition("size", Relation.BELOW, than=1.0), ("size",)),
        (NumberCondition("used", Relation.AT_MOST, other="owned"), ("used", "owned")),
        (TimeCondition("seen", until=Now()), ("seen",)),
    ],
)
def test_a_condition_knows_its_columns(
    condition: ValueCondition | NumberCondition | TimeCondition, columns: tuple[str, ...]
) -> None:
    assert condition.columns == columns
