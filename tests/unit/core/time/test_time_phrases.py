"""Until when people mean. It is Monday, November 16, 2026, 10:00 in Chicago, but for the last tests."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.text import QueryError
from kpibot.core.time.calendar import Calendar, YearStart
from kpibot.core.time.time_phrases import LONGEST, named_end, next_monday, next_morning, read_end, to_the_minute

CHICAGO = ZoneInfo("America/Chicago")
HOURS = (time(7, 30), time(16, 30))
THANKSGIVING = datetime(2026, 11, 26, tzinfo=CHICAGO).date()
CALENDAR = Calendar(
    zone=CHICAGO,
    fiscal_year=YearStart(7, 1),
    school_year=YearStart(8, 15),
    working_hours=(HOURS,) * 5 + (None, None),
    holidays=frozenset({THANKSGIVING, THANKSGIVING + timedelta(days=4)}),
)
NOW = datetime(2026, 11, 16, 16, tzinfo=UTC)


def local(day: int, hour: int = 0, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("typed", "end", "length"),
    [
        ("30min", local(16, 10, 30), 1),
        ("30 minutes exam", local(16, 10, 30), 2),
        ("2h", local(16, 12), 1),
        ("2 hours", local(16, 12), 2),
        ("3d exam week", local(19, 10), 1),
        ("3 days", local(19, 10), 2),
        ("1w", local(23, 10), 1),
        ("until friday", local(20, 7, 30), 2),
        ("until Fri", local(20, 7, 30), 2),
        ("till monday", local(23, 7, 30), 2),
        ("until tomorrow", local(17, 7, 30), 2),
        ("until saturday", local(21), 2),
        ("until 2026-11-26", local(26), 2),
        ("until 2026-12-18 exam week", local(18, 7, 30, month=12), 2),
        ("until 4pm", local(16, 16), 2),
        ("until 16:30", local(16, 16, 30), 2),
        ("until friday 4:30pm", local(20, 16, 30), 3),
        ("until friday 4 classes", local(20, 7, 30), 2),
        ("through friday", local(21), 2),
        ("through monday", local(17), 2),
        ("through today", local(17), 2),
        ("thru 2026-12-18", local(19, month=12), 2),
    ],
)
def test_what_is_meant(typed: str, end: datetime, length: int) -> None:
    assert read_end(typed.split(), NOW, CALENDAR) == (end, length)


@pytest.mark.parametrize("typed", ["", "exam week", "3", "3 exams", "friday", "2026-12-18", "²d", "٣d"])
def test_what_names_no_end(typed: str) -> None:
    assert read_end(typed.split(), NOW, CALENDAR) is None


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("3m", "`3m` could be minutes or months; type for example `30min`, `4w` or `until 2026-12-18`"),
        ("0d", "`0d` is in the past"),
        ("until 9am", "`until 9am` is in the past"),
        ("until 2026-11-15", "is in the past"),
        ("400d", "`400d` is more than a year"),
        ("99999w", "is more than a year"),
        ("until 2028-01-01", "is more than a year"),
        ("through 9999-12-31", "is more than a year away"),
        ("until 2026-02-30", "there is no day `2026-02-30`"),
        ("until 25:00", "there is no time `25:00`"),
        ("until 13pm", "there is no time `13pm`"),
        ("until", "until when? Type a weekday"),
        ("until exams", "until when `exams`? Type a weekday"),
        ("through 4pm", "through when `4pm`?"),
    ],
)
def test_what_nobody_can_tell_says_what_to_type(typed: str, told: str) -> None:
    with pytest.raises(QueryError, match=r".") as error:
        read_end(typed.split(), NOW, CALENDAR)
    assert told in str(error.value)


def test_days_keep_the_time_of_day_when_the_clocks_change() -> None:
    before = datetime(2026, 10, 30, 15, tzinfo=UTC)  # 10:00 in Chicago, two days before the clocks go back
    assert read_end(["4d"], before, CALENDAR) == (datetime(2026, 11, 3, 16, tzinfo=UTC), 1)
    assert read_end(["96h"], before, CALENDAR) == (datetime(2026, 11, 3, 15, tzinfo=UTC), 1)


def test_morning_and_monday_are_when_the_department_next_opens() -> None:
    assert next_morning(NOW, CALENDAR) == local(17, 7, 30)
    assert next_morning(local(20, 15), CALENDAR) == local(23, 7, 30)
    assert next_morning(local(25, 15), CALENDAR) == local(27, 7, 30)
    assert next_monday(local(20, 15), CALENDAR) == local(23, 7, 30)
    assert next_monday(NOW, CALENDAR) == local(23, 7, 30)
    assert next_monday(local(27, 15), CALENDAR) == local(1, 7, 30, month=12)  # that Monday is a holiday


def test_a_length_ends_on_a_whole_minute() -> None:
    assert named_end("1h", NOW + timedelta(seconds=1), CALENDAR) == NOW + timedelta(minutes=61)


def test_buttons_name_ends_too() -> None:
    assert [named_end(name, NOW, CALENDAR) for name in ("1h", "tomorrow", "monday", "3d")] == [
        local(16, 11),
        local(17, 7, 30),
        local(23, 7, 30),
        local(19, 10),
    ]
    with pytest.raises(QueryError, match="I can't tell how long `noon` is"):
        named_end("noon", NOW, CALENDAR)


INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


@given(INSTANTS, st.integers(1, 366), st.sampled_from(["d", "h", "min"]), st.sampled_from(["", " "]))
def test_a_length_ends_so_much_later(now: datetime, count: int, unit: str, gap: str) -> None:
    found = read_end(f"{count}{gap}{unit}".split(), now, CALENDAR)
    lasts = {"d": timedelta(days=count), "h": timedelta(hours=count), "min": timedelta(minutes=count)}[unit]
    slack = timedelta(hours=1) if unit == "d" else timedelta()
    assert found is not None
    assert -slack <= found[0] - to_the_minute(now + lasts) <= slack


PIECES = st.sampled_from(
    ["until", "till", "through", "friday", "fri", "today", "tomorrow", "4pm", "16:00", "3d", "3", "d", "2h", "min",
     "2026-12-18", "0001-01-01", "9999-12-31", "2026-13-01", "99999h", "12:99pm", "exam", "`", "<!channel>"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=6), max_size=5).map(" ".join).map(str.split), INSTANTS)
def test_any_words_name_an_end_ahead_or_none_or_are_told_of_shortly(words: list[str], now: datetime) -> None:
    try:
        found = read_end(words, now, CALENDAR)
    except QueryError as error:
        assert len(str(error)) < 200
        assert "\n" not in str(error)
        return
    if found is not None:
        assert now < found[0] <= now + LONGEST + timedelta(minutes=1)
        assert found[0].second == found[0].microsecond == 0
        assert 1 <= found[1] <= len(words)
