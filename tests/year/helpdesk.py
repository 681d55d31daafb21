"""Tickets as they come and go in three years, drawn from seasons, weekdays, hours, staffing and incidents."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from kpibot.demo.common.draws import lognormal, lognormal_mean, pick
from kpibot.demo.common.seasons import WorkCalendar
from kpibot.demo.common.timeline import DAY, HOUR, ZONE, date_of, day_of
from tests.year import incidents
from tests.year.district import School
from tests.year.incidents import Incident
from tests.year.rows import Floats, Rows

PER_STUDENT = 0.0075  # tickets of an ordinary school day, as in the demo
OUTSTANDING = 0.019  # a student, in an ordinary week, as in the demo
STAFFING, MILD, SEVERE = 0.25, 0.6, 1.6  # how unlike campuses are
HOURS = (0.04, 0.15, 0.13, 0.12, 0.10, 0.07, 0.10, 0.12, 0.10, 0.07)  # from 7:00 to 17:00
PRIORITIES = (0.06, 0.22, 0.52, 0.20)
REPLY_HOURS = np.array([0.35, 0.8, 1.6, 2.6])
ALLOWED_HOURS = np.array([1.0, 2.0, 4.0, 8.0])
STAY_BY_PRIORITY = np.array([0.35, 0.7, 1.05, 1.4])
FORTNIGHT = 14
_EPOCH = datetime(2001, 1, 1, tzinfo=ZONE)


@dataclass(frozen=True)
class Days:
    """The days that are simulated: those of a demo calendar from `first` on."""

    calendar: WorkCalendar
    first: int
    last: int

    @property
    def all(self) -> slice:
        return slice(self.first, self.last)


def utc(local: Floats) -> Floats:
    """UTC seconds of naive local seconds since 2001; the hour of a clock change is taken as it comes, nobody works."""
    day = np.clip(local // DAY, 0, len(_OFFSETS) - 1).astype(np.intp)
    return local + _EPOCH_UTC - _OFFSETS[day]


_OFFSETS = np.array(
    [
        datetime(each.year, each.month, each.day, 12, tzinfo=ZONE).utcoffset().total_seconds()
        for each in map(date_of, range(day_of(date(2032, 1, 1))))
    ]
)
_EPOCH_UTC = datetime(2001, 1, 1).replace(tzinfo=ZONE).timestamp() + _EPOCH.utcoffset().total_seconds()


def local(instant: datetime) -> int:
    """Naive local seconds since 2001."""
    naive = instant.astimezone(ZONE).replace(tzinfo=None)
    return int((naive - datetime(2001, 1, 1)).total_seconds())


def tickets(schools: tuple[School, ...], days: Days, draws: np.random.Generator) -> Rows:
    """All tickets; those of campus number `len(schools)` name no campus that anybody knows."""
    usual = _usual(schools, days, draws)
    extra = [_burst(schools, each, draws) for each in (incidents.NETWORK, incidents.SIGN_ON)]
    campus, opened, replied, resolved, priority = (np.concatenate(each) for each in zip(usual, *extra, strict=True))
    campus = np.where(draws.random(len(campus)) < 0.01, len(schools), campus)
    columns = {
        "opened": utc(opened),
        "first_response": utc(np.minimum(replied, resolved)),
        "resolved": utc(resolved),
        "status": np.where(draws.random(len(campus)) < 0.02, "merged", "open"),
        "kind": np.where(draws.random(len(campus)) < 0.12, "work_order", "ticket"),
        "asset": np.where(draws.random(len(campus)) < 0.125, 1.0, np.nan),
        "allowed": ALLOWED_HOURS[priority] * HOUR,
    }
    return Rows(campus.astype(np.intp), columns, len(schools) + 1)


def _usual(schools: tuple[School, ...], days: Days, draws: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Campus, opened, replied, resolved (local seconds) and priority of what comes without an incident."""
    arrivals = _arrivals(schools, days, draws)
    usual = OUTSTANDING * _students(schools)[:, None] * _unlike(len(schools), draws)[:, None]
    season = days.calendar.backlog[days.all]
    backlog = usual * season * _wobble(len(schools), arrivals.shape[1], draws)
    backlog += np.array([_vacant(each, days) for each in schools])
    stay = np.array([_stay(*row, days) for row in zip(arrivals, backlog, strict=True)])
    pressure = np.clip(backlog / (usual * np.maximum(season, 0.5)), 0.7, 4.0)
    counts = draws.poisson(arrivals)
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    campus, day = cells // counts.shape[1], cells % counts.shape[1]
    opened = (days.first + day) * DAY + _time_of_day(draws, (days.first + day) % 7 < 5)
    priority = pick(draws.random(len(day)), PRIORITIES)
    mean = float(np.dot(PRIORITIES, STAY_BY_PRIORITY)) * lognormal_mean(0.95)
    stays = stay[campus, day] * lognormal(draws.random(len(day)), 0.95) * STAY_BY_PRIORITY[priority] / mean
    prompt = _unlike(len(schools), draws)[campus] * pressure[campus, day] * REPLY_HOURS[priority]
    waits = prompt * lognormal(draws.random(len(day)), 0.85) / 9
    began = days.calendar.working_time(opened)
    return campus, opened, days.calendar.instant(began + waits), days.calendar.instant(began + stays), priority


def _arrivals(schools: tuple[School, ...], days: Days, draws: np.random.Generator) -> Floats:
    demand = days.calendar.demand[days.all].copy()
    for begins, ends in incidents.TESTING:
        demand[day_of(begins.date()) - days.first : day_of(ends.date()) - days.first] *= 1.2
    snow = day_of(incidents.SNOW.date()) - days.first
    demand[snow], demand[snow + 1] = 0.1 * demand[snow], 1.4 * demand[snow + 1]
    luck = lognormal(draws.random((len(schools), len(demand) // 7 + 1)), 0.12)
    return PER_STUDENT * _students(schools)[:, None] * demand * np.repeat(luck, 7, axis=1)[:, : len(demand)]


def _students(schools: tuple[School, ...]) -> Floats:
    return np.array([each.students for each in schools], dtype=np.float64)


def _unlike(campuses: int, draws: np.random.Generator) -> Floats:
    """How well or badly each campus is staffed: about 1, and more is worse."""
    return np.clip(lognormal(draws.random(campuses), STAFFING), MILD, SEVERE)


def _wobble(campuses: int, days: int, draws: np.random.Generator) -> Floats:
    """Slow ups and downs around 1, another level every fortnight."""
    knots = np.arange(0, days + FORTNIGHT, FORTNIGHT)
    levels = 0.84 + 0.32 * draws.random((campuses, len(knots)))
    return np.array([np.interp(np.arange(days), knots, each) for each in levels])


def _vacant(school: School, days: Days) -> Floats:
    """What piles up while nobody is there: it climbs for two thirds of the time, and is worked off in the last."""
    piled = np.zeros(days.last - days.first)
    for vacancy in incidents.VACANCIES:
        if school.slug in vacancy.campuses:
            first, last = (day_of(each.date()) - days.first for each in (vacancy.begins, vacancy.ends))
            top = first + 2 * (last - first) // 3
            piled += np.interp(np.arange(len(piled)), [first, top, last], [0, 60 + 0.02 * school.students, 0])
    return piled


def _stay(arrivals: Floats, backlog: Floats, days: Days) -> Floats:
    """The mean stay in working days, by the day on which a ticket comes, that makes the backlog what it should be.

    A ticket goes, on average, when as many have gone as had come before it.
    """
    come = np.cumsum(arrivals)
    at = np.arange(len(come), dtype=np.float64)
    leaves = np.interp(come, np.maximum.accumulate(come - backlog) + at * 1e-6, at)
    worked = days.calendar.worked_before[days.all].astype(np.float64)
    return np.maximum(np.interp(leaves, at, worked) - worked, 0.12)


def _time_of_day(draws: np.random.Generator, weekday: np.ndarray) -> np.ndarray:
    u = draws.random((2, len(weekday)))
    in_school = (7 + pick(u[0], HOURS)) * HOUR + np.floor(u[1] * HOUR).astype(np.int64)
    return np.where(weekday, in_school, np.floor((8 + 13 * u[0]) * HOUR).astype(np.int64))


def _burst(schools: tuple[School, ...], incident: Incident, draws: np.random.Generator) -> tuple[np.ndarray, ...]:
    """The tickets of an outage: all within three hours; those of one campus are worked off in days, those that have a
    common cause are gone once it is mended."""
    is_common = len(incident.campuses) > 1
    hit = [n for n, each in enumerate(schools) if each.slug in incident.campuses]
    counts = [round(0.1 * schools[n].students) + 4 if is_common else 110 for n in hit]
    campus = np.repeat(hit, counts)
    opened = local(incident.begins) + np.floor(draws.random(len(campus)) ** 1.5 * 3 * HOUR).astype(np.int64)
    mean = 3 * HOUR if is_common else 4 * DAY
    lasts = (6 * HOUR if is_common else 0) + draws.exponential(mean, len(campus))
    resolved = opened + np.floor(lasts).astype(np.int64)
    return campus, opened, opened + HOUR // 2, resolved, np.full(len(campus), 1)
