"""The district's calendar: its time zone, fiscal and school year, working hours and holidays."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class YearStart:
    """The day on which a kind of year begins."""

    month: int
    day: int

    def on_or_before(self, day: date) -> date:
        """The first day of the year that `day` lies in."""
        start = date(day.year, self.month, self.day)
        return start if start <= day else date(day.year - 1, self.month, self.day)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the district means by a day, a year and working time. Every date here is local to `zone`.

    `working_hours` has seven entries, Monday first: (opens, closes), or None for a day off.
    """

    zone: ZoneInfo
    fiscal_year: YearStart
    school_year: YearStart
    working_hours: tuple[tuple[time, time] | None, ...]
    holidays: frozenset[date] = frozenset()

    def local(self, instant: datetime) -> datetime:
        """The instant on the district's wall clock."""
        return instant.astimezone(self.zone)

    def midnight(self, day: date) -> datetime:
        """The first instant of a local day, aware."""
        return datetime.combine(day, time(), self.zone)

    def day_ends(self, first: date, last: date, as_of: datetime) -> list[datetime]:
        """The end of each local day from `first` to `last`, none of them later than `as_of`."""
        days = (last - first).days + 1
        ends = (self.midnight(first + timedelta(days=n + 1)).astimezone(UTC) for n in range(days))
        return [min(end, as_of) for end in ends]
