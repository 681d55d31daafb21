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
    """How a value is shown."""

    NUMBER = "number"
    PERCENT = "percent"
    CURRENCY = "currency"
    HOURS = "hours"
    DAYS = "days"

    @property
    def scale(self) -> float:
        """The factor from the measure's own unit (a share, seconds, an amount)."""
        return SCALES.get(self, 1.0)


SCALES = {Format.PERCENT: 100.0, Format.HOURS: 1 / 3_600, Format.DAYS: 1 / 86_400}


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiInfo:
    """What messages say about a KPI beside its numbers.

    `rows` is what it counts or is based on, in the plural. `only` is what it was narrowed to: (dimension, label) pairs.
    `dimensions` are what it can be broken down by, `lists_rows` says whether its rows can be listed.
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

    `overrides` are thresholds of single campuses and groups, by slug, `type_overrides` those of all campuses of a type;
    what they leave out is taken from the next wider ones. `cross_check` is the measure of another system.
    """

    card: KpiInfo
    measure: Measure
    thresholds: Thresholds = field(default_factory=Thresholds)
    overrides: Mapping[str, Thresholds] = field(default_factory=dict)
    period: PeriodRule | None = None
    alert: AlertRule | None = None
    by_campus: bool = True  # False where rows belong to the district as a whole
    budget: Budget | None = None
    detail: tuple[str, ...] = ()  # the columns of a list of its rows
    dimensions: Mapping[str, tuple[Dimension, ...]] = field(
        default_factory=dict
    )  # one for each component of the measure
    type_overrides: Mapping[str, Thresholds] = field(default_factory=dict)
    cross_check: CrossCheck | None = None
    linked: str | None = None  # the column that links a row to something, such as its asset

    @property
    def id(self) -> str:
        """The name that people type."""
        return self.card.id

    @property
    def comparison_period(self) -> PeriodRule:
        """The period that a reading is compared by: for a stock, a week."""
        return self.period or PeriodRule(Unit.WEEK)

    @property
    def additive(self) -> bool:
        """Whether a group's value is the sum of its campuses' values."""
        if isinstance(self.measure, (Stock, Flow)):
            return self.measure.amount.counted is not Counted.MEAN
        return isinstance(self.measure, Query) and self.card.format in (Format.NUMBER, Format.CURRENCY)

    @property
    def has_past(self) -> bool:
        """Whether its past can be measured; otherwise only stored readings know it."""
        return all(map(_has_past, components(self.measure)))

    @property
    def in_working_hours(self) -> bool:
        """Whether its durations are in working hours."""
        return isinstance(self.measure, Duration) and self.measure.clock is Clock.WORKING

    @property
    def counterpart(self) -> "Kpi | None":
        """The same KPI measured by the other system, if there is one."""
        if (other := self.cross_check) is None:
            return None
        return replace(
            self, measure=other.measure, by_campus=other.by_campus, cross_check=None, budget=None, alert=None
        )

    @property
    def link_rate(self) -> "Kpi | None":
        """The KPI for the share of its rows that have a link; None without `linked`."""
        counted = components(self.measure)[0]
        if self.linked is None or isinstance(counted, Query):
            return None
        rates = replace(
            self, card=replace(self.card, format=Format.PERCENT), measure=link_rate_measure(counted, self.linked)
        )
        return replace(rates, cross_check=None, budget=None, alert=None, linked=None)

    def narrowed(self, conditions: Sequence[tuple[ValueCondition, ...]], only: tuple[tuple[str, str], ...]) -> "Kpi":
        """The KPI over the rows that meet these conditions, for each component of its measure; `only` describes them.

        Thresholds and budgets of a count are for all rows, so that a part of them has none.
        """
        narrowed = replace(
            self,
            card=replace(self.card, only=only),
            measure=narrowed_measure(self.measure, conditions),
            alert=None,
            budget=None,
            cross_check=None,
        )
        if not self.additive:
            return narrowed
        return replace(narrowed, thresholds=Thresholds(), overrides={}, type_overrides={})

    def thresholds_of(self, campus: str, tree: CampusTree) -> Thresholds:
        """The thresholds of a campus or group.

        Its own come first, then those of its type, then the KPI's. Those of a group with neither of the first two are
        the sum over its campuses where the KPI adds up (a feeder of six may have six times the tickets of a campus).
        """
        adds_up = self.additive and self.by_campus and self.budget is None  # a budget's thresholds are percentages
        if self._has_overrides(campus, tree) or not adds_up:
            return self._thresholds_at(campus, tree)
        leaves = tree.leaves(campus)
        if not leaves:
            return Thresholds(Better.NEUTRAL)
        return reduce(Thresholds.__add__, (self._thresholds_at(leaf, tree) for leaf in leaves))

    def _has_overrides(self, campus: str, tree: CampusTree) -> bool:
        return campus in self.overrides or tree.type_of(campus) in self.type_overrides

    def _thresholds_at(self, campus: str, tree: CampusTree) -> Thresholds:
        thresholds = self.thresholds
        if (of_type := self.type_overrides.get(tree.type_of(campus) or "")) is not None:
            thresholds = of_type.over(thresholds)
        own = self.overrides.get(campus)
        return thresholds if own is None else own.over(thresholds)

    def thresholds_for(self, reading: Reading, tree: CampusTree) -> Thresholds:
        """The thresholds of a reading: none where its year or campus has no budget."""
        if self.budget is not None and reading.pace is None:
            return Thresholds(self.thresholds.better)
        return self.thresholds_of(reading.campus, tree)


def format_of(statistic: Statistic, kpi_format: Format) -> Format:
    """The format of a statistic of the durations of a KPI with the format `kpi_format`."""
    if statistic is Statistic.WITHIN:
        return Format.PERCENT
    return kpi_format if kpi_format in (Format.HOURS, Format.DAYS) else Format.HOURS


def required_age(measure: Simple) -> DaysAgo | None:
    """The age that a stock's rows must have, where its conditions depend on the instant of measurement in no other way.

    Such a stock has a past: a row joins it when it reaches the age.
    """
    moving = [each for each in _timed(measure) if each.moves]
    if not isinstance(measure, Stock) or measure.average or len(moving) != 1:
        return None
    (only,) = moving
    is_age = only.column == measure.since and only.since is None and not only.or_empty
    return only.until if is_age and isinstance(only.until, DaysAgo) else None


def _timed(measure: Simple) -> list[TimeCondition]:
    return [] if isinstance(measure, Query) else [each for each in measure.where if isinstance(each, TimeCondition)]


def _has_past(measure: Simple) -> bool:
    """A query and a snapshot are of now only, and distinct keys that come and go cannot be walked back.

    A timestamp within a period may have overwritten an older one, which no column has any more.
    """
    if isinstance(measure, Query):
        return False
    if any(each.moves for each in _timed(measure)) and required_age(measure) is None:
        return False
    return not isinstance(measure, Stock) or (
        measure.since is not None and measure.amount.counted is not Counted.DISTINCT
    )
