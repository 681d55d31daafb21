"""The words of the configuration: what is understood, and that the rest is not."""

from datetime import date, time, timedelta

import pytest

from kpibot.catalog.parse import time_values
from kpibot.catalog.problems import WordError
from kpibot.core.time.calendar import YearStart
from kpibot.core.time.days import AnnualRange, DateRange


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("30 seconds", timedelta(seconds=30)),
        ("1 second", timedelta(seconds=1)),
        ("15 minutes", timedelta(minutes=15)),
        ("15min", timedelta(minutes=15)),
        ("4h", timedelta(hours=4)),
        ("4 Hours", timedelta(hours=4)),
        ("1 day", timedelta(days=1)),
        ("2w", timedelta(weeks=2)),
        (" 6   days ", timedelta(days=6)),
    ],
)
def test_durations(written: str, length: timedelta) -> None:
    assert time_values.duration(written) == length


@pytest.mark.parametrize("written", ["", "4", "h", "0h", "-1 day", "1.5 hours", "1 working day", "4 hs ago", "1 month"])
def test_what_is_no_duration(written: str) -> None:
    with pytest.raises(WordError, match="no length of time") as caught:
        time_values.duration(written)
    assert "`4h`" in caught.value.hint


def test_a_duration_of_centuries_is_a_slip() -> None:
    with pytest.raises(WordError, match="longer than ten years"):
        time_values.duration("99999 weeks")


@pytest.mark.parametrize(("written", "count"), [("2 measurements", 2), ("1 measurement", 1), ("3", 3), (3, 3)])
def test_measurements(written: str | int, count: int) -> None:
    assert time_values.measurements(written) == count


@pytest.mark.parametrize("written", ["0", 0, -1, "two", "2 hours", ""])
def test_what_is_no_number_of_measurements(written: str | int) -> None:
    with pytest.raises(WordError, match="no number of measurements"):
        time_values.measurements(written)


@pytest.mark.parametrize(("written", "at"), [("07:30", time(7, 30)), ("7:30", time(7, 30)), ("23:59", time(23, 59))])
def test_times_of_day(written: str, at: time) -> None:
    assert time_values.clock(written) == at


@pytest.mark.parametrize("written", ["", "7", "24:00", "07:60", "7 am", "07:30:00"])
def test_what_is_no_time_of_day(written: str) -> None:
    with pytest.raises(WordError, match="no time of day"):
        time_values.clock(written)


@pytest.mark.parametrize("written", ["07:30-16:30", "07:30 - 16:30", "7:30–16:30"])
def test_hours(written: str) -> None:
    assert time_values.hours(written) == (time(7, 30), time(16, 30))


@pytest.mark.parametrize("written", ["07:30", "16:30-07:30", "07:30-07:30", "07:30-", "7-16", "a-b"])
def test_what_are_no_hours(written: str) -> None:
    with pytest.raises(WordError):
        time_values.hours(written)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("monday", (0,)),
        ("Mon", (0,)),
        ("thurs", (3,)),
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("monday - friday", (0, 1, 2, 3, 4)),
        ("sat-mon", (0, 5, 6)),
        ("mon, thu", (0, 3)),
        ("thu and mon", (0, 3)),
        ("weekdays", (0, 1, 2, 3, 4)),
        ("daily", (0, 1, 2, 3, 4, 5, 6)),
        ("mon-sun", (0, 1, 2, 3, 4, 5, 6)),
    ],
)
def test_weekdays(written: str, days: tuple[int, ...]) -> None:
    assert time_values.weekdays(written) == days


@pytest.mark.parametrize("written", ["", "mo", "someday", "mon-", "mon,", "mondayy"])
def test_what_are_no_weekdays(written: str) -> None:
    with pytest.raises(WordError, match="names no days"):
        time_values.weekdays(written)


def test_when_a_digest_goes_out() -> None:
    assert time_values.days_and_time("monday 07:00") == ((0,), time(7))
    assert time_values.days_and_time("mon, thu 16:30") == ((0, 3), time(16, 30))


@pytest.mark.parametrize("written", ["monday", "07:00", "monday at 07:00", "07:00 monday", ""])
def test_when_nothing_goes_out(written: str) -> None:
    with pytest.raises(WordError):
        time_values.days_and_time(written)


def test_the_day_a_year_begins_on() -> None:
    assert time_values.month_day("07-01") == time_values.month_day("7-1") == YearStart(7, 1)


@pytest.mark.parametrize("written", ["", "July 1", "13-01", "02-30", "02-29", "2026-07-01", "07/01"])
def test_a_day_that_not_every_year_has(written: str) -> None:
    with pytest.raises(WordError, match="no day of every year"):
        time_values.month_day(written)


def test_dates() -> None:
    assert list(time_values.dates("2026-11-26")) == [date(2026, 11, 26)]
    assert list(time_values.dates("2026-12-31..2027-01-01")) == [date(2026, 12, 31), date(2027, 1, 1)]


@pytest.mark.parametrize(
    "written", ["", "11/26/2026", "2026-02-30", "2026-1-1", "2027-01-01..2026-01-01", "2026..2027"]
)
def test_what_are_no_dates(written: str) -> None:
    with pytest.raises(WordError):
        time_values.dates(written)


def test_a_break_longer_than_a_year_is_a_slip() -> None:
    with pytest.raises(WordError, match="longer than 1 year"):
        time_values.dates("2026-12-21..2028-01-01")


@pytest.mark.parametrize(
    ("written", "season"),
    [
        ("06-01..07-31", AnnualRange((6, 1), (7, 31))),
        ("6-1 .. 7-31", AnnualRange((6, 1), (7, 31))),
        ("12-20..01-05", AnnualRange((12, 20), (1, 5))),
        ("07-04", AnnualRange((7, 4), (7, 4))),
        ("2026-06-01..2026-07-31", DateRange(date(2026, 6, 1), date(2026, 7, 31))),
    ],
)
def test_seasons_of_every_year_or_of_one(written: str, season: DateRange | AnnualRange) -> None:
    assert time_values.season(written) == season


@pytest.mark.parametrize("written", ["", "summer", "06-01..2026-07-31", "2026-06-01..07-31", "06-31", "02-29..03-01"])
def test_what_is_no_season(written: str) -> None:
    with pytest.raises(WordError):
        time_values.season(written)


@pytest.mark.parametrize(("written", "months"), [("2 years", 24), ("1 year", 12), ("6 Months", 6), ("18 months", 18)])
def test_numbers_of_months(written: str, months: int) -> None:
    assert time_values.months(written) == months


@pytest.mark.parametrize("written", ["", "2", "0 years", "2 weeks", "every year", "100 years"])
def test_what_is_no_number_of_months(written: str) -> None:
    with pytest.raises(WordError, match="no number of months or years"):
        time_values.months(written)


@pytest.mark.parametrize("written", ["", "CST6", "America", "America/Chigaco", "/etc/passwd", "../UTC", "\x00"])
def test_what_is_no_zone(written: str) -> None:
    with pytest.raises(WordError, match="no time zone"):
        time_values.zone(written)
