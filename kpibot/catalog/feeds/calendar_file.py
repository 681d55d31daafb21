"""A calendar file (iCalendar, RFC 5545) cut into its events, each with its line; icalendar parses what they say.

Events are parsed one by one and only by the properties that a holiday needs: a broken alarm or description, a
definition of a time zone, or the event beside it cannot spoil an event.
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from icalendar import Event

NEEDED = frozenset(
    "UID SUMMARY STATUS DTSTART DTEND DURATION RRULE RDATE EXRULE EXDATE RECURRENCE-ID".split()  # noqa: SIM905
)
LONGEST = 20_000  # characters of an event
LINE_END = re.compile(r"\r\n|\n|\r")
NAME = re.compile(r"[A-Za-z0-9-]+(?=[ \t]*[;:])")


class EventError(ValueError):
    """Why an event is left out, and the line that says it."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


@dataclass(slots=True)
class EventText:
    """The lines of a VEVENT that begins in line `line` of the file, with their numbers, folded as they were."""

    line: int
    lines: list[tuple[int, str]] = field(default_factory=list)
    is_complete: bool = False

    def line_of(self, name: str) -> int:
        """The line of a property; of the event where it has none."""
        names = ((number, NAME.match(line)) for number, line in self.lines)
        return next((number for number, match in names if match and match[0].upper() == name), self.line)

    def parse(self) -> "Event":
        """The event; what icalendar cannot read of it is in its `errors`.

        Raises:
            EventError: nothing of it can be read, or the file ends before the event does.
        """
        from icalendar import Event  # noqa: PLC0415 - it takes as long as the rest of the catalog
        from icalendar.error import GloballyUniqueTZIDGuessed  # noqa: PLC0415

        if not self.is_complete:
            raise EventError(self.line, "it has no end; the file was cut off, save it again")
        if sum(len(line) for _, line in self.lines) > LONGEST:
            raise EventError(self.line, "it is too long")
        content = "\r\n".join(["BEGIN:VEVENT", *(line for _, line in self.lines), "END:VEVENT", ""])
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", GloballyUniqueTZIDGuessed)  # the guess is good enough for a day
                return cast("Event", Event.from_ical(content))
        except (ValueError, OSError, OverflowError) as error:  # OSError: a time zone that names a folder
            raise EventError(self.line, "it cannot be read") from error


def event_texts(text: str) -> Iterator[EventText]:
    """The events of a calendar, in order, without what they contain (alarms) and what is beside them (tasks)."""
    scanner = _Scanner()
    for number, line in enumerate(LINE_END.split(text), 1):
        if (event := scanner.take(number, line)) is not None:
            yield event
    if scanner.event is not None:
        yield scanner.event


class _Scanner:
    """Looks at one line after the other."""

    def __init__(self) -> None:
        self.event: EventText | None = None
        self._nested: list[str] = []  # the components that are open within the event
        self._keeps = False

    def take(self, number: int, line: str) -> EventText | None:
        """The event that is over with this line, if one is."""
        if line[:1] in (" ", "\t") and line:  # goes on with the line before
            self._keep(number, line)
            return None
        name = match[0].upper() if (match := NAME.match(line)) else ""
        if name in ("BEGIN", "END"):
            self._keeps = False
            component = line.partition(":")[2].strip().upper()
            return self._begin(number, component) if name == "BEGIN" else self._end(component)
        self._keeps = name in NEEDED and not self._nested
        self._keep(number, line)
        return None

    def _keep(self, number: int, line: str) -> None:
        if self.event is not None and self._keeps:
            self.event.lines.append((number, line))

    def _begin(self, number: int, component: str) -> EventText | None:
        if component != "VEVENT":
            self._nested += [component] if self.event is not None else []
            return None
        unfinished, self.event, self._nested = self.event, EventText(number), []
        return unfinished

    def _end(self, component: str) -> EventText | None:
        if component != "VEVENT" or self.event is None:
            self._nested = self._nested[:-1]
            return None
        finished, self.event, self._nested = self.event, None, []
        finished.is_complete = True
        return finished
