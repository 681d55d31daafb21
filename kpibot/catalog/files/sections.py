"""The files of a configuration folder, put together: each section once, and the file and line of everything in it."""

import pathlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kpibot.catalog.files import yaml_lines
from kpibot.catalog.files.yaml_lines import Document
from kpibot.catalog.problems import Path, Problem, SourceLocation, dotted, location_of, nearest, suggestion

NOT_OURS = "slack-manifest.yaml"  # it lies in the same folder, but is for Slack


@dataclass(slots=True, kw_only=True)
class Sections:
    """All sections by name, and the problems found so far: at most one for a path, the first.

    They are complete unless a file, or a second half of a section, could not be taken in: then a name that seems to
    be unknown may well be there.
    """

    folder: str
    data: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    is_complete: bool = True
    locations: dict[Path, SourceLocation] = field(default_factory=dict)
    _reported: set[Path] = field(default_factory=set)
    _guessed: set[Path] = field(default_factory=set)

    def report(self, path: Path, message: str, hint: str = "") -> None:
        """Notes a problem, unless the same place has one already: one mistake is reported once."""
        if path not in self._reported and not self.is_guessed(path):
            self._reported.add(path)
            file, line = self.location(path)
            self.problems.append(Problem(file, line, dotted(path), message, hint))

    def guess(self, path: Path) -> None:
        """Notes that an example replaces the value at this path: nothing in it is the author's mistake."""
        self._guessed.add(path)

    def is_guessed(self, path: Path) -> bool:
        """Whether the value at this path is, or lies in, an example."""
        return any(path[:length] in self._guessed for length in range(1, len(path) + 1))

    def has_guesses(self, path: Path) -> bool:
        """Whether the value at this path is, lies in, or holds an example."""
        return self.is_guessed(path) or any(each[: len(path)] == path for each in self._guessed)

    def is_sound_below(self, path: Path) -> bool:
        """Whether nothing has been found wrong with the value at this path or within it."""
        return not any(each[: len(path)] == path for each in self._reported)

    def names(self, *path: str) -> list[str]:
        """The keys of the mapping at this path as they were written, whatever became of their values."""
        here: Any = self.data
        for step in path:
            here = here.get(step) if isinstance(here, dict) else None
        return list(here) if isinstance(here, dict) else []

    def location(self, path: Path) -> SourceLocation:
        """File and line of a path, or of the nearest thing around it that is there."""
        return location_of(self.locations, path) or (self.folder, 0)

    def add_locations(self, locations: Mapping[Path, SourceLocation]) -> None:
        """Adds where the values of a preset are written."""
        self.locations |= locations

    def add(self, file: str, document: Document, expected: Collection[str]) -> None:
        """Takes over a file's sections, and its problems."""
        self.problems += [
            Problem(file, problem.line, dotted(problem.path), problem.message, problem.hint)
            for problem in document.problems
        ]
        self._reported |= {each.path for each in document.problems}
        for path, value in _sections(document):
            if path[0] in self.data:
                there, line = self.location(path)
                here = document.lines[path]
                said = f"this section is in {there}:{line} already"
                self.problems.append(Problem(file, here, dotted(path), said, "keep it in one file"))
                self.is_complete = False
                continue
            self.locations |= {each: (file, line) for each, line in document.lines.items() if each[:1] == path}
            if path[0] in expected:
                self.data[str(path[0])] = value
            else:
                self.report(path, "unknown section", suggestion(str(path[0]), expected))
                self.is_complete &= not nearest(str(path[0]), expected)


def read_sections(folder: pathlib.Path, expected: Collection[str]) -> Sections:
    """Every `*.yaml` of the folder itself; a section in two files, or one that nobody knows, is a problem."""
    sections = Sections(folder=str(folder))
    for file in config_files(folder):
        document = yaml_lines.read_yaml(file.read_bytes())
        if document.data is None and not document.problems:
            continue
        sections.is_complete &= isinstance(document.data, dict)
        if document.problems or isinstance(document.data, dict):
            sections.add(str(file), document, expected)
        else:
            text = "write the sections as keys, for example `kpis:`"
            sections.problems.append(Problem(str(file), 1, "", "not a mapping", text))
    if not sections.data and not sections.problems:
        hint = "write at least `district:` and `kpis:` into a file such as district.yaml"
        sections.problems.append(Problem(str(folder), 0, "", "holds no configuration", hint))
    return sections


def config_files(folder: pathlib.Path) -> list[pathlib.Path]:
    """The configuration files of a folder, by name."""
    if not folder.is_dir():
        return []
    return sorted(
        file
        for file in folder.iterdir()
        if file.suffix in (".yaml", ".yml") and file.name != NOT_OURS and file.is_file()
    )


def _sections(document: Document) -> Iterator[tuple[Path, Any]]:
    if isinstance(document.data, dict):
        yield from (((name,), value) for name, value in document.data.items())
