"""Rows of a dataset as columns of numpy, and what a measure is over them, for every campus at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kpibot.core.kpis.conditions import Condition, NumberCondition, Relation, TimeCondition, ValueCondition
from kpibot.core.kpis.series import Intervals

Floats = NDArray[np.float64]
SPAN = 2.0**30  # seconds, from ORIGIN on, in which everything happens
ORIGIN = 1_420_070_400.0  # 2015, in UTC seconds
RELATIONS = {
    Relation.ABOVE: np.greater,
    Relation.AT_LEAST: np.greater_equal,
    Relation.AT_MOST: np.less_equal,
    Relation.BELOW: np.less,
}


class Instants:
    """Instants by campus, each with a weight: how much of it lies before any moment."""

    def __init__(self, campus: NDArray[np.intp], at: Floats, weight: Floats | None, campuses: int) -> None:
        known = ~np.isnan(at)
        keys = campus[known] * SPAN + (at[known] - ORIGIN)
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self._sums = None if weight is None else np.append(0.0, np.cumsum(weight[known][order]))
        self._base = np.arange(campuses) * SPAN
        self._first = np.searchsorted(self._keys, self._base)

    def places(self, moments: Floats) -> NDArray[np.intp]:
        """Where each campus stands at each moment among all instants: a row a campus."""
        return np.searchsorted(self._keys, self._base[:, None] + np.clip(moments - ORIGIN, 0, SPAN - 1)[None, :])

    def before(self, moments: Floats) -> Floats:
        """How much each campus has before each moment."""
        places = self.places(moments)
        if self._sums is None:
            return (places - self._first[:, None]).astype(np.float64)
        return self._sums[places] - self._sums[self._first][:, None]

    def last_before(self, moment: float) -> Floats:
        """The last instant of each campus before a moment; NaN where there is none."""
        places = self.places(np.array([moment]))[:, 0]
        found = self._keys[np.maximum(places - 1, 0)] - self._base + ORIGIN if len(self._keys) else self._base
        return np.where(places > self._first, found, np.nan)


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of `campuses` campuses: whose each is, as a number, and its columns. Times are UTC seconds, NaN for none."""

    campus: NDArray[np.intp]
    columns: Mapping[str, NDArray[Any]]
    campuses: int

    def where(self, conditions: Iterable[Condition]) -> "Rows":
        """The rows that meet all conditions, whose ends are instants."""
        kept = np.ones(len(self.campus), dtype=bool)
        for condition in conditions:
            kept &= self._meets(condition)
        return Rows(self.campus[kept], {name: each[kept] for name, each in self.columns.items()}, self.campuses)

    def _meets(self, condition: Condition) -> NDArray[np.bool_]:
        column = self.columns[condition.column]
        match condition:
            case ValueCondition():
                named = [each for each in condition.values if each is not None]
                found = np.isin(column, named) if named else np.zeros(len(column), dtype=bool)
                if None in condition.values:
                    found |= np.isnan(column)
                return ~found if condition.negated else found
            case NumberCondition():
                other = condition.than if condition.other is None else self.columns[condition.other]
                return RELATIONS[condition.relation](column, other)
            case TimeCondition():
                since, until = condition.since, condition.until
                met = np.ones(len(column), dtype=bool)
                met &= True if since is None else column >= since.timestamp()
                return met & (True if until is None else column < until.timestamp())

    def instants(self, time: str, weight: Floats | None = None) -> Instants:
        """The instants of a column."""
        return Instants(self.campus, self.columns[time], weight, self.campuses)

    def level(self, since: str, until: str, weight: Floats | None = None) -> "Level":
        """How much stands between two times."""
        return Level(self.instants(since, weight), self.instants(until, weight))

    def moment(self, since: str, until: str) -> "Level":
        """Such a level, each row weighted by when it changes, so that the level can be averaged over time."""
        return Level(
            self.instants(since, self.columns[since] - ORIGIN), self.instants(until, self.columns[until] - ORIGIN)
        )

    @cached_property
    def by_campus(self) -> "Rows":
        """The rows of a campus one after the other."""
        order = np.argsort(self.campus, kind="stable")
        return Rows(self.campus[order], {name: each[order] for name, each in self.columns.items()}, self.campuses)

    def spans(self, since: str, until: str, start: float, end: float) -> tuple[NDArray[np.intp], Intervals]:
        """The rows that began in a half-open stretch, those of a campus one after the other, and whose each is."""
        rows = self.by_campus
        began = rows.columns[since]
        kept = np.flatnonzero((began >= start) & (began < end))
        allowed = rows.columns.get("allowed")
        spans = Intervals(began[kept], rows.columns[until][kept], None if allowed is None else allowed[kept])
        return rows.campus[kept], spans


@dataclass(frozen=True)
class Level:
    """What began, less what ended."""

    began: Instants
    ended: Instants

    def at(self, moments: Floats) -> Floats:
        """The level at each moment, a row a campus."""
        return self.began.before(moments) - self.ended.before(moments)
