"""Holidays from a calendar file (iCalendar, RFC 5545): whole days, once or repeated. What it cannot take is told."""

import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kpibot.catalog import words
from kpibot.catalog.problems import Problem, WordError, instead
from kpibot.catalog.sections import Sections
from kpibot.catalog.shapes import DistrictShape
from kpibot.core.days import ONE_DAY
from kpibot.core.words import shown

YEARS = range(1900, 2100)
UNTIL = date(2100, 1, 1)  # how far ahead an event without an end is repeated
DATE = "20261126"  # and not a time
LONGEST = 366  # days
NOT_KNOWN = ("RDATE", "RECURRENCE-ID", "EXRULE")
Holidays = dict[date, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A property: `DTSTART;VALUE=DATE:20261126` in line `number` of the file."""

    number: int
    name: str
    options: dict[str, str]
    value: str


@dataclass(slots=True)
class Event:
    """The properties of a VEVENT that begins in line `number`."""

    number: int
    lines: dict[str, Line] = field(default_factory=dict)
    excluded: list[Line] = field(default_factory=list)


class _FeedError(ValueError):
    """What is wrong with a line, and what to do."""

    def __init__(self, number: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.number = number
        self.hint = hint


def read(sections: Sections, district: DistrictShape | None) -> Holidays:
    """The days of the feed that the district names, if any; what is wrong with it is reported to `sections`."""
    if district is None or district.holidays_from is None:
        return {}
    name = district.holidays_from
    file = pathlib.Path(sections.folder) / name
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        sections.problems.append(Problem(str(file), 0, "", "not UTF-8 text", "save the file as UTF-8"))
        return {}
    except (OSError, ValueError):
        there = [each.name for each in file.parent.glob("*.ics")]
        said = f"no file `{shown(name)}` in {sections.folder} can be read"
        sections.report(("district", "holidays_from"), said, instead(name, there, "put the feed there"))
        return {}
    found, wrong = holidays(text, district.zone)
    sections.problems += [Problem(str(file), each.number, "", str(each), each.hint) for each in wrong]
    return found


def holidays(text: str, zone: ZoneInfo) -> tuple[Holidays, list[_FeedError]]:
    """The days, local to `zone`, with the summaries of their events, and what is wrong."""
    found: Holidays = {}
    wrong: list[_FeedError] = []
    try:
        events = list(_events(text))
    except _FeedError as error:
        return {}, [error]
    if not events:
        wrong.append(_FeedError(1, "holds no events", "save the feed anew, or leave `holidays_from` out"))
    for event in events:
        try:
            for day in _days(event, zone):
                found.setdefault(day, _summary(event))
        except _FeedError as error:
            wrong.append(error)
    return found, wrong


def _events(text: str) -> Iterator[Event]:
    """The events, without what they hold (alarms) and what stands beside them (time zones, tasks)."""
    inside: list[str] = []
    event: Event | None = None
    number = 1
    for line in _lines(text):
        number = line.number
        if line.name == "BEGIN":
            inside.append(line.value.upper())
            event = Event(number) if inside == ["VCALENDAR", "VEVENT"] else event
        elif line.name == "END":
            if not inside or inside.pop() != line.value.upper():
                raise _FeedError(number, f"`END:{shown(line.value)}` ends nothing", "save the feed anew")
            if event is not None and inside == ["VCALENDAR"]:
                yield event
                event = None
        elif event is not None and inside == ["VCALENDAR", "VEVENT"]:
            _take(event, line)
    if inside or event is not None:
        raise _FeedError(number, f"the file ends within a {inside[-1]}", "it was cut off: save the feed anew")


def _take(event: Event, line: Line) -> None:
    if line.name == "EXDATE":
        event.excluded.append(line)
    elif event.lines.setdefault(line.name, line) is not line and line.name in ("DTSTART", "DTEND", "DURATION", "RRULE"):
        raise _FeedError(line.number, f"a second {line.name} in one event", "keep one of them")


def _lines(text: str) -> Iterator[Line]:
    """The properties; a line that begins with a blank goes on with the one before."""
    unfolded: list[tuple[int, str]] = []
    for number, raw in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if raw[:1] in (" ", "\t") and unfolded:
            unfolded[-1] = (unfolded[-1][0], unfolded[-1][1] + raw[1:])
        elif raw.strip():
            unfolded.append((number, raw))
    if not unfolded or unfolded[0][1].strip().upper() != "BEGIN:VCALENDAR":
        raise _FeedError(1, "is no calendar: it does not begin with `BEGIN:VCALENDAR`", "save it as iCalendar (.ics)")
    yield from (_line(number, raw) for number, raw in unfolded)


def _line(number: int, raw: str) -> Line:
    found = re.fullmatch(
        r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)', raw
    )
    if not found:
        raise _FeedError(number, f"`{shown(raw)}` is no property", "each line is `NAME:value`; save the feed anew")
    options = re.findall(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";])*)', found[2])
    return Line(number, found[1].upper(), {key.upper(): value.strip('"') for key, value in options}, found[3].strip())


def _days(event: Event, zone: ZoneInfo) -> list[date]:
    """The days of an event and of its repetitions, but for those that it excludes."""
    if "STATUS" in event.lines and event.lines["STATUS"].value.upper() == "CANCELLED":
        return []
    for key in NOT_KNOWN:
        if key in event.lines:
            line = event.lines[key]
            raise _FeedError(line.number, f"{key} is not understood", "write these days under `holidays` instead")
    first, length = _span(event, zone)
    excluded = {_moment(line, value, zone).date() for line in event.excluded for value in line.value.split(",")}
    begins = [day for day in _repeated(event, first, zone) if day not in excluded]
    return [day + timedelta(days=n) for day in begins for n in range(length)]


def _span(event: Event, zone: ZoneInfo) -> tuple[date, int]:
    """The first day of an event, and how many there are."""
    if "DTSTART" not in event.lines:
        raise _FeedError(event.number, "an event without DTSTART", "it has no day: leave it out")
    start = event.lines["DTSTART"]
    begins = _moment(start, start.value, zone)
    ends, line = _end(event, begins, zone)
    if begins.time() != time() or ends.time() != time() or ends == begins:
        said = f"`{shown(_summary(event))}` takes a part of a day, and only whole days can be holidays"
        raise _FeedError(line.number, said, "take it out of the feed, or let it run from midnight to midnight")
    length = (ends - begins).days
    if not 0 < length <= LONGEST:
        wrong = "ends before it begins" if length < 0 else "is longer than a year"
        raise _FeedError(line.number, f"the event {wrong}", "its end is the day after its last")
    return begins.date(), length


def _end(event: Event, begins: datetime, zone: ZoneInfo) -> tuple[datetime, Line]:
    """When an event ends, and the line that says so. Without one, a date is a day and a time is a moment."""
    start = event.lines["DTSTART"]
    if (line := event.lines.get("DTEND")) is not None:
        ends = _moment(line, line.value, zone)
        is_same_date = ends == begins and len(line.value) == len(DATE)  # as some programs write a single day
        return ends + is_same_date * ONE_DAY, line
    if (line := event.lines.get("DURATION")) is not None:
        return begins + _duration(line), line
    return begins + (ONE_DAY if len(start.value) == len(DATE) else timedelta()), start


def _moment(line: Line, value: str, zone: ZoneInfo) -> datetime:
    """A date or time on the district's wall clock, naive; a date is its midnight."""
    found = re.fullmatch(r"(\d{8})(?:T(\d{6})(Z?))?", value.strip())
    try:
        at = datetime.strptime(found[1] + (found[2] or "000000"), "%Y%m%d%H%M%S") if found else None  # noqa: DTZ007
    except ValueError:
        at = None
    if found is None or at is None or at.year not in YEARS:
        hint = "write for example `20261126`, or `20261126T000000`"
        raise _FeedError(line.number, f"`{shown(value)}` is no date", hint)
    if not found[2]:
        return at
    there = UTC if found[3] else _zone(line, zone)
    return at.replace(tzinfo=there).astimezone(zone).replace(tzinfo=None)


def _zone(line: Line, zone: ZoneInfo) -> ZoneInfo:
    try:
        return words.zone(line.options["TZID"]) if "TZID" in line.options else zone
    except WordError as error:
        raise _FeedError(line.number, str(error), error.hint) from None


def _duration(line: Line) -> timedelta:
    found = re.fullmatch(
        r"\+?P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,6})S)?)?", line.value
    )
    if not found or not any(found.groups()):
        raise _FeedError(line.number, f"`{shown(line.value)}` is no duration", "write for example `P1D`")
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _repeated(event: Event, first: date, zone: ZoneInfo) -> list[date]:
    """The first days of an event and its repetitions."""
    if (line := event.lines.get("RRULE")) is None:
        return [first]
    from dateutil.rrule import rrulestr  # noqa: PLC0415  (few feeds repeat anything)

    start = datetime.combine(first, time())
    text = _local_until(line, zone)
    try:
        frequency = re.search(r"FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY)\b", line.value.upper())
        rule = rrulestr(text, dtstart=start) if frequency else None
    except (ValueError, TypeError, KeyError, AttributeError):
        rule = None
    if rule is None:
        hint = "write for example `FREQ=YEARLY;BYMONTH=11;BYDAY=4TH`"
        raise _FeedError(line.number, f"`{shown(line.value)}` is no rule of repetition that kpibot knows", hint)
    return [each.date() for each in rule.between(start, datetime.combine(UNTIL, time()), inc=True)]


def _local_until(line: Line, zone: ZoneInfo) -> str:
    """The rule with its UNTIL on the district's wall clock, as the days of the event are."""
    found = re.search(r"(UNTIL=)([^;]*)", line.value.upper())
    if not found:
        return line.value
    return line.value.upper().replace(found[0], f"UNTIL={_moment(line, found[2], zone):%Y%m%dT%H%M%S}")


def _summary(event: Event) -> str:
    """What the event is called, without the backslashes that iCalendar needs."""
    line = event.lines.get("SUMMARY")
    text = (
        "" if line is None else re.sub(r"\\([nN,;\\])", lambda found: " " if found[1] in "nN" else found[1], line.value)
    )
    return " ".join(text.split())
