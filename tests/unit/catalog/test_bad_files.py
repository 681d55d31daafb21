"""Each folder under `bad/` holds one mistake, and in `expected.txt` what its author is told."""

from pathlib import Path

import pytest

from kpibot.catalog import CatalogError, load

HERE = Path(__file__).parent
MISTAKES = sorted(path.name for path in (HERE / "bad").iterdir() if path.is_dir())


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_file_line_and_hint(mistake: str, configured) -> None:
    folder = HERE / "bad" / mistake
    with pytest.raises(CatalogError) as caught:
        load(configured(folder), {"NOT_A_URL": "hunter2"})
    assert str(caught.value) + "\n" == (folder / "expected.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_no_message_shows_a_secret_or_speaks_to_programmers(mistake: str) -> None:
    expected = (HERE / "bad" / mistake / "expected.txt").read_text(encoding="utf-8")
    assert not any(word in expected for word in ("hunter2", "Input should", "pydantic", "cannot be understood"))
