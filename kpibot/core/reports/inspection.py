"""What `check` reports: a line for each KPI, and its findings."""

from dataclasses import dataclass
from datetime import datetime

from kpibot.core.kpis.conditions import RelativeTime
from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.kpis.readings import Reading


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding of `check`. A problem makes it fail; anything else is information.

    `place` is the file and line that it is about, if any; `statement` is SQL to run, on one line.
    """

    what: str
    text: str
    is_problem: bool
    place: str = ""
    statement: str = ""


@dataclass(frozen=True, slots=True)
class DataIssue:
    """Something in the rows of a dataset that is wrong, or probably not intended.

    `key` is the part of the dataset's configuration to change: `columns.opened`, `table`; empty for all of it.
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
    """The result of checking the whole catalog."""

    as_of: datetime
    lines: tuple[CheckedKpi, ...]
    findings: tuple[Finding, ...]

    @property
    def problems(self) -> int:
        """The number of problems."""
        return sum(finding.is_problem for finding in self.findings)
