"""The report of a KPI: a reading with everything that a message says about it, frozen."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kpibot.core.kpis.cross_check import Conflict
from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.kpis.readings import Reading
from kpibot.core.kpis.series import Series
from kpibot.core.kpis.thresholds import Thresholds, Verdict


@dataclass(frozen=True, slots=True)
class Link:
    """The percentage of the rows counted that have a value in `column`, such as an asset; None without rows."""

    column: str
    percent: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A reading with its verdict and context. `before` is the value at the earlier point that `compared_with` names."""

    card: KpiInfo
    campus: str
    campus_name: str
    reading: Reading
    thresholds: Thresholds
    verdict: Verdict
    before: float | None = None
    compared_with: str = ""
    series: Series | None = None
    stale: bool = False
    conflict: Conflict | None = None
    linked: Link | None = None

    @property
    def chart_thresholds(self) -> Thresholds:
        """The thresholds that a chart can draw, in the KPI's unit; those of a budget are percentages of its pace."""
        return self.thresholds if self.reading.pace is None else Thresholds(self.thresholds.better)

    @property
    def change(self) -> float | None:
        """The value minus `before`, in the KPI's unit."""
        if self.reading.value is None or self.before is None:
            return None
        return self.reading.value - self.before


def local_time(instant: datetime, zone: str) -> datetime:
    """The instant in the zone of that name."""
    return instant.astimezone(ZoneInfo(zone))
