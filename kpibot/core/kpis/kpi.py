"""A KPI: a measure with a name, an owner, a unit, thresholds and a rule for alerts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import reduce

from kpibot.core.campuses.campus_tree import CampusTree
from kpibot.core.kpis.alert_rule import AlertRule
from kpibot.core.kpis.budget import Budget
from kpibot.core.kpis.conditions import DaysAgo, TimeCondition, ValueCondition
from kpibot.core.kpis.cross_check import CrossCheck
from kpibot.core.kpis.dimensions import Dimension
from kpibot.core.kpis.measures import (
    Clock,
    Counted,
    Duration,
    Flow,
    Measure,
    Query,
    Simple,
    Statistic,
    Stock,
    components,
    link_rate_measure,
    narrowed_measure,
)
from kpibot.core.kpis.readings import Reading
from kpibot.core.kpis.thresholds import Better, Thresholds
from kpibot.core.time.periods import PeriodRule, Unit


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
        return SCALES.get(self, 1.0)


SCALES = {Format.PERCENT: 100.0, Format.HOURS: 1 / 3_600, Format.DAYS: 1 / 86_400}


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiInfo:
    """What people are told of a KPI beside its numbers.

    `rows` is what it counts or rests on, in the plural. `only` is what it was narrowed to: (dimension, label) pairs.
    `dimensions` are what it can be told apart by, `lists_rows` says whether its rows can be listed.
    """

    id: str
    name: str
    objective: str
    owner: str
    format: Format = Format.NUMBER
    rows: str = "rows"
    currency: str = "USD"
    period: str = ""
    about: str = ""
    category: str = ""
    only: tuple[tuple[str, str], ...] = ()
    dimensions: tuple[str, ...] = ()
    lists_rows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """One of the district's few, well-chosen indicators.

    `overrides` are the levels that campuses and groups have of their own, by slug, and `type_overrides` those that all
    campuses of a type have; a level that they lack is the next wider one's. `cross_check` is what another system says.
    """

    card: KpiInfo
    measure: Measure
    thresholds: Thresholds = field(default_factory=Thresholds)
    overrides: Mapping[str, Thresholds] = field(default_factory=dict)
    period: PeriodRule | None = None
    alert: AlertRule | None = None
    by_campus: bool = True  # False where the rows belong to the whole district and to no campus
    budget: Budget | None = None
    detail: tuple[str, ...] = ()  # the columns that a list of its rows shows
    dimensions: Mapping[str, tuple[Dimension, ...]] = field(default_factory=dict)  # one for each half of the measure
    type_overrides: Mapping[str, Thresholds] = field(default_factory=dict)
    cross_check: CrossCheck | None = None
    linked: str | None = None  # the column of what is counted that links a row to something, such as its asset

    @property
    def id(self) -> str:
        """The word that people type."""
        return self.card.id

    @property
    def comparison_period(self) -> PeriodRule:
        """Which earlier point a reading is compared with: a stock's is a week back."""
        return self.period or PeriodRule(Unit.WEEK)

    @property
    def additive(self) -> bool:
        """Whether a group's value is the sum of its campuses' values."""
        if isinstance(self.measure, (Stock, Flow)):
            return self.measure.amount.counted is not Counted.MEAN
        return isinstance(self.measure, Query) and self.card.format in (Format.NUMBER, Format.CURRENCY)

    @property
    def has_past(self) -> bool:
        """Whether the databases themselves know its past; otherwise only the bot's own readings do."""
        return all(map(_has_past, components(self.measure)))

    @property
    def in_working_hours(self) -> bool:
        """Whether its durations are taken on the working clock."""
        return isinstance(self.measure, Duration) and self.measure.clock is Clock.WORKING

    @property
    def counterpart(self) -> "Kpi | None":
        """The same KPI as the other system measures it, if there is one."""
        if (other := self.cross_check) is None:
            return None
        return replace(
            self, measure=other.measure, by_campus=other.by_campus, cross_check=None, budget=None, alert=None
        )

    @property
    def link_rate(self) -> "Kpi | None":
        """The share of the rows counted, with and without a link, that have one; None where no link is asked about."""
        counted = components(self.measure)[0]
        if self.linked is None or isinstance(counted, Query):
            return None
        rates = replace(
            self, card=replace(self.card, format=Format.PERCENT), measure=link_rate_measure(counted, self.linked)
        )
        return replace(rates, cross_check=None, budget=None, alert=None, linked=None)

    def narrowed(self, conditions: Sequence[tuple[ValueCondition, ...]], only: tuple[tuple[str, str], ...]) -> "Kpi":
        """The same KPI over the rows that meet these conditions, for each half of its measure; `only` says which.

        Levels and budgets of a count were set for all rows, so that a part of them is not judged.
        """
        part = replace(
            self,
            card=replace(self.card, only=only),
            measure=narrowed_measure(self.measure, conditions),
            alert=None,
            budget=None,
            cross_check=None,
        )
        return replace(part, thresholds=Thresholds(), overrides={}, type_overrides={}) if self.additive else part

    def thresholds_of(self, campus: str, tree: CampusTree) -> Thresholds:
        """The thresholds that hold at a campus or group.

        Its own come first, then those of its type, then the KPI's. A group that has neither of the first two is the
        sum of its campuses where the KPI adds up (a feeder of six may have six times the tickets of a campus).
        """
        adds_up = self.additive and self.by_campus and self.budget is None  # a budget's levels are percentages
        if self._is_special(campus, tree) or not adds_up:
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

    def thresholds_for(self, reading: Reading, tree: CampusTree) -> Thresholds:
        """The thresholds that a reading is judged by: none where a budget is lacking for its year or place."""
        if self.budget is not None and reading.pace is None:
            return Thresholds(self.thresholds.better)
        return self.thresholds_of(reading.campus, tree)


def format_of(statistic: Statistic, shown: Format) -> Format:
    """What a statistic of a KPI's durations is shown as, where the KPI itself is shown as `shown`."""
    if statistic is Statistic.WITHIN:
        return Format.PERCENT
    return shown if shown in (Format.HOURS, Format.DAYS) else Format.HOURS


def required_age(measure: Simple) -> DaysAgo | None:
    """The age that a stock's rows must have, where that is all that its conditions say of the instant of measuring.

    Such a stock can be walked back: a row joins it when it comes of age.
    """
    moving = [each for each in _timed(measure) if each.moves]
    if not isinstance(measure, Stock) or measure.average or len(moving) != 1:
        return None
    (only,) = moving
    is_age = only.column == measure.since and only.since is None and not only.or_empty
    return only.until if is_age and isinstance(only.until, DaysAgo) else None


def _timed(measure: Simple) -> list[TimeCondition]:
    return [] if isinstance(measure, Query) else [each for each in measure.where if isinstance(each, TimeCondition)]


def _has_past(half: Simple) -> bool:
    """A query is of now, a snapshot has no times, and distinct keys that come and go cannot be walked back.

    What lies within a period now was perhaps noted over something older, which no column knows any more.
    """
    if isinstance(half, Query):
        return False
    if any(each.moves for each in _timed(half)) and required_age(half) is None:
        return False
    return not isinstance(half, Stock) or (half.since is not None and half.amount.counted is not Counted.DISTINCT)
