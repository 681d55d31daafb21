"""Warnings beside fixed thresholds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.alerts.signals import days_needed, signals
from kpibot.core.kpis.alert_rule import AnomalyRule, ChangeRule, ForecastRule, SignalRule
from kpibot.core.kpis.series import Series
from kpibot.core.kpis.thresholds import Better, Thresholds
from kpibot.core.time.calendar import Calendar, YearStart
from kpibot.core.time.days import DateRange

FRIDAY = date(2026, 11, 20)
CALENDAR = Calendar(
    zone=ZoneInfo("America/Chicago"),
    fiscal_year=YearStart(7, 1),
    school_year=YearStart(8, 15),
    working_hours=((time(8), time(16)),) * 5 + (None, None),
)
RULES: list[SignalRule] = [ChangeRule(30, 7), AnomalyRule(), ForecastRule()]
LOWER = Thresholds(Better.LOWER, 20, 40, 80)
HIGHER = Thresholds(Better.HIGHER, 95, 90, 80)


def series(value_on: Callable[[date], float | None], days: int = 430) -> Series:
    """One value a day up to a Friday."""
    dates = tuple(FRIDAY - timedelta(days=n) for n in reversed(range(days)))
    return Series(dates, tuple(value_on(day) for day in dates))


def said(shape: Series, *rules: SignalRule, levels: Thresholds = LOWER) -> list[str]:
    return [each.text for each in signals(shape, levels, rules, CALENDAR)]


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
    assert said(shape, AnomalyRule()) == ["unusual for a Friday at this time of year (usually about 21)"]
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


@pytest.mark.parametrize(("weeks", "told"), [(5, 0), (6, 1)])
def test_what_is_usual_is_known_from_six_days_on(weeks: int, told: int) -> None:
    shape = series(lambda day: 500.0 if day == FRIDAY else 20.0, days=7 * weeks + 1)
    assert len(said(shape, AnomalyRule())) == told


@pytest.mark.parametrize(
    ("weeks", "told"),
    [
        ((3, 4, 5, 6, 7, 8), 1),
        ((4, 5, 6, 7, 8, 9), 0),
        ((1, 50, 51, 52, 53, 54), 1),
        ((49, 50, 51, 52, 53, 54), 0),
        ((50, 51, 52, 53, 54, 55), 0),
    ],
)
def test_the_last_eight_weeks_and_five_around_the_same_day_last_year_are_the_season(
    weeks: tuple[int, ...], told: int
) -> None:
    known = {FRIDAY: 50.0, **dict.fromkeys((FRIDAY - timedelta(weeks=n) for n in weeks), 20.0)}
    assert len(said(series(known.get), AnomalyRule())) == told


def test_a_rule_says_how_much_of_the_past_it_needs() -> None:
    """A year and two weeks, and the day itself; 7 days, and the day itself; 20 school days and a break of a month."""
    assert [days_needed([each]) for each in RULES] == [8, 54 * 7 + 1, 60]
    assert (days_needed(RULES), days_needed([])) == (54 * 7 + 1, 0)


@pytest.mark.parametrize(("often", "now", "told"), [(3, 4.0, 1), (4, 9.0, 0), (4, 10.0, 1)])
def test_what_four_of_thirteen_fridays_had_is_common(often: int, now: float, told: int) -> None:
    had = {FRIDAY - timedelta(weeks=n) for n in range(1, often + 1)}
    shape = series(lambda day: now if day == FRIDAY else 3.0 if day in had else 0.0)
    assert len(said(shape, AnomalyRule())) == told


def test_nothing_is_said_of_what_has_no_better_way_or_no_value_today() -> None:
    for rule in RULES:
        assert said(on_friday(500), rule, levels=Thresholds()) == []
        assert (
            said(series(lambda day: None if day == FRIDAY else 30.0 + (FRIDAY - day).days), rule, levels=HIGHER) == []
        )


def test_the_more_its_fridays_differ_the_less_is_unusual() -> None:
    """10, 20 and 30 in turn lie about 15 apart, so that four times as much is about 80."""
    for now, told in ((75.0, 0), (81.0, 1)):
        shape = series(lambda day, now=now: now if day == FRIDAY else 10.0 + 10 * (day.toordinal() // 7 % 3))  # type: ignore[misc]
        assert len(said(shape, AnomalyRule())) == told


def test_holidays_tell_nothing_of_school_days_and_school_days_nothing_of_holidays() -> None:
    off = frozenset(FRIDAY - timedelta(weeks=n) for n in range(1, 9))
    calendar = replace(CALENDAR, holidays=off)
    shape = series(lambda day: 0.0 if day in off else 50.0, days=100)
    assert signals(shape, LOWER, [AnomalyRule()], calendar) == []  # no Friday of school is known
    closed = replace(CALENDAR, holidays=off | {FRIDAY})
    assert [each.text[:20] for each in signals(shape, LOWER, [AnomalyRule()], closed)] == ["unusual for a Friday"]


def test_after_a_break_of_two_weeks_the_six_weeks_before_it_tell_and_after_four_last_year_must() -> None:
    def away(weeks: int) -> Calendar:
        return replace(CALENDAR, breaks=(DateRange(FRIDAY - timedelta(weeks=weeks), FRIDAY - timedelta(days=4)),))

    def found(weeks: int, days: int) -> int:
        gone = away(weeks)
        shape = series(lambda day: 50.0 if day == FRIDAY else 20.0 if gone.is_school_day(day) else 90.0, days)
        return len(signals(shape, LOWER, [AnomalyRule()], gone))

    assert [found(2, 100), found(4, 100), found(4, 430)] == [1, 0, 1]


@pytest.mark.parametrize(("level", "told"), [(10_000.0, 10_200.0), (96.0, 100.0), (0.0, 4.0), (0.03, 0.07)])
def test_where_nothing_ever_moved_a_unit_and_half_a_percent_are_noise(level: float, told: float) -> None:
    little = level + (told - level) * 0.9
    assert said(on_friday(little, usual=level), AnomalyRule()) == []
    assert len(said(on_friday(told + 1e-9, usual=level), AnomalyRule())) == 1


def test_what_is_usual_is_told_in_plain_digits() -> None:
    for usual, words in ((12_345.0, "12,345"), (21.5, "21.5"), (0.03, "0.03")):
        (told,) = said(on_friday(2 * usual + 5, usual=usual), AnomalyRule())
        assert told.endswith(f"(usually about {words})")


@given(st.lists(st.integers(0, 3), min_size=13, max_size=13), st.integers(0, 100))
def test_what_one_day_in_five_of_the_season_saw_is_not_unusual(usual: list[int], now: int) -> None:
    """A count that mostly is 0, such as lost devices, has a median deviation of 0; 1 is nothing to call anybody for."""
    seen = dict(zip([FRIDAY - timedelta(weeks=n) for n in (*range(1, 9), *range(50, 55))], usual, strict=True))
    shape = series(lambda day: float(now if day == FRIDAY else seen.get(day, 0)))
    often = sorted(usual)[-3]
    if now <= often:
        assert said(shape, AnomalyRule()) == []
    if now > 4 * max(usual) + 4:
        assert len(said(shape, AnomalyRule())) == 1


@given(st.sets(st.integers(1, 8), max_size=2), st.floats(-1e6, 1e6))
def test_two_odd_days_of_thirteen_neither_raise_nor_hide_an_alarm(odd: set[int], value: float) -> None:
    days = {FRIDAY - timedelta(weeks=n) for n in odd}
    for now, told in ((50.0, 1), (21.0, 0)):
        shape = series(lambda day, now=now: now if day == FRIDAY else value if day in days else 20.0)  # type: ignore[misc]
        assert len(said(shape, AnomalyRule())) == told


@given(st.lists(st.floats(0, 1e3), min_size=13, max_size=13), st.floats(0, 1e4))
def test_higher_is_better_is_lower_is_better_upside_down(usual: list[float], now: float) -> None:
    seen = dict(zip([FRIDAY - timedelta(weeks=n) for n in (*range(1, 9), *range(50, 55))], usual, strict=True))
    up = series(lambda day: now if day == FRIDAY else seen.get(day, 0.0))
    down = Series(up.days, tuple(-value for value in up.values if value is not None))
    assert len(said(up, AnomalyRule())) == len(said(down, AnomalyRule(), levels=HIGHER))


def test_a_forecast_counts_school_days() -> None:
    """Two more each school day, from 62: critical at 80 in nine."""
    school_days = [day for day in series(lambda _: 0.0).days if CALENDAR.is_school_day(day)]
    shape = series(lambda day: 62.0 - 2 * sum(day < each for each in school_days))
    assert said(shape, ForecastRule(days=10)) == ["at this pace critical in 9 school days"]
    assert said(shape, ForecastRule(days=8)) == []


def test_what_is_critical_already_or_does_not_move_that_way_has_no_forecast() -> None:
    assert said(course(rising(2, to=79)), ForecastRule()) != []
    for shape in (rising(2, to=80), rising(-2, to=30), lambda _: 30.0):
        assert said(course(shape), ForecastRule()) == []


def course(value_on: Callable[[date], float | None]) -> Series:
    return series(value_on, days=100)


@cache
def school_days(calendar: Calendar) -> dict[date, int]:
    """How many school days lie after each of the last hundred days, up to the Friday."""
    found, after = dict[date, int](), 0
    for day in (FRIDAY - timedelta(days=n) for n in range(100)):
        found[day] = after
        after += calendar.is_school_day(day)
    return found


def school_days_until(day: date, calendar: Calendar = CALENDAR) -> int:
    return school_days(calendar)[day]


def rising(by: float, to: float = 62.0, calendar: Calendar = CALENDAR) -> Callable[[date], float]:
    return lambda day: to - by * school_days_until(day, calendar)


def test_a_pace_that_reaches_it_during_a_day_counts_that_day() -> None:
    assert said(course(rising(2.5, to=70)), ForecastRule(days=4)) == ["at this pace critical in 4 school days"]
    assert said(course(rising(2.4, to=70)), ForecastRule(days=4)) == []
    assert said(course(rising(2, to=79)), ForecastRule()) == ["at this pace critical in 1 school day"]


def test_a_kpi_that_should_be_high_is_forecast_to_fall() -> None:
    shape = course(lambda day: 89.0 + school_days_until(day))
    assert said(shape, ForecastRule(days=10), levels=HIGHER) == ["at this pace critical in 9 school days"]
    assert said(course(rising(1, to=89)), ForecastRule(days=10), levels=HIGHER) == []


def test_without_a_critical_level_there_is_nothing_to_forecast() -> None:
    assert said(course(rising(2)), ForecastRule(), levels=Thresholds(Better.LOWER, 20, 40)) == []


@pytest.mark.parametrize(("known", "told"), [(9, 0), (10, 1)])
def test_a_course_is_known_from_ten_school_days_on(known: int, told: int) -> None:
    days = [day for day in course(lambda _: None).days if CALENDAR.is_school_day(day)][-known:]
    shape = course(lambda day: rising(2)(day) if day in days else None)
    assert len(said(shape, ForecastRule(days=10))) == told


@given(st.sets(st.integers(1, 19), max_size=10))
def test_a_day_without_a_value_does_not_quicken_the_pace(lacking: set[int]) -> None:
    """The days of school go by whether or not anything was measured on them."""
    known = course(lambda day: None if school_days_until(day) in lacking else rising(2)(day))
    assert said(known, ForecastRule(days=10)) == ["at this pace critical in 9 school days"]


@given(st.integers(1, 30), st.integers(1, 28), st.floats(0, 79))
def test_a_break_takes_no_part_in_the_pace_whatever_happens_in_it(ago: int, lasting: int, value: float) -> None:
    last = FRIDAY - timedelta(days=ago)
    calendar = replace(CALENDAR, breaks=(DateRange(last - timedelta(days=lasting - 1), last),))
    steady = rising(2, calendar=calendar)
    shape = course(lambda day: steady(day) if calendar.is_school_day(day) else value)
    found = [each.text for each in signals(shape, LOWER, [ForecastRule(days=10)], calendar)]
    assert found == ["at this pace critical in 9 school days"]


def test_what_is_worked_off_in_a_break_is_not_forecast_any_more() -> None:
    calendar = replace(CALENDAR, breaks=(DateRange(FRIDAY - timedelta(days=6), FRIDAY),))
    steady = rising(2, calendar=calendar)
    for now, told in (
        (62.0, ["at this pace critical in 9 school days"]),
        (30.0, []),
        (79.0, ["at this pace critical in 9 school days"]),
    ):
        shape = course(lambda day, now=now: steady(day) if calendar.is_school_day(day) else now)  # type: ignore[misc]
        assert [each.text for each in signals(shape, LOWER, [ForecastRule(days=10)], calendar)] == told


def test_one_odd_day_neither_hides_nor_quickens_a_forecast_though_it_is_today() -> None:
    for today in (20.0, 78.0):
        shape = course(lambda day, today=today: today if day == FRIDAY else rising(2)(day))  # type: ignore[misc]
        assert said(shape, ForecastRule(days=10)) == ["at this pace critical in 9 school days"]


def test_what_recovered_in_a_break_is_not_forecast_to_fall_any_more() -> None:
    calendar = replace(CALENDAR, breaks=(DateRange(FRIDAY - timedelta(days=6), FRIDAY),))
    for now, told in ((89.0, 1), (99.0, 0), (81.0, 1)):
        falls = rising(-1, to=89, calendar=calendar)
        shape = course(lambda day, now=now, falls=falls: falls(day) if calendar.is_school_day(day) else now)  # type: ignore[misc]
        assert len(signals(shape, HIGHER, [ForecastRule(days=10)], calendar)) == told


def test_the_course_of_two_months_ago_says_nothing_of_now() -> None:
    calendar = replace(CALENDAR, breaks=(DateRange(FRIDAY - timedelta(days=47), FRIDAY),))
    shape = course(rising(2, calendar=calendar))
    assert signals(shape, LOWER, [ForecastRule(days=10)], calendar) == []


@given(st.dictionaries(st.integers(0, 19), st.floats(0, 79), max_size=4))
def test_a_few_odd_days_do_not_turn_a_forecast(odd: dict[int, float]) -> None:
    flat = course(lambda day: odd.get(school_days_until(day), 30.0))
    assert said(flat, ForecastRule()) == []


@given(st.permutations(range(20)))
def test_what_goes_no_way_has_no_forecast(order: list[int]) -> None:
    """78, give or take 1: it will be over 80 by chance, but it does not go there."""
    turns = sum((order[m] > order[n]) - (order[m] < order[n]) for n in range(20) for m in range(n))
    shape = course(lambda day: 77.0 + order[school_days_until(day)] / 10 if school_days_until(day) < 20 else 77.0)
    found = said(shape, ForecastRule(days=60))
    assert bool(found) == (turns > 50)  # of 190 pairs; chance alone has more in one of twenty orders


VALUES = st.lists(st.none() | st.floats(-1e6, 1e6), max_size=120)


@given(VALUES)
def test_no_history_whatsoever_breaks_a_rule(values: list[float | None]) -> None:
    days = tuple(FRIDAY - timedelta(days=n) for n in reversed(range(len(values))))
    for levels in (LOWER, HIGHER, Thresholds()):
        found = signals(Series(days, tuple(values)), levels, RULES, CALENDAR)
        assert all(each.text for each in found)
        if not values or values[-1] is None or levels.better is Better.NEUTRAL:
            assert found == []
