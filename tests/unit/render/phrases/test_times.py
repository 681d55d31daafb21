"""Instants and stretches of time in words."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kpibot.render.phrases.times import ago, day_month, is_to_the_day, moment, stretch

NOW = datetime(2026, 11, 22, 20, 2, tzinfo=UTC)


def test_a_clock_time_names_its_zone():
    assert moment(NOW, "America/Chicago") == "Sun, Nov 22, 2:02 PM CST"
    assert moment(NOW, "America/Chicago", year=True) == "Sun, Nov 22, 2026, 2:02 PM CST"


def test_summer_time_has_its_own_name():
    assert moment(datetime(2026, 7, 1, 12, tzinfo=UTC), "America/Chicago") == "Wed, Jul 1, 7:00 AM CDT"


def test_a_zone_without_letters_is_named_in_full():
    assert moment(NOW, "Asia/Tashkent") == "Mon, Nov 23, 1:02 AM Asia/Tashkent"


def test_a_day_has_a_year_only_if_wanted():
    assert day_month(date(2026, 9, 1)) == "Sep 1"
    assert day_month(date(2026, 9, 1), year=True) == "Sep 1, 2026"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(40, "40 s"), (119, "1 min"), (7_300, "2 h"), (47 * 3_600, "47 h"), (48 * 3_600, "2 days")],
)
def test_a_stretch_is_in_its_largest_unit(seconds, words):
    assert stretch(timedelta(seconds=seconds)) == words


def test_what_is_ahead_or_within_a_minute_is_just_now():
    assert ago(NOW, NOW) == ago(NOW + timedelta(hours=1), NOW) == "just now"
    assert ago(NOW - timedelta(hours=3), NOW) == "3 h ago"


@pytest.mark.parametrize(
    ("before", "to_the_day"),
    [(timedelta(hours=47), False), (timedelta(days=2), True), (timedelta(hours=14, minutes=2), True)],
)
def test_the_minute_is_of_no_interest_after_two_days_nor_where_it_is_midnight(before, to_the_day):
    """It is 2:02 PM: 14 h and 2 min ago the day began, which is all that a series knows."""
    assert is_to_the_day(NOW - before, NOW, "America/Chicago") is to_the_day
