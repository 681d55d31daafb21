"""Campuses from a list that a system of the district keeps: a SELECT, or the orgs.csv of OneRoster."""

import csv
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kpibot.catalog.model import CampusList
from kpibot.core.campuses.campus_tree import Campus, CampusTreeError, code_text
from kpibot.core.campuses.locations import Location, campuses_of, with_paths
from kpibot.core.text import alternatives, quoted, slug
from kpibot.sources.base import SourceDownError, SourceMisfitError

Row = Mapping[str, str]
Select = Callable[[str, str], Sequence[Mapping[str, Any]]]
ORGS = {"sourcedId": "code", "name": "name", "type": "type", "parentSourcedId": "parent", "identifier": "aliases"}
NEEDED = ("sourcedId", "name")  # of the columns of an orgs.csv
DELETED = "tobedeleted"


def read_campuses(chosen: CampusList, district: str, select: Select) -> tuple[Campus, list[Campus]]:
    """The district and its campuses as a list has them, without what is written of them.

    Args:
        chosen: the list.
        district: the name of the district.
        select: gives the rows of a SELECT on a database, by the database's name.

    Raises:
        SourceError: the database or the file cannot be read.
        CampusTreeError: what was read cannot be understood, or makes no tree.
    """
    where = chosen.orgs or f"database `{chosen.database}`"
    if chosen.orgs is not None:
        rows = list(_orgs(Path(chosen.orgs)))
    else:
        rows = [_row(each) for each in select(chosen.database or "", chosen.select or "")]
    try:
        return campuses_of(_locations(rows, chosen), chosen.rule, chosen.system, district)
    except CampusTreeError as error:
        raise CampusTreeError(f"{where}: {error}") from error


def _row(raw: Mapping[str, Any]) -> Row:
    """A row as text by lower-case column, without the empty ones: some databases capitalize column names."""
    texts = {name.lower(): "" if value is None else code_text(value) for name, value in raw.items()}
    return {name: text for name, text in texts.items() if text}


def _locations(rows: Sequence[Row], chosen: CampusList) -> list[Location]:
    if rows and not any("code" in row or "path" in row for row in rows):
        raise CampusTreeError("the SELECT gives neither `code` nor `path`; write for example `SELECT id AS code, name`")
    # Rows without a code belong to no campus, as SELECT DISTINCT over tickets may well have one.
    usable = [row for row in rows if "code" in row or "path" in row]
    if not any("path" in row for row in usable):
        return [_location(row, chosen) for row in usable]
    return with_paths([(_location(row, chosen), row.get("path", "")) for row in usable], chosen.separator)


def _location(row: Row, chosen: CampusList) -> Location:
    path = row.get("path", "")
    code = row.get("code", path)
    last_step = path.split(chosen.separator.strip() or chosen.separator)[-1].strip()
    name = row.get("name", last_step or code) if chosen.name is None else _filled(chosen.name, row)
    return Location(
        code=code,
        name=name,
        slug=slug(name if chosen.slug is None else _filled(chosen.slug, row)) or slug(code),
        parent=row.get("parent"),
        spellings=(path,) if path and path != code else (),
        aliases=tuple(alias for each in row.get("aliases", "").split(";") if (alias := each.strip())),
        type=row.get("type"),
        students=_size(row, "students"),
        devices=_size(row, "devices"),
    )


def _filled(template: str, row: Row) -> str:
    try:
        return template.format_map(row)
    except KeyError as error:
        placeholder = error.args[0]
        problem = f"code `{quoted(row.get('code', ''))}` has no `{placeholder}`, of which `{template}` is made"
        raise CampusTreeError(
            f"{problem}; let the SELECT give it, like `coalesce({placeholder}, '?') AS {placeholder}`"
        ) from None


def _size(row: Row, column: str) -> float | None:
    text = row.get(column)
    try:
        size = None if text is None else float(text)
    except ValueError:
        size = -1.0
    if size is not None and not 0 <= size < math.inf:
        problem = f"code `{quoted(row.get('code', ''))}` has `{quoted(str(text))}` {column}"
        raise CampusTreeError(f"{problem}; a size is a number, 0 or more")
    return size


def _orgs(file: Path) -> Iterator[Row]:
    """The organizations of a OneRoster CSV, without those that are to be deleted."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            _check_header(file, rows.fieldnames or ())
            for row in rows:
                if (row.get("status") or "").strip().casefold() != DELETED:
                    yield _org(row, f"{file}:{rows.line_num}")
    except OSError as error:
        raise SourceDownError(f"campuses: {file} cannot be read ({error.strerror}); correct its path") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceMisfitError(f"campuses: {file} is no CSV in UTF-8 ({error}); export it anew") from error


def _check_header(file: Path, header: Iterable[str]) -> None:
    if missing := [name for name in NEEDED if name not in header]:
        raise SourceMisfitError(
            f"campuses: {file}:1: no column {alternatives(missing)}; is it an orgs.csv of OneRoster?"
        )


def _org(row: Mapping[str, Any], place: str) -> Row:
    org = {ours: (row.get(theirs) or "").strip() for theirs, ours in ORGS.items()}
    if not org["code"]:
        raise SourceMisfitError(f"campuses: {place}: the row has no sourcedId; mend the export")
    return {column: text for column, text in org.items() if text}
