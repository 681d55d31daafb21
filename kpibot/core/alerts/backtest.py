"""Replays a KPI's past against an alert rule: how many alerts there would have been, now and with other thresholds."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from types import MappingProxyType

from kpibot.core.alerts.quiet_hours import SuppressionReason
from kpibot.core.alerts.signals import Signal
from kpibot.core.alerts.states import AlertState, Phase, Reason, assess, next_state
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Better, Thresholds, Verdict

Samples = Sequence[tuple[datetime, float | None]]
SHARES = (0.5, 0.75, 0.9, 0.95, 0.98, 0.99)
DAY = timedelta(days=1)
NO_SIGNALS: Mapping[datetime, Sequence[Signal]] = MappingProxyType({})
YEAR = 365  # days
CALM_ALERTS = 12  # a year at a campus: more than one a month nobody reads
CALM_SHARE = 0.1  # of the days in alert: what is always on says nothing
LEAST_DAYS = 60  # known, before anything is suggested


@dataclass(frozen=True, slots=True)
class ReplayedAlert:
    """One alert of a replay, from its first message to its recovery; `end` is None while it lasts.

    `initial_severity` is the severity of the first message.
    """

    start: datetime
    end: datetime | None
    became_critical: bool = False
    initial_severity: Verdict = Verdict.WARNING

    def duration(self, now: datetime) -> timedelta:
        """How long it lasted, or has lasted by `now`."""
        return (self.end or now) - self.start


@dataclass(frozen=True, slots=True)
class ThresholdOption:
    """What a warning threshold would have given: how many alerts, at how many campuses, and their total duration."""

    warning: float
    alerts: int
    duration: timedelta
    campuses: int = 1


@dataclass(frozen=True, slots=True)
class CampusReplay:
    """What the rule would have given at one campus. `suppressions` say why each alert would have waited, if at all.

    The report has the series and thresholds that were replayed; `days` counts from the first day that has a value.
    """

    report: Report
    alerts: tuple[ReplayedAlert, ...]
    suppressions: tuple[SuppressionReason | None, ...]
    days: int
    duration: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """Other thresholds for all campuses that share theirs, mildest first; `current` and `suggested` are among them."""

    thresholds: Thresholds
    campuses: int
    days: int
    options: tuple[ThresholdOption, ...]
    current: ThresholdOption | None
    suggested: ThresholdOption | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """A KPI's past, replayed day by day from `first` to `last`, both included, at every campus that is watched.

    `rule` is the KPI's, or the default rule where it has none. `from_own_readings` says that its past comes only
    from the bot's own readings.
    """

    card: KpiInfo
    place: str
    zone: str
    first: date
    last: date
    rule: AlertRule
    has_rule: bool
    from_own_readings: bool
    replays: tuple[CampusReplay, ...]
    tunings: tuple[Tuning, ...]

    @property
    def days(self) -> int:
        """How many days were asked about."""
        return (self.last - self.first).days + 1

    @property
    def end(self) -> datetime:
        """When the replay ends, and with it the duration of alerts that still last: a day lasts until the next."""
        return instant_of_day(self.last + DAY)

    @property
    def alerts(self) -> list[ReplayedAlert]:
        """All alerts, the first one first."""
        return sorted(chain.from_iterable(each.alerts for each in self.replays), key=lambda alarm: alarm.start)

    @property
    def suppressed(self) -> Counter[SuppressionReason]:
        """How many alerts would have waited, by what for."""
        return Counter(why for past in self.replays for why in past.suppressions if why is not None)

    @property
    def by_month(self) -> list[tuple[date, int]]:
        """The first of each month, and how many alerts began in it."""
        counts = Counter((alarm.start.year, alarm.start.month) for alarm in self.alerts)
        months = range(self.first.year * 12 + self.first.month - 1, self.last.year * 12 + self.last.month)
        firsts = [date(month // 12, month % 12 + 1, 1) for month in months]
        return [(first, counts[first.year, first.month]) for first in firsts]


def instant_of_day(day: date) -> datetime:
    """An instant for a whole day: from one to the next it is 24 hours, whatever the clocks do."""
    return datetime.combine(day, time(12), UTC)


def daily_rule(rule: AlertRule, every: timedelta) -> AlertRule:
    """The rule for one value a day, where `after` counts measurements that are `every` apart."""
    return replace(rule, after=max(1, math.ceil(rule.after * every / DAY)), remind=None)


def replay(
    moments: Samples, levels: Thresholds, rule: AlertRule, signalled: Mapping[datetime, Sequence[Signal]] = NO_SIGNALS
) -> list[ReplayedAlert]:
    """The alerts that the rule would have given over these values; `signalled` has its signals by instant."""
    state, alerts = AlertState(), list[ReplayedAlert]()
    for at, value in moments:
        state, reason = next_state(state, assess(levels, value, rule, signalled.get(at, ())), rule, at)
        if reason is Reason.FIRING and state.severity is not None:
            alerts.append(ReplayedAlert(at, None, initial_severity=state.severity))
        elif reason is Reason.RECOVERED:
            alerts[-1] = replace(alerts[-1], end=at)
        if state.phase is Phase.FIRING and state.severity is Verdict.CRITICAL:
            alerts[-1] = replace(alerts[-1], became_critical=True)
    return alerts


def threshold_options(
    histories: Sequence[Samples], levels: Thresholds, rule: AlertRule, until: datetime
) -> list[ThresholdOption]:
    """What other warning thresholds would have given, mildest first: those that half of all values, three in four, …
    stay short of, and the current one. An alert that still lasts counts up to `until`."""
    values = sorted(value for moments in histories for _, value in moments if value is not None)
    if not values or levels.better is Better.NEUTRAL:
        return []
    best = values[0] if levels.better is Better.LOWER else values[-1]
    tried = {_level(values, share, levels.better) for share in SHARES} - {best}  # which every value would reach
    if levels.target is not None:  # what is good enough is nothing to warn of
        tried = {each for each in tried if _misses(each, levels.target, levels.better)}
    if (now := levels.mildest) is not None:
        tried.add(now)
    in_order = sorted(tried, reverse=levels.better is Better.HIGHER)
    return [_trial(histories, levels, rule, warning, until) for warning in in_order]


def suggested_option(options: Iterable[ThresholdOption], campuses: int, days: int) -> ThresholdOption | None:
    """The mildest option that people can live with: on average a campus has at most one alert a month, and is in alert
    on at most one day in ten. None where there is none, or too little of the past.

    Args:
        options: mildest first.
        campuses: how many the options are about.
        days: since their first value, of all campuses together.
    """
    if not campuses or days < LEAST_DAYS * campuses:
        return None
    calm = (
        option
        for option in options
        if option.alerts / (days / YEAR) <= CALM_ALERTS and option.duration / DAY / days <= CALM_SHARE
    )
    return next(calm, None)


def total_duration(alarms: Iterable[ReplayedAlert], until: datetime) -> timedelta:
    """How long the alerts lasted in all."""
    return sum((each.duration(until) for each in alarms), timedelta())


def _trial(
    histories: Sequence[Samples], levels: Thresholds, rule: AlertRule, warning: float, until: datetime
) -> ThresholdOption:
    tried = Thresholds(levels.better, warning=warning, recovers_at=levels.recovery_from(warning))
    by_campus = [replay(moments, tried, rule) for moments in histories]
    lasted = sum((total_duration(alarms, until) for alarms in by_campus), timedelta())
    return ThresholdOption(warning, sum(map(len, by_campus)), lasted, sum(map(bool, by_campus)))


def _level(values: Sequence[float], share: float, better: Better) -> float:
    """The value that a share of all values stay short of, in two digits or so: nobody sets a threshold of 37.42."""
    place = min(int(share * len(values)), len(values) - 1)
    value = values[place if better is Better.LOWER else len(values) - 1 - place]
    return float(f"{value:.2g}") if abs(value) < 100 else float(f"{value:.3g}")


def _misses(value: float, target: float, better: Better) -> bool:
    return value > target if better is Better.LOWER else value < target
