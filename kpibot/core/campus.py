"""The campus tree: campuses, the groups they roll up to (feeders, regions) and the district at its root."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from kpibot.core.words import did_you_mean, shown, slug

NO_CAMPUS = "no-campus"
DISTRICT = "district"


class CampusTreeError(ValueError):
    """The campuses do not form a tree; the message says which one to change."""


class UnknownCampusError(LookupError):
    """Nobody knows a campus of this name; the message suggests one."""


@dataclass(frozen=True, slots=True)
class Campus:
    """A node of the tree. `aliases` are the names and codes that the district's systems know it by."""

    slug: str
    name: str
    parent: str | None = None
    aliases: tuple[str, ...] = ()


class CampusTree:
    """All campuses of a district, under one root.

    Rows whose campus nobody knows belong to `no-campus`, which the district's sums include: shown, not dropped.

    Raises:
        CampusTreeError: a slug or alias is claimed twice, a parent is unknown, or the parents form a cycle.
    """

    def __init__(self, campuses: Iterable[Campus], district: str = "District") -> None:
        self.root = Campus(DISTRICT, district)
        self._nodes: dict[str, Campus] = {DISTRICT: self.root}
        for campus in (*campuses, Campus(NO_CAMPUS, "No campus")):
            if campus.slug in self._nodes:
                raise CampusTreeError(f"campus `{campus.slug}` is there twice; give one of them another slug")
            self._nodes[campus.slug] = campus
        for campus in self:
            self._check_parents(campus)
        self._by_alias = self._index_aliases()

    def __iter__(self) -> Iterator[Campus]:
        return iter(self._nodes.values())

    def __contains__(self, slug: object) -> bool:
        return slug in self._nodes

    def __getitem__(self, slug: str) -> Campus:
        return self._nodes[slug]

    def __len__(self) -> int:
        return len(self._nodes)

    def find(self, typed: str) -> Campus:
        """The campus of a slug, name or alias as a person types it.

        Raises:
            UnknownCampusError: with the nearest known slug.
        """
        found = self._by_alias.get(slug(typed))
        if found is None:
            near = did_you_mean(typed, [each.slug for each in self if each.slug != NO_CAMPUS])
            raise UnknownCampusError(f"no campus `{shown(typed)}`{near}")
        return self._nodes[found]

    def resolve(self, raw: object) -> str:
        """The slug of the campus that a database calls `raw`; `no-campus` where nobody knows it."""
        return NO_CAMPUS if raw is None else self._by_alias.get(slug(str(raw)), NO_CAMPUS)

    def covered(self, slug: str) -> tuple[str, ...]:
        """The node and everything below it: whose rows a reading of `slug` sums."""
        return self._covered[slug]

    def leaves(self, slug: str) -> tuple[str, ...]:
        """The campuses without campuses of their own at or below `slug`, `no-campus` left out."""
        return tuple(each for each in self._covered[slug] if each not in self._parents and each != NO_CAMPUS)

    def children(self, slug: str) -> tuple[Campus, ...]:
        """The nodes directly below `slug`, in the order of the configuration."""
        return tuple(each for each in self if each.slug != DISTRICT and (each.parent or DISTRICT) == slug)

    @cached_property
    def _parents(self) -> frozenset[str]:
        return frozenset(each.parent or DISTRICT for each in self if each.slug != DISTRICT)

    @cached_property
    def _covered(self) -> dict[str, tuple[str, ...]]:
        covered: dict[str, list[str]] = {each.slug: [] for each in self}
        for campus in self:
            for ancestor in self._ancestry(campus):
                covered[ancestor].append(campus.slug)
        return {slug: tuple(below) for slug, below in covered.items()}

    def _ancestry(self, campus: Campus) -> list[str]:
        path = [campus.slug]
        while path[-1] != DISTRICT:
            path.append(self._nodes[path[-1]].parent or DISTRICT)
        return path

    def _check_parents(self, campus: Campus) -> None:
        seen = [campus.slug]
        while (parent := self._nodes[seen[-1]].parent) is not None:
            if parent not in self._nodes:
                near = did_you_mean(parent, self._nodes)
                raise CampusTreeError(f"campus `{seen[-1]}` has the unknown parent `{parent}`{near}")
            if parent in seen:
                raise CampusTreeError(f"campus `{parent}` is its own ancestor: {' → '.join([*seen, parent])}")
            seen.append(parent)

    def _index_aliases(self) -> dict[str, str]:
        index: dict[str, str] = {}
        for campus in self:
            for alias in {slug(each) for each in (campus.slug, campus.name, *campus.aliases)}:
                if index.setdefault(alias, campus.slug) != campus.slug:
                    raise CampusTreeError(
                        f"`{alias}` names both `{index[alias]}` and `{campus.slug}`; let only one of them keep it"
                    )
        return index
