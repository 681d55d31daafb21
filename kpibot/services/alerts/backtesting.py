"""Replays the history of a KPI against its alert rule. Its methods block."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from kpibot.core.alerts.backtest import (
    DAY,
    Backtest,
    CampusReplay,
    ReplayedAlert,
    Samples,
    Tuning,
    daily_rule,
    instant_of_day,
    replay,
    suggested_option,
    threshold_options,
    total_duration,
)
from kpibot.core.alerts.quiet_hours import Breach, QuietHours, SuppressionReason
from kpibot.core.alerts.signals import Signal, days_needed, signals
from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.kpis.alert_rule import AlertRule, SignalRule
from kpibot.core.kpis.district import District
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.series import Series
from kpibot.core.kpis.thresholds import Better, Thresholds
from kpibot.core.text import QueryError
from kpibot.services.alerts.evaluation import watched_campuses
from kpibot.services.measurement.reporting import Reporting
from kpibot.sources.base import SourceDownError


class Backtesting:
    """Replays KPIs at the campuses where they are watched.

    `quiet` has the silences of the configuration: what people muted in the past says nothing about the rule.
    `every` is how often KPIs are measured.
    """

    def __init__(self, district: District, reporting: Reporting, quiet: QuietHours, every: timedelta) -> None:
        self._reporting = reporting
        self._quiet = quiet
        self._every = every
        self._tree = district.tree
        self._calendar = district.calendar

    def backtest(self, kpi: Kpi, campus: str | None, as_of: datetime, days: int) -> Backtest:
        """The last `days` local days of a KPI at a campus, at those of a group, or everywhere it is watched.

        A campus without any value in those days is left out.

        Raises:
            QueryError: the KPI cannot be evaluated day by day, or its past is not known.
            SourceDownError: its database does not answer.
        """
        _check(kpi)
        rule = daily_rule(kpi.alert or AlertRule(), self._every)
        places = self._places(kpi, campus)
        before = days_needed(rule.signals)
        reports = self._reporting.reports(kpi, places, as_of, days + before)
        pasts = [self._past(report, rule, before) for report in reports if _is_known(report, before)]
        if not pasts:
            raise _no_past(kpi, reports)
        last = self._calendar.local(as_of).date()
        return Backtest(
            card=kpi.card,
            place=self._tree[campus or DISTRICT].name,
            zone=str(self._calendar.zone),
            first=last - (days - 1) * DAY,
            last=last,
            rule=kpi.alert or AlertRule(),
            has_rule=kpi.alert is not None,
            from_own_readings=not kpi.has_past,
            replays=tuple(pasts),
            tunings=tuple(_tunings(pasts, rule)),
        )

    def _places(self, kpi: Kpi, campus: str | None) -> list[str]:
        everywhere = watched_campuses(kpi, kpi.alert or AlertRule(), self._tree)
        if campus in (None, DISTRICT) or not kpi.by_campus:
            return list(everywhere)
        return list(self._tree.leaves(campus))

    def _past(self, report: Report, rule: AlertRule, before: int) -> CampusReplay:
        assert report.series is not None
        signalled = dict(self._signalled(report.series, report.thresholds, rule.signals, before))
        series = Series(report.series.days[before:], report.series.values[before:])
        alarms = replay(_moments(series), report.thresholds, rule, signalled)
        return CampusReplay(
            report=replace(report, series=series),
            alerts=tuple(alarms),
            suppressions=tuple(self._suppression(report, alarm, rule) for alarm in alarms),
            days=_known_days(series),
            duration=total_duration(alarms, _end(series)),
        )

    def _signalled(
        self, series: Series, levels: Thresholds, rules: Sequence[SignalRule], before: int
    ) -> Iterator[tuple[datetime, list[Signal]]]:
        """The signals of each day, from what was known by then."""
        for place in range(before, len(series.days) if rules else 0):
            past = Series(series.days[: place + 1], series.values[: place + 1])
            yield instant_of_day(series.days[place]), signals(past, levels, rules, self._calendar)

    def _suppression(self, report: Report, alarm: ReplayedAlert, rule: AlertRule) -> SuppressionReason | None:
        """Why the alert would have waited, if noticed when work began on its day, or at noon of a day off."""
        day = alarm.start.date()
        hours = self._calendar.hours_on(day)
        noticed_at = datetime.combine(day, hours[0] if hours else time(12), self._calendar.zone)
        notice = Breach(report.card.id, report.campus, str(alarm.initial_severity), rule)
        suppression = self._quiet.suppression(notice, noticed_at)
        return None if suppression is None else suppression.reason


def _check(kpi: Kpi) -> None:
    if kpi.thresholds.better is Better.NEUTRAL:
        hint = "write `better: lower` or `better: higher` to try thresholds"
        raise QueryError(f"`{kpi.id}` has no better direction, so it never alerts; {hint}")
    if kpi.budget is not None:
        raise QueryError(
            f"`{kpi.id}` is compared with the pace of its budget, which changes every day and cannot be replayed; "
            "try another KPI"
        )


def _no_past(kpi: Kpi, reports: Sequence[Report]) -> QueryError | SourceDownError:
    if detail := next((each.reading.detail for each in reports if each.reading.detail), None):
        return SourceDownError(detail)
    if kpi.has_past:
        hint = f"type `{kpi.id}` alone, or a larger number of --days"
        return QueryError(f"`{kpi.id}` has no value there in those days; {hint}")
    return QueryError(
        f"the databases do not keep the history of `{kpi.id}`, and kpibot has not measured it yet; let it run for some "
        "weeks, and then try again"
    )


def _is_known(report: Report, before: int) -> bool:
    return report.series is not None and any(value is not None for value in report.series.values[before:])


def _tunings(pasts: Sequence[CampusReplay], rule: AlertRule) -> Iterator[Tuning]:
    """The options for each set of thresholds, those of most campuses first."""
    by_levels: dict[Thresholds, list[CampusReplay]] = {}
    for past in pasts:
        by_levels.setdefault(past.report.thresholds, []).append(past)
    for levels, those in sorted(by_levels.items(), key=lambda each: -len(each[1])):
        series = [past.report.series for past in those if past.report.series is not None]
        days = sum(past.days for past in those)
        options = threshold_options([_moments(each) for each in series], levels, rule, _end(series[0]))
        current = next((each for each in options if each.warning == levels.mildest), None)
        yield Tuning(
            thresholds=levels,
            campuses=len(those),
            days=days,
            options=tuple(options),
            current=current,
            suggested=suggested_option(options, len(those), days),
        )


def _known_days(series: Series) -> int:
    """How many days there are since the first that has a value."""
    return len(series.days) - next(place for place, value in enumerate(series.values) if value is not None)


def _moments(series: Series) -> Samples:
    return [(instant_of_day(day), value) for day, value in zip(series.days, series.values, strict=True)]


def _end(series: Series) -> datetime:
    return instant_of_day(series.days[-1] + DAY)
