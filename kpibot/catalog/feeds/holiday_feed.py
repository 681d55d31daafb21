"""Holidays from a calendar file that others write: whole days, once or repeated.

What takes part of a day, or cannot be understood, is left out and noted for `check`: an event in a feed stops nobody.
"""

import pathlib
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from zoneinfo import ZoneInfo

from kpibot.catalog.feeds.calendar_file import EventError, EventText, event_texts
from kpibot.catalog.feeds.whole_days import PartOfDayError, WholeDays
from kpibot.catalog.files.sections import Sections
from kpibot.catalog.model import FeedNotice
from kpibot.catalog.problems import Problem, suggestion
from kpibot.catalog.schema.config import DistrictSchema
from kpibot.core.text import quoted
from kpibot.core.time.days import ONE_DAY

MOST_BYTES = 5_000_000
MOST_EVENTS = 5_000
MOST_DAYS = 200_000  # of all events together: a second's work
RULE_WITHOUT_DAYS = 50_000  # in the time of so many days, dateutil finds that a rule never comes true
MOST_NOTICES = 5  # of one kind; the others are counted

Holidays = Mapping[date, str]
_Notice = tuple[int, str]  # a line of the file, and what it says


@dataclass(frozen=True, slots=True)
class HolidayFeed:
    """The days, with the summaries of their events, and what was left out."""

    holidays: Holidays = field(default_factory=dict)
    notices: tuple[FeedNotice, ...] = ()


def read_feed(sections: Sections, district: DistrictSchema | None) -> HolidayFeed:
    """The feed that the district names, if any; a file that is no calendar is reported to `sections`."""
    if district is None or district.holidays_from is None:
        return HolidayFeed()
    name = district.holidays_from
    file = pathlib.Path(sections.folder) / name
    try:
        with file.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError):
        there = [each.name for each in file.parent.glob("*.ics")]
        message = f"no file `{quoted(name)}` in {sections.folder} can be read"
        sections.report(("district", "holidays_from"), message, suggestion(name, there, "put the feed there"))
        return HolidayFeed()
    text = raw.decode("utf-8-sig", errors="replace")
    if problem := _not_a_calendar(raw, text):
        sections.problems.append(Problem(str(file), 1, "", *problem))
        return HolidayFeed()
    return parse_feed(text, district.zone, str(file))


def _not_a_calendar(raw: bytes, text: str) -> tuple[str, str] | None:
    """What is wrong with a file as a whole, and what to do about it."""
    if len(raw) > MOST_BYTES:
        return f"is larger than {MOST_BYTES // 1_000_000} MB", "export only the holidays"
    if re.match(r"\s*BEGIN:VCALENDAR", text, re.IGNORECASE) is None:
        return "is no calendar: it does not begin with `BEGIN:VCALENDAR`", "save it as iCalendar (.ics)"
    return None


def parse_feed(text: str, zone: ZoneInfo, file: str) -> HolidayFeed:
    """The days of a calendar, local to `zone`. `file` is its name in the notices."""
    reader = _Reader(zone)
    reader.read(text)
    notices = [
        *reader.notices,
        *_few(reader.left_out, "are left out"),
        *_few(reader.part_of_day, "begin or end within a day"),
    ]
    if "\ufffd" in text:
        line = text[: text.index("\ufffd")].count("\n") + 1
        notices.append((line, "not UTF-8 text, so that names may look wrong; save the feed as UTF-8"))
    return HolidayFeed(reader.holidays, tuple(FeedNotice(file, line, text) for line, text in sorted(notices)))


def _few(notices: list[_Notice], what: str) -> list[_Notice]:
    """The first of them, and how many more there are: a school's website lists hundreds of meetings."""
    first, others = notices[:MOST_NOTICES], notices[MOST_NOTICES:]
    return [*first, (others[0][0], f"{len(others)} more events {what}")] if others else first


class _Reader:
    """The days and notices of the events that were read so far."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.holidays: dict[date, str] = {}
        self.notices: list[_Notice] = []
        self.left_out: list[_Notice] = []
        self.part_of_day: list[_Notice] = []
        self._zone = zone
        self._days_left = MOST_DAYS

    def read(self, text: str) -> None:
        events = list(islice(event_texts(text), MOST_EVENTS + 1))
        if not events:
            self.notices.append((1, "holds no events"))
        if len(events) > MOST_EVENTS:
            said = f"kpibot reads the first {MOST_EVENTS:,} events of a feed; export only the holidays"
            self.notices.append((events.pop().line, said))
        parsed = [event for one in events if (event := self._parsed(one)) is not None]
        replaced = defaultdict(set)
        for event in parsed:
            if (day := event.replaced_day()) is not None:
                replaced[event.uid].add(day)
        for event in parsed:
            self._take(event, replaced[event.uid] if not event.is_replacement else set())

    def _parsed(self, text: EventText) -> WholeDays | None:
        try:
            return WholeDays(text, text.parse(), self._zone)
        except EventError as error:
            self.left_out.append((error.line, f"an event is left out: {error}"))
            return None

    def _take(self, event: WholeDays, replaced: set[date]) -> None:
        """Adds the days of an event, or the notice why it has none."""
        if event.is_cancelled:
            return
        try:
            for day in self._days(event, replaced):
                self.holidays.setdefault(day, event.summary)
        except PartOfDayError as error:
            self.part_of_day.append((error.line, f"{event.name} {error}"))
        except EventError as error:
            self.left_out.append((error.line, f"{event.name} is left out: {error}"))

    def _days(self, event: WholeDays, replaced: set[date]) -> list[date]:
        if self._days_left <= 0:
            raise EventError(event.line, "the events before it have more days than kpibot reads")
        starts, length = event.starts()
        self._days_left -= len(starts) * length or RULE_WITHOUT_DAYS
        if self._days_left < 0:
            raise EventError(event.line, "it has more days than kpibot reads")
        if not starts:
            raise EventError(event.line, "it has no days")
        return [start + n * ONE_DAY for start in starts if start not in replaced for n in range(length)]
