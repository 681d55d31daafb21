"""The rows of three years and more, up to the end of the simulated one, by database."""

from collections.abc import Mapping
from datetime import date

import numpy as np

from kpibot.demo.common.seasons import build_work_calendar
from kpibot.demo.common.timeline import day_of
from tests.year import helpdesk, inventory
from tests.year.district import schools
from tests.year.rows import Rows

SEED = 2026
FIRST, LAST = date(2024, 7, 1), date(2027, 8, 10)  # readings look back for up to a year, comparisons for another one
UNKNOWN = "999"


def names() -> list[str]:
    """What the databases call the campuses, by their number; the last one is known to nobody."""
    return [*(each.slug for each in schools()), UNKNOWN]


def databases(seed: int = SEED) -> Mapping[str, Mapping[str, Rows]]:
    """The datasets of each database."""
    draws = np.random.default_rng(seed)
    days = helpdesk.Days(build_work_calendar(LAST), day_of(FIRST), day_of(LAST))
    return {
        "helpdesk": {"tickets": helpdesk.tickets(schools(), days, draws)},
        "assets": inventory.datasets(schools(), draws),
        "training": {"training": inventory.training(schools(), draws)},
        "purchasing": inventory.purchasing(schools(), draws),
    }
