"""The demo district, built once a run for all tests that only read it."""

import fcntl
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from kpibot.demo.district import FILES, build_demo_databases

UNTIL = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("America/Chicago"))  # a Tuesday, at school


def built_once(run_folder: Path) -> Path:
    """The folder of the district as it stands at `UNTIL`: whichever worker asks first builds it."""
    folder = run_folder / "demo"
    with (run_folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not all((folder / name).exists() for name in FILES):
            build_demo_databases(folder, UNTIL)
    return folder
