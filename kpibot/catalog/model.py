"""What a configuration says, once it has been read and checked: frozen values that everybody may rely on.

Every reference in here is sound: a dataset's database, a KPI's dataset and columns, a digest's channels are there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from kpibot.catalog.problems import Path, SourceLocation, location_of
from kpibot.core.alerts.routing import Route
from kpibot.core.alerts.silences import RecurringSilence
from kpibot.core.campuses.campus_tree import Campus
from kpibot.core.campuses.locations import CampusRule
from kpibot.core.kpis.conditions import RelativeTime
from kpibot.core.kpis.dimensions import Dimension
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.reports.answers import Note
from kpibot.core.time.calendar import Calendar


@dataclass(frozen=True, slots=True)
class DistrictConfig:
    """The district itself. `administrators` is the id of the channel where problems are reported, if there is one."""

    name: str
    calendar: Calendar
    measure_every: timedelta = timedelta(minutes=15)
    administrators: str | None = None


@dataclass(frozen=True, slots=True)
class FileTable:
    """A CSV or Parquet file that DuckDB reads as a table, or all that match a pattern such as `tickets-*.csv`.

    `options` are those of `read_csv` or `read_parquet`.
    """

    path: str
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Database:
    """One of the district's databases: either a URL (a secret, never shown) or files by the table's name.

    `timeout` is how long a statement may take, `connections` how many of them may be under way at once.
    """

    name: str
    timeout: timedelta
    url: str | None = field(default=None, repr=False)
    files: Mapping[str, FileTable] = field(default_factory=dict)
    connections: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CampusList:
    """Campuses read from a list of places: either a SELECT on a database, or the file `orgs`, a CSV of OneRoster.

    `slug` and `name` are templates over the columns, like `location-{code}`. `system` is whose codes they are.
    `written` comes over what was read; a name is empty there if the one that was read stays.
    """

    system: str
    database: str | None = None
    select: str | None = None
    orgs: str | None = None
    slug: str | None = None
    name: str | None = None
    separator: str = " > "
    rule: CampusRule = field(default_factory=CampusRule)
    written: tuple[Campus, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column in the words of the KPIs: either a column of the table by its name, or an SQL expression."""

    name: str | None = None
    sql: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Rows of one database: a table (its name may hold a schema, `dbo.tickets`) or a SELECT of the district's own.

    `rows` says what one row is, in the plural. `zone` is how naive times were written. `fresh_within` is the age at
    which the newest row makes the dataset stale. `link` is a template over the columns that leads to one row.
    `dimensions` are, by the word that people type, what its rows can be grouped by. `system` says whose codes its
    campuses are in, if not the database's own.
    """

    id: str
    database: str
    table: str | None
    select: str | None
    columns: Mapping[str, Column]
    rows: str
    zone: ZoneInfo
    fresh_within: RelativeTime | None = None
    link: str | None = None
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)
    system: str | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of Slack (`#name` or its id) and the campus meant there by those who name none."""

    id: str
    slack: str
    campus: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A summary that is posted to channels. `weekdays` are 0 (Monday) to 6, `at` is local to the district.

    A slot that was missed is still sent within `useful_for`. `channels` and `kpis` are ids.
    """

    id: str
    title: str
    weekdays: tuple[int, ...]
    at: time
    channels: tuple[str, ...]
    kpis: tuple[str, ...]
    useful_for: timedelta


@dataclass(frozen=True, slots=True)
class NoteRule:
    """A note, and the KPIs and campuses that it is about; without them it is about all."""

    note: Note
    kpis: frozenset[str] | None = None
    campuses: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class FeedNotice:
    """What was left out of the feed of holidays, and the file and line that say it. It stops nobody."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """The whole configuration of one district. `routes` are in order: the first that matches wins.

    `not_available` says of KPIs that the district does not have why no system of its can answer them.
    `feed_notices` are what the feed of holidays holds beside holidays. `locations` are the file and line of everything
    that was written, by its path of keys.
    """

    district: DistrictConfig
    databases: Mapping[str, Database]
    campuses: tuple[Campus, ...] | CampusList
    datasets: Mapping[str, Dataset]
    kpis: Mapping[str, Kpi]
    channels: Mapping[str, Channel] = field(default_factory=dict)
    digests: Mapping[str, Digest] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    notes: tuple[NoteRule, ...] = ()
    silences: tuple[RecurringSilence, ...] = ()
    not_available: Mapping[str, str] = field(default_factory=dict)
    feed_notices: tuple[FeedNotice, ...] = ()
    locations: Mapping[Path, SourceLocation] = field(default_factory=dict, repr=False, compare=False)

    def location(self, *path: str | int) -> str:
        """Where the configuration says it: `config/datasets.yaml:12`; empty for what it does not say at all."""
        location = location_of(self.locations, path)
        return "" if location is None else "{}:{}".format(*location)
