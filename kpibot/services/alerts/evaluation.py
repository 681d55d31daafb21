"""Evaluates a measurement: which campuses of a KPI breach a threshold or give a signal, and their alert states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from kpibot.core.alerts.signals import Signal, days_needed, signals
from kpibot.core.alerts.states import AlertState, Phase, assess, next_state
from kpibot.core.campuses.campus_tree import DISTRICT, CampusTree
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.district import District
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.readings import Reading
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.series import streak_start
from kpibot.core.kpis.thresholds import Thresholds, Verdict
from kpibot.services.measurement.reporting import Reporting

SERIES_DAYS = 90
BREACHES = frozenset({Verdict.WARNING, Verdict.CRITICAL})

Signals = Mapping[str, Sequence[Signal]]
States = Mapping[str, AlertState]  # of one KPI, by campus


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """The alerts of a KPI after a measurement, by campus: those that `changed`, and the `previous` ones.

    `signal_texts` are the signals in words.
    """

    previous: States
    changed: States
    signal_texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def firing(self) -> dict[str, Verdict]:
        """The severity of each campus whose alert fires."""
        states = {**self.previous, **self.changed}
        firing = {campus: state for campus, state in states.items() if state.phase is Phase.FIRING}
        return {campus: state.severity or Verdict.WARNING for campus, state in firing.items()}

    @property
    def newly_firing(self) -> list[str]:
        """The campuses whose alert fires for the first time."""
        fired = {campus for campus, state in self.previous.items() if state.phase is Phase.FIRING}
        return [each for each in self.firing if each not in fired]

    def since(self, campus: str) -> datetime | None:
        """Since when a campus breaches, or did until now; None if that is not known."""
        now, before = self.changed.get(campus), self.previous.get(campus, AlertState())
        return now.since if now is not None and now.phase is Phase.FIRING else before.since


class Evaluation:
    """Evaluates KPIs. Its methods block: signals need series."""

    def __init__(self, district: District, reporting: Reporting) -> None:
        self._reporting = reporting
        self._tree = district.tree
        self._calendar = district.calendar

    def evaluate(
        self, kpi: Kpi, rule: AlertRule, readings: Mapping[str, Reading], before: States, now: datetime
    ) -> EvaluationResult:
        """The next state of the alert at every campus that is watched. A missing value changes none."""
        campuses = watched_campuses(kpi, rule, self._tree)
        active_signals = self._signals(kpi, rule, readings, campuses, now)
        changed: dict[str, AlertState] = {}
        for campus in campuses:
            thresholds = kpi.thresholds_for(readings[campus], self._tree)
            assessment = assess(thresholds, readings[campus].threshold_value, rule, active_signals.get(campus))
            state = before.get(campus, AlertState())
            after, _ = next_state(state, assessment, rule, now)
            changed |= {campus: after} if after != state else {}
        result = EvaluationResult(
            before, changed, {campus: tuple(each.text for each in s) for campus, s in active_signals.items()}
        )
        return replace(result, changed={**changed, **self._dated(kpi, result, now)})

    def _signals(
        self, kpi: Kpi, rule: AlertRule, readings: Mapping[str, Reading], campuses: Sequence[str], now: datetime
    ) -> Signals:
        """What the rule's signals say; a campus whose series is not known is left out."""
        if not rule.signals:
            return dict.fromkeys(campuses, ())
        series = self._reporting.series_for_signals(kpi, campuses, readings, now, days_needed(rule.signals))
        thresholds = {campus: self._series_thresholds(kpi, readings[campus]) for campus in campuses}
        return {
            campus: signals(series[campus], thresholds[campus], rule.signals, self._calendar)
            for campus in campuses
            if campus in series
        }

    def _series_thresholds(self, kpi: Kpi, reading: Reading) -> Thresholds:
        """The thresholds of a series; those of a budget are about its pace, which a series does not have."""
        thresholds = kpi.thresholds_for(reading, self._tree)
        return thresholds if reading.pace is None else Thresholds(thresholds.better)

    def _dated(self, kpi: Kpi, result: EvaluationResult, now: datetime) -> dict[str, AlertState]:
        """The states of alerts that begin to fire, with the beginning of the breach as the series knows it."""
        if not result.newly_firing:
            return {}
        dated = {}
        for report in self._reporting.reports(kpi, result.newly_firing, now, SERIES_DAYS):
            state = result.changed[report.campus]
            dated[report.campus] = replace(state, since=self._since(report, state, now))
        return dated

    def _since(self, report: Report, state: AlertState, now: datetime) -> datetime:
        """When the threshold was crossed: the bot may have noticed it later than it happened."""
        noticed = state.since or now
        if report.series is None or report.reading.pace is not None:  # a series is of amounts, not of their pace
            return noticed
        day = streak_start(report.series, lambda value: report.thresholds.verdict_of(value) in BREACHES)
        return noticed if day is None or day >= self._calendar.local(noticed).date() else self._calendar.midnight(day)


def watched_campuses(kpi: Kpi, rule: AlertRule, tree: CampusTree) -> tuple[str, ...]:
    """The campuses whose alerts a KPI has: all without campuses of their own, and the district if the rule says so."""
    if not kpi.by_campus:
        return (DISTRICT,)
    return (*tree.leaves(DISTRICT), *((DISTRICT,) if rule.at_district else ()))
