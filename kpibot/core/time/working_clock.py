"""The working clock: the working time between two instants, for a million rows at once."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]  # of UTC epoch seconds, or of seconds
Hours = tuple[time, time]  # opens, closes: local, on the same day

FIRST_YEAR, LAST_YEAR = 1900, 2199  # timestamps outside are placeholders (1899-12-30, 9999-12-31)


@dataclass(frozen=True, slots=True, eq=False)
class WorkingClock:
    """A clock that runs during working time only: at `edges[i]`, an epoch second, it shows `seconds[i]`.

    Between two edges it either runs or stands still, so that the seconds are linear there.
    """

    edges: Floats
    seconds: Floats

    @classmethod
    def of(cls, first: date, last: date, hours_on: Callable[[date], Hours | None], zone: ZoneInfo) -> "WorkingClock":
        """The clock of the local days from `first` to `last`, inclusive; it stands still before and after."""
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        worked = [working_hours_in_utc(day, hours, zone) for day in days if (hours := hours_on(day))]
        edges = np.array([[opens.timestamp(), closes.timestamp()] for opens, closes in worked if opens < closes])
        if not len(edges):
            return cls(np.zeros(1), np.zeros(1))
        upto = np.cumsum(edges[:, 1] - edges[:, 0])
        return cls(edges.ravel(), np.column_stack((np.append(0.0, upto[:-1]), upto)).ravel())

    def between(self, began: Floats, ended: Floats) -> Floats:
        """The working seconds from `began` to `ended`; 0 where `ended` is not later, NaN where either is NaN."""
        elapsed = np.interp(ended, self.edges, self.seconds) - np.interp(began, self.edges, self.seconds)
        return np.maximum(elapsed, 0.0)


def working_hours_in_utc(day: date, hours: Hours, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The working hours of a local day in UTC: from the first instant at which its clock has reached the opening time
    to the first at which it has reached the closing time. A change of the clock in between makes them longer or
    shorter."""
    return first_instant_at(day, hours[0], zone), first_instant_at(day, hours[1], zone)


def first_instant_at(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, at which the clock of a local day shows `at` or, where it skips that, later."""
    by_old, by_new = datetime.combine(day, at, zone), datetime.combine(day, at.replace(fold=1), zone)
    old, new = by_old.utcoffset(), by_new.utcoffset()
    if old is None or new is None or old >= new:
        return by_old.astimezone(UTC)
    # The clock jumps over `at`: it does so after the instant by the new offset, and not after that by the old one.
    earliest = by_new.astimezone(UTC)
    seconds = range(int((new - old).total_seconds()))
    is_over = bisect_left(seconds, True, key=lambda n: _offset(earliest + timedelta(seconds=n), zone) == new)
    return earliest + timedelta(seconds=is_over)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta | None:
    return instant.astimezone(zone).utcoffset()
