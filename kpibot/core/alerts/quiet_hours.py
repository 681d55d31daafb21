"""When notifications are suppressed: silences, holidays and the time outside working hours. One pure decision."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from kpibot.core.alerts.silences import AnySilence, RecurringSilence, Silence, active_silence
from kpibot.core.campuses.campus_tree import CampusTree
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.time.calendar import Calendar

DAYS_AHEAD = 400  # that the end of the quiet is looked for
CRITICAL = "critical"


class SuppressionReason(StrEnum):
    """Why a notification is suppressed."""

    SILENCED = "silenced"
    HOLIDAY = "holiday"
    OUTSIDE_HOURS = "outside working hours"


@dataclass(frozen=True, slots=True)
class Suppression:
    """A suppressed notification; `silence` is what hides it, `holiday` the name of the day, if it has one."""

    reason: SuppressionReason
    silence: AnySilence | None = None
    holiday: str = ""


@dataclass(frozen=True, slots=True)
class Breach:
    """What might be sent: of a KPI at a campus, `warning` or `critical`, by the KPI's rule."""

    kpi: str
    campus: str
    severity: str
    rule: AlertRule


@dataclass(frozen=True)
class QuietHours:
    """The district's quiet: the silences of its people and of its configuration, and its calendar."""

    silences: tuple[AnySilence, ...]
    tree: CampusTree
    calendar: Calendar

    def suppression(self, notice: Breach, now: datetime) -> Suppression | None:
        """Why a notification waits; None if it is sent now.

        A silence hides everything. On a holiday only a rule that says `on_holidays` tells anything. Outside of working
        hours, those of a holiday among them, only what is critical is sent, unless the rule says `any_time`.
        """
        silence = active_silence(self.silences, notice.kpi, notice.campus, now, self.tree, self.calendar)
        if silence is not None:
            return Suppression(SuppressionReason.SILENCED, silence)
        day = self.calendar.local(now).date()
        if day in self.calendar.holidays and not notice.rule.on_holidays:
            return Suppression(SuppressionReason.HOLIDAY, holiday=self.calendar.holiday_names.get(day, ""))
        if notice.severity == CRITICAL or notice.rule.any_time or self.calendar.is_working_time(now):
            return None
        return Suppression(SuppressionReason.OUTSIDE_HOURS)

    def next_notify_at(self, notice: Breach, now: datetime) -> datetime | None:
        """The first instant from `now` on at which people are notified; None if that is out of sight."""
        return next((each for each in self._turns(now) if self.suppression(notice, each) is None), None)

    def _turns(self, now: datetime) -> Iterator[datetime]:
        """The instants at which a suppression may end: those at which something ends, or work begins."""
        yield now
        today = self.calendar.local(now).date()
        for day in (today + timedelta(days=n) for n in range(DAYS_AHEAD)):
            yield from (instant for instant in sorted(self._turns_of(day)) if instant > now)

    def _turns_of(self, day: date) -> Iterator[datetime]:
        hours = self.calendar.hours_on(day)
        times = {each.hours[1] for each in self.silences if isinstance(each, RecurringSilence)}
        for at in {time(), *times, *([hours[0]] if hours else [])}:
            yield datetime.combine(day, at, self.calendar.zone)
        for silence in self.silences:
            if isinstance(silence, Silence) and self.calendar.local(silence.end).date() == day:
                yield silence.end
