"""Files as tables: one, or all that match a pattern."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from kpibot.catalog.model import Database, FileTable
from kpibot.sources.base import SourceDownError, SourceMisfitError
from kpibot.sources.engines.duckdb import engine_over_files

Rows = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    """The ids and sites in the files that a path of the folder names, by id."""

    def read(path: str) -> list[tuple[object, ...]]:
        database = Database("d", timedelta(seconds=5), files={"t": FileTable(str(tmp_path / path))})
        engine = engine_over_files(database)
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(sa.text("SELECT id, site FROM t ORDER BY id"))]
        engine.dispose()
        return found

    return read


def test_files_that_match_a_pattern_are_one_table_v39(rows: Rows, tmp_path: Path) -> None:
    (tmp_path / "t-2025.csv").write_text("id,site\n1,W01\n", encoding="utf-8")
    (tmp_path / "t-2026.csv").write_text("site,id,more\nN02,2,x\n", encoding="utf-8")
    (tmp_path / "other.csv").write_text("id,site\n3,W01\n", encoding="utf-8")
    assert rows("t-*.csv") == [(1, "W01"), (2, "N02")]
    assert rows("t-202[6].csv") == [(2, "N02")]
    assert rows("**/t-2025.csv") == [(1, "W01")]


def test_parquet_files_that_match_a_pattern_are_one_table(rows: Rows, tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        for number in (1, 2):
            file = tmp_path / f"t-{number}.parquet"
            connection.execute(f"COPY (SELECT {number} AS id, 'W01' AS site) TO '{file}' (FORMAT parquet)")
    assert rows("t-?.parquet") == [(1, "W01"), (2, "W01")]


def test_a_pattern_that_matches_nothing_says_so_v39(rows: Rows, tmp_path: Path) -> None:
    (tmp_path / "t-folder.csv").mkdir()
    with pytest.raises(SourceMisfitError, match=r"`d`: no file matches the pattern '.*/t-\*\.csv'; correct it"):
        rows("t-*.csv")


def test_a_file_that_is_not_there_is_told(rows: Rows) -> None:
    with pytest.raises(SourceDownError, match=r"the file '.*/t\.csv' cannot be read \(No such file or directory\)"):
        rows("t.csv")


def test_files_that_come_and_go_are_seen(tmp_path: Path) -> None:
    database = Database("d", timedelta(seconds=5), files={"t": FileTable(str(tmp_path / "t-*.csv"))})
    engine = engine_over_files(database)

    def count() -> int:
        with engine.connect() as connection:
            return connection.execute(sa.text("SELECT count(*) FROM t")).scalar_one()

    for month in (1, 2):
        (tmp_path / f"t-{month}.csv").write_text("id,site\n1,W01\n", encoding="utf-8")
        assert count() == month
    (tmp_path / "t-1.csv").unlink()
    assert count() == 1
    engine.dispose()
