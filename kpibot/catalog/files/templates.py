"""Text with gaps: `${NAME}` from the environment, `{column}` from a row."""

import re
import string
from collections.abc import Mapping

from kpibot.catalog.problems import WordError
from kpibot.core.text import quoted

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


def variables(text: str) -> list[str]:
    """The names of the environment variables that a text asks for."""
    return [found[1] for found in VARIABLE.finditer(text)]


def substitute(text: str, environment: Mapping[str, str]) -> str:
    """The text with every `${NAME}` and `${NAME:-default}` replaced; an empty variable counts as not set.

    Raises:
        WordError: a variable is not set and has no default. Values are never shown.
    """
    missing = [found[1] for found in VARIABLE.finditer(text) if not environment.get(found[1]) and found[2] is None]
    if missing:
        names = " and ".join(f"`{name}`" for name in missing)
        lines = " and ".join(f"`{name}=…`" for name in missing)
        raise WordError(f"{names} {'are' if len(missing) > 1 else 'is'} not set", f"put {lines} into .env")
    if "${" in VARIABLE.sub("", text):
        raise WordError("`${` begins no variable here", "write `${NAME}` or `${NAME:-default}`")
    return VARIABLE.sub(lambda found: environment.get(found[1]) or found[2], text)


def placeholders(template: str) -> set[str]:
    """The names in braces.

    Raises:
        WordError: the braces do not match, or hold something that is no name.
    """
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    except ValueError:
        raise WordError("the braces do not match", "write for example `location-{code}`") from None
    for name in names:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise WordError(f"`{{{quoted(name)}}}` is no column", "put a column's name into the braces, like `{code}`")
    return names
