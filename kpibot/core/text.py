"""How typed words are compared with known names, and how errors repeat them."""

import difflib
import re
from collections.abc import Iterable

QUOTED_LENGTH = 40  # characters of a typed word that an error repeats
SEPARATORS = re.compile(r"\W+")
MENTION = re.compile(r"<([@#])([^<>|]+)\|?([^<>|]*)>")  # as Slack escapes them: `<@U024BE7LH|mei>`


def slug(text: str) -> str:
    """`Campus West HS` → `campus-west-hs`: the form in which names, slugs and typed words are compared."""
    return SEPARATORS.sub("-", text.strip().casefold()).strip("-_")


def quoted(word: str) -> str:
    """The word as an error repeats it: short, on one line, without backticks, which would end the quotation.

    A mention is shown as it was typed: `<@U024BE7LH|mei>` as `@mei`.
    """
    typed = MENTION.sub(lambda mention: mention[1] + (mention[3] or mention[2]), word)
    flat = " ".join(typed.replace("`", "'").split())
    return flat if len(flat) <= QUOTED_LENGTH else flat[: QUOTED_LENGTH - 1] + "…"


def closest(word: str, names: Iterable[str], most: int = 1) -> list[str]:
    """The names that `word` is probably a misspelling of, best first."""
    by_slug = {slug(name): name for name in names}
    matches = difflib.get_close_matches(slug(word)[:QUOTED_LENGTH], by_slug, n=most, cutoff=0.6)
    return [by_slug[match] for match in matches]


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """`; did you mean `campus-west`?`, or an empty string where no name is close."""
    near = closest(word, names)
    return f"; did you mean `{near[0]}`?" if near else ""


def alternatives(words: Iterable[str]) -> str:
    """`a`, `b` or `c`, in a sentence."""
    names = [f"`{word}`" for word in words]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1] if names else "nothing"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 ticket`, `1,204 tickets`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


class QueryError(ValueError):
    """A typed text is not understood; the message says what to type instead."""
