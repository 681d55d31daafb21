"""The words of the code: standard terms, once each. `tests/vocabulary.txt` lists the names that must not come back."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("kpibot", "localslack")
GENERIC = frozenset({"each", "found", "known", "taken", "given", "seen"})
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)


def modules() -> list[Path]:
    return [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]


def retired() -> list[tuple[str, str]]:
    """The lines of `vocabulary.txt`: a kind (module, class, function or constant) and a name."""
    lines = (ROOT / "tests" / "vocabulary.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("#")[0].split() for line in lines)
    return [(pair[0], pair[1]) for pair in pairs if pair]


def names(file: Path) -> Iterator[tuple[str, str, int]]:
    """What a module defines, methods and nested functions included: kind, name and line."""
    yield "module", file.parent.name if file.stem == "__init__" else file.stem, 1
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield "class", node.name, node.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield "function", node.name, node.lineno
    for name, line in assigned(tree):
        if name.isupper():
            yield "constant", name, line


def assigned(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The names that a module itself assigns: constants and aliases of types."""
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        yield from ((each.id, node.lineno) for each in targets if isinstance(each, ast.Name))


def test_no_retired_word_names_anything() -> None:
    words = set(retired())
    assert words, "tests/vocabulary.txt is empty"
    back = [
        f"{file.relative_to(ROOT)}:{line}: {kind} `{name}`"
        for file in modules()
        for kind, name, line in names(file)
        if (kind, name) in words or (kind, name.lstrip("_")) in words
    ]
    assert not back, "\n".join(back)


def bound_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names that are bound outside one-line comprehensions: variables, parameters and fields, with their line."""
    inside = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, COMPREHENSIONS) and node.end_lineno == node.lineno
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in inside:
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.MatchAs) and node.name:
            yield node.name, node.lineno


@pytest.mark.parametrize("package", PACKAGES)
def test_generic_names_stay_within_one_line_comprehensions(package: str) -> None:
    said = [
        f"{file.relative_to(ROOT)}:{line}: `{name}`"
        for file in modules()
        if file.relative_to(ROOT).parts[0] == package
        for name, line in bound_names(ast.parse(file.read_text(encoding="utf-8")))
        if name in GENERIC
    ]
    assert not said, "\n".join(said)


# Implementations of one interface: a module a migration.
SHARED = frozenset({"upgrade"})


@pytest.mark.parametrize("package", PACKAGES)
def test_no_two_public_functions_or_classes_share_a_name(package: str) -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for file in modules():
        if file.relative_to(ROOT).parts[0] != package:
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, Definition) and not node.name.startswith("_") and node.name not in SHARED:
                places[node.name].append(str(file.relative_to(ROOT)))
    twice = [f"{name}: {', '.join(files)}" for name, files in sorted(places.items()) if len(files) > 1]
    assert not twice, "\n".join(twice)


GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
TERMS = re.findall(r"^- \*\*(.+?)\*\*: ", GLOSSARY, re.MULTILINE)


def test_the_glossary_defines_each_term_once() -> None:
    assert TERMS
    assert [term for term, times in Counter(map(str.casefold, TERMS)).items() if times > 1] == []


def test_every_class_that_the_glossary_names_exists() -> None:
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in (ROOT / "kpibot").rglob("*.py")]
    existing = {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    existing |= {name for tree in trees for name, _ in assigned(tree)}
    named = {name for name in re.findall(r"`([A-Z]\w*)`", GLOSSARY) if not name.isupper()}
    assert sorted(named - existing) == []


def test_no_retired_word_is_a_term_of_the_glossary() -> None:
    words = {name.casefold() for _, name in retired()}
    assert [term for term in TERMS if term.casefold().replace(" ", "_").replace("-", "_") in words] == []
