"""The words of alert rules, routes and silences: what is understood, and that the rest is not."""

from collections.abc import Callable
from datetime import time

import pytest

from kpibot.catalog.parse import alert_values as words
from kpibot.catalog.problems import WordError
from kpibot.core.alerts.silences import Recurrence, RecurringSilence


@pytest.mark.parametrize(
    ("read", "written", "means"),
    [
        (words.percent_change, "30 percent", 30),
        (words.percent_change, "12.5%", 12.5),
        (words.whole_days, "7 days", 7),
        (words.whole_days, "2 weeks", 14),
        (words.whole_days, "48h", 2),
        (words.school_days, "10 school days", 10),
        (words.school_days, "1  School day", 1),
        (words.deviations, True, 4),
        (words.deviations, "2.5 deviations", 2.5),
        (words.somebody, "@tech.lead-2", "@tech.lead-2"),
    ],
)
def test_what_is_understood(read: Callable[[object], object], written: object, means: object) -> None:
    assert read(written) == means


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (words.percent_change, "30"),
        (words.percent_change, "0 percent"),
        (words.percent_change, "-5 percent"),
        (words.whole_days, "36h"),
        (words.whole_days, "7"),
        (words.school_days, "10 days"),
        (words.school_days, "0 school days"),
        (words.deviations, False),
        (words.deviations, "0 deviations"),
        (words.deviations, "4"),
        (words.somebody, "director"),
        (words.somebody, "@"),
        (words.somebody, "@the director"),
        (words.recurring, ""),
        (words.recurring, "holiday"),
        (words.recurring, "wednesday 18-22"),
        (words.recurring, "wednesday 18:00"),
        (words.recurring, "wednesday 18:00-18:00"),
        (words.recurring, "wednesday 18:00-24:30"),
        (words.recurring, "18:00-22:00"),
        (words.recurring, "06-31..07-01"),
        (words.recurring, "2026-06-01..2026-07-01"),
    ],
)
def test_what_is_not_understood_is_told_with_what_to_write(read: Callable[[object], object], written: object) -> None:
    with pytest.raises(WordError) as caught:
        read(written)
    assert "`" in caught.value.hint


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("Holidays", RecurringSilence(name="", when=Recurrence.HOLIDAYS)),
        ("breaks", RecurringSilence(name="", when=Recurrence.BREAKS)),
        (
            "wednesday 18:00-22:00",
            RecurringSilence(name="", when=Recurrence.WEEKLY, weekdays=(2,), hours=(time(18), time(22))),
        ),
        (
            "mon-fri 22:00-6:00",
            RecurringSilence(name="", when=Recurrence.WEEKLY, weekdays=(0, 1, 2, 3, 4), hours=(time(22), time(6))),
        ),
        (
            "sat, sun 00:00-24:00",
            RecurringSilence(name="", when=Recurrence.WEEKLY, weekdays=(5, 6), hours=(time(), time())),
        ),
        ("sat-sun", RecurringSilence(name="", when=Recurrence.WEEKLY, weekdays=(5, 6))),
        ("06-10..08-05", RecurringSilence(name="", when=Recurrence.YEARLY, first=(6, 10), last=(8, 5))),
        ("12-20..01-03", RecurringSilence(name="", when=Recurrence.YEARLY, first=(12, 20), last=(1, 3))),
        ("07-04", RecurringSilence(name="", when=Recurrence.YEARLY, first=(7, 4), last=(7, 4))),
    ],
)
def test_times_that_recur(written: str, means: RecurringSilence) -> None:
    assert words.recurring(written) == means
