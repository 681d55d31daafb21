"""Budgets: what may be spent in a year, and what should have been spent by now."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kpibot.core.campuses.campus_tree import CampusTree


@dataclass(frozen=True, slots=True)
class Pace:
    """Spending compared with the pace of its budget.

    `elapsed` is the share (0 to 1) of the period's working time that has passed, `expected` what would be spent by now
    at an even pace, `percent` how much of that has been spent.
    """

    budget: float
    elapsed: float
    expected: float
    percent: float | None


@dataclass(frozen=True, slots=True)
class Budget:
    """Amounts by period key (`FY2027`): the district's, and those of campuses or groups."""

    district: Mapping[str, float] = field(default_factory=dict)
    campuses: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def amount(self, campus: str, period: str, tree: CampusTree) -> float | None:
        """The budget of a campus or group: its own, or the sum of its campuses'; None where one is missing."""
        own = self.campuses.get(campus, self.district if campus == tree.root.slug else {})
        if period in own:
            return own[period]
        below = tree.leaves(campus)
        if below in ((), (campus,)):
            return None
        amounts = [self.campuses.get(leaf, {}).get(period) for leaf in below]
        present = [amount for amount in amounts if amount is not None]
        return sum(present) if len(present) == len(amounts) else None


def spending_pace(spent: float, budget: float, elapsed: float) -> Pace:
    """The pace of the spending so far."""
    expected = budget * elapsed
    return Pace(budget, elapsed, expected, 100 * spent / expected if expected else None)
