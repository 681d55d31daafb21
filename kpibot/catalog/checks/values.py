"""Checks that several sections have in common."""

from collections.abc import Collection, Mapping

from kpibot.catalog.files.sections import Sections
from kpibot.catalog.files.templates import placeholders, substitute
from kpibot.catalog.problems import Path, WordError, suggestion


def check_either(path: Path, keys: tuple[str, str], values: tuple[object, object], sections: Sections) -> None:
    """Reports where both of two keys are written, or neither."""
    one, other = keys
    if all(value is not None for value in values):
        sections.report(path, f"`{one}` and `{other}` at once", "keep one of them")
    written = sections.names(*(str(step) for step in path))
    if not any(key in written for key in keys):
        sections.report(path, f"neither `{one}` nor `{other}`", "write one of them")


def check_placeholders(template: str, columns: Collection[str], path: Path, sections: Sections) -> None:
    """Reports a gap of a template for which there is no column."""
    try:
        unknown = sorted(placeholders(template) - set(columns))
    except WordError as error:
        sections.report(path, str(error), error.hint)
        return
    if unknown:
        sections.report(path, f"no column `{unknown[0]}`", suggestion(unknown[0], columns))


def check_variables(text: str, path: Path, sections: Sections, environment: Mapping[str, str]) -> None:
    """Reports a `${NAME}` that is not set."""
    try:
        substitute(text, environment)
    except WordError as error:
        sections.report(path, str(error), error.hint)
