"""Answers what people type: one KPI with its series, a breakdown, its rows, what it means, or how everything stands."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from kpibot.catalog.model import Dataset, NoteRule
from kpibot.core.campuses.campus_tree import DISTRICT, NO_CAMPUS, Campus
from kpibot.core.kpis.district import District
from kpibot.core.kpis.kpi import Kpi, KpiInfo
from kpibot.core.questions.parser import CAMPUS, Ask, AskAbout, AskList, AskOverview, AskRows, Question
from kpibot.core.reports.answers import About, Answer, Breakdown, Note, Overview, RowList
from kpibot.core.reports.guides import Help, Listing
from kpibot.services.measurement.measurement import Measurement
from kpibot.services.measurement.reporting import Reporting
from kpibot.services.questions.comparisons import comparisons, ranks
from kpibot.services.questions.explanations import about
from kpibot.services.questions.narrowing import narrowed
from kpibot.services.questions.row_lists import rows_behind

DAYS = 90  # of a chart for which no window was asked
PARTS = 15  # of a breakdown: more lines than this are not read


Reply = Answer | Breakdown | RowList | About | Overview | Help | Listing


class Answering:
    """Answers questions. Its methods block."""

    def __init__(
        self,
        district: District,
        datasets: Mapping[str, Dataset],
        notes: Iterable[NoteRule],
        measurement: Measurement,
        reporting: Reporting,
        not_available: Mapping[str, str],
    ) -> None:
        self._district = district
        self._kpis = district.kpis
        self._tree = district.tree
        self._zone = district.zone
        self._datasets = datasets
        self._notes = tuple(notes)
        self._measurement = measurement
        self._reporting = reporting
        self._not_available = not_available

    def reply(self, question: Question, as_of: datetime, here: str = DISTRICT) -> Reply:
        """The reply to a question.

        Args:
            question: what somebody wants to know.
            as_of: the instant that the answer is about, aware.
            here: the campus or group that is meant where none is named.

        Raises:
            QueryError: no row has the value that the question names; the message says what to type.
            SourceError: what was asked needs a database that does not answer.
        """
        match question:
            case Ask() | AskRows() | AskAbout():
                return self._on_kpi(question, as_of, here)
            case AskOverview(campus):
                return self.overview(campus or here, as_of)
            case AskList():
                return Listing(self._kpi_infos(), tuple(self._outline(DISTRICT, 0)), self._not_available)
        return self._help()

    def _on_kpi(self, question: Ask | AskRows | AskAbout, as_of: datetime, here: str) -> Reply:
        kpi = self._kpis[question.kpi]
        if isinstance(question, AskAbout):
            return about(kpi, as_of, self._measurement, self._reporting, self._datasets)
        kpi, campus = narrowed(kpi, question.only, self._measurement), question.campus or here
        if isinstance(question, AskRows):
            return rows_behind(kpi, campus, as_of, self._measurement, self._reporting, self._datasets)
        if question.by is not None:
            return self.breakdown(kpi, question.by, campus, as_of)
        return self.answer(kpi, campus, as_of, question.days or DAYS)

    def answer(self, kpi: Kpi, campus: str, as_of: datetime, days: int) -> Answer:
        """One KPI at a campus or group, with the series of the last `days` days."""
        (report,) = self._reporting.reports(kpi, [campus], as_of, days)
        notes = tuple(self._notes_in_window(kpi, campus, as_of, days))
        if report.reading.value is None:
            return Answer(report=report, days=days, zone=self._zone, notes=notes)
        (readings,) = self._reporting.readings([kpi], as_of)
        return Answer(
            report=report,
            days=days,
            zone=self._zone,
            notes=notes,
            comparisons=comparisons(kpi, campus, as_of, self._reporting, self._district.calendar),
            ranks=ranks(kpi, campus, readings, self._tree),
        )

    def breakdown(self, kpi: Kpi, by: str, campus: str, as_of: datetime) -> Breakdown:
        """One KPI at a campus or group, told apart by a dimension, or by campus.

        Raises:
            SourceError: with what to do about it.
        """
        (whole,) = self._reporting.reports(kpi, [campus], as_of)
        if by == CAMPUS:
            (readings,) = self._reporting.readings([kpi], as_of)
            parts = {self._tree[leaf].name: readings[leaf] for leaf in self._tree.leaves(campus)}
        else:
            parts = self._measurement.breakdown(kpi, by, campus, as_of)
        reports = [(label, self._reporting.report(kpi, reading)) for label, reading in parts.items()]
        bands = kpi.dimensions[by][0].labels_of_bands if by != CAMPUS else ()
        reports.sort(key=lambda part: bands.index(part[0]) if bands else -(part[1].reading.value or 0.0))
        return Breakdown(by, whole, tuple(reports[:PARTS]), self._zone, max(len(reports) - PARTS, 0))

    def overview(self, campus: str, as_of: datetime) -> Overview:
        """Every KPI at a campus or group."""
        self._reporting.prepare(list(self._kpis.values()), as_of)
        reports = [self._reporting.reports(kpi, [campus], as_of)[0] for kpi in self._kpis.values()]
        return Overview(campus, self._tree[campus].name, as_of, self._zone, tuple(reports))

    def _notes_in_window(self, kpi: Kpi, campus: str, as_of: datetime, days: int) -> Iterator[Note]:
        """The notes on this KPI in the window, about the campus, what it belongs to, or what belongs to it."""
        window = self._measurement.window(kpi, as_of, days)
        for rule in self._notes:
            is_about = rule.campuses is None or any(
                campus in self._tree.covered(other) or other in self._tree.covered(campus) for other in rule.campuses
            )
            in_window = window.days[0] <= rule.note.day <= window.days[-1]
            if in_window and is_about and (rule.kpis is None or kpi.id in rule.kpis):
                yield rule.note

    def _help(self) -> Help:
        example = next((each for each in self._tree if self._tree.leaves(each.slug) == (each.slug,)), None)
        by_dimension = (f"{kpi.id} by {word}" for kpi in self._kpis.values() for word in kpi.dimensions)
        return Help(self._kpi_infos(), example or self._tree[DISTRICT], tuple(by_dimension)[:1])

    def _kpi_infos(self) -> tuple[KpiInfo, ...]:
        return tuple(kpi.card for kpi in self._kpis.values())

    def _outline(self, node: str, depth: int) -> list[tuple[int, Campus]]:
        lines = []
        for child in self._tree.children(node):
            if child.slug != NO_CAMPUS:
                lines += [(depth, child), *self._outline(child.slug, depth + 1)]
        return lines
