"""The campus tree: campuses, the groups they roll up to (feeders, regions) and the district at its root."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Literal

from kpibot.core.text import alternatives, did_you_mean, quoted, slug

NO_CAMPUS = "no-campus"
DISTRICT = "district"
ANY = "any"  # in place of a system: what holds in every one of them
Size = Literal["students", "devices"]


class CampusTreeError(ValueError):
    """The campuses do not form a tree; the message says what to change."""


class UnknownCampusError(LookupError):
    """There is no campus of this name; the message suggests one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campus:
    """A node of the tree.

    `aliases` are names and codes for it in every system, `codes` those in one system only, by system. `rooms` are the
    codes of places within it: their rows belong to it, but the codes cannot be typed. `type` is a free word (`high`,
    `office`), `students` its enrollment, `devices` the number of its devices.
    """

    slug: str
    name: str
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    rooms: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    type: str | None = None
    students: float | None = None
    devices: float | None = None


def code_text(raw: object) -> str:
    """A code as text: 101, 101.0 and Decimal("101.00") are all `101`, whatever the column's type."""
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, bytes):
        raw = raw.decode(errors="replace")
    elif isinstance(raw, float | Decimal) and math.isfinite(raw) and raw == int(raw):
        raw = int(raw)
    return str(raw).strip()


@lru_cache(maxsize=2**14, typed=True)  # every measurement needs the same ones; 1 == True, but they are different codes
def alias_key(raw: object) -> str:
    """The form in which aliases and the codes of databases are compared.

    Case, surrounding blanks and punctuation make no difference: `ORG-101` is `org 101`. A whole number of any type is
    its digits; see `code_text`. Text is not converted: neither "0101" nor "101.0" is `101`. A negative number keeps
    its sign, since -1 often means "none".
    """
    text = code_text(raw)
    return text if text.startswith("-") and text[1:].isdecimal() else slug(text)


class CampusTree:
    """All campuses of a district, under one root.

    Rows whose campus is unknown belong to `no-campus`, which the district's sums include.

    Args:
        campuses: in display order; a parent may come after its children.
        district: the name of the root, or the root itself if it has aliases.

    Raises:
        CampusTreeError: a slug or alias is claimed twice, a parent is unknown, or the parents form a cycle.
    """

    def __init__(self, campuses: Iterable[Campus], district: str | Campus = "District") -> None:
        self.root = Campus(slug=DISTRICT, name=district) if isinstance(district, str) else district
        self._nodes: dict[str, Campus] = {DISTRICT: self.root}
        for campus in (*campuses, Campus(slug=NO_CAMPUS, name="No campus")):
            if campus.slug in self._nodes:
                raise CampusTreeError(f"campus `{campus.slug}` is there twice; give one of them another slug")
            self._nodes[campus.slug] = campus
        self._check_parents()
        self._names = self._index_names()
        self._in_system = self._index_systems()

    def __iter__(self) -> Iterator[Campus]:
        return iter(self._nodes.values())

    def __contains__(self, slug: object) -> bool:
        return slug in self._nodes

    def __getitem__(self, slug: str) -> Campus:
        return self._nodes[slug]

    def __len__(self) -> int:
        return len(self._nodes)

    def find(self, typed: str) -> Campus:
        """The campus of a typed slug, name, alias or code.

        Raises:
            UnknownCampusError: with the closest slug, or with the campuses that an ambiguous code could mean.
        """
        match = self._typed.get(alias_key(typed))
        if match is not None:
            return self._nodes[match]
        if several := self._owners_of_codes.get(alias_key(typed)):
            raise UnknownCampusError(f"`{quoted(typed)}` could be {alternatives(several)}; type one of them")
        near = did_you_mean(typed, [each.slug for each in self if each.slug != NO_CAMPUS])
        raise UnknownCampusError(f"no campus `{quoted(typed)}`{near}")

    def resolve(self, raw: object, system: str | None = None) -> str:
        """The slug of the campus that a system calls `raw`; `no-campus` if it is unknown.

        The system's own codes win over names and aliases; codes of other systems are ignored. Without a system it is
        what a person types: a code of any system, if it is unambiguous. `alias_key` defines which codes are equal.
        """
        if raw is None:
            return NO_CAMPUS
        key = alias_key(raw)
        if system is None:
            return self._typed.get(key, NO_CAMPUS)
        for index in (self._in_system.get(system), self._names, self._in_system.get(ANY)):
            if index is not None and key in index:
                return index[key]
        return NO_CAMPUS

    def covered(self, slug: str) -> tuple[str, ...]:
        """The node and everything below it, whose rows a reading of `slug` sums."""
        return self._covered[slug]

    def leaves(self, slug: str) -> tuple[str, ...]:
        """The campuses at or below `slug` that have no children, without `no-campus`."""
        return tuple(each for each in self._covered[slug] if each not in self._children and each != NO_CAMPUS)

    def children(self, slug: str) -> tuple[Campus, ...]:
        """The nodes directly below `slug`, in display order."""
        return tuple(self._children.get(slug, ()))

    def type_of(self, slug: str) -> str | None:
        """The type of a campus as a slug: `Early College` is `early-college`."""
        return self._types[slug]

    def size_of(self, slug: str, of: Size) -> float | None:
        """The number of students or devices of a node.

        A group has its own number or, without one, the sum over the nodes directly below it; that is None unless all
        of them have one, since an incomplete sum would make every rate too high. An office without students has 0.
        """
        return self._sizes[of][slug]

    @cached_property
    def _children(self) -> dict[str, list[Campus]]:
        children: dict[str, list[Campus]] = {}
        for campus in self:
            if campus.slug != DISTRICT:
                children.setdefault(campus.parent or DISTRICT, []).append(campus)
        return children

    @cached_property
    def _covered(self) -> dict[str, tuple[str, ...]]:
        covered: dict[str, list[str]] = {each.slug: [] for each in self}
        for campus in self:
            for ancestor in self._ancestry(campus):
                covered[ancestor].append(campus.slug)
        return {slug: tuple(below) for slug, below in covered.items()}

    @cached_property
    def _types(self) -> dict[str, str | None]:
        return {each.slug: type_key(each.type) for each in self}

    @cached_property
    def _sizes(self) -> dict[Size, dict[str, float | None]]:
        return {"students": self._summed("students"), "devices": self._summed("devices")}

    def _summed(self, of: Size) -> dict[str, float | None]:
        sizes: dict[str, float | None] = {}
        for node in self._children_first:
            own: float | None = getattr(self._nodes[node], of)
            below = [sizes[each.slug] for each in self.children(node) if each.slug != NO_CAMPUS]
            present = [size for size in below if size is not None]
            sizes[node] = sum(present) if own is None and present and len(present) == len(below) else own
        return sizes

    @property
    def _children_first(self) -> list[str]:
        order = [DISTRICT]
        for node in order:  # it grows while it is walked
            order += [each.slug for each in self.children(node)]
        return order[::-1]

    def _ancestry(self, campus: Campus) -> list[str]:
        path = [campus.slug]
        while path[-1] != DISTRICT:
            path.append(self._nodes[path[-1]].parent or DISTRICT)
        return path

    def _check_parents(self) -> None:
        checked: set[str] = set()
        for campus in self:
            path = dict.fromkeys([campus.slug])
            here = campus
            while here.slug not in checked and here.parent is not None:
                here = self._parent_of(here)
                if here.slug in path:
                    cycle = [*list(path)[list(path).index(here.slug) :], here.slug]
                    raise CampusTreeError(f"campus `{here.slug}` is its own ancestor: {' → '.join(cycle)}")
                path[here.slug] = None
            checked.update(path)

    def _parent_of(self, campus: Campus) -> Campus:
        parent = self._nodes.get(str(campus.parent))
        if parent is None:
            near = did_you_mean(str(campus.parent), self._nodes)
            raise CampusTreeError(f"campus `{campus.slug}` has the unknown parent `{quoted(str(campus.parent))}`{near}")
        return parent

    def _index_names(self) -> dict[str, str]:
        index: dict[str, str] = {}
        for campus in self:
            _claim(index, campus.slug, (campus.slug, campus.name, *campus.aliases))
        return index

    def _index_systems(self) -> dict[str, dict[str, str]]:
        index: dict[str, dict[str, str]] = {}
        for campus in self:
            for codes in (campus.codes, campus.rooms):
                for system, words in codes.items():
                    _claim(index.setdefault(system, {}), campus.slug, words, f" in `{system}`")
        return index

    @cached_property
    def _owners_of_codes(self) -> dict[str, list[str]]:
        owners: dict[str, dict[str, None]] = {}
        for campus in self:
            for codes in campus.codes.values():
                for code in codes:
                    owners.setdefault(alias_key(code), {})[campus.slug] = None
        return {code: list(slugs) for code, slugs in owners.items()}

    @cached_property
    def _typed(self) -> dict[str, str]:
        codes = {code: slugs[0] for code, slugs in self._owners_of_codes.items() if len(slugs) == 1}
        return codes | self._names


def with_overrides(read: Iterable[Campus], written: Iterable[Campus]) -> list[Campus]:
    """Campuses from a list, with the values of the configuration; those that are not in the list come last.

    An empty name, and a parent, type or size of None, leave the list's value as it is; aliases are added.

    Raises:
        CampusTreeError: two campuses of the list have one slug, or a configured one without a name is not in it.
    """
    by_slug: dict[str, Campus] = {}
    for campus in read:
        if by_slug.setdefault(campus.slug, campus) is not campus:
            raise CampusTreeError(
                f"campus `{campus.slug}` is there twice; write another `slug:`, like `location-{{code}}`"
            )
    for campus in written:
        base = by_slug.get(campus.slug)
        if base is None and not campus.name:
            near = did_you_mean(campus.slug, by_slug) or "; give it a name, or correct its key"
            raise CampusTreeError(f"no campus `{campus.slug}` was read{near}")
        by_slug[campus.slug] = campus if base is None else _over(campus, base)
    return list(by_slug.values())


def _over(written: Campus, read: Campus) -> Campus:
    codes = {
        system: (*read.codes.get(system, ()), *written.codes.get(system, ()))
        for system in {**read.codes, **written.codes}
    }
    return replace(
        read,
        name=written.name or read.name,
        parent=written.parent or read.parent,
        aliases=(*read.aliases, *written.aliases),
        codes=codes,
        type=written.type or read.type,
        students=read.students if written.students is None else written.students,
        devices=read.devices if written.devices is None else written.devices,
    )


def type_key(type_: str | None) -> str | None:
    """The form in which types of campuses are compared."""
    return None if type_ is None else slug(type_)


def _claim(index: dict[str, str], owner: str, words: Iterable[str], where: str = "") -> None:
    for key in {alias_key(each) for each in words} - {""}:
        if index.setdefault(key, owner) != owner:
            both = f"both `{index[key]}` and `{owner}`"
            raise CampusTreeError(f"`{key}` names {both}{where}; let only one of them keep it")
