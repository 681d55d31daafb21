"""From a system's list of locations to campuses, with the groups above them and the rooms within them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from kpibot.core.campuses.campus_tree import ANY, DISTRICT, NO_CAMPUS, Campus, CampusTreeError, alias_key, type_key
from kpibot.core.text import quoted, slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A row of the list. `parent` is the code of the location around it, or a campus's slug.

    `spellings` are other forms of the code in its own system; `aliases` are names for it in every system.
    """

    code: str
    name: str
    slug: str
    parent: str | None = None
    spellings: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    type: str | None = None
    students: float | None = None
    devices: float | None = None


@dataclass(frozen=True, slots=True)
class CampusRule:
    """Which locations are campuses: those of a level (1 is the top), of some types, or with some codes; otherwise all.

    `types` and `codes` are in the form of `type_key` and `alias_key`.
    """

    level: int | None = None
    types: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()

    def is_campus(self, location: Location, level: int) -> bool:
        """Whether the location at a level is a campus."""
        if self.level is not None:
            return level == self.level
        if self.types:
            return type_key(location.type) in self.types
        return not self.codes or alias_key(location.code) in self.codes


def with_paths(locations: Sequence[tuple[Location, str]], separator: str) -> list[Location]:
    """Locations with the parents that paths such as `District > School > Room` give them.

    A location that is only in the paths of others is added, with its path as code.
    """
    by_steps: dict[tuple[str, ...], Location] = {}
    for location, path in locations:
        steps = _steps(path, separator)
        if not steps:
            raise CampusTreeError(f"code `{quoted(location.code)}` has no path; leave it out in the SELECT")
        if steps in by_steps:
            raise CampusTreeError(f"the path `{quoted(path)}` is there twice; leave one of its rows out in the SELECT")
        by_steps[steps] = location
    for steps in list(by_steps):
        for length in range(1, len(steps)):
            around = steps[:length]
            if around not in by_steps:
                path = separator.join(around)
                by_steps[around] = Location(code=path, name=around[-1], slug=slug(around[-1]))
    return [_below(location, by_steps.get(steps[:-1])) for steps, location in by_steps.items()]


def _steps(path: str, separator: str) -> tuple[str, ...]:
    apart = separator.strip() or separator
    return tuple(" ".join(step.split()) for step in path.split(apart) if step.strip())


def _below(location: Location, around: Location | None) -> Location:
    return replace(location, parent=around.code if around else None)


def campuses_of(
    locations: Iterable[Location], rule: CampusRule, system: str, district: str
) -> tuple[Campus, list[Campus]]:
    """The district and the campuses of a list of locations.

    A location above a campus is a group. A location below one, such as a room, is one of its `rooms`; other locations
    belong to the nearest group above them, or are left out. A single location above all others, or one with the
    district's name, is the district itself. Locations with the same name get that of their parent added.

    Args:
        locations: parents may come after their children.
        rule: which of them are campuses.
        system: the system of the codes; `ANY` for all systems.
        district: the name of the district.

    Raises:
        CampusTreeError: a code is there twice, the parents form a cycle, or a name has no letters or digits.
    """
    return _CampusBuilder(locations, rule, district).campuses(system)


class _CampusBuilder:
    """The locations by the keys of their codes. A location is kept if it is a campus, or above one."""

    def __init__(self, locations: Iterable[Location], rule: CampusRule, district: str) -> None:
        self._rule = rule
        self._district = district
        self._locations: dict[str, Location] = {}
        for location in locations:
            if self._locations.setdefault(alias_key(location.code), location) is not location:
                problem = "is there twice; write SELECT DISTINCT, or leave one of its rows out"
                raise CampusTreeError(f"code `{quoted(location.code)}` {problem}")
        slugs = Counter(each.slug for each in self._locations.values())
        by_slug = {each.slug: key for key, each in self._locations.items() if slugs[each.slug] == 1}
        self._parent = {key: self._key_of(each.parent, by_slug) for key, each in self._locations.items()}
        self._level = self._levels()

    def campuses(self, system: str) -> tuple[Campus, list[Campus]]:
        """See `campuses_of`."""
        within: dict[str, list[Location]] = {}
        for key, owner in self._owner.items():
            if key not in self._kept and owner is not None:
                within.setdefault(owner, []).append(self._locations[key])
        above = [self._locations[key] for key in self._districts]
        root = self._coded(self._root(above), above, within.get(DISTRICT, []), system)
        return root, [
            self._coded(self._campus(key), [self._locations[key]], within.get(key, []), system)
            for key in self._locations
            if self._owner[key] == key
        ]

    def _key_of(self, parent: str | None, by_slug: Mapping[str, str]) -> str | None:
        """The location that a parent names, by code or slug; None at the top, and for a configured campus."""
        if parent is None:
            return None
        key = alias_key(parent)
        return key if key and key in self._locations else by_slug.get(parent)

    def _levels(self) -> dict[str, int]:
        """The level of each location, from 1; parents come first."""
        below: dict[str | None, list[str]] = {}
        for key, parent in self._parent.items():
            below.setdefault(parent, []).append(key)
        levels = dict.fromkeys(below.get(None, ()), 1)
        order = list(levels)
        for key in order:  # it grows while it is walked
            order += below.get(key, ())
            levels |= dict.fromkeys(below.get(key, ()), levels[key] + 1)
        if lost := next((key for key in self._locations if key not in levels), None):
            raise CampusTreeError(f"{self._cycle(lost)}; correct a parent, or leave the rows out in the SELECT")
        return levels

    def _cycle(self, key: str) -> str:
        path = [key]
        while (parent := self._parent[path[-1]]) is not None and parent not in path:
            path.append(parent)
        codes = [quoted(self._locations[each].code) for each in (*path[path.index(parent or key) :], parent or key)]
        return f"code `{codes[0]}` lies within itself: {' → '.join(codes)}"

    @cached_property
    def _kept(self) -> set[str]:
        kept: set[str] = set()
        for key in reversed(self._level):
            level = self._level[key]
            is_above_all = self._rule.level is not None and level < self._rule.level
            if key in kept or is_above_all or self._rule.is_campus(self._locations[key], level):
                kept |= {key, self._parent[key] or key}
        return kept

    @cached_property
    def _districts(self) -> list[str]:
        """The locations that are the district itself."""
        all_districts: list[str] = []
        below: dict[str | None, list[str]] = {}
        for key in self._level:
            if key in self._kept and (self._parent[key] or not self._outside(key)):
                below.setdefault(self._parent[key], []).append(key)
        tops = below.get(None, [])
        while districts := [key for key in tops if self._is_district(key, len(tops) == 1 and key in below)]:
            all_districts += districts
            tops = [key for key in tops if key not in districts]
            tops += [child for key in districts for child in below.get(key, ())]
        return all_districts

    def _is_district(self, key: str, is_alone: bool) -> bool:
        location = self._locations[key]
        is_chosen = self._rule != CampusRule() and self._rule.is_campus(location, self._level[key])
        return slug(location.name) == slug(self._district) or (is_alone and not is_chosen)

    @cached_property
    def _owner(self) -> dict[str, str | None]:
        """The location that owns the rows of each: itself, or the nearest kept one around it; None if left out."""
        owner: dict[str, str | None] = {}
        districts = set(self._districts)
        for key in self._level:
            parent = self._parent[key]
            around = owner[parent] if parent is not None else None
            owner[key] = DISTRICT if key in districts else key if key in self._kept else around
        return owner

    def _around(self, key: str) -> str | None:
        parent = self._parent[key]
        return None if parent is None or self._owner[parent] == DISTRICT else self._owner[parent]

    def _outside(self, key: str) -> str | None:
        """The parent that is not in the list. GLPI and others write 0 where there is none."""
        parent = self._locations[key].parent
        return None if self._parent[key] is not None or parent in (None, "", "0") else parent

    @cached_property
    def _slugs(self) -> dict[str, str]:
        return self._disambiguated({key: self._locations[key].slug for key in self._kept}, "{0}-{1}")

    @cached_property
    def _names(self) -> dict[str, str]:
        return self._disambiguated({key: self._locations[key].name for key in self._kept}, "{0} ({1})")

    def _disambiguated(self, words: dict[str, str], template: str) -> dict[str, str]:
        """The words; where several locations have the same, with that of the parent added, or else with the code."""
        around = {key: words.get(self._around(key) or "", "") for key in words}
        codes = {key: self._locations[key].code for key in words}
        for more in (around, codes):
            uses = Counter([slug(word) for key, word in words.items() if self._owner[key] == key])
            uses.update((DISTRICT, NO_CAMPUS, slug(self._district)))
            words = {
                key: template.format(word, more[key]) if uses[slug(word)] > 1 and more[key] else word
                for key, word in words.items()
            }
        return words

    def _root(self, locations: Sequence[Location]) -> Campus:
        in_use = {slug(words[key]) for words in (self._slugs, self._names) for key in words if self._owner[key] == key}
        names = [each.name for each in locations if slug(each.name) not in in_use]
        return Campus(
            slug=DISTRICT,
            name=self._district,
            aliases=(*names, *(alias for each in locations for alias in each.aliases)),
            students=next((each.students for each in locations if each.students is not None), None),
            devices=next((each.devices for each in locations if each.devices is not None), None),
        )

    def _campus(self, key: str) -> Campus:
        location, around = self._locations[key], self._around(key)
        if not slug(self._slugs[key]):
            raise CampusTreeError(
                f"code `{quoted(location.code)}` makes no slug; write for example `slug: location-{{code}}`"
            )
        parent = self._slugs[around] if around is not None else self._outside(key)
        slug_, name = slug(self._slugs[key]), self._names[key]
        return Campus(
            slug=slug_,
            name=name,
            parent=parent,
            aliases=location.aliases,
            type=location.type,
            students=location.students,
            devices=location.devices,
        )

    def _coded(self, campus: Campus, own: Sequence[Location], rooms: Sequence[Location], system: str) -> Campus:
        """The campus with the codes of its locations and rooms."""
        codes = tuple(code for each in own for code in self._codes(each))
        inside = {system: tuple(code for each in rooms for code in self._codes(each))}
        inside[ANY] = inside.get(ANY, ()) + tuple(alias for each in rooms for alias in each.aliases)
        rooms_by_system = {name: words for name, words in inside.items() if words}
        if system == ANY:
            return replace(campus, aliases=(*campus.aliases, *codes), rooms=rooms_by_system)
        return replace(campus, codes={system: codes} if codes else {}, rooms=rooms_by_system)

    def _codes(self, location: Location) -> tuple[str, ...]:
        """Its code, and those of its spellings that no other location has."""
        return (location.code, *(each for each in location.spellings if self._spellings[alias_key(each)] == 1))

    @cached_property
    def _spellings(self) -> Counter[str]:
        return Counter(alias_key(word) for each in self._locations.values() for word in (each.code, *each.spellings))
