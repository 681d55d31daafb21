"""Codes of campuses that the databases hold and the catalog does not."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from kpibot.core.campuses.campus_tree import code_text
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.measures import Query, components
from kpibot.core.text import plural, quoted
from kpibot.services.measurement.measurement import Measurement

EMPTY = "(empty)"
LISTED = 5  # codes that a line names; the rest is counted


@dataclass(frozen=True, slots=True)
class UnmatchedCodes:
    """Rows of one dataset, or of a query's database, that belong to no campus: how many by code, most first."""

    source: str
    codes: tuple[tuple[str, int], ...]

    @property
    def rows(self) -> int:
        """How many in all."""
        return sum(rows for _, rows in self.codes)

    def __str__(self) -> str:
        texts = [f"{_quoted(code)} {rows:,}" for code, rows in self.codes[:LISTED]]
        if more := self.codes[LISTED:]:
            texts.append(f"{plural(len(more), 'more code')} {sum(rows for _, rows in more):,}")
        rows = f"{plural(self.rows, 'row')} of `{self.source}` {'belongs' if self.rows == 1 else 'belong'} to no campus"
        return f"{rows}: {', '.join(texts)}; {self._advice}"

    @property
    def _advice(self) -> str:
        if all(code == EMPTY for code, _ in self.codes):
            return "fill in the campus there, or leave such rows out"
        return "add them as aliases under `campuses`, or map them"


def unmatched_codes(kpi: Kpi, measurement: Measurement, as_of: datetime) -> list[UnmatchedCodes]:
    """What a KPI counts as "no campus", for each half that has such rows.

    Raises:
        SourceError: with what to do about it.
    """
    period = measurement.period(kpi, as_of)
    unmatched = []
    for half in dict.fromkeys(components(kpi.measure)):
        rows: Counter[str] = Counter()
        for raw, parts in measurement.unmatched(half, period).items():
            rows[EMPTY if raw is None else code_text(raw) or EMPTY] += parts.rows
        source = half.database if isinstance(half, Query) else half.dataset
        if codes := _most_first(rows):
            unmatched.append(UnmatchedCodes(source, codes))
    return unmatched


def _most_first(rows: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(((code, count) for code, count in rows.items() if count), key=lambda each: (-each[1], each[0])))


def _quoted(code: str) -> str:
    return code if code == EMPTY else f"`{quoted(code)}`"
