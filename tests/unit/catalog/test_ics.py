"""Holidays from a calendar file: what different programs write, and which days it means."""

from datetime import date, timedelta
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.catalog.ics import holidays

CHICAGO = ZoneInfo("America/Chicago")


def feed(*events: str, more: str = "") -> str:
    inside = "".join(f"BEGIN:VEVENT\n{dedent(event).strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{more}{inside}END:VCALENDAR\n"


def days(*events: str, more: str = "") -> list[str]:
    found, wrong = holidays(feed(*events, more=more), CHICAGO)
    assert [str(each) for each in wrong] == []
    return [str(day) for day in sorted(found)]


def wrongs(text: str) -> list[tuple[int, str]]:
    return [(each.number, str(each)) for each in holidays(text, CHICAGO)[1]]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("DTSTART;VALUE=DATE:20261126", ["2026-11-26"]),
        ("DTSTART:20261126\nDTEND:20261128", ["2026-11-26", "2026-11-27"]),
        ("DTSTART;VALUE=DATE:20261126\nDURATION:P2D", ["2026-11-26", "2026-11-27"]),
        ("DTSTART;VALUE=DATE:20261221\nDURATION:P1W", [f"2026-12-{day}" for day in range(21, 28)]),
        ("DTSTART:20261126T000000\nDTEND:20261127T000000", ["2026-11-26"]),
        ("DTSTART:20261126T060000Z\nDTEND:20261128T060000Z", ["2026-11-26", "2026-11-27"]),
        ('DTSTART;TZID="America/New_York":20261126T010000\nDURATION:PT24H', ["2026-11-26"]),
        ("DTSTART:20261101T050000Z\nDTEND:20261102T060000Z", ["2026-11-01"]),  # a day of 25 hours
        ("dtstart:20261126", ["2026-11-26"]),
        ("DTSTART:20261126\nDTEND:20261126", ["2026-11-26"]),  # as some programs write a single day
        ("DTSTART:20261126\nSTATUS:CANCELLED", []),
        ('DTSTART:20261126\nTRANSP:TRANSPARENT\nX-WR;ALTREP="a:b;c":x', ["2026-11-26"]),
    ],
)
def test_an_event_is_whole_days(event: str, expected: list[str]) -> None:
    assert days(event) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=YEARLY;COUNT=3", ["2026-11-26", "2027-11-26", "2028-11-26"]),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=3", ["2026-11-26", "2027-11-25", "2028-11-23"]),
        ("FREQ=YEARLY;INTERVAL=2;UNTIL=20301126", ["2026-11-26", "2028-11-26", "2030-11-26"]),
        ("FREQ=YEARLY;UNTIL=20281126T060000Z", ["2026-11-26", "2027-11-26", "2028-11-26"]),
        ("FREQ=WEEKLY;COUNT=2", ["2026-11-26", "2026-12-03"]),
    ],
)
def test_an_event_may_be_repeated(rule: str, expected: list[str]) -> None:
    assert days(f"DTSTART;VALUE=DATE:20261126\nRRULE:{rule}") == expected


def test_an_event_without_an_end_is_repeated_for_generations() -> None:
    found = days("DTSTART:20260704\nRRULE:FREQ=YEARLY")
    assert (found[0], found[-1], len(found)) == ("2026-07-04", "2099-07-04", 74)


def test_every_day_of_a_repeated_event_counts_but_those_excluded() -> None:
    event = """
        DTSTART;VALUE=DATE:20261231
        DTEND;VALUE=DATE:20270102
        RRULE:FREQ=YEARLY;COUNT=3
        EXDATE;VALUE=DATE:20271231
    """
    assert days(event) == ["2026-12-31", "2027-01-01", "2028-12-31", "2029-01-01"]


def test_names_are_unfolded_and_freed_of_backslashes() -> None:
    event = "DTSTART:20261126\r\nSUMMARY;LANGUAGE=en:Thanks\r\n giving\\, and\r\n\t more\\nrest\r\n"
    found, wrong = holidays(feed(event), CHICAGO)
    assert (found, wrong) == ({date(2026, 11, 26): "Thanksgiving, and more rest"}, [])


def test_what_is_no_event_is_passed_over() -> None:
    zone = """\
        BEGIN:VTIMEZONE
        TZID:America/Chicago
        BEGIN:STANDARD
        DTSTART:19671029T020000
        RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
        END:STANDARD
        END:VTIMEZONE
    """
    alarm = "DTSTART:20261126\nBEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT5M\nEND:VALARM"
    assert days(alarm, more=dedent(zone)) == ["2026-11-26"]


def test_every_bad_event_is_told_with_its_line_and_the_others_are_read() -> None:
    text = feed("DTSTART:tomorrow", "DTSTART:20261126", "SUMMARY:Never")
    found, wrong = holidays(text, CHICAGO)
    assert list(found) == [date(2026, 11, 26)]
    assert [(each.number, str(each)) for each in wrong] == [
        (4, "`tomorrow` is no date"),
        (9, "an event without DTSTART"),
    ]


@pytest.mark.parametrize(
    ("event", "line", "said"),
    [
        ("DTSTART:20261126T080000", 4, "takes a part of a day"),
        ("DTSTART:20261126\nDTEND:20261127T120000", 5, "takes a part of a day"),
        ("DTSTART:20261126T000000\nDURATION:PT1H", 5, "takes a part of a day"),
        ("DTSTART:20261126T000000\nDTEND:20261126T000000", 5, "takes a part of a day"),
        ("DTSTART:99991231", 4, "is no date"),
        ("DTSTART:20261126\nDTEND:20281126", 5, "is longer than a year"),
        ("DTSTART:20261126\nDURATION:P", 5, "is no duration"),
        ("DTSTART:20261126\nDURATION:-P1D", 5, "is no duration"),
        ("DTSTART:20261126\nRRULE:FREQ=SECONDLY", 5, "is no rule of repetition"),
        ("DTSTART:20261126\nRRULE:COUNT=3", 5, "is no rule of repetition"),
        ("DTSTART:20261126\nRRULE:FREQ=YEARLY;UNTIL=soon", 5, "`soon`"),
        ("DTSTART:20261126\nRDATE:20261127", 5, "RDATE is not understood"),
        ("DTSTART:20261126\nEXDATE:never", 5, "`never`"),
        ("DTSTART:20261126\nDTSTART:20261127", 5, "a second DTSTART in one event"),
        ("DTSTART;TZID=Mars/Olympus:20261126T000000", 4, "no time zone `Mars/Olympus`"),
    ],
)
def test_what_is_not_understood_is_told(event: str, line: int, said: str) -> None:
    told = wrongs(feed(event))
    assert [number for number, _ in told] == [line]
    assert said.casefold() in told[0][1].casefold()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "is no calendar"),
        ("<html>", 1, "is no calendar"),
        ("BEGIN:VCALENDAR\nEND:VEVENT\n", 2, "`END:VEVENT` ends nothing"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261126\n", 3, "the file ends within a VEVENT"),
        ("BEGIN:VCALENDAR\nEND:VCALENDAR\n", 1, "holds no events"),
    ],
)
def test_a_file_that_is_no_calendar_is_told(text: str, line: int, said: str) -> None:
    told = wrongs(text)
    assert [number for number, _ in told] == [line]
    assert said in told[0][1]


LINES = st.sampled_from(
    [
        "BEGIN:VEVENT",
        "END:VEVENT",
        "DTSTART:20261126",
        "DTEND:2026",
        "RRULE:FREQ=YEARLY;BYDAY=9XX",
        "DURATION:P1D",
        " x",
    ]
)


@given(st.lists(LINES | st.text(max_size=20), max_size=12))
def test_any_file_is_read_or_told(lines: list[str]) -> None:
    found, wrong = holidays("\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]), CHICAGO)
    assert found or wrong
    assert all(date(2026, 1, 1) <= day <= date(2100, 1, 1) + timedelta(days=366) for day in found)
