"""A district: the campuses, calendar and KPIs that services share."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kpibot.core.campuses.campus_tree import CampusTree
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.time.calendar import Calendar


@dataclass(frozen=True, slots=True)
class District:
    """Its campuses, its calendar, and its KPIs by id."""

    tree: CampusTree
    calendar: Calendar
    kpis: Mapping[str, Kpi] = field(default_factory=dict)

    @property
    def zone(self) -> str:
        """The name of its time zone."""
        return str(self.calendar.zone)
