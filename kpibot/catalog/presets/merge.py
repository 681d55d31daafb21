"""Lays a preset under the sections that the district wrote: key by key, and what is written already stays."""

from collections.abc import Mapping
from typing import Any

from kpibot.catalog.files.sections import Sections
from kpibot.catalog.problems import Path
from kpibot.catalog.schema.campuses import CampusListSchema
from kpibot.catalog.schema.measures import KINDS

Places = Mapping[Path, tuple[str, int]]

# Where a mapping is one thing and no collection of keys: a limit, and each column, dimension, condition or cycle.
WHOLE = ("campuses_are", "limit")
WHOLE_EACH = ("columns", "dimensions", "where", "cycles")
ROWS = {"table", "select"}  # one stands in place of the other
LIST = {"database", "select", "orgs"}  # a district that writes one of them has a list of campuses of its own


def merge_defaults(sections: Sections, under: Mapping[str, Any], places: Places) -> None:
    """Adds what the sections lack of a preset."""
    for name, part in under.items():
        # Without a district of its own, the section is missing, whatever a preset has to say on it.
        if name != "district" or isinstance(sections.data.get(name), dict):
            _lay(sections, sections.data, name, part, (name,), places)


def _lay(sections: Sections, there: dict[str, Any], key: str, under: Any, path: Path, places: Places) -> None:
    own = there.get(key)
    if key not in there:
        there[key] = under
        sections.adopt({each: place for each, place in places.items() if each[: len(path)] == path})
    elif isinstance(own, dict) and isinstance(under, dict) and _may_mix(path, own, under):
        for name, value in under.items():
            if not (name in ROWS and ROWS & set(own)):
                _lay(sections, own, name, value, (*path, name), places)


def _may_mix(path: Path, own: Mapping[str, Any], under: Mapping[str, Any]) -> bool:
    """Whether keys of the one can stand beside keys of the other."""
    if path[-1] in WHOLE or (len(path) > 1 and path[-2] in WHOLE_EACH):
        return False
    if path == ("campuses",):
        return set(own) <= set(CampusListSchema.known_keys()) - LIST
    if path[0] == "datasets" and len(path) == 2:
        return bool(own.get("database", under["database"]) == under["database"])
    # A measure of another kind, or over another dataset, has nothing in common with that of the preset.
    kind = next((each for each in KINDS if each in own), None)
    return kind is None or kind == "ratio" or own[kind] == under.get(kind)
