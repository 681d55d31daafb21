"""Texts exactly as they go out. After a change that is meant: `KPIBOT_GOLDEN=write make test-fast`, then read the
difference in the golden files."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from kpibot.slack.blocks import Rendered


def assert_same_as_golden(path: Path, text: str) -> None:
    if os.environ.get("KPIBOT_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def assert_message_as_golden(path: Path, message: Rendered) -> None:
    assert_same_as_golden(path, json.dumps(asdict(message), indent=2, ensure_ascii=False) + "\n")
