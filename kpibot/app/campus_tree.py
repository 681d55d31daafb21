"""Builds the campus tree of a configuration, and checks the campuses that the configuration names."""

from collections.abc import Iterable, Iterator

from kpibot.catalog.model import CampusList, Catalog
from kpibot.core.campuses.campus_tree import CampusTree, CampusTreeError, with_overrides
from kpibot.core.text import did_you_mean
from kpibot.sources.campus_lists import Select, read_campuses


def campus_tree(catalog: Catalog, select: Select) -> CampusTree:
    """The campus tree of a district. Lists of campuses are read once, now.

    Raises:
        SourceError: the campuses are to be read from a database or file that does not answer.
        CampusTreeError: the campuses read form no tree, or lack one that the configuration names.
    """
    chosen = catalog.campuses
    if not isinstance(chosen, CampusList):
        return CampusTree(chosen, catalog.district.name)
    try:
        root, campuses = read_campuses(chosen, catalog.district.name, select)
        tree = CampusTree(with_overrides(campuses, chosen.written), root)
    except CampusTreeError as error:
        raise CampusTreeError(_with_place(catalog, "campuses", str(error))) from error
    _check_campuses(catalog, tree)
    _check_types(catalog, tree)
    return tree


def _check_campuses(catalog: Catalog, tree: CampusTree) -> None:
    """Campuses of a list are known only now, so that names of campuses are checked only now."""
    for where, campus in _named_campuses(catalog):
        if campus not in tree:
            problem = f"no campus `{campus}`{_near(campus, (each.slug for each in tree))}"
            raise CampusTreeError(_with_place(catalog, where, problem))


def _named_campuses(catalog: Catalog) -> Iterator[tuple[str, str]]:
    yield from ((f"channels.{channel.id}", channel.campus) for channel in catalog.channels.values())
    yield from ((f"kpis.{kpi.id}", campus) for kpi in catalog.kpis.values() for campus in kpi.overrides)
    yield from (("alerts", campus) for route in catalog.routes for campus in route.campuses or ())
    yield from (("silences", campus) for each in catalog.silences for campus in each.campuses or ())
    yield from (("notes", campus) for rule in catalog.notes for campus in rule.campuses or ())


def _check_types(catalog: Catalog, tree: CampusTree) -> None:
    types = {type_ for campus in tree if (type_ := tree.type_of(campus.slug))}
    for kpi in catalog.kpis.values():
        for type_ in kpi.type_overrides:
            if type_ not in types:
                problem = f"no campus type `{type_}`{_near(type_, types)}"
                raise CampusTreeError(_with_place(catalog, f"kpis.{kpi.id}", problem))


def _with_place(catalog: Catalog, where: str, problem: str) -> str:
    """The problem with its keys, and their file and line."""
    return ": ".join(filter(None, (catalog.location(*where.split(".")), where, problem)))


def _near(word: str, words: Iterable[str]) -> str:
    names = sorted(words)
    return did_you_mean(word, names) or f"; there are {len(names)}, none like it"
