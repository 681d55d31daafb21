"""Holidays from a calendar file: what different programs write, which days it means, and what is left out."""

import time
from datetime import date, timedelta
from pathlib import Path
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.catalog import Catalog, CatalogError, load
from kpibot.catalog.feeds.holiday_feed import MOST_BYTES, HolidayFeed, parse_feed
from kpibot.catalog.model import FeedNotice

FEEDS = Path(__file__).parent
CHICAGO = ZoneInfo("America/Chicago")
SECONDS = 20  # for the worst that a feed can ask for, on a busy machine


def calendar(*events: str, more: str = "") -> str:
    """A calendar whose first event begins in line 3."""
    inside = "".join(f"BEGIN:VEVENT\n{dedent(event).strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{more}{inside}END:VCALENDAR\n"


def read(text: str) -> HolidayFeed:
    return parse_feed(text, CHICAGO, "h.ics")


def days(*events: str, more: str = "") -> list[str]:
    feed = read(calendar(*events, more=more))
    assert feed.notices == ()
    return [str(day) for day in sorted(feed.holidays)]


def notices(text: str) -> list[tuple[int, str]]:
    return [(notice.line, notice.text) for notice in read(text).notices]


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
        ("DTSTART:20261126T000000\nDTEND:20261126T235900", ["2026-11-26"]),
        ("DTSTART;TZID=America/Chicago;VALUE=DATE:20261126", ["2026-11-26"]),
        ("DTSTART:20261126\nSTATUS:CANCELLED", []),
        ('DTSTART:20261126\nTRANSP:TRANSPARENT\nX-WR;ALTREP="a:b;c":x', ["2026-11-26"]),
        ("DTSTART:20261126\nBEGIN:VALARM\nTRIGGER:soon\nDURATION:odd\nEND:VALARM\nGEO:nowhere", ["2026-11-26"]),
        ("DTSTART:20261126\nThis is no property", ["2026-11-26"]),
    ],
)
def test_an_event_is_whole_days(event: str, expected: list[str]) -> None:
    assert days(event) == expected


@pytest.mark.parametrize(
    "zone",
    [
        "America/Chicago",
        "Central Standard Time",
        '"(UTC-06:00) Central Time (US & Canada)"',
        "/freeassociation.sourceforge.net/America/Chicago",
        "Pacific Standard Time",
        "Customized Time Zone",
        "Mars/Olympus",
    ],
)
def test_whole_days_need_no_time_zone_v41(zone: str) -> None:
    """A day from midnight to midnight on its own clock is that day, whatever the clock is called."""
    event = f"DTSTART;TZID={zone}:20261225T000000\nDTEND;TZID={zone}:20261226T000000\nSUMMARY:Christmas"
    assert days(event) == ["2026-12-25"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=YEARLY;COUNT=3", ["2026-11-26", "2027-11-26", "2028-11-26"]),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=3", ["2026-11-26", "2027-11-25", "2028-11-23"]),
        ("FREQ=YEARLY;INTERVAL=2;UNTIL=20301126", ["2026-11-26", "2028-11-26", "2030-11-26"]),
        ("FREQ=YEARLY;UNTIL=20281126T060000Z", ["2026-11-26", "2027-11-26", "2028-11-26"]),
        ("FREQ=YEARLY;UNTIL=20281126T000000Z", ["2026-11-26", "2027-11-26", "2028-11-26"]),
        ("FREQ=YEARLY;UNTIL=20281126T055959Z", ["2026-11-26", "2027-11-26"]),
        ("FREQ=WEEKLY;COUNT=2;WKST=SU", ["2026-11-26", "2026-12-03"]),
        ("FREQ=YEARLY;COUNT=5;UNTIL=20271231", ["2026-11-26", "2027-11-26"]),
        ("freq=monthly;bymonthday=-1;count=2", ["2026-11-30", "2026-12-31"]),
    ],
)
def test_an_event_may_be_repeated(rule: str, expected: list[str]) -> None:
    assert days(f"DTSTART;VALUE=DATE:20261126\nRRULE:{rule}") == expected


def test_an_event_without_an_end_is_repeated_for_generations() -> None:
    found = days("DTSTART:20260704\nRRULE:FREQ=YEARLY")
    assert (found[0], found[-1], len(found)) == ("2026-07-04", "2099-07-04", 74)


def test_every_day_of_a_repeated_event_counts_except_those_excluded() -> None:
    event = """
        DTSTART;VALUE=DATE:20261231
        DTEND;VALUE=DATE:20270102
        RRULE:FREQ=YEARLY;COUNT=3
        EXDATE;VALUE=DATE:20271231
    """
    assert days(event) == ["2026-12-31", "2027-01-01", "2028-12-31", "2029-01-01"]


def test_days_may_be_added_one_by_one_v41() -> None:
    event = """
        DTSTART;TZID=Central Standard Time:20270115T000000
        DTEND;TZID=Central Standard Time:20270116T000000
        RDATE;TZID=Central Standard Time:20270219T000000,20270312T000000
        RDATE;VALUE=DATE:20270416
        EXDATE:20270219T060000Z
    """
    assert days(event) == ["2027-01-15", "2027-03-12", "2027-04-16"]


def test_an_occurrence_may_be_moved_or_cancelled() -> None:
    series = "UID:pd\nDTSTART;VALUE=DATE:20261102\nRRULE:FREQ=WEEKLY;COUNT=4\nSUMMARY:Staff day"
    moved = "UID:pd\nRECURRENCE-ID;VALUE=DATE:20261109\nDTSTART;VALUE=DATE:20261110\nSUMMARY:Staff day"
    cancelled = "UID:pd\nRECURRENCE-ID;VALUE=DATE:20261116\nDTSTART;VALUE=DATE:20261116\nSTATUS:CANCELLED"
    assert days(series, moved, cancelled) == ["2026-11-02", "2026-11-10", "2026-11-23"]


def test_the_rest_of_a_series_is_not_changed() -> None:
    event = "DTSTART:20261110\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261109\nSUMMARY:Staff day"
    said = "`Staff day` is left out: it changes the rest of a series, which kpibot does not follow"
    assert notices(calendar(event)) == [(5, said)]


def test_names_are_unfolded_and_freed_of_backslashes() -> None:
    event = "DTSTART:20261126\r\nSUMMARY;LANGUAGE=en:Thanks\r\n giving\\, and\r\n\t more\\nrest\r\n"
    feed = read(calendar(event))
    assert (dict(feed.holidays), feed.notices) == ({date(2026, 11, 26): "Thanksgiving, and more rest"}, ())


def test_what_is_no_event_is_passed_over() -> None:
    beside = """\
        BEGIN:VTIMEZONE
        TZID:America/Chicago
        BEGIN:STANDARD
        DTSTART:19671029T020000
        RRULE:FREQ=YEARLY;INTERVAL=0
        END:STANDARD
        END:VTIMEZONE
        BEGIN:VTODO
        DTSTART:nonsense
        END:VTODO
    """
    assert days("DTSTART:20261126", more=dedent(beside)) == ["2026-11-26"]


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART:20261126T080000",
        "DTSTART:20261126\nDTEND:20261127T120000",
        "DTSTART:20261126T000000\nDURATION:PT1H",
        "DTSTART:20261126T000000\nDTEND:20261126T000000",
        "DTSTART:20261126T180000Z\nDTEND:20261127T180000Z",
        "DTSTART;TZID=Mars/Olympus:20261126T080000",
        "DTSTART:20261126T180000\nRRULE:FREQ=WEEKLY",
    ],
)
def test_an_event_that_takes_part_of_a_day_is_no_holiday(event: str) -> None:
    assert read(calendar(event)).holidays == {}
    assert notices(calendar(event)) == [
        (4, "an event without a summary begins or ends within a day; holidays are whole days")
    ]


@pytest.mark.parametrize(
    ("event", "line", "said"),
    [
        ("SUMMARY:Thanksgiving", 3, "`Thanksgiving` is left out: it has no DTSTART"),
        ("DTSTART:tomorrow", 4, "DTSTART `tomorrow` cannot be read"),
        ("DTSTART:20260230", 4, "DTSTART `20260230` cannot be read"),
        ("DTSTART:99991231", 4, "DTSTART is not within the years 1900 to 2099"),
        ("DTSTART:P1D", 4, "DTSTART is not a day"),
        ("DTSTART;:20261126", 3, "a line cannot be read"),
        ("DTSTART;TZID=America:20261126T000000", 3, "an event is left out: it cannot be read"),
        ("DTSTART:20261126\nDTEND:20281126", 5, "it is longer than a year"),
        ("DTSTART:20261126\nDTEND:20261125", 5, "it ends before it begins"),
        ("DTSTART:20261126\nDURATION:one day", 5, "DURATION `one day` cannot be read"),
        ("DTSTART:20261126\nDURATION:-P2D", 3, "it ends before it begins"),
        ("DTSTART:20261126\nDURATION:P99999999999999D", 5, "cannot be read"),
        ("DTSTART:20261126\nDURATION:P400D", 5, "it is longer than a year"),
        ("DTSTART:20261126\nRRULE:FREQ=SECONDLY", 5, "does not repeat by day, week, month or year"),
        ("DTSTART:20261126\nRRULE:COUNT=3", 5, "does not repeat by day, week, month or year"),
        ("DTSTART:20261126\nRRULE:FREQ=YEARLY;BYMOON=FULL", 5, "its rule holds BYMOON, which kpibot does not know"),
        ("DTSTART:20261126\nRRULE:FREQ=YEARLY;UNTIL=soon", 5, "RRULE `FREQ=YEARLY;UNTIL=soon` cannot be read"),
        ("DTSTART:20261126\nRRULE:FREQ=YEARLY;BYMONTHDAY=0;BYDAY=99MO", 5, "kpibot cannot follow its rule"),
        ("DTSTART:20261126\nRRULE:FREQ=YEARLY;COUNT=0", 5, "its rule says COUNT=0, which must be from 1 to 1,000,000"),
        ("DTSTART:20261126\nRRULE:FREQ=YEARLY\nRRULE:FREQ=DAILY", 5, "it has 2 lines of RRULE"),
        ("DTSTART:20261126\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", 3, "it has no days"),
        ("DTSTART:20261126\nRRULE:FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 200), 5, "its rule is too long"),
        ("DTSTART:20261126\nEXRULE:FREQ=DAILY", 5, "kpibot does not follow EXRULE"),
        ("DTSTART:20261126\nRDATE;VALUE=PERIOD:20261126T020000Z/PT3H", 5, "RDATE is not a day"),
        ("DTSTART:20261126\nEXDATE:never", 5, "EXDATE `never` cannot be read"),
        ("DTSTART:20261126\nRECURRENCE-ID:never", 5, "RECURRENCE-ID `never` cannot be read"),
        ("DTSTART:20261126\nDTSTART:20261127", 4, "it has 2 lines of DTSTART"),
        ("DTSTART:20261126\nSUMMARY:" + "x" * 30_000, 3, "an event is left out: it is too long"),
    ],
)
def test_an_event_that_is_not_understood_is_left_out_with_its_line(event: str, line: int, said: str) -> None:
    sound = "DTSTART:20270704\nSUMMARY:Independence Day"
    feed = read(calendar(event, sound))
    assert dict(feed.holidays) == {date(2027, 7, 4): "Independence Day"}
    assert [notice.line for notice in feed.notices] == [line]
    assert said in feed.notices[0].text


def test_what_was_cut_off_is_left_out() -> None:
    text = calendar("DTSTART:20261126") + "BEGIN:VEVENT\nDTSTART:20261225\n"
    assert list(read(text).holidays) == [date(2026, 11, 26)]
    assert notices(text) == [(7, "an event is left out: it has no end; the file was cut off, save it again")]


def test_an_empty_calendar_is_told() -> None:
    assert notices(calendar()) == [(1, "holds no events")]


def test_many_meetings_are_a_few_notices() -> None:
    meetings = [f"DTSTART:202610{day:02}T180000\nSUMMARY:Meeting {day}" for day in range(1, 31)]
    told = notices(calendar(*meetings))
    assert told[0] == (4, "`Meeting 1` begins or ends within a day; holidays are whole days")
    assert told[-1] == (24, "25 more events begin or end within a day")
    assert len(told) == 6


# The cases v40 to v43: an event of a feed stops nobody.

THANKSGIVING = "UID:1\nDTSTART;VALUE=DATE:20261126\nDTEND;VALUE=DATE:20261127\nSUMMARY:Thanksgiving"


@pytest.fixture
def catalog_with(configured):
    """The sound configuration, with a feed of Thanksgiving and one more event."""

    def make(event: str) -> Catalog:
        folder = configured()
        district = folder / "district.yaml"
        written = district.read_text(encoding="utf-8")
        district.write_text(written.replace("district:\n", "district:\n  holidays_from: h.ics\n"), encoding="utf-8")
        (folder / "h.ics").write_text(calendar(THANKSGIVING, event), encoding="utf-8")
        return load(folder, {})

    return make


def outcome(catalog: Catalog) -> tuple[set[date], tuple[FeedNotice, ...]]:
    return set(catalog.district.calendar.holiday_names), catalog.feed_notices


def test_a_meeting_is_passed_over_v40(catalog_with) -> None:
    found, left_out = outcome(
        catalog_with("UID:2\nDTSTART:20261001T180000\nDTEND:20261001T190000\nSUMMARY:Board meeting")
    )
    assert found == {date(2026, 11, 26)}
    said = "`Board meeting` begins or ends within a day; holidays are whole days"
    assert left_out == (FeedNotice("config/h.ics", 11, said),)


def test_a_time_zone_of_outlook_is_known_v41(catalog_with) -> None:
    zone = "TZID=Central Standard Time"
    event = f"UID:2\nDTSTART;{zone}:20261225T000000\nDTEND;{zone}:20261226T000000\nSUMMARY:Christmas"
    assert outcome(catalog_with(event)) == ({date(2026, 11, 26), date(2026, 12, 25)}, ())


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        pytest.param("FREQ=DAILY;INTERVAL=0", "INTERVAL=0", id="v42"),
        pytest.param("FREQ=WEEKLY;INTERVAL=-1", "INTERVAL=-1", id="v43"),
    ],
)
def test_an_interval_that_leads_nowhere_is_refused_v42_v43(catalog_with, rule: str, said: str) -> None:
    began = time.monotonic()
    found, left_out = outcome(catalog_with(f"UID:2\nDTSTART;VALUE=DATE:20261225\nRRULE:{rule}\nSUMMARY:Odd"))
    assert time.monotonic() - began < SECONDS
    assert found == {date(2026, 11, 26)}
    text = f"`Odd` is left out: its rule says {said}, which must be from 1 to 1,000,000"
    assert left_out == (FeedNotice("config/h.ics", 12, text),)


@pytest.mark.parametrize(
    "events",
    [
        ["DTSTART:20261126\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"] * 100,
        ["DTSTART:19000101\nDTEND:19010101\nRRULE:FREQ=DAILY"] * 100,
    ],
    ids=["never", "always"],
)
def test_no_rules_take_for_ever(events: list[str]) -> None:
    began = time.monotonic()
    told = notices(calendar(*events))
    assert time.monotonic() - began < SECONDS
    assert told[-1][1].endswith("more events are left out")


def test_a_feed_of_too_many_events_is_read_as_far_as_it_goes() -> None:
    told = notices("BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\nEND:VEVENT\n" * 6_000)
    assert told[-1] == (10_002, "kpibot reads the first 5,000 events of a feed; export only the holidays")


def test_a_feed_that_is_too_large_is_a_mistake(configured) -> None:
    folder = configured()
    district = folder / "district.yaml"
    written = district.read_text(encoding="utf-8")
    district.write_text(written.replace("district:\n", "district:\n  holidays_from: h.ics\n"), encoding="utf-8")
    (folder / "h.ics").write_text("BEGIN:VCALENDAR\n" + "X" * MOST_BYTES, encoding="utf-8")
    with pytest.raises(CatalogError, match=r"^config/h\.ics:1: is larger than 5 MB; export only the holidays$"):
        load(folder, {})


# What programs export.


def exported(name: str) -> tuple[dict[str, str], list[tuple[int, str]]]:
    text = (FEEDS / name).read_bytes().decode("utf-8-sig", errors="replace")
    feed = read(text)
    named = {str(day): feed.holidays[day] for day in sorted(feed.holidays)}
    return named, [(notice.line, notice.text) for notice in feed.notices]


def test_a_feed_of_google() -> None:
    holidays, left_out = exported("google.ics")
    assert holidays == {
        "2026-09-07": "Labor Day — no school",
        "2026-10-09": "Staff development day",
        "2026-11-06": "Staff development day",
        "2026-11-25": "Thanksgiving break",
        "2026-11-26": "Thanksgiving break",
        "2026-11-27": "Thanksgiving break",
        "2026-12-04": "Staff development day",
    }
    assert left_out == [
        (43, "`Board of Trustees, regular meeting` begins or ends within a day; holidays are whole days")
    ]


def test_a_feed_of_outlook() -> None:
    holidays, left_out = exported("outlook.ics")
    assert holidays == {
        "2026-12-24": "Offices closed",
        "2026-12-25": "Offices closed",
        "2027-01-01": "New Year's Day",
        "2027-01-18": "Martin Luther King Jr. Day",
        "2028-01-17": "Martin Luther King Jr. Day",
    }
    assert left_out == [(43, "`Early dismissal` begins or ends within a day; holidays are whole days")]


def test_a_feed_of_a_website() -> None:
    holidays, left_out = exported("website.ics")
    assert holidays == {
        "2027-03-15": "Spring break",
        "2027-03-16": "Spring break",
        "2027-03-17": "Spring break",
        "2027-03-18": "Spring break",
        "2027-03-19": "Spring break",
        "2027-03-26": "Good Friday / Viernes Santo – D\ufffda feriado",
        "2027-05-31": "Memorial Day",
    }
    assert left_out == [
        (14, "an event without a summary is left out: DTSTART `TBD` cannot be read"),
        (17, "`Open house` begins or ends within a day; holidays are whole days"),
        (24, "not UTF-8 text, so that names may look wrong; save the feed as UTF-8"),
    ]


LINES = st.sampled_from(
    [
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VALARM",
        "DTSTART:20261126",
        "DTSTART;TZID=Central Standard Time:20261126T000000",
        "DTEND:2026",
        "RRULE:FREQ=YEARLY;BYDAY=9XX",
        "RRULE:FREQ=MONTHLY;BYDAY=-1MO;COUNT=3",
        "RDATE:20261127",
        "RECURRENCE-ID:20261127",
        "UID:1",
        "DURATION:P1D",
        " x",
    ]
)


@given(st.lists(LINES | st.text(max_size=20), max_size=12))
def test_any_file_is_read_or_told(lines: list[str]) -> None:
    text = "\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"])
    feed = read(text)
    assert feed.holidays or feed.notices or "CANCELLED" in text or "RECURRENCE-ID" in text
    assert all(date(1900, 1, 1) <= day <= date(2100, 1, 1) + timedelta(days=366) for day in feed.holidays)


PROPERTIES = st.sampled_from(["DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS"])
VALUES = st.sampled_from(
    ["20261126", "20261126T000000", "20261127T060000Z", "FREQ=YEARLY", "P1D", "-P1D", "0", "", "00010101", "99991231"]
) | st.text(max_size=12)
PARAMETERS = st.sampled_from(["", ";VALUE=DATE", ";VALUE=PERIOD", ";TZID=UTC", ";TZID=", ";TZID=..", ";RANGE=X", ";X"])


@given(st.lists(st.tuples(PROPERTIES, PARAMETERS, VALUES), max_size=6))
def test_any_event_is_read_or_left_out(properties: list[tuple[str, str, str]]) -> None:
    read(calendar("\n".join(["UID:1", *(f"{name}{more}:{value}" for name, more, value in properties)])))
