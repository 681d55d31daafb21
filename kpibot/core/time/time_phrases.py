"""Phrases for the end of a time: `3d`, `2 hours`, `until friday`, `until 4pm`, `through 2026-12-18`. All are local.

`until` a day ends when the department opens on it, or at its midnight if it is closed; `through` a day includes it. A
length such as `3d` ends at the same time of day, even where daylight saving time changes in between.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from kpibot.core.text import QueryError, quoted
from kpibot.core.time.calendar import Calendar

LONGEST = timedelta(days=367)  # a leap year, and an hour of daylight saving time
YEARS_AROUND = 2  # days further away are refused without further parsing
MINUTE = timedelta(minutes=1)
UNTIL, THROUGH = ("until", "till"), ("through", "thru")
UNITS = {"min": "minutes", "h": "hours", "hour": "hours", "d": "days", "day": "days", "w": "weeks", "week": "weeks"}
LENGTH = re.compile(r"(\d{1,5})(mins?|minutes?|h|hours?|d|days?|w|weeks?|m|months?)", re.ASCII)
CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(am|pm)?", re.ASCII)
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EXAMPLES = "`3d`, `2h`, `until friday` or `until 2026-12-18`"


def read_end(words: Sequence[str], now: datetime, calendar: Calendar) -> tuple[datetime, int] | None:
    """The end that the first words name, aware and to the minute, and how many words it takes; None if they name none.

    Raises:
        QueryError: it is in the past or more than a year ahead, or is ambiguous.
    """
    if not words:
        return None
    for length in (1, 2):
        phrase = "".join(words[:length]).casefold()
        if length <= len(words) and (match := LENGTH.fullmatch(phrase)):
            return _checked(_after(match, now, calendar), now, phrase), length
    word = words[0].casefold()
    if word in UNTIL:
        return _until_phrase(words, now, calendar)
    if word in THROUGH:
        return _through_phrase(words, now, calendar)
    return None


def named_end(name: str, now: datetime, calendar: Calendar) -> datetime:
    """The end that a button or form names: `1h`, `tomorrow` morning, `monday` morning, or a length like `3d`.

    Raises:
        QueryError: there is no such button.
    """
    match name:
        case "tomorrow":
            return next_morning(now, calendar).astimezone(UTC)
        case "monday":
            return next_monday(now, calendar).astimezone(UTC)
    parsed = read_end([name], now, calendar)
    if parsed is None:
        raise QueryError(f"I can't tell how long `{quoted(name)}` is; type for example {EXAMPLES}")
    return parsed[0]


def next_morning(now: datetime, calendar: Calendar) -> datetime:
    """When the department opens on its next working day."""
    return opening_time(calendar.working_days_ahead(calendar.local(now).date(), 1), calendar)


def next_monday(now: datetime, calendar: Calendar) -> datetime:
    """When the department opens on Monday, or on the first working day after it."""
    today = calendar.local(now).date()
    return opening_time(calendar.working_days_ahead(_next_weekday(0, today) - timedelta(days=1), 1), calendar)


def opening_time(day: date, calendar: Calendar) -> datetime:
    """When the department opens on a local day; its midnight if it is closed."""
    hours = calendar.hours_on(day)
    return datetime.combine(day, hours[0] if hours else time(), calendar.zone)


def to_the_minute(instant: datetime) -> datetime:
    """The instant, or the next whole minute after it."""
    whole = instant.replace(second=0, microsecond=0)
    return whole if whole == instant else whole + MINUTE


def _after(length: re.Match[str], now: datetime, calendar: Calendar) -> datetime:
    if length[2] in ("m", "month", "months"):
        raise QueryError(
            f"`{length[0]}` could be minutes or months; type for example `30min`, `4w` or `until 2026-12-18`"
        )
    unit = UNITS[length[2].removesuffix("utes").removesuffix("ute").rstrip("s")]
    delta = timedelta(**{unit: int(length[1])})
    if unit in ("minutes", "hours"):
        return to_the_minute(now + delta)
    return to_the_minute(calendar.local(now) + min(delta, LONGEST * 2))


def _until_phrase(words: Sequence[str], now: datetime, calendar: Calendar) -> tuple[datetime, int]:
    """Reads `until friday`, `until 4pm` and `until friday 4pm`."""
    today = calendar.local(now).date()
    day = _day(words[1:2], today)
    at = _clock(words[2:3] if day else words[1:2])
    if day is None and at is None:
        raise _unclear(words)
    length = 1 + (day is not None) + (at is not None)
    phrase = " ".join(words[:length])
    end = (
        opening_time(day, calendar)
        if day and at is None
        else datetime.combine(day or today, at or time(), calendar.zone)
    )
    return _checked(end, now, phrase), length


def _through_phrase(words: Sequence[str], now: datetime, calendar: Calendar) -> tuple[datetime, int]:
    day = _day(words[1:2], calendar.local(now).date(), including_today=True)
    if day is None:
        raise _unclear(words)
    return _checked(calendar.midnight(day + timedelta(days=1)), now, " ".join(words[:2])), 2


def _unclear(words: Sequence[str]) -> QueryError:
    after = f" `{quoted(words[1])}`" if len(words) > 1 else ""
    return QueryError(f"{quoted(words[0])} when{after}? Type a weekday, `tomorrow`, `4pm` or a day like `2026-12-18`")


def _day(words: Sequence[str], today: date, *, including_today: bool = False) -> date | None:
    """The day that a word names; a weekday is the next one."""
    word = words[0].casefold() if words else ""
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    weekday = next((n for n, name in enumerate(WEEKDAYS) if word in (name, name[:3])), None)
    if weekday is not None:
        return today if including_today and weekday == today.weekday() else _next_weekday(weekday, today)
    if not ISO_DAY.fullmatch(word):
        return None
    try:
        day = date.fromisoformat(word)
    except ValueError:
        raise QueryError(f"there is no day `{word}`; type it as `2026-12-18`") from None
    if abs(day.year - today.year) > YEARS_AROUND:
        raise QueryError(f"`{word}` is more than a year away; type for example {EXAMPLES}")
    return day


def _next_weekday(weekday: int, today: date) -> date:
    """The next such weekday after today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _clock(words: Sequence[str]) -> time | None:
    """`4pm`, `4:30pm` or `16:00`; a bare number is no time of day."""
    match = CLOCK.fullmatch(words[0].casefold()) if words else None
    if match is None or not (match[2] or match[3]):
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if minute > 59 or not (1 <= hour <= 12 if half else hour <= 23):
        raise QueryError(f"there is no time `{match[0]}`; type for example `4pm` or `16:30`")
    return time(hour % 12 + 12 * (half == "pm") if half else hour, minute)


def _checked(end: datetime, now: datetime, phrase: str) -> datetime:
    if end <= now:
        raise QueryError(f"`{quoted(phrase)}` is in the past; type for example {EXAMPLES}")
    if end - now > LONGEST:
        raise QueryError(f"`{quoted(phrase)}` is more than a year; type for example {EXAMPLES}")
    return end.astimezone(UTC)
