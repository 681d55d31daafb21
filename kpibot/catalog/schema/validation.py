"""From plain data to shapes. What does not fit is a problem in plain words and left out, so that the rest is checked.

Leaving out goes on until everything fits. In place of something that must be there, its example is taken: a KPI without
an owner is checked like any other.
"""

import copy
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kpibot.catalog.files import yaml_lines
from kpibot.catalog.files.sections import Sections
from kpibot.catalog.problems import Path, WordError, nearest
from kpibot.catalog.schema.config import ConfigSchema
from kpibot.catalog.schema.measures import KINDS
from kpibot.catalog.schema.schema_base import Schema
from kpibot.core.text import alternatives

SECTIONS = tuple(ConfigSchema.known_keys())
Schemas = Mapping[int, type[Schema]]


def validate_sections(sections: Sections) -> ConfigSchema:
    """The shape of all that fits; everything else is reported to `sections`."""
    data = copy.deepcopy(sections.data)
    for path in list(_empties(data, ())):
        sections.report(path, "has no value", "write one or leave the key out; text that begins with `#` needs quotes")
        _remove(data, path)
    for is_first in itertools.chain([True], itertools.repeat(False)):
        schemas: dict[int, type[Schema]] = {}
        try:
            return ConfigSchema.model_validate(data, context=schemas)
        except ValidationError as error:
            mismatches = [_Mismatch(details, data, schemas) for details in error.errors(include_url=False)]
        for mismatch in mismatches:
            if is_first or sections.is_sound_below(mismatch.path):
                mismatch.report(sections)
        for mismatch in sorted(mismatches, key=lambda one: len(one.path), reverse=True):
            mismatch.repair(data, sections)
    raise AssertionError("repeat() does not end")


def _empties(data: Any, path: Path) -> Iterator[Path]:
    """The keys without a value; only a condition may be about empty cells."""
    if path[-1:] == ("where",):
        return
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        if value is None:
            yield (*path, key)
        else:
            yield from _empties(value, (*path, key))


def _remove(data: Any, path: Path) -> None:
    """Removes what is at the path: an item with its whole list, since the places of the others must not move."""
    while isinstance(path[-1], int):
        path = path[:-1]
    try:
        for step in path[:-1]:
            data = data[step]
        del data[path[-1]]
    except (KeyError, IndexError):
        pass  # it went with something around it


class _Mismatch:
    """One error of pydantic, with the place in the data that it is about."""

    def __init__(self, details: ErrorDetails, data: Any, schemas: Schemas) -> None:
        self._details = details
        self._is_missing = details["type"] == "missing"
        self.path, self._containers = _resolve(details["loc"], data, keep_last=self._is_missing)
        self._schemas = schemas

    def repair(self, data: Any, sections: Sections) -> None:
        """Makes the data fit: without the wrong value, or with an example in place of the missing one."""
        if not self._is_missing:
            _remove(data, self.path)
            return
        self._containers[-1][self.path[-1]] = yaml_lines.read_yaml(self._example().encode()).data
        sections.guess(self.path)

    def _example(self) -> str:
        schema = self._schema(-1)
        return schema.known_keys()[str(self.path[-1])] if schema else ""

    def report(self, sections: Sections) -> None:
        message, hint = self._words()
        sections.report(self.path, message, hint)

    def _words(self) -> tuple[str, str]:
        explain = _EXPLAINED.get(self._details["type"])
        if explain is None:
            return "cannot be understood", self._details["msg"].casefold()
        return explain(self)

    def own(self) -> tuple[str, str]:
        """One of our own readers said what is wrong."""
        error = self._details.get("ctx", {}).get("error")
        return str(error), error.hint if isinstance(error, WordError) else ""

    def unknown(self) -> tuple[str, str]:
        schema, key = self._schema(-1), str(self.path[-1])
        above = self._schema(-2)
        keys = schema.known_keys() if schema else {}
        if near := nearest(key, keys):
            return "unknown key", near
        if above is not None and key in above.known_keys():
            return "unknown key", "it belongs one level up"
        return "unknown key", f"the keys here are {alternatives(keys)}"

    def missing(self) -> tuple[str, str]:
        return "is missing", f"write for example `{self.path[-1]}: {self._example()}`"

    def no_keys(self) -> tuple[str, str]:
        return "keys of its own belong here", "write them indented below, each as `key: value`"

    def no_list(self) -> tuple[str, str]:
        if example := _ITEMS.get(self.path):
            return "a list belongs here", f"begin each {example}"
        return "a list belongs here", "put it in brackets: `[one, two]`"

    def empty_list(self) -> tuple[str, str]:
        what = "nothing in it" if isinstance(self._details["input"], dict) else "an empty list"
        return what, "name at least one, or leave the key out where it need not be"

    def no_measure(self) -> tuple[str, str]:
        raw = self._details["input"]
        if not isinstance(raw, dict):
            return self.no_keys()
        named = [kind for kind in KINDS if kind in raw]
        if len(named) > 1:
            return f"two kinds of measure at once: {' and '.join(f'`{kind}`' for kind in named)}", "keep one of them"
        if named:
            return f"`{named[0]}` cannot be half of a ratio", "divide a `stock`, `flow` or `query` by another"
        near = next((hint for key in raw if (hint := nearest(key, KINDS))), "")
        return "names no kind of measure", near or f"write one of {alternatives(KINDS)}, for example `stock: tickets`"

    def _schema(self, index: int) -> type[Schema] | None:
        """The shape expected of the last container but so many."""
        return self._schemas.get(id(self._containers[index])) if len(self._containers) >= -index else None


_ITEMS: dict[Path, str] = {
    ("alerts",): "rule with `- `, for example `- {channel: tech-leads}`",
    ("notes",): "note with `- `, for example `- {on: 2026-11-09, says: Move}`",
    ("silences",): "silence with `- `, for example `- {name: Patch night, when: wednesday 18:00-22:00}`",
}
_EXPLAINED: dict[str, Callable[[_Mismatch], tuple[str, str]]] = {
    "value_error": _Mismatch.own,
    "extra_forbidden": _Mismatch.unknown,
    "missing": _Mismatch.missing,
    "model_type": _Mismatch.no_keys,
    "model_attributes_type": _Mismatch.no_keys,
    "dict_type": _Mismatch.no_keys,
    "list_type": _Mismatch.no_list,
    "too_short": _Mismatch.empty_list,
    "union_tag_not_found": _Mismatch.no_measure,
    "union_tag_invalid": _Mismatch.no_measure,
}


def _resolve(loc: tuple[str | int, ...], data: Any, keep_last: bool) -> tuple[Path, list[Any]]:
    """The location as a path in the data, without the names that pydantic puts between, and the containers passed."""
    path: list[str | int] = []
    containers = [data]
    steps = loc[:-1] if keep_last else loc
    for step in steps:
        here: Any = containers[-1]
        if step in here if isinstance(here, dict) else isinstance(here, list) and isinstance(step, int):
            path.append(step)
            containers.append(here[step])
    if keep_last:
        return (*path, loc[-1]), containers
    return tuple(path), containers[:-1]
