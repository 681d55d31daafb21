"""Makes the campus tree of a configuration: what is written, what is read, and whether everybody's campus is there."""

from collections.abc import Iterable, Iterator

from kpibot.catalog.model import CampusList, Catalog
from kpibot.core.campuses.campus_tree import CampusTree, CampusTreeError, with_overrides
from kpibot.core.text import did_you_mean
from kpibot.sources.campus_lists import Select, read_campuses


def campus_tree(catalog: Catalog, select: Select) -> CampusTree:
    """The campuses of a district. Lists of them are read now, once.

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
        raise CampusTreeError(_placed(catalog, "campuses", str(error))) from error
    _check_campuses(catalog, tree)
    _check_types(catalog, tree)
    return tree


def _check_campuses(catalog: Catalog, tree: CampusTree) -> None:
    """Campuses that are read are known only now, and with them whether everybody's campus exists."""
    for where, campus in _named_campuses(catalog):
        if campus not in tree:
            says = f"no campus `{campus}`{_near(campus, (each.slug for each in tree))}"
            raise CampusTreeError(_placed(catalog, where, says))


def _named_campuses(catalog: Catalog) -> Iterator[tuple[str, str]]:
    yield from ((f"channels.{channel.id}", channel.campus) for channel in catalog.channels.values())
    yield from ((f"kpis.{kpi.id}", campus) for kpi in catalog.kpis.values() for campus in kpi.overrides)
    yield from (("alerts", campus) for route in catalog.routes for campus in route.campuses or ())
    yield from (("silences", campus) for each in catalog.silences for campus in each.campuses or ())
    yield from (("notes", campus) for rule in catalog.notes for campus in rule.campuses or ())


def _check_types(catalog: Catalog, tree: CampusTree) -> None:
    known = {type_ for each in tree if (type_ := tree.type_of(each.slug))}
    for kpi in catalog.kpis.values():
        for type_ in kpi.type_overrides:
            if type_ not in known:
                says = f"no campus type `{type_}`{_near(type_, known)}"
                raise CampusTreeError(_placed(catalog, f"kpis.{kpi.id}", says))


def _placed(catalog: Catalog, where: str, says: str) -> str:
    """With the keys that it is about, and their file and line."""
    return ": ".join(filter(None, (catalog.location(*where.split(".")), where, says)))


def _near(word: str, known: Iterable[str]) -> str:
    names = sorted(known)
    return did_you_mean(word, names) or f"; there are {len(names)}, none like it"
