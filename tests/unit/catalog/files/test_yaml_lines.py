"""YAML as plain data, with lines."""

import time
from typing import Any

import pytest

from kpibot.catalog.files.yaml_lines import read_yaml


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("0101", "0101"),
        ("1.5", 1.5),
        ("-.5", -0.5),
        ("1e3", "1e3"),
        ("1_000", "1_000"),
        (".nan", ".nan"),
        ("true", True),
        ("False", False),
        ("no", "no"),
        ("on", "on"),
        ("~", None),
        ("null", None),
        ("", None),
        ("7:30", "7:30"),
        ("2026-11-26", "2026-11-26"),
        ("07-01", "07-01"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("=", "="),
        ("0x1F", "0x1F"),
    ],
)
def test_plain_words_mean_what_they_look_like(written: str, value: Any) -> None:
    found = read_yaml(f"key: {written}".encode()).data["key"]
    assert found == value
    assert type(found) is type(value)


def test_every_path_has_its_line() -> None:
    document = read_yaml(b"# a comment\na:\n  b: 1\n  c:\n    - x\n    - {d: 2}\n")
    assert document.data == {"a": {"b": 1, "c": ["x", {"d": 2}]}}
    assert document.lines["a",] == 2
    assert document.lines["a", "b"] == 3
    assert document.lines["a", "c"] == 4
    assert document.lines["a", "c", 1, "d"] == 6


def test_keys_are_words() -> None:
    assert read_yaml(b"101: a\ntrue: b\n").data == {"101": "a", "true": "b"}


def test_anchors_and_merging() -> None:
    document = read_yaml(b"a: &levels {warning: 1, critical: 2}\nb:\n  <<: *levels\n  critical: 3\n")
    assert document.data["b"] == {"warning": 1, "critical": 3}
    assert not document.problems


def test_the_same_anchor_twice_gives_two_mappings() -> None:
    data = read_yaml(b"a: &x {k: 1}\nb: *x\n").data
    assert data["a"] == data["b"]
    assert data["a"] is not data["b"]


@pytest.mark.parametrize(
    ("raw", "line", "message"),
    [
        (b"a: 1\na: 2\n", 2, "the same key is in line 1 already"),
        (b"{a: 1, a: 2}", 1, "the same key is in line 1 already"),
        (b"a:\n\tb: 1\n", 2, "a tab at the beginning of the line"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8 text"),
        (b"a: *b\n", 1, "not YAML: found undefined alias 'b'"),
        (b"a: !secret x\n", 1, "the tag `!secret` means nothing here"),
        (b"a: !!int x\n", 1, "`x` is not what its tag says"),
        (b"? [a]\n: 1\n", 1, "a key must be a word"),
        (b"a: &a [*a]\n", 1, "the anchor holds itself"),
        (b"a:\n  <<: 3\n", 2, "`<<` can only merge mappings"),
        (b"a: \x00\n", 1, "not YAML: it holds characters that YAML does not allow"),
        (b"[" * 5_000, 1, "nested too deeply"),
    ],
)
def test_slips(raw: bytes, line: int, message: str) -> None:
    problem = read_yaml(raw).problems[0]
    assert (problem.line, problem.message) == (line, message)
    assert problem.hint


def multiplied(first: str, each: str, levels: int = 9) -> bytes:
    """Anchors of which each names the one before nine times."""
    lines = [f"a0: &a0 {first}"]
    for level in range(1, levels):
        alias = ",".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} {each.format(alias)}")
    return "\n".join(lines).encode()


def test_aliases_that_multiply_are_refused_at_once_v44() -> None:
    began = time.monotonic()
    document = read_yaml(multiplied('["lol","lol"]', "[{}]"))
    assert time.monotonic() - began < 5
    said = "aliases of aliases, which multiply to more values than a configuration can need"
    assert [(problem.message, problem.hint) for problem in document.problems] == [(said, "write out what is meant")]
    assert document.data is None


def test_merges_of_merges_do_not_multiply_v44() -> None:
    began = time.monotonic()
    document = read_yaml(multiplied("{k: 1}", "{{<<: [{}]}}", levels=40))
    assert time.monotonic() - began < 5
    assert document.problems == []
    assert document.data["a39"] == {"k": 1}


def test_what_is_merged_first_wins_and_what_is_written_wins_over_it() -> None:
    document = read_yaml(b"a: &a {k: 1, m: 1}\nb: &b {k: 2, n: 2}\nc: {<<: [*a, *b], n: 3}\n")
    assert document.data["c"] == {"k": 1, "m": 1, "n": 3}


def test_an_alias_may_be_used_often() -> None:
    document = read_yaml(b"a: &a {warning: 1, critical: 2}\nb:\n" + b"  - *a\n" * 1_000)
    assert document.problems == []
    assert len(document.data["b"]) == 1_000


@pytest.mark.parametrize("raw", [b"", b"# nothing\n", b"\xef\xbb\xbf"])
def test_nothing_is_no_mistake(raw: bytes) -> None:
    document = read_yaml(raw)
    assert (document.data, document.problems) == (None, [])


def test_a_byte_order_mark_is_no_key() -> None:
    assert read_yaml(b"\xef\xbb\xbfa: 1").data == {"a": 1}
