"""Warnings beside fixed thresholds."""

from collections.abc import Callable
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.calendar import Calendar, YearStart
from kpibot.core.series import Series
from kpibot.core.signals import AnomalyRule, ChangeRule, ForecastRule, SignalRule, signals
from kpibot.core.thresholds import Better, Thresholds

FRIDAY = date(2026, 11, 20)
CALENDAR = Calendar(
    ZoneInfo("America/Chicago"), YearStart(7, 1), YearStart(8, 15), ((time(8), time(16)),) * 5 + (None, None)
)
LOWER = Thresholds(Better.LOWER, 20, 40, 80)
HIGHER = Thresholds(Better.HIGHER, 95, 90, 80)


def series(value_on: Callable[[date], float | None], days: int = 430) -> Series:
    """One value a day up to a Friday."""
    dates = tuple(FRIDAY - timedelta(days=n) for n in reversed(range(days)))
    return Series(dates, tuple(value_on(day) for day in dates))


def said(shape: Series, *rules: SignalRule, levels: Thresholds = LOWER) -> list[str]:
    return [each.says for each in signals(shape, levels, rules, CALENDAR)]


def on_friday(value: float, usual: float = 30.0) -> Series:
    return series(lambda day: value if day == FRIDAY else usual)


def test_a_change_for_the_worse_is_told_and_one_for_the_better_is_not() -> None:
    rule = ChangeRule(percent=30, days=7)
    assert said(on_friday(39), rule) == ["30% more than 7 days ago"]
    assert said(on_friday(38), rule) == []
    assert said(on_friday(1), rule) == []
    assert said(on_friday(60, usual=90), rule, levels=HIGHER) == ["33% less than 7 days ago"]


def test_nothing_is_said_of_a_change_from_0_or_from_an_unknown_value() -> None:
    rule = ChangeRule(percent=30, days=7)
    assert said(on_friday(39, usual=0), rule) == []
    assert said(series(lambda day: 39.0, days=5), rule) == []


def test_a_friday_is_held_against_fridays() -> None:
    """Mondays are always busy: 50 on a Friday is unusual, though every Monday has it."""
    shape = series(lambda day: 50.0 if day.weekday() == 0 or day == FRIDAY else 20.0 + day.day % 3)
    assert said(shape, AnomalyRule()) == ["unusual for a Friday at this time of the year, when about 21 is usual"]
    assert said(Series(shape.days[:-4], shape.values[:-4]), AnomalyRule()) == []


def test_what_last_year_had_at_this_time_is_not_unusual() -> None:
    """Testing weeks are busy every year; the weeks before them are not."""

    last_year, lately = FRIDAY - timedelta(weeks=52), FRIDAY - timedelta(days=21)

    def busy(day: date) -> float:
        return 60.0 if abs((day - last_year).days) < 20 or day > lately else 20.0

    assert said(series(busy), AnomalyRule()) == []


def test_one_odd_friday_does_not_hide_the_next() -> None:
    odd = FRIDAY - timedelta(weeks=2)
    shape = series(lambda day: 500.0 if day in (odd, FRIDAY) else 20.0 + day.day % 3)
    assert len(said(shape, AnomalyRule())) == 1


def test_too_little_history_makes_nothing_unusual() -> None:
    assert said(series(lambda day: 500.0 if day == FRIDAY else 20.0, days=20), AnomalyRule()) == []


def test_a_forecast_counts_school_days() -> None:
    """Two more each school day, from 62: critical at 80 in nine."""
    school_days = [day for day in series(lambda _: 0.0).days if CALENDAR.is_school_day(day)]
    shape = series(lambda day: 62.0 - 2 * sum(day < each for each in school_days))
    assert said(shape, ForecastRule(days=10)) == ["at this pace critical in 9 school days"]
    assert said(shape, ForecastRule(days=8)) == []


@pytest.mark.parametrize("value", [90.0, 30.0, 20.0])
def test_what_is_critical_already_or_does_not_move_that_way_has_no_forecast(value: float) -> None:
    assert said(series(lambda _: value), ForecastRule()) == []


def test_a_few_odd_days_do_not_turn_a_forecast() -> None:
    assert said(series(lambda day: 79.0 if day.day == 19 else 30.0), ForecastRule()) == []


VALUES = st.lists(st.none() | st.floats(-1e6, 1e6), max_size=120)
RULES: list[SignalRule] = [ChangeRule(30, 7), AnomalyRule(), ForecastRule()]


@given(VALUES)
def test_no_history_whatsoever_breaks_a_rule(values: list[float | None]) -> None:
    days = tuple(FRIDAY - timedelta(days=n) for n in reversed(range(len(values))))
    for levels in (LOWER, HIGHER, Thresholds()):
        found = signals(Series(days, tuple(values)), levels, RULES, CALENDAR)
        assert all(each.says for each in found)
        if not values or values[-1] is None or levels.better is Better.NEUTRAL:
            assert found == []
