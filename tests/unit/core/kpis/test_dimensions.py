"""What rows are broken down by, as people see it."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from kpibot.core.kpis.dimensions import Dimension, GroupBy
from kpibot.core.time.calendar import Calendar, YearStart

CHICAGO = ZoneInfo("America/Chicago")
CALENDAR = Calendar(
    zone=CHICAGO,
    fiscal_year=YearStart(7, 1),
    school_year=YearStart(8, 15),
    working_hours=((time(8), time(16)),) * 5 + (None, None),
)
MONDAY_NOON = datetime(2026, 11, 9, 18, tzinfo=UTC)
AGE = Dimension("age", "opened", bands=(0, 2, 5), working=True)


@pytest.mark.parametrize(
    ("raw", "label"),
    [(1, "urgent"), ("1", "urgent"), (7, "7"), ("Low", "Low"), (None, "none given"), ("  ", "none given")],
)
def test_a_value_has_its_label_or_is_shown_as_it_is(raw: object, label: str) -> None:
    assert Dimension("priority", "prio", {"1": "urgent"}).label(raw) == label


@pytest.mark.parametrize(
    ("place", "label"),
    [
        (0, "0 working days"),
        (1, "1–2 working days"),
        (2, "3–5 working days"),
        (3, "more than 5 working days"),
        (None, "none given"),
    ],
)
def test_a_band_says_which_ages_it_holds(place: int | None, label: str) -> None:
    assert AGE.label(place) == label


def test_a_plain_column_is_grouped_by_as_it_is() -> None:
    assert Dimension("priority", "prio").by(MONDAY_NOON, CALENDAR) == GroupBy("prio")


def test_bands_are_cut_at_the_midnights_before_which_rows_are_older_youngest_first() -> None:
    """On Monday, what happened on Friday is one working day old, and on the weekend between none but Monday counts."""
    cutoffs = [datetime(2026, 11, day, tzinfo=CHICAGO) for day in (9, 5, 2)]
    assert AGE.by(MONDAY_NOON, CALENDAR) == GroupBy("opened", tuple(cutoffs))
