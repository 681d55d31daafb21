"""Whatever a file holds, its author is told in words: no mistake makes the catalogue stumble."""

import copy
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kpibot.catalog import Catalog, CatalogError, load
from kpibot.catalog.files.yaml_lines import read_yaml

HERE = Path(__file__).parent
CONFIG = HERE.parents[2] / "config"
SHIPPED = {
    key: value
    for file in sorted(CONFIG.glob("*.yaml"))
    if file.name != "slack-manifest.yaml"
    for key, value in read_yaml(file.read_bytes()).data.items()
}


def paths(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*path, key)
        yield from paths(value, (*path, key))


PATHS = list(paths(SHIPPED))
WORDS = st.sampled_from(
    ["", "x", "tickets", "district", "campus-west", "opened", "monday 07:00", "${X}", "{id}", "not"]
)
NUMBERS = st.integers(-9, 99) | st.floats(allow_nan=False, width=16)
SCALARS = st.none() | st.booleans() | NUMBERS | WORDS | st.text(max_size=8)
JUNK = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=6
)


def outcome(text: str) -> Catalog | CatalogError:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "all.yaml").write_text(text, encoding="utf-8")
        try:
            return load(Path(folder), {})
        except CatalogError as error:
            return error


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(PATHS), JUNK, st.booleans()), min_size=1, max_size=3))
def test_junk_anywhere_is_told_with_its_line(changes: list[tuple[tuple[str | int, ...], Any, bool]]) -> None:
    data = copy.deepcopy(SHIPPED)
    for (*above, last), junk, removed in changes:
        put(data, above, last, junk, removed)
    told = outcome(yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True))
    if isinstance(told, CatalogError):
        assert told.problems
        assert all(problem.line or problem.message == "this section is missing" for problem in told.problems)
        assert "cannot be understood" not in str(told)


def put(data: Any, above: list[str | int], last: str | int, junk: Any, removed: bool) -> None:
    try:
        for step in above:
            data = data[step]
        if removed:
            del data[last]
        else:
            data[last] = junk
    except (KeyError, IndexError, TypeError):
        pass  # an earlier change took it away


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200) | st.text("{}[]:,-# \n\tab&*!|>'\"%@`", max_size=60))
def test_any_text_is_a_catalogue_or_told(text: str) -> None:
    assert isinstance(outcome(text.encode("utf-8", "replace").decode()), CatalogError)


def test_the_shipped_one_is_the_beginning() -> None:
    assert isinstance(outcome(yaml.safe_dump(SHIPPED, sort_keys=False)), Catalog)
