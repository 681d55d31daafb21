"""What `check` finds: one line for each KPI, and everything that wants attention."""

from dataclasses import dataclass
from datetime import datetime

from kpibot.core.kpis.conditions import RelativeTime
from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.kpis.readings import Reading


@dataclass(frozen=True, slots=True)
class Finding:
    """What `check` has to say of one thing. A problem makes it fail; anything else is worth knowing.

    `place` is the file and line that say it, if any; `statement` is SQL to run, on one line.
    """

    what: str
    text: str
    is_problem: bool
    place: str = ""
    statement: str = ""


@dataclass(frozen=True, slots=True)
class DataIssue:
    """What the rows of a dataset show that cannot be right, or cannot be meant.

    `key` is what the dataset's configuration must change: `columns.opened`, `table`; empty for the dataset as a whole.
    """

    key: str
    text: str
    is_problem: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedKpi:
    """One KPI, measured once: its reading at the district, how long that took, and how fresh its data is.

    `newest` is the newest row of its datasets, whatever the KPI's filters (of the older one of a ratio), `allowed` how
    old that may be. `milliseconds` is the time that measuring all campuses took.
    """

    card: KpiInfo
    reading: Reading
    milliseconds: float
    newest: datetime | None = None
    allowed: RelativeTime | None = None
    stale: bool = False
    by_campus: bool = True


@dataclass(frozen=True, slots=True)
class Inspection:
    """The whole catalog, looked at once."""

    as_of: datetime
    lines: tuple[CheckedKpi, ...]
    findings: tuple[Finding, ...]

    @property
    def problems(self) -> int:
        """How many things must be mended."""
        return sum(each.is_problem for each in self.findings)
