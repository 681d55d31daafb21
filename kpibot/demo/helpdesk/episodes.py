"""Trouble, on a calendar that does not depend on when the demo is built.

Every three weeks something begins: by turns an outage (many tickets in three days, worked off in five weeks) and a
vacancy (a backlog that climbs for three weeks and recovers in four and a half). So nearly always one or two campuses
besides Campus West are in trouble, one of them on its way out of it. Campus West lacks a technician all the time and
swings between bad and worse.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from kpibot.demo.common.campuses import CAMPUSES, position
from kpibot.demo.common.draws import CALENDAR, Floats, between, stream
from kpibot.demo.common.seasons import WorkCalendar
from kpibot.demo.common.timeline import day_of

SLOT = 21
_FIRST_DAY = day_of(date(2026, 11, 16)) % (2 * SLOT)
_OUTAGES = (
    "stonebrook-middle", "granite-falls-middle", "oakridge-middle", "lakeview-middle", "birchwood-elementary",
    "meadowlark-middle", "cedar-hill-middle", "summit-middle", "magnolia-elementary", "riverbend-middle",
)  # fmt: skip
_VACANCIES = (
    "campus-east", "meadowlark-middle", "campus-north", "riverbend-middle", "campus-south", "oakridge-middle",
)  # fmt: skip
_OUTAGE_DAYS = (0.45, 0.35, 0.20)
_SUMMER_WORK = 100
# days into the swing and outstanding tickets aimed at; what comes of it lags by some days and is less steep
_WEST_SWING = ((0, 90.0), (21, 180.0), (35, 132.0), (56, 90.0), (63, 90.0))
_WEST_SUMMER = 30.0
_WEST_TURN = day_of(date(2026, 10, 31))


@dataclass(frozen=True)
class EpisodeEffects:
    """Campus × day since the epoch: tickets that come on top, and outstanding ones on top of the usual."""

    arrivals: Floats
    backlog: Floats


@dataclass(frozen=True)
class Episode:
    """Something that begins at a campus on a day since the epoch; `u` says how bad it gets."""

    campus: int
    start: int
    u: float


def episode_effects(seed: int, calendar: WorkCalendar, usual_arrivals: Floats) -> EpisodeEffects:
    """All episodes of all years."""
    effects = EpisodeEffects(np.zeros_like(usual_arrivals), np.zeros_like(usual_arrivals))
    days = usual_arrivals.shape[1]
    for turn, start in enumerate(range(_FIRST_DAY, days - 3 * SLOT, SLOT)):
        u = float(stream(seed, CALENDAR, start).random())
        slug = (_OUTAGES if turn % 2 == 0 else _VACANCIES)[turn // 2 % (10 if turn % 2 == 0 else 6)]
        begin = _outage if turn % 2 == 0 else _vacancy
        begin(effects, Episode(position(slug), start, u), calendar, usual_arrivals)
    return effects


def _outage(effects: EpisodeEffects, episode: Episode, calendar: WorkCalendar, _usual: Floats) -> None:
    campus, start = episode.campus, episode.start
    size = round(103 + 30 * episode.u + _SUMMER_WORK * _quiet(calendar, start))
    first = int(np.searchsorted(calendar.worked_days, start + 1))
    struck = calendar.worked_days[first : first + len(_OUTAGE_DAYS)]
    for day, share in zip(struck.tolist(), _OUTAGE_DAYS, strict=True):
        effects.arrivals[campus, day] += size * share
    end = int(struck[-1]) + 1
    knots, levels = [struck[0], end, end + 14, end + 38], [0.0, 0.92 * size, 0.6 * size, 0.0]
    effects.backlog[campus, start : end + 38] += np.interp(np.arange(start, end + 38), knots, levels).round(4)


def _vacancy(effects: EpisodeEffects, episode: Episode, calendar: WorkCalendar, usual: Floats) -> None:
    campus, start = episode.campus, episode.start
    height = round(66 + 18 * episode.u + _SUMMER_WORK * _quiet(calendar, start + SLOT))
    days = np.arange(start, start + 54)
    shape = np.interp(days, [start, start + 21, start + 53], [0.0, height, 0.0]).round(4)
    stop = min(start + 54, usual.shape[1])
    effects.backlog[campus, start:stop] += shape[: stop - start]
    effects.arrivals[campus, start : start + SLOT] += _summer_orders(calendar, usual[campus], start, height)


def _summer_orders(calendar: WorkCalendar, usual: Floats, start: int, height: float) -> Floats:
    """A backlog cannot grow faster than tickets come; in the quiet months work orders make up for it."""
    span = slice(start, start + SLOT)
    needed = height / max(int(calendar.worked[span].sum()), 1)
    return np.where(calendar.worked[span], np.maximum(needed - 0.5 * usual[span], 0), 0).round(4)


def _quiet(calendar: WorkCalendar, day: int) -> float:
    """0 in an ordinary week, above a half in July, when projects take the place of tickets."""
    return max(0.0, 1.0 - float(calendar.backlog[day]))


def understaffed(calendar: WorkCalendar) -> Floats:
    """Outstanding tickets of Campus West on each day: a swing of nine weeks, summer or not."""
    phase = (np.arange(len(calendar.demand)) - _WEST_TURN) % _WEST_SWING[-1][0]
    swing = np.interp(phase, [float(day) for day, _ in _WEST_SWING], [level for _, level in _WEST_SWING])
    return swing + _WEST_SUMMER * np.maximum(0.0, 1.0 - calendar.backlog)


def wobble(seed: int, days: int) -> Floats:
    """Campus × day: slow ups and downs around 1, another level every fortnight."""
    knots = np.arange(0, days + 14, 14)
    ordinals = (10_000_000 + knots).tolist()
    levels = np.array([between(stream(seed, CALENDAR, n).random(len(CAMPUSES)), 0.84, 1.16) for n in ordinals])
    rows = [np.interp(np.arange(days), knots, levels[:, campus]) for campus in range(len(CAMPUSES))]
    return np.array(rows).round(6)
