"""The JSON Schema of a configuration file, with which editors complete and check."""

import json
from typing import Any

from kpibot.catalog.schema.config import ConfigSchema

NOTHING = {"type": "null"}


def json_schema() -> dict[str, Any]:
    """The schema, made of the same shapes that read the files."""
    made = ConfigSchema.model_json_schema(by_alias=True)
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "kpibot configuration"}
    schema: dict[str, Any] = _tidied(made)
    return schema


def json_schema_text() -> str:
    """The schema as it is written to its file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _tidied(node: Any) -> Any:
    """Without the null that stands for "left out" in Python: in a file a key has a value or is not there."""
    if isinstance(node, list):
        return [_tidied(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _tidied(value) for key, value in node.items() if not (key == "default" and value is None)}
    if "patternProperties" in kept:
        kept["additionalProperties"] = False  # a key that is no id is a mistake, not one more entry
    choices = [each for each in kept.get("anyOf", []) if each != NOTHING]
    if NOTHING in kept.get("anyOf", []) and len(choices) == 1:
        del kept["anyOf"]
        return choices[0] | kept
    return kept
