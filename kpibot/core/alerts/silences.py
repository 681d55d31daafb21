"""Silences: when, and about what, people do not want notifications. A silence hides these; the alert states go on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from kpibot.core.campuses.campus_tree import CampusTree
from kpibot.core.time.calendar import Calendar
from kpibot.core.time.time_phrases import to_the_minute

LONGEST_ANYWHERE = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A mute that somebody asked for: of one KPI or all, at a campus or group, or everywhere, for a while.

    `start` and `end` are aware, half-open. `by` is who asked for it.
    """

    id: str
    start: datetime
    end: datetime
    kpi: str | None = None
    campus: str | None = None
    reason: str = ""
    by: str = ""

    def is_active(self, now: datetime, _calendar: Calendar) -> bool:
        """Whether it is silent at an instant; no calendar can change that."""
        return self.start <= now < self.end


def needs_administrators(kpi: str | None, campus: str | None, end: datetime, now: datetime, calendar: Calendar) -> bool:
    """Whether a mute is for the administrators' channel only: of everything everywhere, or for more than 30 days.

    They are days of the district's calendar, whatever the clocks do in between.
    """
    longest = to_the_minute(calendar.local(now) + LONGEST_ANYWHERE)
    return (kpi is None and campus is None) or end > longest


class Recurrence(StrEnum):
    """What a recurring silence recurs with."""

    HOLIDAYS = "holidays"
    BREAKS = "breaks"
    WEEKLY = "weekly"
    YEARLY = "yearly"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringSilence:
    """A mute that the configuration names: holidays, breaks, a maintenance window each week, or a season each year.

    `weekdays` (0 is Monday) and `hours` are the window of a week, half-open; one that ends at or before its beginning
    ends on the next day. `first` and `last` (month, day) are those of a year, both included. Everything is local to the
    district.
    """

    name: str
    when: Recurrence
    weekdays: tuple[int, ...] = ()
    hours: tuple[time, time] = (time(), time())
    first: tuple[int, int] = (1, 1)
    last: tuple[int, int] = (12, 31)
    kpis: frozenset[str] | None = None
    campuses: frozenset[str] | None = None

    def is_active(self, instant: datetime, calendar: Calendar) -> bool:
        """Whether it is silent at an instant."""
        local = calendar.local(instant)
        match self.when:
            case Recurrence.HOLIDAYS:
                return local.date() in calendar.holidays
            case Recurrence.BREAKS:
                return any(local.date() in each for each in calendar.breaks)
            case Recurrence.WEEKLY:
                return self._holds_in_week(local.weekday(), local.time())
        day = (local.month, local.day)
        if self.first <= self.last:
            return self.first <= day <= self.last
        return day >= self.first or day <= self.last

    def _holds_in_week(self, weekday: int, at: time) -> bool:
        begins, ends = self.hours
        if begins < ends:
            return weekday in self.weekdays and begins <= at < ends
        return (weekday in self.weekdays and at >= begins) or ((weekday - 1) % 7 in self.weekdays and at < ends)


AnySilence = Silence | RecurringSilence


def active_silence(
    silences: Iterable[AnySilence], kpi: str, campus: str, now: datetime, tree: CampusTree, calendar: Calendar
) -> AnySilence | None:
    """The first silence that hides a KPI's notices at a campus now."""
    return next((each for each in silences if _hides(each, kpi, campus, now, tree, calendar)), None)


def _hides(silence: AnySilence, kpi: str, campus: str, now: datetime, tree: CampusTree, calendar: Calendar) -> bool:
    return silence.is_active(now, calendar) and covers(silence, kpi, campus, tree)


def covers(silence: AnySilence, kpi: str, campus: str, tree: CampusTree) -> bool:
    """Whether a silence hides a KPI's notices at a campus, whenever it holds."""
    if isinstance(silence, Silence):
        where = (silence.campus,) if silence.campus is not None else None
        return silence.kpi in (None, kpi) and _is_at(campus, where, tree)
    return (silence.kpis is None or kpi in silence.kpis) and _is_at(campus, silence.campuses, tree)


def _is_at(campus: str, where: Iterable[str] | None, tree: CampusTree) -> bool:
    """A campus that is gone from the tree silences nothing any more."""
    return where is None or any(each in tree and campus in tree.covered(each) for each in where)


def next_occurrence(
    silence: RecurringSilence, now: datetime, calendar: Calendar, days: int = 60
) -> tuple[date, date] | None:
    """The first and last day of its next stretch within so many days, for a preview; None where there is none."""
    today = calendar.local(now).date()
    noon = [datetime.combine(today + timedelta(days=n), _sample(silence), calendar.zone) for n in range(days)]
    active_days = [each.date() for each in noon if silence.is_active(each, calendar)]
    if not active_days:
        return None
    last = active_days[0]
    while last + timedelta(days=1) in active_days:
        last += timedelta(days=1)
    return active_days[0], last


def _sample(silence: RecurringSilence) -> time:
    """A time of day at which the silence holds on each of its days."""
    return silence.hours[0] if silence.when is Recurrence.WEEKLY else time(12)
