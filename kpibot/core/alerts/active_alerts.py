"""What people are told when they ask how alerts stand, what is muted, and why. Frozen facts, like reports."""

from dataclasses import dataclass
from datetime import date, datetime

from kpibot.core.alerts.actions import Scope
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Verdict


@dataclass(frozen=True, slots=True)
class ActiveAlert:
    """A breach that stands, and who sees to it. `muted_until` is None for one that is told, or has no known end."""

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
    """What stands at a campus or group now, the worst first."""

    campus_name: str
    as_of: datetime
    zone: str
    standing: tuple[ActiveAlert, ...]


@dataclass(frozen=True, slots=True)
class Muted:
    """A mute that has not ended: `id` is the silence's."""

    id: str
    about: Scope
    by: str
    end: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Recurring:
    """A mute that the configuration names, with what it is about, and its next days, if any lie ahead."""

    name: str
    about: Scope
    is_on: bool
    days: tuple[date, date] | None


@dataclass(frozen=True, slots=True)
class MuteList:
    """What is muted now, the first to end first, and what will be."""

    as_of: datetime
    zone: str
    mutes: tuple[Muted, ...]
    recurring: tuple[Recurring, ...]


@dataclass(frozen=True, slots=True)
class Mutable:
    """What of an alert can be muted: its KPI, and the campuses that it shows, then their groups, by id with names."""

    kpi: str
    kpi_name: str
    places: tuple[tuple[str, str], ...]
    is_at_one: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """One campus of an alert, with its last few values, oldest first."""

    standing: ActiveAlert
    values: tuple[tuple[datetime, float | None], ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Why an alert was told as it was: what was measured, the rule, every route with what it says, and the silences.

    `more` is how many further campuses stand.
    """

    card: KpiInfo
    as_of: datetime
    zone: str
    opened: datetime
    measured: tuple[Measured, ...]
    more: int
    rule: AlertRule
    channel: str
    routes: tuple[tuple[str, str], ...]
    mutes: tuple[Muted, ...]
    recurring: tuple[Recurring, ...]
