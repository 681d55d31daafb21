"""The rows of Block Kit's table for charts and tables, the blocks that came in 2025 and 2026."""

from __future__ import annotations

from localslack.blocks.composition import BLOCK
from localslack.blocks.rich_text import RICH_TEXT
from localslack.blocks.schema import (
    Check,
    Problems,
    array,
    by_type,
    choice,
    flag,
    integer,
    number,
    positive,
    record,
    string,
    wrong,
)

SERIES = 6
POINTS = 20
CELL_TEXT = 10_000
_LABEL = string(20)


def _labels_are_the_categories(value: object, pointer: str, problems: Problems) -> None:
    """Require one point for every category in each series, and unique names of series."""
    try:
        categories = value["axis_config"]["categories"]  # type: ignore[index]
        series = [(one["name"], [point["label"] for point in one["data"]]) for one in value["series"]]  # type: ignore[index]
    except (KeyError, TypeError):
        return  # the shape is wrong already, and the table has said so
    for index, (name, labels) in enumerate(series):
        if sorted(map(str, labels)) != sorted(map(str, categories)):
            wrong(problems, f"{pointer}/series/{index}/data", "labels must match axis_config categories")
        if name in [other for other, _ in series[:index]]:
            wrong(problems, f"{pointer}/series/{index}/name", "series names must be unique")


def _rows_are_even(value: object, pointer: str, problems: Problems) -> None:
    rows = value.get("rows") if isinstance(value, dict) else None
    widths = [len(row) for row in rows if isinstance(row, list)] if isinstance(rows, list) else []
    for index, width in enumerate(widths):
        if width != widths[0]:
            wrong(problems, f"{pointer}/rows/{index}", "all rows must have the same number of cells")


def _row_header_is_a_column(value: object, pointer: str, problems: Problems) -> None:
    try:
        column, width = int(value["row_header_column_index"]), len(value["rows"][0])  # type: ignore[index]
    except (KeyError, IndexError, TypeError, ValueError):
        return  # absent, or the shape is wrong already, and the table has said so
    if column >= width:
        wrong(problems, f"{pointer}/row_header_column_index", "must be the index of a column")


def _cells_are_short(value: object, pointer: str, problems: Problems) -> None:
    if _characters(value) > CELL_TEXT:
        wrong(problems, f"{pointer}/rows", f"cells must be less than {CELL_TEXT + 1} characters together")


def _characters(value: object) -> int:
    if isinstance(value, dict):
        own = value.get("text")
        return (len(own) if isinstance(own, str) else 0) + sum(_characters(part) for part in value.values())
    return sum(map(_characters, value)) if isinstance(value, list) else 0


_AXES = record({"categories": array(_LABEL, 1, POINTS)}, {"x_label": string(50), "y_label": string(50)}, typed=False)
_POINT = record({"label": _LABEL, "value": number}, typed=False)
_LINE = record({"name": _LABEL, "data": array(_POINT, 1, POINTS)}, typed=False)
_SERIES_CHART = record({"series": array(_LINE, 1, SERIES), "axis_config": _AXES}, None, _labels_are_the_categories)
_PIE = record({"segments": array(record({"label": _LABEL, "value": positive}, typed=False), 1, SERIES)})

CHART: Check = record(
    {
        "title": string(50),
        "chart": by_type({"pie": _PIE, "bar": _SERIES_CHART, "area": _SERIES_CHART, "line": _SERIES_CHART}),
    },
    BLOCK,
)

_RAW_TEXT = record({"text": string()})
_RAW_NUMBER = record({"value": number, "text": string()})
_CELL = by_type({"raw_text": _RAW_TEXT, "raw_number": _RAW_NUMBER, "rich_text": RICH_TEXT})
_COLUMN = record({}, {"align": choice("left", "center", "right"), "is_wrapped": flag}, typed=False)


def _header_is_plain(value: object, pointer: str, problems: Problems) -> None:
    rows = value.get("rows") if isinstance(value, dict) else None
    if isinstance(rows, list) and rows and isinstance(rows[0], list):
        for index, cell in enumerate(rows[0]):
            if isinstance(cell, dict) and cell.get("type") == "rich_text":
                wrong(problems, f"{pointer}/rows/0/{index}/type", "header cells cannot be rich_text")


TABLE: Check = record(
    {"rows": array(array(_CELL, 1, 20), 1, 100)},
    {**BLOCK, "column_settings": array(_COLUMN, 0, 20)},
    _cells_are_short,
)
DATA_TABLE: Check = record(
    {"caption": string(), "rows": array(array(_CELL, 1, 20), 2, 101)},
    {**BLOCK, "page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
    _row_header_is_a_column,
    _rows_are_even,
    _header_is_plain,
    _cells_are_short,
)
