"""Who may be referred to: the names that a configuration defines, and what is said of a name that it does not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from kpibot.catalog.files.sections import Sections
from kpibot.catalog.problems import Path, suggestion
from kpibot.catalog.schema.campuses import CampusListSchema, CampusSchema, KnownCampusSchema
from kpibot.catalog.schema.config import ConfigSchema
from kpibot.core.campuses.campus_tree import ANY, DISTRICT, NO_CAMPUS, alias_key, type_key
from kpibot.core.questions.parser import COMMANDS
from kpibot.core.text import quoted, slug

AnyCampus = CampusSchema | KnownCampusSchema
KINDS = {
    "databases": "database",
    "datasets": "dataset",
    "kpis": "KPI",
    "channels": "channel",
    "campuses": "campus",
    "systems": "system",
    "types": "campus type",
}


@dataclass(frozen=True)
class References:
    """What the checks look at: the shape of what fits, and every name that was written, even where its entry is bad."""

    config: ConfigSchema
    sections: Sections

    def check(self, section: str, name: str, path: Path) -> bool:
        """Reports a name that the section does not define; whether it does.

        `systems` are the databases and what datasets say of theirs, `types` those of the campuses.
        """
        names = self._names_in(section)
        if name in names or (section in ("campuses", "types") and self.campuses_are_unknown):
            return True
        if_none = f"there is none yet; define it under `{section}`"
        if section == "types":
            if_none = f"no campus has a type; write for example `type: {name}` at one"
        self.sections.report(path, f"no {KINDS[section]} `{quoted(name)}`", suggestion(name, names, if_none))
        return False

    def _names_in(self, section: str) -> list[str]:
        if section == "campuses":
            return self.campuses
        if section == "systems":
            systems = (each.system for each in self.config.datasets.values() if each.system)
            return list(dict.fromkeys([*self.sections.names("databases"), *systems, ANY]))
        if section == "types":
            return list(dict.fromkeys(each for each in self.types.values() if each))
        return self.sections.names(section)

    def check_all(self, section: str, names: tuple[str, ...] | list[str] | None, path: Path) -> None:
        """Reports every name of a list that the section does not define."""
        for index, name in enumerate(names or ()):
            self.check(section, name, (*path, index))

    def check_column(self, dataset: str, column: str, path: Path) -> None:
        """Reports a column that the dataset does not map."""
        names = self.sections.names("datasets", dataset, "columns")
        if column not in names:
            hint = suggestion(column, names, f"add it to `datasets.{dataset}.columns`")
            self.sections.report(path, f"dataset `{dataset}` has no column `{quoted(column)}`", hint)

    @property
    def campuses_are_unknown(self) -> bool:
        """Whether only a list of the district's knows the campuses."""
        return isinstance(self.config.campuses, CampusListSchema)

    @cached_property
    def campuses(self) -> list[str]:
        """The slugs that may be referred to, the district's own among them."""
        return [DISTRICT, *(str(path[-1]) for path, _ in self.campus_tree)]

    @cached_property
    def types(self) -> dict[str, str | None]:
        """The type of each campus that is written down, as thresholds name it."""
        return {str(path[-1]): type_key(campus.type) for path, campus in self.campus_tree}

    @cached_property
    def campus_tree(self) -> list[tuple[Path, AnyCampus]]:
        """Every campus and group that is written down, with its path, groups before their campuses."""
        if isinstance(self.config.campuses, CampusListSchema):
            return list(_below(self.config.campuses.campuses, ("campuses", "campuses")))
        return list(_below(self.config.campuses, ("campuses",)))

    @cached_property
    def campus_by_name(self) -> dict[str, str]:
        """The campus that each name, slug or alias means; if two campuses claim one, that is reported.

        So it is if two claim a code in one system.
        """
        owners = {ANY: {DISTRICT: DISTRICT, slug(NO_CAMPUS): NO_CAMPUS}}
        if self.config.district is not None:
            owners[ANY].setdefault(slug(self.config.district.name), DISTRICT)
        slugs = {DISTRICT, NO_CAMPUS}
        for path, campus in self.campus_tree:
            mine = str(path[-1])
            if mine in slugs:
                there = "is reserved" if mine in (DISTRICT, NO_CAMPUS) else "is there already"
                self.sections.report(path, f"a campus `{mine}` {there}", "give this one another key")
                continue
            slugs.add(mine)
            for place, word, system in _words(path, campus):
                self._claim(owners, mine, place, word, system)
        return owners[ANY]

    def _claim(self, owners: dict[str, dict[str, str]], mine: str, place: Path, word: str, system: str) -> None:
        if self.sections.is_guessed(place):
            return
        owner = owners.setdefault(system, {}).setdefault(alias_key(word), mine)
        if not alias_key(word):
            self.sections.report(place, f"`{quoted(word)}` has no letters or digits", "give it another name")
        elif owner != mine:
            where = "" if system == ANY else f" in `{system}`"
            said = f"`{quoted(word)}` already stands for `{owner}`{where}"
            self.sections.report(place, said, "let only one of them keep it")
        elif system == ANY and slug(word) in COMMANDS:
            self.sections.report(place, f"`{quoted(word)}` is a command", "choose another word")


def _words(path: Path, campus: AnyCampus) -> Iterator[tuple[Path, str, str]]:
    """Each way to call a campus, with its path and the system in which it means it."""
    yield path, str(path[-1]), ANY
    if campus.name is not None:
        yield (*path, "name"), campus.name, ANY
    if isinstance(campus.aliases, list):
        yield from (((*path, "aliases", n), word, ANY) for n, word in enumerate(campus.aliases))
        return
    for system, words in campus.aliases.items():
        for n, word in enumerate(words):
            yield (*path, "aliases", system, *([n] if len(words) > 1 else [])), word, system


def _below(campuses: Mapping[str, AnyCampus], path: Path) -> Iterator[tuple[Path, AnyCampus]]:
    for name, campus in campuses.items():
        yield (*path, name), campus
        yield from _below(campus.campuses, (*path, name, "campuses"))
