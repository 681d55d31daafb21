"""The pages of the project are true: their links lead somewhere, and what they name is there."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.grid import PAGE, with_grid

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("localslack/*.md")])
TOP = ("app", "catalog", "cli", "core", "render", "scheduling", "services", "settings", "slack", "sources", "store")
DOTTED = re.compile(rf"`((?:{'|'.join(TOP)})(?:\.\w+)+)`")
FILE = re.compile(r"`((?:kpibot|localslack|tests|benchmarks|config|docs)/[\w./-]*)`")
FENCES = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def text_of(page: Path) -> str:
    return FENCES.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_somewhere(page: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    file = (page.parent / name).resolve() if name else page
    return file.exists() and (not anchor or anchor in anchors(file))


def exists(dotted: str) -> bool:
    """Whether this module of kpibot, or this name in one, is there."""
    path = ROOT.joinpath("kpibot", *dotted.split("."))
    if path.is_dir() or path.with_suffix(".py").exists():
        return True
    module, _, name = dotted.rpartition(".")
    if ROOT.joinpath("kpibot", *module.split(".")).with_suffix(".py").exists():
        return hasattr(import_module(f"kpibot.{module}"), name)
    return False


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_lead_somewhere(page: Path) -> None:
    targets = [each for each in re.findall(r"\]\(([^)\s]+)\)", text_of(page)) if "://" not in each]
    assert [each for each in targets if not leads_somewhere(page, each)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_names_exist(page: Path) -> None:
    assert [each for each in FILE.findall(text_of(page)) if not (ROOT / each).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_modules_and_names_that_a_page_names_exist(page: Path) -> None:
    assert [each for each in DOTTED.findall(text_of(page)) if not exists(each)] == []


def test_make_targets_that_a_page_names_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {each for page in PAGES for each in re.findall(r"`make ([a-z-]+)", text_of(page))}
    assert named <= targets


def test_the_diagram_of_the_packages_is_current() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_grid(page) == page, "run `make grid`"
