"""The demo district: four databases such as a school district has, filled up to a given instant."""

import tempfile
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from kpibot.demo.common.campuses import CAMPUSES, DemoCampus
from kpibot.demo.common.seasons import build_work_calendar
from kpibot.demo.common.timeline import DAY, date_of, seconds_of
from kpibot.demo.helpdesk.tickets import write_helpdesk
from kpibot.demo.helpdesk.workload import workload
from kpibot.demo.inventory.assets import write_assets
from kpibot.demo.inventory.fleet import fleet
from kpibot.demo.inventory.lending import lend
from kpibot.demo.purchasing import write_purchasing
from kpibot.demo.training import write_training

__all__ = ["CAMPUSES", "FILES", "SEED", "DemoCampus", "build_demo_databases"]

SEED = 2026
FILES = ("helpdesk.db", "purchasing.db", "assets.db", "training.db")
EARLIEST_YEAR = 2015

Progress = Callable[[str, float], None]


def _silent(_label: str, _fraction: float) -> None:
    """Nobody watches."""


def build_demo_databases(folder: Path, until: datetime, seed: int = SEED, progress: Progress = _silent) -> None:
    """Makes helpdesk.db, purchasing.db, assets.db and training.db in `folder`, as of `until`.

    `until` is aware; the databases hold naive local times of America/Chicago. The same seed and instant give the same
    rows everywhere, and a later instant only adds to the past. `progress` gets a label and the fraction done (0 to 1).
    The files appear at the end, each of them whole. ValueError for a naive instant or one before 2015.
    """
    end = seconds_of(until)
    if date_of(end // DAY).year < EARLIEST_YEAR:
        raise ValueError(
            f"the demo district begins in {EARLIEST_YEAR}: choose a later `until` than {until.isoformat()}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=folder) as workshop:
        _make(Path(workshop), end, seed, progress)
        for name in FILES:
            (Path(workshop) / name).replace(folder / name)
    progress("done", 1.0)


def _make(workshop: Path, end: int, seed: int, progress: Progress) -> None:
    progress("calendar", 0.0)
    days = build_work_calendar(date_of(end // DAY))
    load = workload(seed, days)
    progress("devices", 0.05)
    devices, spells = lend(seed, fleet(seed, end), end)
    report = partial(_part, progress, "tickets", 0.15, 0.6)
    write_helpdesk(workshop / FILES[0], seed, end, calendar=days, load=load, fleet=devices, progress=report)
    progress("purchase orders", 0.6)
    write_purchasing(workshop / FILES[1], seed, end, partial(_part, progress, "purchase orders", 0.6, 0.65))
    progress("assets", 0.65)
    write_assets(workshop / FILES[2], seed, end, (devices, spells), partial(_part, progress, "assets", 0.65, 0.95))
    progress("training", 0.95)
    write_training(workshop / FILES[3], seed, end, partial(_part, progress, "training", 0.95, 1.0))


def _part(progress: Progress, label: str, start: float, stop: float, fraction: float) -> None:
    progress(label, start + (stop - start) * fraction)
