"""The placeholders in a preset's SQL, filled with its options: `IN ({lost})`, or `` `{prefix}assets` `` for a name."""

import re
from collections.abc import Mapping
from typing import Any

from kpibot.catalog.problems import WordError

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def check_option(value: object, example: object) -> None:
    """Looks at the value of an option; it is like the one in the preset, a list or a part of a name.

    Raises:
        WordError: what it is instead, and what to write.
    """
    if not isinstance(example, list):
        if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_]*", value):
            raise WordError("a part of a name belongs here", "write letters, numbers and underscores, like `snipe_`")
        return
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, bool) or not isinstance(item, str | int):
            raise WordError("words or whole numbers belong here", "write a list of them, like `[Lost, Perdu]`")


def with_options(node: Any, options: Mapping[str, Any]) -> Any:
    """Plain data with the placeholders of every text replaced; one that is no option stays, as in a link."""
    if isinstance(node, dict):
        return {key: with_options(each, options) for key, each in node.items()}
    if isinstance(node, list):
        return [with_options(each, options) for each in node]
    if not isinstance(node, str):
        return node
    return PLACEHOLDER.sub(lambda match: _sql(options[match[1]]) if match[1] in options else match[0], node)


def _sql(value: Any) -> str:
    """A list as SQL has it behind IN; one without anything holds NULL, which nothing is equal to."""
    if isinstance(value, list):
        return ", ".join(map(_literal, value)) or "NULL"
    return str(value)


def _literal(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    text = value.replace("\\", "\\\\").replace("'", "''")  # as MariaDB and MySQL read it
    return f"'{text}'"
