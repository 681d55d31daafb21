"""The whole days of one event of a calendar file.

A whole day runs from midnight to midnight, on the event's own clock or on the district's. So an unknown time zone, or
one that the file defines itself, does no harm to an event of whole days.
"""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kpibot.catalog.feeds.calendar_file import EventError, EventText
from kpibot.catalog.feeds.recurrence import LAST_DAY, RuleError, occurrences
from kpibot.core.text import quoted
from kpibot.core.time.days import ONE_DAY

if TYPE_CHECKING:
    from icalendar import Event

FIRST_DAY = date(1900, 1, 1)
LONGEST = 366  # days
MIDNIGHT = time()
ALMOST_MIDNIGHT = time(23, 59)  # the end of a whole day, as some programs write it


class PartOfDayError(EventError):
    """An event that begins or ends within a day, such as a meeting."""


class WholeDays:
    """An event that was read, seen from a district in `zone`."""

    def __init__(self, text: EventText, event: "Event", zone: ZoneInfo) -> None:
        self._text = text
        self._event = event
        self._zone = zone
        self.line = text.line
        self.uid = str(event.get("UID", ""))
        self.summary = " ".join(str(self._values("SUMMARY")[0]).split()) if "SUMMARY" in event else ""
        self.name = f"`{quoted(self.summary)}`" if self.summary else "an event without a summary"
        self.is_cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
        self.is_replacement = "RECURRENCE-ID" in event

    def replaced_day(self) -> date | None:
        """The day on which this event takes the place of one of a series."""
        try:
            self._check()
            return self._day(self._moment("RECURRENCE-ID")) if self.is_replacement else None
        except EventError:
            return None  # reported when its own days are asked for

    def starts(self) -> tuple[list[date], int]:
        """The days on which the event begins, and how many days it lasts each time.

        Raises:
            EventError: it cannot be understood; `PartOfDayError` if it begins or ends within a day.
        """
        self._check()
        first, length = self._span()
        excluded = {self._day(moment) for moment in self._moments("EXDATE")}
        days = {*self._repeated(first), *(self._day(moment) for moment in self._moments("RDATE"))}
        return sorted(days - excluded), length

    def _check(self) -> None:
        """Refuses what would be misunderstood."""
        for name, _ in self._event.errors:
            said = f"{name} `{quoted(str(self._values(name)[0]))}`" if name else "a line"
            raise self._error(name or "", f"{said} cannot be read")
        if self._moments("RECURRENCE-ID") and "RANGE" in self._event["RECURRENCE-ID"].params:
            raise self._error("RECURRENCE-ID", "it changes the rest of a series, which kpibot does not follow")
        if "EXRULE" in self._event:
            raise self._error("EXRULE", "kpibot does not follow EXRULE")
        if "DTSTART" not in self._event:
            raise self._error("", "it has no DTSTART")

    def _span(self) -> tuple[date, int]:
        """The first day, and how many there are."""
        start = self._moment("DTSTART")
        end = self._end(start)
        own = start.tzinfo if isinstance(start, datetime) else None
        spans = (_whole_days(start, end, clock) for clock in (own, self._zone))
        span = next((span for span in spans if span is not None), None)
        if span is None:
            raise PartOfDayError(self._text.line_of("DTSTART"), "begins or ends within a day; holidays are whole days")
        if not 0 < span[1] <= LONGEST:
            raise self._error("DTEND", "it ends before it begins" if span[1] < 1 else "it is longer than a year")
        return span

    def _end(self, start: date | datetime) -> date | datetime | None:
        if "DTEND" in self._event:
            return self._moment("DTEND")
        if "DURATION" not in self._event:
            return None
        duration = self._one("DURATION").dt
        if not isinstance(duration, timedelta) or abs(duration) > LONGEST * ONE_DAY:
            raise self._error("DURATION", "it is longer than a year")
        return (start if isinstance(start, datetime) else datetime.combine(start, MIDNIGHT)) + duration

    def _repeated(self, first: date) -> list[date]:
        """The first day, and those on which a rule repeats it."""
        if "RRULE" not in self._event:
            return [first]
        rule = self._one("RRULE")
        until = [self._day(self._checked("RRULE", moment)) for moment in rule.get("UNTIL", [])]
        try:
            return occurrences(rule, first, min(until, default=None))
        except RuleError as error:
            raise self._error("RRULE", str(error)) from error

    def _day(self, moment: date | datetime) -> date:
        """The day of a moment on the clock on which the event takes whole days."""
        if not isinstance(moment, datetime):
            return moment
        start = self._values("DTSTART")[0].dt if "DTSTART" in self._event else moment
        own = start.tzinfo if isinstance(start, datetime) and start.time() == MIDNIGHT else None
        if own is None and moment.time() == MIDNIGHT:
            return moment.date()
        return _wall(moment, own or self._zone).date()

    def _moments(self, name: str) -> list[date | datetime]:
        """All days or times of a property; the lines and the values in them are one list."""
        values = [one for value in self._values(name) for one in getattr(value, "dts", [value])]
        return [self._checked(name, value.dt) for value in values]

    def _moment(self, name: str) -> date | datetime:
        return self._checked(name, self._one(name).dt)

    def _checked(self, name: str, moment: Any) -> date | datetime:
        """The day or time, if it is one that a calendar may hold."""
        if not isinstance(moment, date):
            raise self._error(name, f"{name} is not a day")
        if not FIRST_DAY.year <= moment.year <= LAST_DAY.year:
            raise self._error(name, f"{name} is not within the years {FIRST_DAY.year} to {LAST_DAY.year}")
        return moment

    def _one(self, name: str) -> Any:
        values = self._values(name)
        if len(values) != 1:
            raise self._error(name, f"it has {len(values)} lines of {name}")
        return values[0]

    def _values(self, name: str) -> list[Any]:
        value = self._event.get(name, [])
        return value if isinstance(value, list) else [value]

    def _error(self, name: str, why: str) -> EventError:
        return EventError(self._text.line_of(name), why)


def _whole_days(start: date | datetime, end: date | datetime | None, clock: tzinfo | None) -> tuple[date, int] | None:
    """First day and number of days on a clock; None where it begins or ends within a day, or takes no time at all.

    Without an end it is one day. So it is where both are the same date, as some programs write it.
    """
    begins = _wall(start, clock)
    ends = begins + ONE_DAY if end is None else _wall(end, clock)
    if ends.time() >= ALMOST_MIDNIGHT:
        ends = datetime.combine(ends.date() + ONE_DAY, MIDNIGHT)
    if not isinstance(start, datetime) and not isinstance(end, datetime) and ends == begins:
        ends += ONE_DAY
    if begins.time() != MIDNIGHT or ends.time() != MIDNIGHT or begins == ends:
        return None
    return begins.date(), (ends - begins).days


def _wall(moment: date | datetime, clock: tzinfo | None) -> datetime:
    """A day or time as a clock shows it, naive; a day is its midnight, a time without a zone is as it is written."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, MIDNIGHT)
    return (moment.astimezone(clock) if moment.tzinfo and clock else moment).replace(tzinfo=None)
