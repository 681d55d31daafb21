"""Answers what people type: one KPI with its series, or how everything stands."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from kpibot.catalog.model import NoteRule
from kpibot.core.campus import DISTRICT, NO_CAMPUS, Campus
from kpibot.core.kpi import Card, Kpi
from kpibot.core.query import Ask, AskHelp, AskList, AskOverview, parse
from kpibot.core.reports import Answer, Note, Overview
from kpibot.services.reporting import Reporting

DAYS = 90  # of a chart for which no window was asked


@dataclass(frozen=True, slots=True)
class Help:
    """What can be typed, with examples from this district."""

    kpis: tuple[Card, ...]
    campus: Campus


@dataclass(frozen=True, slots=True)
class Listing:
    """The KPIs and campuses that there are; each campus with how deep it lies in the tree."""

    kpis: tuple[Card, ...]
    campuses: tuple[tuple[int, Campus], ...]


Reply = Answer | Overview | Help | Listing


class Answering:
    """Answers questions. Its methods block."""

    def __init__(self, kpis: Mapping[str, Kpi], notes: Iterable[NoteRule], reporting: Reporting) -> None:
        self._kpis = kpis
        self._notes = tuple(notes)
        self._reporting = reporting
        self._tree = reporting.measuring.tree
        self._zone = str(reporting.measuring.calendar.zone)

    def reply(self, text: str, as_of: datetime, here: str = DISTRICT) -> Reply:
        """The reply to what a person typed after `/kpi`.

        Args:
            text: as typed.
            as_of: the instant that the answer is about, aware.
            here: the campus or group that is meant where none is named.

        Raises:
            QueryError: nobody can tell what is meant; the message says what to type.
        """
        match parse(text, {kpi.id: kpi.card.name for kpi in self._kpis.values()}, self._tree):
            case Ask(kpi, campus, days):
                return self.answer(self._kpis[kpi], campus or here, as_of, days or DAYS)
            case AskOverview(campus):
                return self.overview(campus or here, as_of)
            case AskList():
                return Listing(self._cards(), tuple(self._outline(DISTRICT, 0)))
            case AskHelp():
                example = next((each for each in self._tree if self._tree.leaves(each.slug) == (each.slug,)), None)
                return Help(self._cards(), example or self._tree[DISTRICT])

    def answer(self, kpi: Kpi, campus: str, as_of: datetime, days: int) -> Answer:
        """One KPI at a campus or group, with the series of the last `days` days."""
        (report,) = self._reporting.reports(kpi, [campus], as_of, days)
        return Answer(report, days, self._zone, tuple(self._noted(kpi, campus, as_of, days)))

    def overview(self, campus: str, as_of: datetime) -> Overview:
        """Every KPI at a campus or group."""
        self._reporting.prepare(list(self._kpis.values()), as_of)
        reports = [self._reporting.reports(kpi, [campus], as_of)[0] for kpi in self._kpis.values()]
        return Overview(campus, self._tree[campus].name, as_of, self._zone, tuple(reports))

    def _noted(self, kpi: Kpi, campus: str, as_of: datetime, days: int) -> Iterator[Note]:
        """The notes on this KPI in the window, about the campus, what it belongs to, or what belongs to it."""
        window = self._reporting.measuring.window(kpi, as_of, days)
        for rule in self._notes:
            about = rule.campuses is None or any(
                campus in self._tree.covered(each) or each in self._tree.covered(campus) for each in rule.campuses
            )
            in_window = window.days[0] <= rule.note.day <= window.days[-1]
            if in_window and about and (rule.kpis is None or kpi.id in rule.kpis):
                yield rule.note

    def _cards(self) -> tuple[Card, ...]:
        return tuple(kpi.card for kpi in self._kpis.values())

    def _outline(self, node: str, depth: int) -> list[tuple[int, Campus]]:
        lines = []
        for child in self._tree.children(node):
            if child.slug != NO_CAMPUS:
                lines += [(depth, child), *self._outline(child.slug, depth + 1)]
        return lines
