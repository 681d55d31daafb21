"""Who may be referred to: the names that a configuration defines, and what is said of a name that it does not."""

from dataclasses import dataclass
from functools import cached_property

from kpibot.catalog.problems import Path, instead
from kpibot.catalog.sections import Sections
from kpibot.catalog.shapes import CampusSelectShape, CampusShape, ConfigShape
from kpibot.core.campus import DISTRICT, NO_CAMPUS
from kpibot.core.words import shown, slug

KINDS = {
    "databases": "database",
    "datasets": "dataset",
    "kpis": "KPI",
    "channels": "channel",
    "campuses": "campus",
}


@dataclass(frozen=True)
class References:
    """What the checks look at: the shape of what fits, and every name that was written, even where its entry is bad."""

    config: ConfigShape
    sections: Sections

    def check(self, section: str, name: str, path: Path) -> bool:
        """Reports a name that the section does not define; whether it does."""
        known = self.campuses if section == "campuses" else self.sections.names(section)
        if name in known or (section == "campuses" and self.campuses_are_unknown):
            return True
        nothing = f"there is none yet; define it under `{section}`"
        self.sections.report(path, f"no {KINDS[section]} `{shown(name)}`", instead(name, known, nothing))
        return False

    def check_all(self, section: str, names: tuple[str, ...] | list[str] | None, path: Path) -> None:
        """Reports every name of a list that the section does not define."""
        for index, name in enumerate(names or ()):
            self.check(section, name, (*path, index))

    def check_column(self, dataset: str, column: str, path: Path) -> None:
        """Reports a column that the dataset does not map."""
        known = self.sections.names("datasets", dataset, "columns")
        if column not in known:
            hint = instead(column, known, f"add it to `datasets.{dataset}.columns`")
            self.sections.report(path, f"dataset `{dataset}` has no column `{shown(column)}`", hint)

    @property
    def campuses_are_unknown(self) -> bool:
        """Whether only the district's database knows the campuses."""
        return isinstance(self.config.campuses, CampusSelectShape)

    @cached_property
    def campuses(self) -> list[str]:
        """The slugs that may be referred to, the district's own among them."""
        return [DISTRICT, *(str(path[-1]) for path, _ in self.campus_tree)]

    @cached_property
    def campus_tree(self) -> list[tuple[Path, CampusShape]]:
        """Every campus and group with its path, groups before their campuses."""
        if isinstance(self.config.campuses, CampusSelectShape):
            return []
        return _below(self.config.campuses, ("campuses",))

    @cached_property
    def claims(self) -> dict[str, str]:
        """Whom each name, slug or alias that people may type stands for; where two claim it, that is reported."""
        owners = {DISTRICT: DISTRICT, slug(NO_CAMPUS): NO_CAMPUS}
        if self.config.district is not None:
            owners.setdefault(slug(self.config.district.name), DISTRICT)
        for path, campus in self.campus_tree:
            self._claim(owners, path, campus)
        return owners

    def _claim(self, owners: dict[str, str], path: Path, campus: CampusShape) -> None:
        mine = str(path[-1])
        if mine in owners.values():
            there = "is reserved" if mine in (DISTRICT, NO_CAMPUS) else "is there already"
            self.sections.report(path, f"a campus `{mine}` {there}", "give this one another key")
            return
        aliases = enumerate(campus.aliases)
        words = [(path, mine), ((*path, "name"), campus.name), *(((*path, "aliases", n), each) for n, each in aliases)]
        for place, word in words:
            if self.sections.is_guessed(place):
                continue
            owner = owners.setdefault(slug(word), mine)
            if not slug(word):
                self.sections.report(place, f"`{shown(word)}` has no letters or digits", "give it another name")
            elif owner != mine:
                said = f"`{shown(word)}` already stands for `{owner}`"
                self.sections.report(place, said, "let only one of them keep it")


def _below(campuses: dict[str, CampusShape], path: Path) -> list[tuple[Path, CampusShape]]:
    found = []
    for name, campus in campuses.items():
        found.append(((*path, name), campus))
        found += _below(campus.campuses, (*path, name, "campuses"))
    return found
