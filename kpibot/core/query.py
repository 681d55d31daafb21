"""The query language: what people type after `/kpi`, in any order and without quotes.

tickets · tickets campus-west · tickets campus west 90d · campus-west · list · help
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kpibot.core.campus import NO_CAMPUS, CampusTree
from kpibot.core.words import did_you_mean, listed, shown, similarity, slug

LONGEST = 1_000  # characters that anybody means
LONGEST_WINDOW = 1_826  # days: five years
DAYS_IN = {"d": 1, "day": 1, "w": 7, "week": 7, "m": 30, "month": 30, "y": 365, "year": 365}
FILLERS = frozenset({"for", "at", "in", "of", "the", "last", "past", "show", "me", "over", "please"})
WORDS_IN_A_NAME = 8


class QueryError(ValueError):
    """Nobody can tell what is meant; the message says what to type instead."""


@dataclass(frozen=True, slots=True)
class Ask:
    """How does a KPI stand? `campus` is None where the asker named none, `days` is the chart's window."""

    kpi: str
    campus: str | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class AskOverview:
    """How does everything stand?"""

    campus: str | None = None


@dataclass(frozen=True, slots=True)
class AskList:
    """Which KPIs and campuses are there?"""


@dataclass(frozen=True, slots=True)
class AskHelp:
    """What can be typed?"""


Request = Ask | AskOverview | AskList | AskHelp
COMMANDS: dict[str, Request] = {"help": AskHelp(), "list": AskList()}


def parse(text: str, kpis: Mapping[str, str], tree: CampusTree) -> Request:
    """What a person wants to know.

    Args:
        text: as typed.
        kpis: the name of each KPI by its id.
        tree: the campuses.

    Raises:
        QueryError: a word that nobody knows, or two of a kind.
    """
    if len(text) > LONGEST:
        raise QueryError("that is too long for a question; type for example `tickets campus-west`, or `help`")
    words = text.split()
    if len(words) == 1 and slug(words[0]) in COMMANDS:
        return COMMANDS[slug(words[0])]
    return _Reader(kpis, tree).read(words)


class _Reader:
    def __init__(self, kpis: Mapping[str, str], tree: CampusTree) -> None:
        self._ids = list(kpis)
        self._tree = tree
        self._by_name = {slug(name): kpi for kpi, name in kpis.items()} | {slug(kpi): kpi for kpi in kpis}
        self._kpi: str | None = None
        self._campus: str | None = None
        self._days: int | None = None

    def read(self, words: list[str]) -> Request:
        while words:
            words = words[self._take(words) :]
        if self._kpi is not None:
            return Ask(self._kpi, self._campus, self._days)
        if self._days is not None:
            raise QueryError(f"which KPI? Put one before the period: {listed(self._ids)}")
        return AskOverview(self._campus)

    def _take(self, words: list[str]) -> int:
        """Understands the longest name at the beginning of `words`; how many words that was."""
        for length in range(min(len(words), WORDS_IN_A_NAME), 0, -1):
            if self._understood(" ".join(words[:length])):
                return length
        if window := self._window(words):
            return window
        if slug(words[0]) not in FILLERS and slug(words[0]):
            raise QueryError(self._unknown(words[0]))
        if not slug(words[0]):
            raise QueryError(f"`{shown(words[0])}` is no KPI, campus or period; type `help` to see what is")
        return 1

    def _understood(self, phrase: str) -> bool:
        if (kpi := self._by_name.get(slug(phrase))) is not None:
            if self._kpi not in (None, kpi):
                raise QueryError(f"one KPI at a time: `{self._kpi}` or `{kpi}`?")
            self._kpi = kpi
            return True
        campus = self._tree.resolve(phrase)
        if campus == NO_CAMPUS and slug(phrase) != NO_CAMPUS:
            return False
        if self._campus not in (None, campus):
            raise QueryError(f"one campus at a time: `{self._campus}` or `{campus}`?")
        self._campus = campus
        return True

    def _window(self, words: list[str]) -> int:
        """Reads `90d`, `90 days` or `12w`; how many words that was, 0 for none."""
        for length in (1, 2):
            phrase = "".join(words[:length]).casefold()
            found = re.fullmatch(r"(\d{1,5})(d|w|m|y|days?|weeks?|months?|years?)", phrase)
            if found and length <= len(words):
                self._days = self._checked(int(found[1]) * DAYS_IN[found[2].rstrip("s")], phrase)
                return length
        return 0

    def _checked(self, days: int, phrase: str) -> int:
        if not 2 <= days <= LONGEST_WINDOW:
            raise QueryError(f"`{phrase}` is too {'short' if days < 2 else 'long'} for a chart; type `2d` to `5y`")
        return days

    def _unknown(self, word: str) -> str:
        campuses = [each.slug for each in self._tree if each.slug != NO_CAMPUS]
        if self._kpi is None and similarity(word, self._ids) >= similarity(word, campuses):
            near = did_you_mean(word, self._ids) or f"; there is {listed(self._ids)}"
            return f"no KPI `{shown(word)}`{near}"
        return f"no campus `{shown(word)}`{did_you_mean(word, campuses) or '; type `list` to see all'}"
