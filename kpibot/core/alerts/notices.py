"""The content of an alert message about a KPI's breaches, frozen."""

from dataclasses import dataclass
from datetime import datetime

from kpibot.core.alerts.groups import DeliveryKind
from kpibot.core.alerts.states import Reason
from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """One campus in an alert message: why it is there, and since when the threshold is crossed, if that is known.

    `severity` is the alert's, which signals and the recovery threshold may make worse than the report's verdict; of a
    campus that has recovered it is None. `says` is what else there is to say, such as a forecast.
    """

    report: Report
    reason: Reason
    since: datetime | None
    severity: Verdict | None = None
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNotice:
    """One KPI's breaches in one channel: their current state (POST, UPDATE), or what has changed (REPLY).

    `changes` are all active campuses, of a REPLY those that it is about, and once it `is_over` those that left
    last. `reason` is why it is sent, `mention` whom it calls. `is_common` says that most of the district breaches, so
    that one cause is likely. `acknowledged_by` and `assigned_to` are names that call nobody. An edit that
    `keeps_picture` has the same numbers as before. Instants are aware.
    """

    card: KpiInfo
    as_of: datetime
    zone: str
    mention: str
    changes: tuple[Change, ...]
    group: str = ""
    kind: DeliveryKind = DeliveryKind.POST
    reason: Reason = Reason.FIRING
    is_over: bool = False
    is_common: bool = False
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    acknowledged_until: datetime | None = None
    assigned_to: str = ""
    snoozed_until: datetime | None = None
    keeps_picture: bool = False
