"""Parts from the district's own SELECT: (campus, value) or (campus, numerator, denominator)."""

from decimal import Decimal
from typing import Any

from kpibot.core.kpis.measures import Query
from kpibot.core.kpis.readings import Aggregate
from kpibot.sources.base import GroupKey, SourceMisfitError
from kpibot.sources.sql.result_table import Table

SHAPES = ({"campus", "value"}, {"campus", "numerator", "denominator"})


def parts_of_query(query: Query, table: Table) -> dict[GroupKey, Aggregate]:
    """The parts for each campus. One with an empty number has nothing to show and is left out; the others stay.

    Raises:
        SourceMisfitError: other columns, two rows for a campus, or text where a number belongs.
    """
    found: dict[GroupKey, Aggregate | None] = {}
    for given in table.mappings():
        if set(given) not in SHAPES:
            raise SourceMisfitError(
                f"the query gives the columns {', '.join(given)}; "
                "it must give campus and value, or campus, numerator and denominator"
            )
        if GroupKey(given["campus"]) in found:
            raise SourceMisfitError(f"the query gives campus {given['campus']!r} twice; group it by campus")
        found[GroupKey(given["campus"])] = _parts(given)
    return {campus: parts for campus, parts in found.items() if parts is not None}


def _parts(given: dict[str, Any]) -> Aggregate | None:
    numbers = {name: _number(given, name) for name in given if name != "campus"}
    numerator = numbers.get("value", numbers.get("numerator"))
    if numerator is None or None in numbers.values():
        return None
    return Aggregate(numerator=numerator, denominator=numbers.get("denominator"), rows=1, valued=1)


def _number(given: dict[str, Any], name: str) -> float | None:
    number = given[name]
    if number is None:
        return None
    if isinstance(number, (int, float, Decimal)):
        return float(number)
    raise SourceMisfitError(f"the query gives {number!r} as {name} of campus {given['campus']!r}; it must be a number")
