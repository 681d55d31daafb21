"""What is wrong with a configuration, said so that its author can mend it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpibot.core.text import alternatives, closest

Path = tuple[str | int, ...]
SourceLocation = tuple[str, int]  # a file, and a line from 1
LISTED = 12  # more names than this are not read by anybody
CREDENTIALS = re.compile(r"(://)\S*[@…]")  # to the end of the password, or to where the text was cut


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. `line` counts from 1 (0: the file or folder as a whole); `where` is the path of keys to it.

    No problem shows the user and password of a URL, wherever it was.
    """

    file: str
    line: int
    where: str
    message: str
    hint: str = ""

    def __post_init__(self) -> None:
        for name in ("where", "message", "hint"):
            object.__setattr__(self, name, CREDENTIALS.sub(r"\1…@", getattr(self, name)))

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        said = f"{self.message}; {self.hint}" if self.hint else self.message
        return ": ".join(filter(None, (place, self.where, said)))


class CatalogError(ValueError):
    """The configuration cannot be used; all its mistakes at once, one a line, by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class WordError(ValueError):
    """A value that cannot be understood. `hint` says what to write instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def location_of(locations: Mapping[Path, SourceLocation], path: Path) -> SourceLocation | None:
    """File and line of a path, or of the nearest thing around it that is there; None where nothing is."""
    while path and path not in locations:
        path = path[:-1]
    return locations.get(path)


def dotted(path: Path) -> str:
    """`kpis.tickets.measure.from`; the items of a list count from 1: `alerts[2].channel`."""
    words = (f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(words).removeprefix(".")


def nearest(word: str, names: Iterable[str]) -> str:
    """A hint in place of a word that is near a known one; otherwise empty."""
    near = closest(word, names)
    return f"did you mean `{near[0]}`?" if near else ""


def suggestion(word: str, names: Iterable[str], if_none: str = "") -> str:
    """A hint in place of an unknown word: the known one that is near, or those that there are."""
    choices = list(names)
    if near := nearest(word, choices):
        return near
    if not choices:
        return if_none
    return f"there is {alternatives(choices)}" if len(choices) <= LISTED else f"there are {len(choices)}, none like it"
