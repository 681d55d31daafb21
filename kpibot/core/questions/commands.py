"""What people type to see to alerts, in this order and without quotes.

alerts · alerts campus-west · ack · ack tickets campus-west · mute tickets campus-west 3d exam week ·
mute everything campus-west until friday power cut · mutes · unmute tickets campus-west
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.questions.names import Names, Vocabulary
from kpibot.core.questions.parser import (
    ACK,
    ALERTS,
    EVERYTHING,
    EVERYWHERE,
    LONGEST,
    MUTE,
    MUTES,
    UNMUTE,
    Question,
    parse_question,
)
from kpibot.core.text import QueryError, alternatives, quoted, slug
from kpibot.core.time.calendar import Calendar
from kpibot.core.time.time_phrases import EXAMPLES, read_end

LONGEST_REASON = 200  # characters


@dataclass(frozen=True, slots=True)
class ShowAlerts:
    """What stands now? `campus` is None where none was named."""

    campus: str | None = None


@dataclass(frozen=True, slots=True)
class ShowMutes:
    """What is muted, and what will be?"""


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Somebody sees to what stands in a channel. None is what was not named; `everything` means all of it."""

    kpi: str | None = None
    campus: str | None = None
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Mute:
    """Nobody wants to be told of a KPI (None: of any) at a campus or group until `end`; `campus` as in ShowAlerts."""

    kpi: str | None
    campus: str | None
    end: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unmute:
    """A mute is over. None is what was not named, and `everything` says that a mute of every KPI is meant."""

    kpi: str | None = None
    campus: str | None = None
    everything: bool = False


AlertCommand = ShowAlerts | ShowMutes | Acknowledge | Mute | Unmute


def parse_request(text: str, vocabulary: Vocabulary, now: datetime, calendar: Calendar) -> Question | AlertCommand:
    """What a person wants to know, or to be done about alerts: the first word says which.

    Args:
        text: as typed.
        vocabulary: what can be named.
        now: the instant, aware.
        calendar: the district's, for `until friday`.

    Raises:
        QueryError: a word that nobody knows, two of a kind, or no word for how long.
    """
    command, *words = text[: LONGEST + 1].split() or [""]
    reader = _CommandReader(vocabulary, now, calendar)
    readers: dict[str, Callable[[list[str]], AlertCommand]] = {
        ALERTS: reader.alerts,
        MUTES: reader.mutes,
        ACK: reader.acknowledge,
        MUTE: reader.mute,
        UNMUTE: reader.unmute,
    }
    read = readers.get(slug(command))
    if read is None:
        return parse_question(text, vocabulary)
    if len(text) > LONGEST:
        raise QueryError(f"that is too long; type for example `{MUTE} tickets campus-west 3d exam week`")
    return read(words)


class _CommandReader:
    def __init__(self, vocabulary: Vocabulary, now: datetime, calendar: Calendar) -> None:
        self._names = Names(vocabulary)
        self._now = now
        self._calendar = calendar
        self._everything = False

    def alerts(self, words: list[str]) -> ShowAlerts:
        self._read_all(words)
        if self._names.kpi is not None:
            raise QueryError(f"`{ALERTS}` shows every KPI; type `{ALERTS}`, or `{ALERTS}` and a campus")
        return ShowAlerts(self._names.campus)

    def mutes(self, words: list[str]) -> ShowMutes:
        if words:
            raise QueryError(f"`{MUTES}` shows all mutes and takes nothing else; to mute something type `{MUTE}`")
        return ShowMutes()

    def acknowledge(self, words: list[str]) -> Acknowledge:
        self._read_all(words)
        return Acknowledge(self._names.kpi, self._names.campus, self._everything)

    def unmute(self, words: list[str]) -> Unmute:
        self._read_all(words)
        return Unmute(self._names.kpi, self._names.campus, self._everything)

    def mute(self, words: list[str]) -> Mute:
        while words and (ends := read_end(words, self._now, self._calendar)) is None:
            words = words[self._take(words, wants_length=True) :]
        kpi, campus = self._names.kpi, self._names.campus
        if kpi is None and not self._everything:
            raise QueryError(f"which KPI? Type `{MUTE} {EVERYTHING} …` or one of {alternatives(self._names.ids)}")
        if not words or ends is None:
            raise QueryError(f"for how long? Add for example {EXAMPLES}")
        end, length = ends
        reason = " ".join(words[length:])
        self._check_reason(words[length:])
        return Mute(kpi, campus, end, reason)

    def _check_reason(self, words: list[str]) -> None:
        """A campus after the duration may be meant as one, or be the reason: only who typed it knows."""
        if len(" ".join(words)) > LONGEST_REASON:
            raise QueryError(f"say the reason in at most {LONGEST_REASON} characters")
        place = next((each for n in range(len(words), 0, -1) if (each := self._names.means(" ".join(words[:n])))), None)
        if place is not None and self._names.campus is None:
            raise QueryError(
                f"is `{place}` what to {MUTE}, or the reason? Type what and where before how long, "
                f"or `{EVERYWHERE}` if it is the reason"
            )

    def _read_all(self, words: list[str]) -> None:
        while words:
            words = words[self._take(words) :]

    def _take(self, words: list[str], *, wants_length: bool = False) -> int:
        """Understands what the first words name; how many words that was."""
        length = self._everything_or_everywhere(slug(words[0])) or self._names.take(words)
        if self._everything and self._names.kpi is not None:
            raise QueryError(f"`{EVERYTHING}` or `{self._names.kpi}`? Type one of them")
        if length or (length := self._names.take_part(words)):
            return length
        if wants_length and self._names.kpi is not None and self._names.campus is not None:
            raise QueryError(f"`{quoted(words[0])}` does not say for how long; type for example {EXAMPLES}")
        raise QueryError(self._names.unknown(words[0]))

    def _everything_or_everywhere(self, word: str) -> int:
        """Understands the word for every KPI, and that for every campus; 1 if it is one of them."""
        if word == EVERYWHERE:
            if self._names.campus not in (None, DISTRICT):
                raise QueryError(f"one campus at a time: `{self._names.campus}` or `{EVERYWHERE}`?")
            self._names.campus = DISTRICT
        self._everything = self._everything or word == EVERYTHING
        return int(word in (EVERYTHING, EVERYWHERE))
