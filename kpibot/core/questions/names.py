"""The KPI and the campus in what people type: whole names first, then parts of a campus's name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kpibot.core.campuses.campus_tree import DISTRICT, NO_CAMPUS, CampusTree
from kpibot.core.text import QueryError, alternatives, closest, quoted, slug

WORDS_IN_A_NAME = 8
LETTERS = 3  # that the beginning of a word needs to stand for it
OFFERED = 3  # campuses, where a word could be several
FILLERS = frozenset({"for", "at", "in", "of", "the", "last", "past", "show", "me", "over", "please"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Vocabulary:
    """What people can name: made once for a district.

    Attributes:
        kpis: the name of each KPI by its id.
        tree: the campuses.
        dimensions: what each KPI can be broken down by, by its id.
        not_available: why the district cannot have a KPI, by its id.
    """

    kpis: Mapping[str, str]
    tree: CampusTree
    dimensions: Mapping[str, Collection[str]] = field(default_factory=dict)
    not_available: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def kpi_names(self) -> dict[str, str]:
        """Every way to call a KPI, with its id."""
        return {slug(name): kpi for kpi, name in self.kpis.items()} | {slug(kpi): kpi for kpi in self.kpis}

    @cached_property
    def campus_names(self) -> list[tuple[str, str]]:
        """Every way to call a campus, with its slug. Not the district: campuses are often its namesakes."""
        campuses = (each for each in self.tree if each.slug not in (DISTRICT, NO_CAMPUS))
        return [(slug(name), each.slug) for each in campuses for name in (each.slug, each.name, *each.aliases)]


class Names:
    """Reads names off the beginning of words; `kpi` and `campus` are what was understood so far, one of each."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.ids = list(vocabulary.kpis)
        self.kpi: str | None = None
        self.campus: str | None = None
        self._vocabulary = vocabulary
        self._tree = vocabulary.tree

    def take(self, words: list[str]) -> int:
        """Understands the longest name at the beginning of `words`; how many words that was, 0 for none.

        Raises:
            QueryError: it is a second KPI or campus.
        """
        for length in range(min(len(words), WORDS_IN_A_NAME), 0, -1):
            if self._take_phrase(" ".join(words[:length])):
                return length
        return 0

    def means(self, phrase: str) -> str | None:
        """The KPI or campus of that name, None where there is none; nothing is noted."""
        if (kpi := self._vocabulary.kpi_names.get(slug(phrase))) is not None:
            return kpi
        campus = self._tree.resolve(phrase)
        return None if campus == NO_CAMPUS and slug(phrase) != NO_CAMPUS else campus

    def _take_phrase(self, phrase: str) -> bool:
        if (kpi := self._vocabulary.kpi_names.get(slug(phrase))) is not None:
            if self.kpi not in (None, kpi):
                raise QueryError(f"one KPI at a time: `{self.kpi}` or `{kpi}`?")
            self.kpi = kpi
            return True
        campus = self._tree.resolve(phrase)
        if campus == NO_CAMPUS and slug(phrase) != NO_CAMPUS:
            return False
        self._choose(campus)
        return True

    def _choose(self, campus: str) -> None:
        if self.campus not in (None, campus):
            raise QueryError(f"one campus at a time: `{self.campus}` or `{campus}`?")
        self.campus = campus

    def take_part(self, words: list[str]) -> int:
        """Understands the longest part of a campus's name at the beginning of `words`; how many words, 0 for none."""
        for length in range(self._words_before_a_kpi(words), 0, -1):
            phrase = " ".join(words[:length])
            # What Slack made of a mention is no part of a name, whatever letters it has.
            campuses = [] if "<" in phrase else self._campuses_with(slug(phrase))
            if self.campus in campuses:  # `campus-west high`: nothing new, and no other campus
                return length
            if len(campuses) > 1:
                more = ", among others" if len(campuses) > OFFERED else ""
                raise QueryError(
                    f"`{quoted(phrase)}` could be {alternatives(campuses[:OFFERED])}{more}; type one of them"
                )
            if campuses:
                self._choose(campuses[0])
                return length
        return 0

    def _words_before_a_kpi(self, words: list[str]) -> int:
        """How many of the first words may belong to a campus: none that names a KPI."""
        for start in range(1, min(len(words), WORDS_IN_A_NAME)):
            phrases = (" ".join(words[start : start + length]) for length in range(1, WORDS_IN_A_NAME + 1))
            if any(slug(phrase) in self._vocabulary.kpi_names for phrase in phrases):
                return start
        return min(len(words), WORDS_IN_A_NAME)

    def _campuses_with(self, typed: str) -> list[str]:
        """The campuses in whose slug, name or aliases these words stand; else those where the last one is begun."""
        last = typed.rpartition("-")[2]
        if not last or last in FILLERS:
            return []
        whole = {campus for name, campus in self._vocabulary.campus_names if f"-{typed}-" in f"-{name}-"}
        # Of a code the beginning says nothing: `101` is not `1012`.
        if whole or len(last) < LETTERS or not last.isalpha():
            return sorted(whole)
        return sorted({campus for name, campus in self._vocabulary.campus_names if f"-{typed}" in f"-{name}"})

    def unknown(self, word: str) -> str:
        """What to say of the word: about the campus where the KPI is understood, and the other way round."""
        if not slug(word):
            return f"`{quoted(word)}` is not a KPI, campus or period; type `help` to see them"
        kinds = {"KPI": self.ids, "campus": [each.slug for each in self._tree if each.slug != NO_CAMPUS]}
        if (self.kpi is None) is not (self.campus is None):
            kinds.pop("KPI" if self.kpi is not None else "campus")
        near = closest(word, [each for known in kinds.values() for each in known])
        if not near:
            return f"no {' or '.join(kinds)} `{quoted(word)}`; type `list` to see all"
        kind = "KPI" if near[0] in self.ids else "campus"
        return f"no {kind} `{quoted(word)}`; did you mean `{near[0]}`?"
