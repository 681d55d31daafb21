"""Instants, days and durations in words. Every clock time names its time zone."""

from datetime import date, datetime, time, timedelta

from kpibot.core.kpis.report import local_time

# Not strftime's: its names follow the machine's locale.
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
TO_THE_DAY = timedelta(days=2)  # after that the minute does not matter
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment(instant: datetime, zone: str, *, year: bool = False) -> str:
    """`Sun, Nov 22, 2:02 PM CST` in the time zone of that name; with the year if wanted.

    American school districts read dates and times in this form.
    """
    at = local_time(instant, zone)
    return f"{WEEKDAYS[at.weekday()]}, {day_month(at, year=year)}, {_clock(at, zone)}"


def soon(instant: datetime, now: datetime, zone: str) -> str:
    """`2:02 PM CST` on the same local day as `now`, otherwise with the date, and the year if it differs."""
    at, today = local_time(instant, zone), local_time(now, zone)
    return _clock(at, zone) if at.date() == today.date() else moment(instant, zone, year=at.year != today.year)


def is_to_the_day(instant: datetime, now: datetime, zone: str) -> bool:
    """Whether only the day matters: it was days ago, or it is midnight, because a series only knows days."""
    return now - instant >= TO_THE_DAY or local_time(instant, zone).time() == time()


def _clock(at: datetime, zone: str) -> str:
    named = at.tzname() or zone
    # Zones without an abbreviation are called `+05`: their full name says more.
    named = zone if named.lstrip("+-").isdigit() else named
    return f"{clock_time(at.time())} {named}"


def clock_time(at: time) -> str:
    """`2:02 PM`."""
    return f"{at.hour % 12 or 12}:{at.minute:02} {'AM' if at.hour < 12 else 'PM'}"


def day_month(day: date, *, year: bool = False) -> str:
    """`Nov 22`, with the year `Nov 22, 2026`."""
    return f"{MONTHS[day.month - 1]} {day.day}" + (f", {day.year}" if year else "")


def stretch(length: timedelta) -> str:
    """`40 s`, `22 min`, `2 h`, `3 days`: the largest unit that fits, rounded down."""
    seconds = int(abs(length).total_seconds())
    for unit, name in ((60, "s"), (3_600, "min"), (2 * 86_400, "h")):
        if seconds < unit:
            return f"{seconds // {'s': 1, 'min': 60, 'h': 3_600}[name]} {name}"
    return f"{seconds // 86_400:,} days"


def ago(instant: datetime, now: datetime) -> str:
    """`2 h ago`; `just now` within a minute, and for an instant after `now`."""
    return "just now" if now - instant < timedelta(minutes=1) else f"{stretch(now - instant)} ago"
