"""YAML as plain data, with the line of every value and every mistake that is YAML's own.

Plain words mean what they look like: only `true` and `false` are booleans, `0101` and `07:30` are text, and so are
dates. (YAML 1.1, as PyYAML reads it, would make 65 of the campus code 0101, and false of the status `no`.)
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from kpibot.catalog.problems import Path

TAGS = "tag:yaml.org,2002:"
MOST_COPIES = 20_000  # values that come from aliases; a district's whole configuration has a tenth of that


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {}  # noqa: RUF012  (PyYAML's own way; its class declares it so)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Merges what `<<` names. PyYAML keeps every copy of a key, so that merges of merges would multiply."""
        super().flatten_mapping(node)
        last = {name.value if isinstance(name, yaml.ScalarNode) else name: (name, value) for name, value in node.value}
        node.value = list(last.values())


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"-?(0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)?\.[0-9]+", "-.0123456789"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(TAGS + _tag, re.compile(rf"^(?:{_pattern})$"), list(_first) + [""] * ("" in _first))
_Loader.add_implicit_resolver(TAGS + "null", re.compile(r"^$"), [""])


class _AliasesError(Exception):
    """Aliases of aliases that make more values than anybody writes."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


@dataclass(frozen=True, slots=True)
class YamlProblem:
    """A mistake that needs no knowledge of what the file is about."""

    line: int
    path: Path
    message: str
    hint: str = ""


@dataclass(slots=True)
class Document:
    """A file's data, the line (from 1) of each path in it, and its problems."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[YamlProblem] = field(default_factory=list)


def read_yaml(raw: bytes) -> Document:
    """The document; where it is not YAML at all, `data` is None and `problems` say why."""
    document = Document()
    try:
        node = yaml.compose(raw.decode("utf-8-sig"), Loader=_Loader)
        document.data = None if node is None else _Reader(document).value(node, ())
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        document.problems.append(YamlProblem(line, (), "not UTF-8 text", "save the file as UTF-8"))
    except yaml.YAMLError as error:
        document.problems.append(_explained(error, raw))
    except _AliasesError as error:
        said = "aliases of aliases, which multiply to more values than a configuration can need"
        document.problems.append(YamlProblem(error.line, (), said, "write out what is meant"))
    except RecursionError:
        document.problems.append(YamlProblem(1, (), "nested too deeply", "no section needs more than a few levels"))
    return document


def _explained(error: yaml.YAMLError, raw: bytes) -> YamlProblem:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else 1
    lines = raw.decode("utf-8-sig").splitlines()
    here = lines[line - 1] if line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return YamlProblem(line, (), "a tab at the beginning of the line", "YAML indents with spaces")
    said = (getattr(error, "problem", None) or "it holds characters that YAML does not allow").removeprefix("but ")
    hint = HINTS.get(next((known for known in HINTS if known in said), ""), "look at this line and the one before it")
    return YamlProblem(line, (), f"not YAML: {said}", hint)


HINTS = {
    "cannot start any token": "put the value in quotes",
    "mapping values are not allowed": "put a value that holds `: ` in quotes, and indent the keys alike",
    "expected ':'": "each key needs a `:` and a space after it",
    "found another document": "write one document a file, without `---`",
    "expected ',' or": "close the bracket or brace, and put commas between the items",
    "undefined alias": "put a value that begins with `*` in quotes",
    "expected <block end>": "indent the keys of one block alike",
}


class _Reader:
    """Turns nodes into plain data. Every mapping is made anew, even where an anchor is used twice."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._scalars = _Loader("")
        self._inside: set[yaml.Node] = set()
        self._read: set[yaml.Node] = set()
        self._copies = 0

    def value(self, node: yaml.Node, path: Path) -> Any:
        self._count(node)
        self._document.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if node in self._inside:
            self._report(node, path, "the anchor holds itself", "write out what is meant")
            return None
        self._inside.add(node)
        value = self._collection(node, path)
        self._inside.remove(node)
        return value

    def _count(self, node: yaml.Node) -> None:
        """Refuses a file that aliases make far larger than it looks."""
        self._copies += node in self._read
        self._read.add(node)
        if self._copies > MOST_COPIES:
            raise _AliasesError(node.start_mark.line + 1)

    def _collection(self, node: yaml.Node, path: Path) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        if not node.tag.startswith(TAGS):
            self._report(
                node, path, f"the tag `{node.tag}` means nothing here", "put a value that begins with `!` in quotes"
            )
            return None
        if node.tag in (TAGS + "str", TAGS + "merge"):
            return node.value
        try:
            return self._scalars.construct_object(node)
        except (ValueError, yaml.YAMLError):
            self._report(node, path, f"`{node.value}` is not what its tag says", "leave the tag out")
            return None

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        self._note_duplicates(node, path)
        merged = any(key.tag == TAGS + "merge" for key, _ in node.value)
        if merged:
            try:
                self._scalars.flatten_mapping(node)
            except yaml.YAMLError:
                self._report(node, path, "`<<` can only merge mappings", "name an anchor of a mapping: `<<: *name`")
        return {key: self._entry(key, name, value, path) for key, name, value in self._entries(node, path)}

    def _entry(self, key: str, name: yaml.Node, value: yaml.Node, path: Path) -> Any:
        # A key's line is where people look, even when its value begins on the next one.
        self._document.lines[(*path, key)] = name.start_mark.line + 1
        return self.value(value, (*path, key))

    def _entries(self, node: yaml.MappingNode, path: Path) -> list[tuple[str, yaml.Node, yaml.Node]]:
        entries = {}
        for name, value in node.value:
            if isinstance(name, yaml.ScalarNode):
                entries[str(name.value)] = (str(name.value), name, value)
            else:
                self._report(name, path, "a key must be a word", "put a value that begins with `{` or `[` in quotes")
        return list(entries.values())

    def _note_duplicates(self, node: yaml.MappingNode, path: Path) -> None:
        first: dict[str, yaml.Node] = {}
        for name, _ in node.value:
            if isinstance(name, yaml.ScalarNode) and first.setdefault(name.value, name) is not name:
                there = f"the same key is in line {first[name.value].start_mark.line + 1} already"
                self._report(name, (*path, name.value), there, "keep one of them")

    def _report(self, node: yaml.Node, path: Path, message: str, hint: str) -> None:
        self._document.problems.append(YamlProblem(node.start_mark.line + 1, path, message, hint))
