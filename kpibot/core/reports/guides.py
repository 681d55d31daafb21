"""Guides to the questions that can be asked, frozen."""

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
    """All KPIs and campuses; each campus with its depth in the tree.

    `not_available` has the reasons why the district cannot have some KPIs.
    """

    kpis: tuple[KpiInfo, ...]
    campuses: tuple[tuple[int, Campus], ...]
    not_available: Mapping[str, str] = field(default_factory=dict)
