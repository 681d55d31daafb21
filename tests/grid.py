"""`python -m tests.grid`: draws the packages of kpibot, by layer and subject, into CONTRIBUTING.md.

The layers are those that import-linter checks (`pyproject.toml`), the subjects are the packages on disk.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "CONTRIBUTING.md"
BEGIN, END = "<!-- grid: made by `make grid` -->\n", "<!-- /grid -->\n"


def layers() -> list[list[str]]:
    """The packages and modules of kpibot, the highest layer first; those of one layer do not know each other."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = config["tool"]["importlinter"]["contracts"]
    (rows,) = (contract["layers"] for contract in contracts if contract.get("containers") == ["kpibot"])
    return [[name.strip() for name in row.split("|")] for row in rows]


def subjects(name: str) -> list[str]:
    """The packages in a package of kpibot; none of a module."""
    return sorted(file.parent.name for file in (ROOT / "kpibot" / name).glob("*/__init__.py"))


def shared_subjects() -> dict[str, list[str]]:
    """The subjects that have a package in more than one layer, with these layers, the highest first."""
    places: dict[str, list[str]] = {}
    for name in (name for row in layers() for name in row):
        for subject in subjects(name):
            places.setdefault(subject, []).append(name)
    return {subject: names for subject, names in sorted(places.items()) if len(names) > 1}


def diagram() -> Iterator[str]:
    """The lines of the Mermaid diagram, and of the table of shared subjects below it."""
    yield "```mermaid\nflowchart TB"
    for number, row in enumerate(layers()):
        yield f'    subgraph layer{number}[" "]\n        direction LR'
        for name in row:
            label = "<br>".join([f"<b>{name}</b>", " · ".join(subjects(name))]).removesuffix("<br>")
            yield f'        {name}["{label}"]'
        yield "    end"
    yield "    " + " --> ".join(f"layer{number}" for number in range(len(layers()))) + "\n```\n"
    yield "| subject | its packages |\n| --- | --- |"
    for subject, names in shared_subjects().items():
        yield f"| {subject} | {' · '.join(f'`kpibot/{name}/{subject}/`' for name in names)} |"


def with_grid(text: str) -> str:
    """A page with the diagram of today between its markers."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return "".join([before, BEGIN, "\n", *(f"{line}\n" for line in diagram()), "\n", END, after])


if __name__ == "__main__":
    PAGE.write_text(with_grid(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
