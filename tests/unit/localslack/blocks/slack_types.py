"""Slack's own TypeScript types of Block Kit, as a JSON Schema that npm makes of them on this machine.

Nothing of it is part of this project: the packages land in var/, which is not kept in the repository.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

Json = dict[str, Any]
PACKAGES = ("@slack/types@3.2.0", "ts-json-schema-generator@2.4.0")
FOLDER = Path(__file__).parents[4] / "var" / "npm"
URL = "https://example.org/"
WORD = {"type": "plain_text", "text": "x"}
OPTION = {"text": WORD, "value": "v"}
# what a field means beyond its type; anything else that is a string may be any string
VALUES: Json = {
    "confirm": {"title": WORD, "text": WORD, "confirm": WORD, "deny": WORD},
    "options": [OPTION],
    "option_groups": [{"label": WORD, "options": [OPTION]}],
    "initial_option": OPTION,
    "initial_options": [OPTION],
    "filter": {"include": ["im"]},
    "initial_date": "2026-11-16",
    "initial_time": "07:30",
    "initial_date_time": 1_790_000_000,
    "initial_value": "7",
    "min_value": "7",
    "max_value": "7",
    "icon": "trash",
    "source": "remote",
    "status": "complete",
    "indent": 0,
    "default_collapsed": False,
    "row_header_column_index": 0,
}
# Slack's reference asks for more than its types do: without one of these fields a value is refused
NEEDED = {
    "section": ("text", "fields"),
    "card": ("title", "hero_image", "actions", "body"),
    "container": ("title", "rich_text_title"),
    "static_select": ("options", "option_groups"),
    "multi_static_select": ("options", "option_groups"),
}
_KINDS: dict[type, str] = {str: "string", int: "number", bool: "boolean", list: "array", dict: "object"}


def definitions() -> Json:
    """Return the definitions of the schema of all blocks, made once; skips where there is no npm."""
    made = FOLDER / "blocks.json"
    if not made.exists():
        if shutil.which("npm") is None:
            pytest.skip("npm is not installed")
        FOLDER.mkdir(parents=True, exist_ok=True)
        _run("npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", ".", *PACKAGES)
        part = FOLDER / f"blocks.{os.getpid()}.json"
        types = "node_modules/@slack/types/dist/index.d.ts"
        _run("npx", "ts-json-schema-generator", "--path", types, "--type", "KnownBlock", "-o", part.name)
        part.replace(made)
    read: Json = json.loads(made.read_text())
    return dict(read["definitions"])


def _run(*command: str) -> None:
    subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, timeout=300)


class Examples:
    """Makes the smallest values that the schema allows."""

    def __init__(self, known: Json) -> None:
        self._known = known

    def resolved(self, schema: Json) -> Json:
        """Return what a reference stands for."""
        while "$ref" in schema:
            schema = self._known[schema["$ref"].removeprefix("#/definitions/")]
        return schema

    def shapes(self, schema: Json) -> Iterator[Json]:
        """Yield the objects that a schema may be."""
        schema = self.resolved(schema)
        for one in schema.get("anyOf", [schema]):
            if "anyOf" in self.resolved(one):
                yield from self.shapes(one)
            else:
                yield self.resolved(one)

    def smallest(self, schema: Json, name: str = "") -> Any:
        """Return the smallest value; `name` is the field that it's for."""
        shape = next(self.shapes(schema))
        if name in VALUES and _KINDS[type(VALUES[name])] == shape["type"]:
            return VALUES[name]
        if "const" in shape or "enum" in shape:
            return shape["const"] if "const" in shape else shape["enum"][0]
        if shape["type"] == "object":
            return self.object(shape)
        if shape["type"] == "array":
            return self._array(shape, name)
        return {"string": URL if "url" in name else "x", "number": 1, "boolean": True}[shape["type"]]

    def _array(self, shape: Json, name: str) -> list[Any]:
        items = shape["items"]
        one = self.smallest(items[0] if isinstance(items, list) else items, name)
        return [one, one] if name == "rows" else [one]

    def object(self, shape: Json, *further: str) -> Json:
        """Return an object with the fields that it needs, and `further` ones."""
        one_of = NEEDED.get(shape["properties"].get("type", {}).get("const", ""), ())
        needed = one_of[:1] if not set(one_of) & set(further) else ()
        wanted = dict.fromkeys([*shape.get("required", []), *needed, *further])
        return {name: self.smallest(shape["properties"][name], name) for name in wanted}
