"""The school calendar."""

from datetime import date

import numpy as np
import pytest

from kpibot.demo.common.seasons import WorkCalendar, breaks, build_work_calendar, holidays, last_school_day
from kpibot.demo.common.timeline import DAY, HOUR, day_of


@pytest.fixture(scope="module")
def days() -> WorkCalendar:
    return build_work_calendar(date(2026, 11, 22))


def test_thanksgiving_is_the_fourth_thursday_of_november() -> None:
    assert holidays(2026)[date(2026, 11, 26)] == "Thanksgiving"
    assert date(2026, 11, 27) in holidays(2026)
    assert date(2026, 11, 25) in breaks(2026)


def test_a_holiday_on_a_weekend_is_kept_on_the_nearest_weekday() -> None:
    assert holidays(2026)[date(2026, 7, 3)] == "Independence Day"


def test_school_ends_on_the_friday_before_memorial_day() -> None:
    assert last_school_day(2026) == date(2026, 5, 22)


def test_weekends_and_holidays_are_not_worked_but_breaks_are(days: WorkCalendar) -> None:
    assert not days.worked[day_of(date(2026, 11, 21))]
    assert not days.worked[day_of(date(2026, 11, 26))]
    assert days.worked[day_of(date(2026, 12, 22))]
    assert not days.lessons_only().worked[day_of(date(2026, 12, 22))]


def test_working_time_jumps_over_a_weekend(days: WorkCalendar) -> None:
    friday_15_30 = np.array([day_of(date(2026, 11, 20)) * DAY + 15 * HOUR + HOUR // 2])
    two_hours = 2 / 9
    monday_8_30 = day_of(date(2026, 11, 23)) * DAY + 8 * HOUR + HOUR // 2
    assert abs(int(days.instant(days.working_time(friday_15_30) + two_hours)[0]) - monday_8_30) <= 1


def test_july_is_quiet_and_the_start_of_school_is_not(days: WorkCalendar) -> None:
    ordinary = days.demand[day_of(date(2026, 10, 28))]
    assert days.demand[day_of(date(2026, 7, 15))] < 0.3 * ordinary
    assert days.demand[day_of(date(2026, 8, 19))] > 1.5 * ordinary
