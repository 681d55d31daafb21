"""Sums up the campus tree: what every campus and group has, itself and below."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from kpibot.core.campuses.campus_tree import DISTRICT, CampusTree

Each = TypeVar("Each")


class RollUp:
    """The tree in the order in which sums are taken: children before their parents."""

    def __init__(self, tree: CampusTree) -> None:
        children: dict[str, list[str]] = {}
        for node in tree:
            if node.slug != DISTRICT:
                children.setdefault(node.parent or DISTRICT, []).append(node.slug)
        top_down = [DISTRICT]
        for slug in top_down:  # it grows while it is walked
            top_down += children.get(slug, ())
        self._groups = [(slug, children[slug]) for slug in reversed(top_down) if slug in children]

    def __call__(self, own: Mapping[str, Each], total: Callable[[Sequence[Each]], Each]) -> dict[str, Each]:
        """The sums by node, from what the nodes themselves have; whoever has nothing is absent."""
        sums = dict(own)
        for group, children in self._groups:
            members = [sums[each] for each in (*children, group) if each in sums]
            if members:
                sums[group] = total(members)
        return sums
