"""The record of what kpibot says, so that moving code is seen to change none of it.

    python -m tests.record write DIR      writes the record into a folder
    python -m tests.record compare DIR    makes it anew, shows what differs, and fails if anything does

Either takes `--only demo --only year …`. Clock, seeds and data are fixed; folders, ports, measured durations and drawn
ids are masked. What a machine lacks (MariaDB, the incident log) is skipped, and said so. recorded.tar.gz is the
record of commit 5d9fcab: `tar xzf tests/record/recorded.tar.gz -C DIR` unpacks it for a comparison.
"""

import argparse
import difflib
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.record.subjects import SUBJECTS, write_subject

SHOWN = 40  # lines of a difference


def write(into: Path, subjects: Iterable[str]) -> list[str]:
    """Writes these subjects of the record, as many at once as there are processors; those that cannot be made here."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        made = {name: pool.submit(write_subject, name, into) for name in subjects}
        told = {name: each.result() for name, each in made.items()}
    for name, missing in told.items():
        print(f"{name}: " + (f"SKIPPED, {missing}" if missing else "recorded"))  # noqa: T201
    return [name for name, missing in told.items() if missing]


def compare(with_: Path, subjects: list[str]) -> bool:
    """Whether the record made now is the same as that one."""
    with tempfile.TemporaryDirectory(prefix="record-new-") as folder:
        new = Path(folder)
        missing = write(new, subjects)
        names = {
            file.relative_to(root)
            for root in (with_, new)
            for subject in set(subjects) - set(missing)
            for file in (root / subject).rglob("*.txt")
        }
        return all([_is_same(with_ / name, new / name, str(name)) for name in sorted(names)])


def _is_same(old: Path, new: Path, name: str) -> bool:
    before, after = (each.read_text(encoding="utf-8") if each.exists() else "" for each in (old, new))
    if before == after:
        return True
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", "", "", 1, ""))
    print(*lines[:SHOWN], f"{name}: {len(lines)} lines of difference", sep="\n")  # noqa: T201
    return False


def main() -> int:
    """Exit status 1 where something differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.record")
    parser.add_argument("command", choices=("write", "compare"))
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--only", action="append", choices=tuple(SUBJECTS), help="a subject; default: all")
    options = parser.parse_args()
    subjects = options.only or list(SUBJECTS)
    if options.command == "write":
        write(options.folder, subjects)
        return 0
    return 0 if compare(options.folder, subjects) else 1


if __name__ == "__main__":
    sys.exit(main())
