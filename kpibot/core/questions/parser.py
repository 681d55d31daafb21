"""The query language: what people type after `/kpi`, in any order and without quotes.

tickets · tickets campus-west · tickets campus west 90d · tickets pine · campus-west · tickets by priority ·
utilization type:chromebook · rows tickets campus-west · about tickets · list · help
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kpibot.core.questions.names import FILLERS, Names, Vocabulary
from kpibot.core.text import QueryError, alternatives, did_you_mean, quoted, slug

LONGEST = 1_000  # characters that anybody means
LONGEST_WINDOW = 1_826  # days: five years
DAYS_IN = {"d": 1, "day": 1, "w": 7, "week": 7, "m": 30, "month": 30, "y": 365, "year": 365}
GREETINGS = frozenset({"hi", "hello", "hey", "thanks", "thank-you"})  # no commands: a campus may be called so


@dataclass(frozen=True, slots=True)
class Ask:
    """How does a KPI stand? `campus` is None where the asker named none, `days` is the chart's window.

    `only` are dimensions with the value that is meant, as typed; `by` is a dimension, or `campus`, to break it down by.
    """

    kpi: str
    campus: str | None = None
    days: int | None = None
    only: tuple[tuple[str, str], ...] = ()
    by: str | None = None


@dataclass(frozen=True, slots=True)
class AskRows:
    """Which rows does a KPI count, and what do they say?"""

    kpi: str
    campus: str | None = None
    only: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AskAbout:
    """What does a KPI mean?"""

    kpi: str


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


Question = Ask | AskRows | AskAbout | AskOverview | AskList | AskHelp
ALONE: dict[str, Question] = {"help": AskHelp(), "list": AskList()}
ROWS, ABOUT, BY, CAMPUS = "rows", "about", "by", "campus"
ALERTS, ACK, MUTE, MUTES, UNMUTE = "alerts", "ack", "mute", "mutes", "unmute"
ALERT_COMMANDS = (ALERTS, ACK, MUTE, MUTES, UNMUTE)  # what begins with these is read by core.questions.commands
EVERYTHING, EVERYWHERE = "everything", "everywhere"
COMMANDS = (*ALONE, ROWS, ABOUT, BY, *ALERT_COMMANDS, EVERYTHING, EVERYWHERE)  # no KPI or campus may be called so


def parse_question(text: str, vocabulary: Vocabulary) -> Question:
    """What a person wants to know, from the text as typed.

    Raises:
        QueryError: a word that nobody knows, or two of a kind.
    """
    if len(text) > LONGEST:
        raise QueryError("that is too long for a question; type for example `tickets campus-west`, or `help`")
    words = text.split()
    if len(words) == 1 and slug(words[0]) in ALONE:
        return ALONE[slug(words[0])]
    if words and slug(words[0]) in ALERT_COMMANDS:
        raise QueryError(f"`{slug(words[0])}` is not a question: type `/kpi {slug(words[0])}` in Slack")
    try:
        return _QuestionReader(vocabulary).read(words)
    except QueryError:
        lacking = {slug(kpi): why for kpi, why in vocabulary.not_available.items()}
        if (kpi := next((slug(word) for word in words if slug(word) in lacking), None)) is None:
            raise
        raise QueryError(f"`{kpi}` is not available: {lacking[kpi]}") from None


class _QuestionReader:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._names = Names(vocabulary)
        self._dimensions = vocabulary.dimensions
        self._days: int | None = None
        self._only: dict[str, str] = {}
        self._by: str | None = None
        self._command = ""

    def read(self, words: list[str]) -> Question:
        whole = " ".join(words)
        if slug(whole) in GREETINGS and self._names.means(whole) is None:
            return AskHelp()
        while words:
            words = words[self._take(words) :]
        if self._names.kpi is not None:
            return self._asked(self._names.kpi)
        if self._days is not None or self._only or self._by or self._command:
            raise QueryError(f"which KPI? Type one of them too: {alternatives(self._names.ids)}")
        return AskOverview(self._names.campus)

    def _asked(self, kpi: str) -> Question:
        dimensions = self._dimensions.get(kpi, ())
        for word in (*self._only, *([self._by] if self._by not in (None, CAMPUS) else [])):
            if word not in dimensions:
                raise QueryError(f"`{kpi}` cannot be broken down by `{word}`; {_choices(kpi, dimensions)}")
        if self._command == ABOUT:
            return AskAbout(kpi)
        only = tuple(self._only.items())
        if self._command == ROWS:
            return AskRows(kpi, self._names.campus, only)
        return Ask(kpi, self._names.campus, self._days, only, self._by)

    def _take(self, words: list[str]) -> int:
        """Understands the longest name at the beginning of `words`; how many words that was."""
        if length := self._names.take(words):
            return length
        if length := self._window(words) or self._narrowing(words) or self._breakdown(words) or self._prefix(words):
            return length
        if slug(words[0]) in FILLERS:
            return 1
        if slug(words[0]) in ALERT_COMMANDS:
            raise QueryError(f"begin with `{slug(words[0])}`: type for example `{ALERTS} campus-west`, or `help`")
        if length := self._names.take_part(words):
            return length
        raise QueryError(self._names.unknown(words[0]))

    def _window(self, words: list[str]) -> int:
        """Reads `90d`, `90 days` or `12w`; how many words that was, 0 for none."""
        for length in (1, 2):
            phrase = "".join(words[:length]).casefold()
            window = re.fullmatch(r"(\d{1,5})(d|w|m|y|days?|weeks?|months?|years?)", phrase)
            if window and length <= len(words):
                self._days = self._checked(int(window[1]) * DAYS_IN[window[2].rstrip("s")], phrase)
                return length
        return 0

    def _narrowing(self, words: list[str]) -> int:
        """Reads `type:chromebook`, and `type: chromebook`; how many words that was, 0 for none."""
        name, colon, value = words[0].partition(":")
        if not colon or words[0].startswith("<"):
            return 0
        length = 1 if value or len(words) == 1 else 2
        value = value or " ".join(words[1:2])
        if not slug(value):
            raise QueryError(f"`{quoted(name)}:` needs a value; type for example `{quoted(name)}:chromebook`")
        self._only[self._dimension(name)] = value
        return length

    def _breakdown(self, words: list[str]) -> int:
        """Reads `by priority`; how many words that was, 0 for none."""
        if slug(words[0]) != BY:
            return 0
        if len(words) == 1:
            raise QueryError(f"by what? Type for example `by {CAMPUS}`")
        if self._by is not None:
            raise QueryError(f"by one thing at a time: `{self._by}` or `{quoted(words[1])}`?")
        self._by = CAMPUS if slug(words[1]) in (CAMPUS, "school") else self._dimension(words[1])
        return 2

    def _prefix(self, words: list[str]) -> int:
        """Reads `rows` or `about`; how many words that was, 0 for none."""
        if slug(words[0]) not in (ROWS, ABOUT):
            return 0
        self._command = slug(words[0])
        return 1

    def _dimension(self, word: str) -> str:
        """The dimension of that name, whichever KPI has it."""
        dimensions = dict.fromkeys(each for those in self._dimensions.values() for each in those)
        dimension = next((each for each in dimensions if slug(each) == slug(word)), None)
        if dimension is None:
            near = did_you_mean(word, [*dimensions, CAMPUS])
            raise QueryError(f"nothing can be broken down by `{quoted(word)}`{near or '; ' + _choices('', dimensions)}")
        return dimension

    def _checked(self, days: int, phrase: str) -> int:
        if not 2 <= days <= LONGEST_WINDOW:
            raise QueryError(f"`{phrase}` is too {'short' if days < 2 else 'long'} for a chart; type `2d` to `5y`")
        return days


def _choices(kpi: str, dimensions: Iterable[str]) -> str:
    """What may be typed after `by`."""
    about = f"{kpi} " if kpi else ""
    return f"type {alternatives(f'{about}by {each}' for each in (*dimensions, CAMPUS))}"
