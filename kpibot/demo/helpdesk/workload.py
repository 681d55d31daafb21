"""How many tickets come, and how long they stay, so that the backlog follows a wanted course.

A fluid queue gives the stay: if A(t) tickets have come by t and B(t) should be outstanding,
A(t) - B(t) have gone. A ticket
that came at t goes, on average, when the gone have caught up with A(t). No state is carried along, so the past never
depends on where the data begins or ends.
"""

from dataclasses import dataclass

import numpy as np

from kpibot.demo.common.campuses import CAMPUSES, position
from kpibot.demo.common.draws import Floats
from kpibot.demo.common.seasons import WorkCalendar
from kpibot.demo.helpdesk.episodes import episode_effects, understaffed, wobble

PER_ORDINARY_DAY = 165.0
_SHORTEST_STAY = 0.12
# where posts are vacant: there is no substitute during breaks, and the backlog never gets small
SHORT_STAFFED = ("campus-west", "campus-north")
_NORTH_AT_LEAST = 50.0
# usual outstanding tickets in an ordinary week, in the order of CAMPUSES (Campus West has a course of its own)
_USUAL_BACKLOG = (
    115, 20, 24, 12, 8, 11,
    37, 18, 16, 13, 6, 11,
    27, 22, 13, 9, 17, 6,
    31, 19, 15, 12, 7, 5,
)  # fmt: skip


@dataclass(frozen=True)
class Workload:
    """Campus × day since the epoch."""

    arrivals: Floats
    unusual: Floats
    stay: Floats
    load: Floats


def workload(seed: int, calendar: WorkCalendar) -> Workload:
    """Tickets a day, the share of them that an episode brings, the mean stay in working days, and load (1 is usual)."""
    weights = np.array([campus.weight for campus in CAMPUSES])[:, None]
    usual = (PER_ORDINARY_DAY * weights * calendar.demand).round(4)
    extra = episode_effects(seed, calendar, usual)
    arrivals = usual + extra.arrivals
    level = _course(seed, calendar)
    backlog = level + extra.backlog
    rested = calendar.lessons_only()
    shifts = [rested if campus.slug in SHORT_STAFFED else calendar for campus in CAMPUSES]
    stay = np.array([_stay(*row) for row in zip(arrivals, backlog, shifts, strict=True)])
    seasonal = np.array(_USUAL_BACKLOG, dtype=np.float64)[:, None] * np.maximum(calendar.backlog, 0.5)
    seasonal[position("campus-west")] = 45.0
    unusual = extra.arrivals / np.maximum(arrivals, 0.0001)
    return Workload(arrivals.round(4), unusual.round(4), stay, (backlog / seasonal).round(4))


def _course(seed: int, calendar: WorkCalendar) -> Floats:
    days = len(calendar.demand)
    course = np.array(_USUAL_BACKLOG, dtype=np.float64)[:, None] * calendar.backlog
    course *= wobble(seed, days)
    course[position("campus-west")] = understaffed(calendar)
    north = position("campus-north")
    course[north] = np.maximum(course[north], _NORTH_AT_LEAST)
    return course.round(4)


def _stay(arrivals: Floats, backlog: Floats, calendar: WorkCalendar) -> Floats:
    come = np.cumsum(arrivals)
    days = np.arange(len(come), dtype=np.float64)
    gone = np.maximum.accumulate(come - backlog) + days * 1e-6
    leaves = np.interp(come, gone, days)
    worked = np.interp(leaves, days, calendar.worked_before.astype(np.float64)) - calendar.worked_before
    return np.maximum(worked, _SHORTEST_STAY).round(4)
