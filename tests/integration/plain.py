"""What the tests of presets and mappings count by hand: days, working hours, means over time. Plain Python."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Chicago")
OPENS, CLOSES = time(8), time(16, 30)  # what a district works that says nothing of it, Monday to Friday


def midnight(day: date) -> datetime:
    """When a local day begins."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def working_hours(began: datetime, ended: datetime) -> float:
    """The working hours from one instant to another."""
    day, hours = began.astimezone(ZONE).date(), 0.0
    while day <= ended.astimezone(ZONE).date():
        opens, closes = (datetime.combine(day, at, ZONE).astimezone(UTC) for at in (OPENS, CLOSES))
        if day.weekday() < 5:
            hours += max(0.0, (min(closes, ended) - max(opens, began)).total_seconds()) / 3_600
        day += timedelta(days=1)
    return hours


def working_days_since(day: date, today: date) -> int:
    """How many working days came after a day, the current one included."""
    days = (day + timedelta(days=n) for n in range(1, (today - day).days + 1))
    return sum(each.weekday() < 5 for each in days)


def median_of_waits(
    pairs: Iterable[tuple[datetime, datetime | None]], start: datetime, now: datetime, working: bool
) -> float:
    """The median, in hours, of what began in a period; what has not ended waits until now."""
    waits = []
    for began, ended in pairs:
        until = now if ended is None or ended >= now else ended
        if start <= began < now and (ended is None or ended >= began):
            waits.append(working_hours(began, until) if working else (until - began).total_seconds() / 3_600)
    return median(waits)


def mean_level(stays: Iterable[tuple[datetime | None, datetime | None]], start: datetime, now: datetime) -> float:
    """How many stood on average over a period."""
    stood = timedelta()
    for began, ended in stays:
        if began is not None:
            stood += max(timedelta(), min(now, ended or now) - max(start, began))
    return stood / (now - start)
