"""A KPI: a measure with a name, an owner, a unit, thresholds and a rule for alerts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce

from kpibot.core.alerts import AlertRule
from kpibot.core.campus import CampusTree
from kpibot.core.measures import Counted, Flow, Measure, Query, Simple, Stock, halves
from kpibot.core.periods import PeriodRule, Unit
from kpibot.core.thresholds import Better, Thresholds


class Format(StrEnum):
    """What a value is shown as."""

    NUMBER = "number"
    PERCENT = "percent"
    CURRENCY = "currency"
    HOURS = "hours"
    DAYS = "days"

    @property
    def scale(self) -> float:
        """What the measure's own unit (a share, seconds, an amount) is multiplied by."""
        return {Format.PERCENT: 100.0, Format.HOURS: 1 / 3_600, Format.DAYS: 1 / 86_400}.get(self, 1.0)


@dataclass(frozen=True, slots=True)
class Card:
    """What people are told of a KPI beside its numbers. `rows` is what it counts or rests on, in the plural."""

    id: str
    name: str
    objective: str
    owner: str
    format: Format = Format.NUMBER
    rows: str = "rows"
    currency: str = "USD"
    period: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Kpi:
    """One of the district's few, well-chosen indicators.

    `overrides` are the levels that campuses and groups have of their own, by slug, and `type_overrides` those that all
    campuses of a type have; a level that they lack is the next wider one's.
    """

    card: Card
    measure: Measure
    thresholds: Thresholds = field(default_factory=Thresholds)
    overrides: Mapping[str, Thresholds] = field(default_factory=dict)
    period: PeriodRule | None = None
    alert: AlertRule | None = None
    by_campus: bool = True  # False where the rows belong to the whole district and to no campus
    type_overrides: Mapping[str, Thresholds] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The word that people type."""
        return self.card.id

    @property
    def compared(self) -> PeriodRule:
        """Which earlier point a reading is compared with: a stock's is a week back."""
        return self.period or PeriodRule(Unit.WEEK)

    @property
    def additive(self) -> bool:
        """Whether a group's value is the sum of its campuses' values."""
        counts = isinstance(self.measure, (Stock, Flow)) or (
            isinstance(self.measure, Query) and self.card.format in (Format.NUMBER, Format.CURRENCY)
        )
        return counts and self.card.format is not Format.PERCENT

    @property
    def has_past(self) -> bool:
        """Whether the databases themselves know its past; otherwise only the bot's own readings do."""
        return all(map(_has_past, halves(self.measure)))

    def thresholds_of(self, campus: str, tree: CampusTree) -> Thresholds:
        """The thresholds that hold at a campus or group.

        Its own come first, then those of its type, then the KPI's. A group that has neither of the first two is the
        sum of its campuses where the KPI adds up (a feeder of six may have six times the tickets of a campus).
        """
        if self._is_special(campus, tree) or not self.additive or not self.by_campus:
            return self._levels_at(campus, tree)
        leaves = tree.leaves(campus)
        if not leaves:
            return Thresholds(Better.NEUTRAL)
        return reduce(Thresholds.__add__, (self._levels_at(leaf, tree) for leaf in leaves))

    def _is_special(self, campus: str, tree: CampusTree) -> bool:
        return campus in self.overrides or tree.type_of(campus) in self.type_overrides

    def _levels_at(self, campus: str, tree: CampusTree) -> Thresholds:
        levels = self.thresholds
        if (of_its_type := self.type_overrides.get(tree.type_of(campus) or "")) is not None:
            levels = of_its_type.over(levels)
        own = self.overrides.get(campus)
        return levels if own is None else own.over(levels)


def _has_past(half: Simple) -> bool:
    """A query is of now, a snapshot has no times, and distinct keys that come and go cannot be walked back."""
    if isinstance(half, Stock):
        return half.since is not None and half.amount.counted is not Counted.DISTINCT
    return not isinstance(half, Query)
