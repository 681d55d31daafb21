"""The README: its example runs, and its table names the methods that there are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import localslack
from localslack.api.methods import METHODS

FOLDER = Path(localslack.__file__).parent


@pytest.fixture(scope="module")
def readme() -> str:
    return (FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_example_runs_and_prints_what_the_readme_says(readme: str, tmp_path: Path) -> None:
    [example] = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    [printed] = re.findall(r"^It prints `(.*?)`", readme, re.MULTILINE)
    file = tmp_path / "example.py"
    file.write_text(example, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(file)],
        env={"PYTHONPATH": str(FOLDER.parent)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == (printed, 0), done.stderr


def test_the_table_names_every_method(readme: str) -> None:
    [row] = re.findall(r"^\| Web API \| (.*) \|$", readme, re.MULTILINE)
    assert re.findall(r"`([\w.]+)`", row) == list(METHODS)
