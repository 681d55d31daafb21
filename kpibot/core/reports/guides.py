"""Guides to what can be asked, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kpibot.core.campuses.campus_tree import Campus
from kpibot.core.kpis.kpi import KpiInfo


@dataclass(frozen=True, slots=True)
class Help:
    """What can be typed, with examples from this district."""

    kpis: tuple[KpiInfo, ...]
    campus: Campus
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """The KPIs and campuses that there are; each campus with how deep it lies in the tree.

    `not_available` says of KPIs that the district cannot have why.
    """

    kpis: tuple[KpiInfo, ...]
    campuses: tuple[tuple[int, Campus], ...]
    not_available: Mapping[str, str] = field(default_factory=dict)
