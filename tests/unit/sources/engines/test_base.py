"""docs/engines.md names every member that an engine may override, and no other."""

import re
from pathlib import Path

from kpibot.sources.engines.base import Engine
from kpibot.sources.engines.registry import MODULES, engine_named

DOCS = Path(__file__).parents[4] / "docs" / "engines.md"
ROW = re.compile(r"^\| [^|]+ \| (`[^|]+`) \|", re.MULTILINE)


def test_the_page_names_what_an_engine_may_override() -> None:
    named = {name for row in ROW.findall(DOCS.read_text(encoding="utf-8")) for name in re.findall(r"`(\w+)`", row)}
    assert named == {name for name in vars(Engine) if not name.startswith("_")}


def test_an_engine_goes_by_the_name_of_its_dialect() -> None:
    engines = {name: engine_named(name) for name in (*MODULES, "trino", "unheard-of")}
    assert {name: engine.name for name, engine in engines.items()} == {name: name for name in engines}
    assert engines["mysql"] != engines["mariadb"]
    assert type(engines["mysql"]) is type(engines["mariadb"])
    assert engine_named("trino") == engines["trino"]
