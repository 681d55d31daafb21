"""Plain values: a text, a number. YAML may have read something else into what was meant."""

from kpibot.catalog.problems import WordError
from kpibot.core.text import quoted


def parse_text(raw: object) -> str:
    """Words.

    Raises:
        WordError: anything else, and nothing at all.
    """
    if isinstance(raw, float):
        raise WordError("a number with a decimal point is not text", "put it in quotes, as it stands there")
    if isinstance(raw, bool | int):
        raise WordError(f"{str(raw).lower()} is not text", f'put it in quotes: `"{str(raw).lower()}"`')
    if not isinstance(raw, str):
        raise WordError("a text belongs here", "write words, not a list or keys of its own")
    if not raw.strip():
        raise WordError("is empty", "write something, or leave the key out")
    return raw.strip()


def parse_number(raw: object) -> float:
    """A number.

    Raises:
        WordError: anything else.
    """
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        said = f"`{quoted(raw)}` is not a number" if isinstance(raw, str) else "a number belongs here"
        raise WordError(said, "write for example `40` or `2.5`, without quotes, commas or units")
    return float(raw)
