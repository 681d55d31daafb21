"""How a record is written: one text file a subject, made of headed parts, without what differs from run to run."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kpibot.slack.blocks import Rendered

# What differs from run to run: durations that were measured, and ids that were drawn.
CHANGING = (
    (re.compile(r'("milliseconds": )[\d.]+'), r"\1TIME"),
    (re.compile(r"\b[\d,.]+ ms\b"), "TIME ms"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "UUID"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "UUID"),
)


class Page:
    """A file of the record. `secrets` are replaced by what stands in their place."""

    def __init__(self, file: Path, secrets: Mapping[str, str]) -> None:
        self._file = file
        self._secrets = secrets
        self._parts: list[str] = []

    def add(self, head: str, *texts: str) -> None:
        """A part: its head, and texts below it."""
        body = "\n".join(text.rstrip("\n") for text in texts)
        for secret, word in self._secrets.items():
            body = body.replace(secret, word)
        for pattern, word in CHANGING:
            body = pattern.sub(word, body)
        self._parts.append(f"=== {head}\n{body}\n")

    def write(self) -> None:
        """Writes the file, and its folder."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text("\n".join(self._parts), encoding="utf-8")


def as_json(value: object) -> str:
    """JSON that can be compared line by line."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def as_slack(message: Rendered) -> str:
    """A message as Slack takes it."""
    return f"{message.text}\n{as_blocks(message.blocks)}\nalt: {message.alt_text}"


def as_blocks(blocks: Iterable[Mapping[str, Any]]) -> str:
    """Blocks, one a line."""
    return "\n".join(json.dumps(block, ensure_ascii=False) for block in blocks)


def digest(png: bytes) -> str:
    """What tells one picture from another."""
    return hashlib.sha256(png).hexdigest()[:16]
