"""The seam between what is measured and where.

SourceError
├── SourceDownError    unreachable, or too slow: try again later
└── SourceMisfitError  the configuration and the database disagree: somebody must change one of them
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from kpibot.core.kpis.dimensions import GroupBy
from kpibot.core.kpis.measures import Simple
from kpibot.core.kpis.readings import Aggregate
from kpibot.core.kpis.series import SeriesData, Window
from kpibot.core.time.periods import Period

RawCampus = object  # what a database calls a campus: a code, a name, a number, None


class SourceError(Exception):
    """A measure cannot be taken. The message says what to do, and holds no secret."""


class SourceDownError(SourceError):
    """The database does not answer, or not in time."""


class SourceMisfitError(SourceError):
    """The database answers, but not to this configuration."""


class GroupKey(NamedTuple):
    """Whose rows a measure is about: a campus as the database calls it, and a value that they are broken down by."""

    campus: RawCampus
    slice: object = None


@dataclass(frozen=True, slots=True)
class Request:
    """A measure to be taken: its conditions speak of instants only. `by` breaks the rows of a campus down further."""

    measure: Simple
    period: Period
    by: GroupBy | None = None


QueryResult = Mapping[GroupKey, Aggregate]


class Source(Protocol):
    """One database of the district. Its methods block: call them in a thread."""

    def take(self, requests: Sequence[Request]) -> list[QueryResult | SourceError]:
        """The parts of each measure for every campus at once. Measures over the same rows share one statement.

        A stock is taken at the period's end. A campus without rows is absent. What cannot be taken has its error in
        its place, and costs no other measure.
        """

    def series(self, measure: Simple, window: Window) -> Mapping[GroupKey, SeriesData]:
        """The measure at the end of each day of a window for every campus at once, in one statement.

        Raises:
            SourceError: with what to do about it.
        """

    def is_empty(self, measure: Simple) -> bool:
        """Whether the dataset of the measure holds no row at all: then nothing is 0, everything is missing.

        Raises:
            SourceError: with what to do about it.
        """

    def newest(self, measure: Simple, before: datetime) -> datetime | None:
        """The latest time, before `before`, of any row of the measure's dataset, whatever its filter.

        It says how fresh the dataset is; it is in UTC. None for a query, a snapshot, or an empty dataset.

        Raises:
            SourceError: with what to do about it.
        """

    def values(self, dataset: str, column: str, most: int) -> list[object]:
        """The different values of a column of a dataset, at most so many.

        Raises:
            SourceError: with what to do about it.
        """

    def rows(self, request: Request, columns: Sequence[str], most: int) -> list[Mapping[str, object]]:
        """The first rows that a measure counts, with these columns of its dataset: those that began first.

        Raises:
            SourceError: with what to do about it.
        """
