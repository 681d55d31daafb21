"""How words that people type are compared with the words that kpibot knows."""

import difflib
import re
from collections.abc import Iterable

SHOWN = 40  # characters of a stranger's word that an error repeats
APART = re.compile(r"\W+")  # what stands between words
MENTION = re.compile(r"<([@#])([^<>|]+)\|?([^<>|]*)>")  # as Slack escapes them: `<@U024BE7LH|mei>`


def slug(text: str) -> str:
    """`Campus West HS` → `campus-west-hs`: how names, slugs and typed words meet."""
    return APART.sub("-", text.strip().casefold()).strip("-_")


def quoted(word: str) -> str:
    """The word as an error may repeat it: one line, short, without the backticks that would end its quotation.

    What Slack made of a mention is shown as it was typed: `<@U024BE7LH|mei>` as `@mei`.
    """
    typed = MENTION.sub(lambda found: found[1] + (found[3] or found[2]), word)
    flat = " ".join(typed.replace("`", "'").split())
    return flat if len(flat) <= SHOWN else flat[: SHOWN - 1] + "…"


def closest(word: str, known: Iterable[str], most: int = 1) -> list[str]:
    """The known words that `word` is probably a misspelling of, best first."""
    candidates = {slug(each): each for each in known}
    found = difflib.get_close_matches(slug(word)[:SHOWN], candidates, n=most, cutoff=0.6)
    return [candidates[each] for each in found]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean `campus-west`?`, or nothing where no known word is near."""
    near = closest(word, known)
    return f"; did you mean `{near[0]}`?" if near else ""


def alternatives(words: Iterable[str]) -> str:
    """`a`, `b` or `c`: alternatives, for a person."""
    quoted = [f"`{word}`" for word in words]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1] if quoted else "nothing"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 ticket`, `1,204 tickets`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


class QueryError(ValueError):
    """Nobody can tell what is meant; the message says what to type instead."""
