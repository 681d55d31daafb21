"""The contents of a digest, frozen."""

from dataclasses import dataclass
from datetime import datetime

from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.kpis.report import Report


@dataclass(frozen=True, slots=True)
class Mover:
    """A campus whose value changed most, for better or worse."""

    card: KpiInfo
    campus_name: str
    before: float
    value: float
    improved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestEdition:
    """One issue of a digest for one channel, as of its slot."""

    digest: str
    title: str
    campus: str
    campus_name: str
    slot: datetime
    zone: str
    reports: tuple[Report, ...]
    movers: tuple[Mover, ...] = ()
    breaches: int = 0
