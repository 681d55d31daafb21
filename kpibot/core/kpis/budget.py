"""Budgets: what may be spent in a year, and where its spending should stand by now."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kpibot.core.campuses.campus_tree import CampusTree


@dataclass(frozen=True, slots=True)
class Pace:
    """How spending stands against the pace of its budget.

    `elapsed` is the share (0 to 1) of the period's working time that has passed, `expected` what would be spent by now
    at an even pace, `percent` how much of that has been spent.
    """

    budget: float
    elapsed: float
    expected: float
    percent: float | None


@dataclass(frozen=True, slots=True)
class Budget:
    """Amounts by the key of their period (`FY2027`): the district's, and those of campuses or groups."""

    district: Mapping[str, float] = field(default_factory=dict)
    campuses: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def amount(self, campus: str, period: str, tree: CampusTree) -> float | None:
        """The budget of a campus or group: its own, or the sum of its campuses'; None where one is lacking."""
        own = self.campuses.get(campus, self.district if campus == tree.root.slug else {})
        if period in own:
            return own[period]
        below = tree.leaves(campus)
        if below in ((), (campus,)):
            return None
        amounts = [self.campuses.get(leaf, {}).get(period) for leaf in below]
        known = [each for each in amounts if each is not None]
        return sum(known) if len(known) == len(amounts) else None


def spending_pace(spent: float, budget: float, elapsed: float) -> Pace:
    """The pace of what has been spent so far."""
    expected = budget * elapsed
    return Pace(budget, elapsed, expected, 100 * spent / expected if expected else None)
