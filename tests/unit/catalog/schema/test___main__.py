"""The JSON Schema: as committed, and as true as the shapes it is made of."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kpibot.catalog import json_schema
from kpibot.catalog.files.yaml_lines import read_yaml
from kpibot.catalog.schema.json_schema import json_schema_text

HERE = Path(__file__).parents[1]
CONFIG = HERE.parents[2] / "config"
FILES = [
    *sorted(CONFIG.glob("*.yaml")),
    *sorted(CONFIG.glob("examples/*/*.yaml")),
    *sorted((HERE / "base").glob("*.yaml")),
]
OURS = [file for file in FILES if file.name != "slack-manifest.yaml"]


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_committed_schema_is_the_generated_one() -> None:
    committed = (CONFIG / "schema" / "kpibot.schema.json").read_text(encoding="utf-8")
    assert committed == json_schema_text(), "run `python -m kpibot.catalog.schema.__main__`"


@pytest.mark.parametrize("file", OURS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_sound_files_are_valid(file: Path, validator: Any) -> None:
    assert [error.message for error in validator.iter_errors(read_yaml(file.read_bytes()).data)] == []


@pytest.mark.parametrize("file", sorted(CONFIG.glob("*.yaml")), ids=lambda file: file.name)
def test_editors_find_the_schema(file: Path) -> None:
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert file.name == "slack-manifest.yaml" or first == "# yaml-language-server: $schema=schema/kpibot.schema.json"


@pytest.mark.parametrize(
    "mistake",
    [
        "unknown-section", "unknown-key", "unknown-key-deep", "missing-key", "missing-key-in-measure", "not-a-number",
        "not-text", "text-for-list", "no-measure", "two-measures", "unknown-statistic", "unknown-as", "better-unknown",
        "alert-after", "kpi-id", "campus-slug", "column-name", "column-key", "where-empty-list", "where-unknown-key",
        "channel-without-hash", "digest-when", "timeout", "unknown-period", "no-value", "fiscal-year-start",
        "signal-percent", "signal-within-hours", "signal-school-days", "signal-deviations", "signal-unknown-key",
        "signals-in-no-list", "alert-any-time", "alert-at-an-unknown-place", "alert-inhibits-itself", "route-severity",
        "route-when", "route-mention", "route-unknown-category", "escalation-to-nobody", "escalation-without-time",
        "silence-without-name", "mapping-for-silences",
    ],
)  # fmt: skip
def test_an_editor_sees_the_mistakes_that_need_no_other_file(mistake: str, validator: Any) -> None:
    files = (HERE / "bad" / mistake).glob("*.yaml")
    assert any(not validator.is_valid(read_yaml(file.read_bytes()).data) for file in files)


def test_every_key_is_described() -> None:
    schema = json_schema()
    shapes = [schema, *schema["$defs"].values()]
    bare = [
        f"{shape.get('title')}.{key}"
        for shape in shapes
        for key, value in shape.get("properties", {}).items()
        if "description" not in value
    ]
    assert bare == []
    json.dumps(schema)
