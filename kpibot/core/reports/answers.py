"""Reports: readings with everything that a message says of them, frozen, so that a late message is still true."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from kpibot.core.alerts.actions import DeedNotice
from kpibot.core.alerts.groups import How
from kpibot.core.alerts.states import Reason
from kpibot.core.kpis.cross_check import Conflict
from kpibot.core.kpis.kpi import Card
from kpibot.core.kpis.readings import Reading
from kpibot.core.kpis.series import Series
from kpibot.core.kpis.thresholds import Thresholds, Verdict


@dataclass(frozen=True, slots=True)
class Link:
    """How many of the rows counted, in percent, name what `column` links them to; None where there are none."""

    column: str
    percent: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """A judged reading with its context. `before` is the value at the earlier point that `compared_with` names."""

    card: Card
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
    def levels(self) -> Thresholds:
        """The levels in the KPI's unit, as a chart can draw them; those of a budget are percentages of its pace."""
        return self.thresholds if self.reading.pace is None else Thresholds(self.thresholds.better)

    @property
    def change(self) -> float | None:
        """The value minus the one before, in the KPI's unit."""
        if self.reading.value is None or self.before is None:
            return None
        return self.reading.value - self.before


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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class About:
    """What a KPI means: its card, its exact definition in words, its levels, and where its rows come from."""

    card: Card
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


@dataclass(frozen=True, slots=True)
class Mover:
    """A campus whose value moved most, for better or worse."""

    card: Card
    campus_name: str
    before: float
    value: float
    improved: bool


@dataclass(frozen=True, slots=True)
class DigestEdition:
    """One issue of a digest for one channel, as things were at its slot."""

    digest: str
    title: str
    campus: str
    campus_name: str
    slot: datetime
    zone: str
    reports: tuple[Report, ...]
    movers: tuple[Mover, ...] = ()
    breaches: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One campus in an alert notice: why it is told, and since when the threshold is crossed, if that is known.

    `severity` is the alert's, which signals and the recovery threshold may make worse than the report's verdict; of a
    campus that has recovered it is None. `says` is what else there is to say, such as a forecast.
    """

    report: Report
    reason: Reason
    since: datetime | None
    severity: Verdict | None = None
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertNotice:
    """One KPI's breaches in one channel: how they stand (POST, UPDATE), or what has changed (REPLY).

    `changes` are all campuses that stand, of a REPLY those that it is about, and once it `is_over` those that left
    last. `reason` is why it is told, `mention` whom it calls. `is_common` says that most of the district stands, so
    that one cause is likely. `acknowledged_by` and `assigned_to` are names that call nobody. An edit that
    `keeps_picture` has the same numbers as before. Instants are aware.
    """

    card: Card
    as_of: datetime
    zone: str
    mention: str
    changes: tuple[Change, ...]
    group: str = ""
    how: How = How.POST
    reason: Reason = Reason.FIRING
    is_over: bool = False
    is_common: bool = False
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    acknowledged_until: datetime | None = None
    assigned_to: str = ""
    snoozed_until: datetime | None = None
    keeps_picture: bool = False


@dataclass(frozen=True, slots=True)
class TroubleNotice:
    """What the administrators are told once: what does not work, with what to do about it, and what works again."""

    as_of: datetime
    zone: str
    troubles: tuple[tuple[str, str], ...] = ()
    mended: tuple[str, ...] = ()


Message = DigestEdition | AlertNotice | DeedNotice | TroubleNotice


def local(instant: datetime, zone: str) -> datetime:
    """The instant on the wall clock of the zone of that name."""
    return instant.astimezone(ZoneInfo(zone))
