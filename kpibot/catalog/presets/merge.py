"""Lays a preset under the sections that the district wrote: key by key, and what is written already stays."""

from collections.abc import Mapping
from typing import Any

from kpibot.catalog.files.sections import Sections
from kpibot.catalog.problems import Path, SourceLocation
from kpibot.catalog.schema.campuses import CampusListSchema
from kpibot.catalog.schema.measures import KINDS

Locations = Mapping[Path, SourceLocation]

# Where a mapping is one thing and no collection of keys: a limit, and each column, dimension, condition or cycle.
ATOMIC = ("campuses_are", "limit")
ATOMIC_ENTRIES = ("columns", "dimensions", "where", "cycles")
ROWS = {"table", "select"}  # one replaces the other
LIST = {"database", "select", "orgs"}  # a district that writes one of them has a list of campuses of its own


def merge_defaults(sections: Sections, defaults: Mapping[str, Any], locations: Locations) -> None:
    """Adds what the sections lack of a preset."""
    for name, part in defaults.items():
        # Without a district of its own, the section is missing, whatever a preset has to say on it.
        if name != "district" or isinstance(sections.data.get(name), dict):
            _merge(sections, sections.data, name, part, (name,), locations)


def _merge(
    sections: Sections, target: dict[str, Any], key: str, defaults: Any, path: Path, locations: Locations
) -> None:
    own = target.get(key)
    if key not in target:
        target[key] = defaults
        sections.add_locations({each: place for each, place in locations.items() if each[: len(path)] == path})
    elif isinstance(own, dict) and isinstance(defaults, dict) and _can_merge(path, own, defaults):
        for name, value in defaults.items():
            if not (name in ROWS and ROWS & set(own)):
                _merge(sections, own, name, value, (*path, name), locations)


def _can_merge(path: Path, own: Mapping[str, Any], defaults: Mapping[str, Any]) -> bool:
    """Whether keys of the one can be beside keys of the other."""
    if path[-1] in ATOMIC or (len(path) > 1 and path[-2] in ATOMIC_ENTRIES):
        return False
    if path == ("campuses",):
        return set(own) <= set(CampusListSchema.known_keys()) - LIST
    if path[0] == "datasets" and len(path) == 2:
        return bool(own.get("database", defaults["database"]) == defaults["database"])
    # A measure of another kind, or over another dataset, has nothing in common with that of the preset.
    kind = next((each for each in KINDS if each in own), None)
    return kind is None or kind == "ratio" or own[kind] == defaults.get(kind)
