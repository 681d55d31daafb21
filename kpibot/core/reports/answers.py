"""Reports: readings with everything that a message says of them, frozen, so that a late message is still true."""

from dataclasses import dataclass
from datetime import date, datetime

from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Note:
    """What happened on a day, without which a number would be misread: "Chromebook refresh week"."""

    day: date
    says: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The value at another time that the number may fairly be held against, and that time in words."""

    against: str
    value: float


@dataclass(frozen=True, slots=True)
class Rank:
    """Where a campus stands among the campuses, the best first; `per` is what its value is divided by, if anything.

    `value` is in the KPI's unit (per student, per device). Campuses with the same value share a place.
    """

    place: int
    of: int
    value: float
    per: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to a question: one report with its series, and the notes that lie in its `days`."""

    report: Report
    days: int
    zone: str
    notes: tuple[Note, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    ranks: tuple[Rank, ...] = ()


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A KPI at a campus or group, told apart by a dimension or by campus: the whole, and a report for each label.

    `more` is how many further parts are not shown.
    """

    by: str
    whole: Report
    parts: tuple[tuple[str, Report], ...]
    zone: str
    more: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a KPI's rows come from: the dataset, its database, its newest row (UTC), and whether that is too old."""

    dataset: str
    database: str
    newest: datetime | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a KPI means: its card, its exact definition in words, its levels, and where its rows come from."""

    card: KpiInfo
    definition: tuple[str, ...]
    thresholds: Thresholds
    origins: tuple[Origin, ...]
    dimensions: tuple[str, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class RowList:
    """The rows behind a number: what was asked, the first few rows, each with a text for a column and its link."""

    report: Report
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[str, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class Overview:
    """How a campus or group stands: every KPI once."""

    campus: str
    campus_name: str
    as_of: datetime
    zone: str
    reports: tuple[Report, ...]
