"""The answers about active alerts, mutes and their reasons, frozen like reports."""

from dataclasses import dataclass
from datetime import date, datetime

from kpibot.core.alerts.actions import Scope
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveAlert:
    """An active breach, and who handles it. `muted_until` is None for one that is not muted, or has no known end."""

    report: Report
    severity: Verdict
    since: datetime
    acknowledged_by: str = ""
    acknowledged_until: datetime | None = None
    assigned_to: str = ""
    snoozed_until: datetime | None = None
    is_muted: bool = False
    muted_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertList:
    """The active alerts of a campus or group, the worst first."""

    campus_name: str
    as_of: datetime
    zone: str
    alerts: tuple[ActiveAlert, ...]


@dataclass(frozen=True, slots=True)
class ActiveMute:
    """A mute that has not ended: `id` is the silence's."""

    id: str
    scope: Scope
    by: str
    end: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecurringMute:
    """A mute that the configuration names, with what it is about, and its next days, if any lie ahead."""

    name: str
    scope: Scope
    is_on: bool
    days: tuple[date, date] | None


@dataclass(frozen=True, slots=True)
class MuteList:
    """What is muted now, the first to end first, and what will be."""

    as_of: datetime
    zone: str
    mutes: tuple[ActiveMute, ...]
    recurring: tuple[RecurringMute, ...]


@dataclass(frozen=True, slots=True)
class MuteChoices:
    """What of an alert can be muted: its KPI, and the campuses that it shows, then their groups, by id with names."""

    kpi: str
    kpi_name: str
    campuses: tuple[tuple[str, str], ...]
    is_single_campus: bool


@dataclass(frozen=True, slots=True)
class AlertHistory:
    """One campus of an alert, with its last few values, oldest first."""

    alert: ActiveAlert
    values: tuple[tuple[datetime, float | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertExplanation:
    """Why an alert was sent as it was: what was measured, the rule, every route with what it says, and the silences.

    `further_campuses` is how many more campuses are in the alert.
    """

    card: KpiInfo
    as_of: datetime
    zone: str
    opened: datetime
    histories: tuple[AlertHistory, ...]
    further_campuses: int
    rule: AlertRule
    channel: str
    routes: tuple[tuple[str, str], ...]
    mutes: tuple[ActiveMute, ...]
    recurring: tuple[RecurringMute, ...]
