"""Dimensions: what the rows of a dataset can be broken down by, beside the campus."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kpibot.core.kpis.conditions import DaysAgo, instant_of
from kpibot.core.time.calendar import Calendar

EMPTY = "none given"


@dataclass(frozen=True, slots=True)
class GroupBy:
    """What a breakdown groups rows by: a column or, with `cutoffs`, the number of these instants after its timestamp.

    The cutoffs are in descending order, so that 0 is the youngest group; NULL is in no group.
    """

    column: str
    cutoffs: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Dimension:
    """A word that people may ask by, such as `priority`, and the column behind it.

    `labels` are names for raw values. With `bands`, the column is a timestamp and rows are grouped by their age in
    days, or in working days: bands 2, 5, 10 are 0–2, 3–5, 6–10 and more than 10.
    """

    name: str
    column: str
    labels: Mapping[str, str] = field(default_factory=dict)
    bands: tuple[int, ...] = ()
    working: bool = False

    def by(self, as_of: datetime, calendar: Calendar) -> GroupBy:
        """The grouping as of an instant."""
        ages = (DaysAgo(band, self.working) for band in self.bands)
        return GroupBy(self.column, tuple(instant_of(age, as_of, calendar) for age in ages))

    @property
    def labels_of_bands(self) -> tuple[str, ...]:
        """The label of each band, the youngest first; empty without bands."""
        return tuple(self._band(index) for index in range(len(self.bands) + 1)) if self.bands else ()

    def label(self, raw: object) -> str:
        """The label of a value."""
        if raw is None or not str(raw).strip():
            return EMPTY
        if self.bands:
            return self._band(int(str(raw)))
        return self.labels.get(str(raw), str(raw))

    def _band(self, index: int) -> str:
        days = "working days" if self.working else "days"
        if index == len(self.bands):
            return f"more than {self.bands[-1]} {days}"
        first = self.bands[index - 1] + 1 if index else 0
        last = self.bands[index]
        return f"{last} {days}" if first == last else f"{first}–{last} {days}"
