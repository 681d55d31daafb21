"""From a system's list of places to campuses: what is one, what lies above, and what lies within."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from kpibot.core.campuses.campus_tree import ANY, DISTRICT, NO_CAMPUS, Campus, CampusTreeError, alias_key, type_key
from kpibot.core.text import quoted, slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A row of the list. `parent` is the code of the place around it, or a campus's slug.

    `spellings` are other ways in which its own system writes the code; `aliases` mean it in every system.
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
    """Which locations are campuses: those of a level (1 is the top), of some types, or with some codes; else all.

    `types` and `codes` are as `type_key` and `alias_key` make them.
    """

    level: int | None = None
    types: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()

    def is_campus(self, location: Location, level: int) -> bool:
        """Whether the location, so many levels down, is one."""
        if self.level is not None:
            return level == self.level
        if self.types:
            return type_key(location.type) in self.types
        return not self.codes or alias_key(location.code) in self.codes


def with_paths(locations: Sequence[tuple[Location, str]], separator: str) -> list[Location]:
    """Locations with their parents taken from paths such as `District > School > Room`.

    A place that is only part of other places' paths is added; its path is its code.
    """
    found: dict[tuple[str, ...], Location] = {}
    for location, path in locations:
        steps = _steps(path, separator)
        if not steps:
            raise CampusTreeError(f"code `{quoted(location.code)}` has no path; leave it out in the SELECT")
        if steps in found:
            raise CampusTreeError(f"the path `{quoted(path)}` is there twice; leave one of its rows out in the SELECT")
        found[steps] = location
    for steps in list(found):
        for length in range(1, len(steps)):
            around = steps[:length]
            if around not in found:
                path = separator.join(around)
                found[around] = Location(code=path, name=around[-1], slug=slug(around[-1]))
    return [_below(each, found.get(steps[:-1])) for steps, each in found.items()]


def _steps(path: str, separator: str) -> tuple[str, ...]:
    apart = separator.strip() or separator
    return tuple(" ".join(step.split()) for step in path.split(apart) if step.strip())


def _below(location: Location, around: Location | None) -> Location:
    return replace(location, parent=around.code if around else None)


def campuses_of(
    locations: Iterable[Location], rule: CampusRule, system: str, district: str
) -> tuple[Campus, list[Campus]]:
    """The district and the campuses of a list of locations.

    What lies above a campus is a group. What lies below one, such as a room, is one of its `rooms`; other places that
    are no campus belong to the nearest group above them, or are left out. What stands alone above everything, or is
    called what the district is called, is the district itself. Places of one name are told apart by what they lie in.

    Args:
        locations: parents may come after their children.
        rule: which of them are campuses.
        system: in which the codes mean them; `ANY` for all.
        district: the name of the district.

    Raises:
        CampusTreeError: a code is there twice, the parents form a cycle, or a name has no letters or digits.
    """
    return _Places(locations, rule, district).campuses(system)


class _Places:
    """The locations by the keys of their codes. A place is kept where it is a campus, or lies above one."""

    def __init__(self, locations: Iterable[Location], rule: CampusRule, district: str) -> None:
        self._rule = rule
        self._district = district
        self._places: dict[str, Location] = {}
        for each in locations:
            if self._places.setdefault(alias_key(each.code), each) is not each:
                said = "is there twice; write SELECT DISTINCT, or leave one of its rows out"
                raise CampusTreeError(f"code `{quoted(each.code)}` {said}")
        slugs = Counter(each.slug for each in self._places.values())
        by_slug = {each.slug: key for key, each in self._places.items() if slugs[each.slug] == 1}
        self._parent = {key: self._key_of(each.parent, by_slug) for key, each in self._places.items()}
        self._level = self._levels()

    def campuses(self, system: str) -> tuple[Campus, list[Campus]]:
        """See `campuses_of`."""
        within: dict[str, list[Location]] = {}
        for key, home in self._home.items():
            if key not in self._kept and home is not None:
                within.setdefault(home, []).append(self._places[key])
        above = [self._places[key] for key in self._districts]
        root = self._coded(self._root(above), above, within.get(DISTRICT, []), system)
        return root, [
            self._coded(self._campus(key), [self._places[key]], within.get(key, []), system)
            for key in self._places
            if self._home[key] == key
        ]

    def _key_of(self, parent: str | None, by_slug: Mapping[str, str]) -> str | None:
        """The place that a parent names, by code or slug; None at the top, and where it is a campus that is written."""
        if parent is None:
            return None
        key = alias_key(parent)
        return key if key and key in self._places else by_slug.get(parent)

    def _levels(self) -> dict[str, int]:
        """How many levels down each place lies, from 1; parents come first."""
        below: dict[str | None, list[str]] = {}
        for key, parent in self._parent.items():
            below.setdefault(parent, []).append(key)
        levels = dict.fromkeys(below.get(None, ()), 1)
        order = list(levels)
        for key in order:  # it grows while it is walked
            order += below.get(key, ())
            levels |= dict.fromkeys(below.get(key, ()), levels[key] + 1)
        if lost := next((key for key in self._places if key not in levels), None):
            raise CampusTreeError(f"{self._cycle(lost)}; correct a parent, or leave the rows out in the SELECT")
        return levels

    def _cycle(self, key: str) -> str:
        path = [key]
        while (parent := self._parent[path[-1]]) is not None and parent not in path:
            path.append(parent)
        codes = [quoted(self._places[each].code) for each in (*path[path.index(parent or key) :], parent or key)]
        return f"code `{codes[0]}` lies within itself: {' → '.join(codes)}"

    @cached_property
    def _kept(self) -> set[str]:
        kept: set[str] = set()
        for key in reversed(self._level):
            level = self._level[key]
            is_above_all = self._rule.level is not None and level < self._rule.level
            if key in kept or is_above_all or self._rule.is_campus(self._places[key], level):
                kept |= {key, self._parent[key] or key}
        return kept

    @cached_property
    def _districts(self) -> list[str]:
        """The places that are the district itself."""
        found: list[str] = []
        below: dict[str | None, list[str]] = {}
        for key in self._level:
            if key in self._kept and (self._parent[key] or not self._outside(key)):
                below.setdefault(self._parent[key], []).append(key)
        tops = below.get(None, [])
        while districts := [key for key in tops if self._is_district(key, len(tops) == 1 and key in below)]:
            found += districts
            tops = [key for key in tops if key not in districts]
            tops += [child for key in districts for child in below.get(key, ())]
        return found

    def _is_district(self, key: str, is_alone: bool) -> bool:
        place = self._places[key]
        is_chosen = self._rule != CampusRule() and self._rule.is_campus(place, self._level[key])
        return slug(place.name) == slug(self._district) or (is_alone and not is_chosen)

    @cached_property
    def _home(self) -> dict[str, str | None]:
        """Whose rows those of each place are: its own, those of the nearest kept place around it, or nobody's."""
        home: dict[str, str | None] = {}
        districts = set(self._districts)
        for key in self._level:
            parent = self._parent[key]
            around = home[parent] if parent is not None else None
            home[key] = DISTRICT if key in districts else key if key in self._kept else around
        return home

    def _around(self, key: str) -> str | None:
        parent = self._parent[key]
        return None if parent is None or self._home[parent] == DISTRICT else self._home[parent]

    def _outside(self, key: str) -> str | None:
        """The parent that is no place of the list. GLPI and others write 0 where there is none."""
        parent = self._places[key].parent
        return None if self._parent[key] is not None or parent in (None, "", "0") else parent

    @cached_property
    def _slugs(self) -> dict[str, str]:
        return self._told_apart({key: self._places[key].slug for key in self._kept}, "{0}-{1}")

    @cached_property
    def _names(self) -> dict[str, str]:
        return self._told_apart({key: self._places[key].name for key in self._kept}, "{0} ({1})")

    def _told_apart(self, words: dict[str, str], template: str) -> dict[str, str]:
        """The words, with that of what is around the place where several have the same, else with its code."""
        around = {key: words.get(self._around(key) or "", "") for key in words}
        codes = {key: self._places[key].code for key in words}
        for more in (around, codes):
            taken = Counter([slug(word) for key, word in words.items() if self._home[key] == key])
            taken.update((DISTRICT, NO_CAMPUS, slug(self._district)))
            words = {
                key: template.format(word, more[key]) if taken[slug(word)] > 1 and more[key] else word
                for key, word in words.items()
            }
        return words

    def _root(self, places: Sequence[Location]) -> Campus:
        taken = {slug(words[key]) for words in (self._slugs, self._names) for key in words if self._home[key] == key}
        names = [each.name for each in places if slug(each.name) not in taken]
        return Campus(
            slug=DISTRICT,
            name=self._district,
            aliases=(*names, *(alias for each in places for alias in each.aliases)),
            students=next((each.students for each in places if each.students is not None), None),
            devices=next((each.devices for each in places if each.devices is not None), None),
        )

    def _campus(self, key: str) -> Campus:
        place, around = self._places[key], self._around(key)
        if not slug(self._slugs[key]):
            raise CampusTreeError(
                f"code `{quoted(place.code)}` makes no slug; write for example `slug: location-{{code}}`"
            )
        parent = self._slugs[around] if around is not None else self._outside(key)
        slug_, name = slug(self._slugs[key]), self._names[key]
        return Campus(
            slug=slug_,
            name=name,
            parent=parent,
            aliases=place.aliases,
            type=place.type,
            students=place.students,
            devices=place.devices,
        )

    def _coded(self, campus: Campus, own: Sequence[Location], rooms: Sequence[Location], system: str) -> Campus:
        """The campus with the codes of its places and rooms."""
        codes = tuple(code for each in own for code in self._codes(each))
        inside = {system: tuple(code for each in rooms for code in self._codes(each))}
        inside[ANY] = inside.get(ANY, ()) + tuple(alias for each in rooms for alias in each.aliases)
        rooms_by_system = {name: words for name, words in inside.items() if words}
        if system == ANY:
            return replace(campus, aliases=(*campus.aliases, *codes), rooms=rooms_by_system)
        return replace(campus, codes={system: codes} if codes else {}, rooms=rooms_by_system)

    def _codes(self, place: Location) -> tuple[str, ...]:
        """Its code, and those of its spellings that are no other place's."""
        return (place.code, *(each for each in place.spellings if self._spellings[alias_key(each)] == 1))

    @cached_property
    def _spellings(self) -> Counter[str]:
        return Counter(alias_key(word) for each in self._places.values() for word in (each.code, *each.spellings))
