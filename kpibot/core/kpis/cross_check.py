"""The same KPI from two systems, and where they differ by more than is allowed."""

from dataclasses import dataclass

from kpibot.core.kpis.measures import Measure


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two systems that disagree: their names and values, in the KPI's unit."""

    own: str
    value: float
    other: str
    other_value: float


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """A second measure of a KPI; the two may differ by the share `within` (0 to 1) of the larger value.

    `own` and `other` are the names of the two systems; `by_campus` says whether the second one has campuses.
    """

    measure: Measure
    within: float
    own: str
    other: str
    by_campus: bool = True

    def conflict(self, value: float | None, other: float | None) -> Conflict | None:
        """The conflict, if there is one; None where a value is missing."""
        if value is None or other is None or abs(value - other) <= self.within * max(abs(value), abs(other)):
            return None
        return Conflict(self.own, value, self.other, other)
