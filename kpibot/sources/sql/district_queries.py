"""Parts from the district's own SELECT: (campus, value) or (campus, numerator, denominator)."""

from decimal import Decimal
from typing import Any

from kpibot.core.kpis.measures import Query
from kpibot.core.kpis.readings import Aggregate
from kpibot.sources.base import GroupKey, SourceMisfitError
from kpibot.sources.sql.result_table import ResultTable

SHAPES = ({"campus", "value"}, {"campus", "numerator", "denominator"})


def parts_of_query(query: Query, table: ResultTable) -> dict[GroupKey, Aggregate]:
    """The parts for each campus. One with an empty number has nothing to show and is left out; the others stay.

    Raises:
        SourceMisfitError: other columns, two rows for a campus, or text where a number belongs.
    """
    parts: dict[GroupKey, Aggregate | None] = {}
    for row in table.mappings():
        if set(row) not in SHAPES:
            raise SourceMisfitError(
                f"the query gives the columns {', '.join(row)}; "
                "it must give campus and value, or campus, numerator and denominator"
            )
        if GroupKey(row["campus"]) in parts:
            raise SourceMisfitError(f"the query gives campus {row['campus']!r} twice; group it by campus")
        parts[GroupKey(row["campus"])] = _parts(row)
    return {campus: aggregate for campus, aggregate in parts.items() if aggregate is not None}


def _parts(row: dict[str, Any]) -> Aggregate | None:
    numbers = {name: _number(row, name) for name in row if name != "campus"}
    numerator = numbers.get("value", numbers.get("numerator"))
    if numerator is None or None in numbers.values():
        return None
    return Aggregate(numerator=numerator, denominator=numbers.get("denominator"), rows=1, valued=1)


def _number(row: dict[str, Any], name: str) -> float | None:
    number = row[name]
    if number is None:
        return None
    if isinstance(number, (int, float, Decimal)):
        return float(number)
    raise SourceMisfitError(f"the query gives {number!r} as {name} of campus {row['campus']!r}; it must be a number")
