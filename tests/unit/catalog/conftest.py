"""Folders of configuration for these tests: a small sound one, and what a test changes in it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BASE = HERE / "base"

Configured = Callable[..., Path]


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configured:
    """Makes `config/` of the sound configuration, with the given files over it."""
    monkeypatch.chdir(tmp_path)

    def make(over: Path | None = None, **texts: str) -> Path:
        config = Path("config")
        shutil.copytree(BASE, config)
        for file in (*over.glob("*.yaml"), *over.glob("*.ics")) if over else ():
            shutil.copy(file, config)
        for name, text in texts.items():
            (config / f"{name}.yaml").write_text(text, encoding="utf-8")
        return config

    return make
