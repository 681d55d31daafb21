"""Writes the JSON Schema of configuration files: `python -m kpibot.catalog.schema.__main__`."""

from pathlib import Path

from kpibot.catalog.schema.json_schema import json_schema_text

FILE = Path("config/schema/kpibot.schema.json")

if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json_schema_text(), encoding="utf-8")
