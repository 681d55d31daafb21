"""docs/dependencies.md says of each package that kpibot names itself why it is there, and of no other."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")


def required(file: str) -> list[tuple[str, str]]:
    """Name and version of what a requirements file names for its own sake."""
    text = (ROOT / file).read_text(encoding="utf-8").partition("# What those need:")[0]
    return re.findall(r"^([\w.-]+)(?:\[\w+\])?==(\S+)$", text, re.MULTILINE)


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize(("file", "heading"), [("requirements.txt", "To run"), ("requirements-dev.txt", "To develop")])
def test_every_requirement_has_its_row(file: str, heading: str) -> None:
    assert [(row[0], row[1]) for row in rows(heading)] == required(file)


@pytest.mark.parametrize("heading", ["To run", "To develop"])
def test_every_row_says_everything(heading: str) -> None:
    assert rows(heading)
    assert all(len(row) == 6 and all(row) for row in rows(heading))
