"""Sums over the campus tree: the total of every campus and group, with everything below it."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from kpibot.core.campuses.campus_tree import DISTRICT, CampusTree

Item = TypeVar("Item")


class RollUp:
    """The nodes of the tree in the order of summation: children before parents."""

    def __init__(self, tree: CampusTree) -> None:
        children: dict[str, list[str]] = {}
        for node in tree:
            if node.slug != DISTRICT:
                children.setdefault(node.parent or DISTRICT, []).append(node.slug)
        top_down = [DISTRICT]
        for slug in top_down:  # it grows while it is walked
            top_down += children.get(slug, ())
        self._groups = [(slug, children[slug]) for slug in reversed(top_down) if slug in children]

    def __call__(self, own: Mapping[str, Item], total: Callable[[Sequence[Item]], Item]) -> dict[str, Item]:
        """The totals by node, from the nodes' own items; nodes without any are absent."""
        totals = dict(own)
        for group, children in self._groups:
            members = [totals[each] for each in (*children, group) if each in totals]
            if members:
                totals[group] = total(members)
        return totals
