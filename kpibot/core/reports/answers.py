"""Answers: reports with everything that a message says about them, frozen."""

from dataclasses import dataclass
from datetime import date, datetime

from kpibot.core.kpis.kpi import KpiInfo
from kpibot.core.kpis.report import Report
from kpibot.core.kpis.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Note:
    """An event that explains a number: "Chromebook refresh week"."""

    day: date
    says: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The value at another time that is comparable, and that time in words."""

    against: str
    value: float


@dataclass(frozen=True, slots=True)
class Rank:
    """The rank of a campus among the campuses, the best first; `per` is what its value is divided by, if anything.

    `value` is in the KPI's unit (per student, per device). Campuses with the same value share a rank.
    """

    place: int
    of: int
    value: float
    per: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to a question: a report with its series, and the notes of its `days`."""

    report: Report
    days: int
    zone: str
    notes: tuple[Note, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    ranks: tuple[Rank, ...] = ()


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A KPI at a campus or group, broken down by a dimension or by campus: the whole, and a report for each label.

    `more` is the number of further parts that are not shown.
    """

    by: str
    whole: Report
    parts: tuple[tuple[str, Report], ...]
    zone: str
    more: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """The source of a KPI's rows: the dataset, its database, its newest row (UTC), and whether that is too old."""

    dataset: str
    database: str
    newest: datetime | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a KPI means: its exact definition in words, its thresholds, and the source of its rows."""

    card: KpiInfo
    definition: tuple[str, ...]
    thresholds: Thresholds
    origins: tuple[Origin, ...]
    dimensions: tuple[str, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class RowList:
    """The rows behind a number: the report, and the first rows, with a text for each column and a link."""

    report: Report
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[str, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Every KPI at a campus or group."""

    campus: str
    campus_name: str
    as_of: datetime
    zone: str
    reports: tuple[Report, ...]
