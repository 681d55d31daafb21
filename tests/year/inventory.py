"""Devices, check-outs, losses, audits and licences of the simulated district, in three years and more."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from kpibot.demo.common.draws import lognormal
from kpibot.demo.common.seasons import last_school_day
from kpibot.demo.common.timeline import DAY, HOUR, day_of
from tests.year import incidents
from tests.year.district import School
from tests.year.helpdesk import local, utc
from tests.year.rows import Floats, Rows

COHORTS = range(2018, 2028)  # years in which devices were bought
LIFE = 5  # years
PER_STUDENT = 1.1
IN_SUMMER = 0.78  # the share of a cohort that is received in July
TITLES = 12
NEVER = np.nan


@dataclass(frozen=True)
class Fleet:
    """Devices, in local seconds since 2001: NaN for what does not happen."""

    campus: np.ndarray
    received: Floats
    deployed: Floats
    lost: Floats
    retired: Floats

    @property
    def gone(self) -> Floats:
        return np.fmin(self.lost, self.retired)


def datasets(schools: tuple[School, ...], draws: np.random.Generator) -> dict[str, Rows]:
    """The tables of the inventory."""
    fleet = _fleet(schools, draws)
    return {
        "assets": _rows(
            schools,
            fleet.campus,
            received=fleet.received,
            deployed=fleet.deployed,
            out_of_service=fleet.gone,
            total_cost=_costs(fleet, draws),
        ),
        "checkouts": _checkouts(schools, fleet, draws),
        "losses": _losses(schools, fleet, draws),
        "audit_items": _audits(schools, fleet, draws),
        "licenses": _licenses(schools, draws),
    }


TIMES = frozenset(
    (
        "received", "deployed", "out_of_service", "checked_out", "due", "checked_in", "used_until", "happened",
        "listed", "verified", "closed", "starts", "lapses", "renewed", "begins", "completed", "ends", "approved",
    )
)  # fmt: skip


def _rows(schools: tuple[School, ...], campus: np.ndarray, **columns: np.ndarray) -> Rows:
    """Rows with their times in UTC."""
    in_utc = {name: _utc(each) if name in TIMES else each for name, each in columns.items()}
    return Rows(campus.astype(np.intp), in_utc, len(schools) + 1)


def _utc(times: Floats) -> Floats:
    known = ~np.isnan(times)
    found = np.full(len(times), NEVER)
    found[known] = utc(np.floor(times[known]))
    return found


def _fleet(schools: tuple[School, ...], draws: np.random.Generator) -> Fleet:
    sizes = np.array([round(PER_STUDENT * each.students / LIFE) for each in schools])
    campus = np.tile(np.repeat(np.arange(len(schools)), sizes), len(COHORTS))
    year = np.repeat(COHORTS, sizes.sum())
    count = len(campus)
    july = np.array([day_of(date(each, 7, 1)) for each in COHORTS])[year - COHORTS[0]] * DAY
    in_summer = draws.random(count) < IN_SUMMER
    received = july + np.where(in_summer, 4 + 26 * draws.random(count), 365 * draws.random(count)) * DAY
    slow = 8 * lognormal(draws.random(len(schools)), 0.35)
    deployed = received + slow[campus] * lognormal(draws.random(count), 0.6) * DAY
    late = np.isin(campus, [n for n, each in enumerate(schools) if each.slug in incidents.ROLLOUT.campuses])
    late &= in_summer & (year == incidents.ROLLOUT.begins.year)
    opened = local(incidents.ROLLOUT.ends) - 14 * DAY  # the boxes
    deployed[late] = opened + draws.random(late.sum()) * 10 * DAY
    retired = july + (LIFE * 365 - 20 + 15 * draws.random(count)) * DAY
    return Fleet(campus, received, deployed, _lost(schools, campus, received, retired, draws), retired)


def _lost(
    schools: tuple[School, ...], campus: np.ndarray, received: Floats, retired: Floats, draws: np.random.Generator
) -> Floats:
    """When each device gets lost, if it does: at some campuses more often than at others."""
    yearly = 0.012 * lognormal(draws.random(len(schools)), 0.35)[campus]
    lost = received + draws.exponential(1, len(campus)) / yearly * 365 * DAY
    lost = np.floor(lost / DAY) * DAY + (8 + 8 * draws.random(len(campus))) * HOUR  # reported while people work
    lost = np.where(lost < retired, lost, NEVER)
    theft = local(incidents.THEFT.begins)
    here = np.isin(campus, [n for n, each in enumerate(schools) if each.slug in incidents.THEFT.campuses])
    cart = np.flatnonzero(here & (received < theft) & (retired > theft) & np.isnan(lost))[:32]
    lost[cart] = theft + HOUR * draws.random(len(cart))
    return lost


def _costs(fleet: Fleet, draws: np.random.Generator) -> Floats:
    return np.round(330 * lognormal(draws.random(len(fleet.campus)), 0.4), 2)


def _losses(schools: tuple[School, ...], fleet: Fleet, draws: np.random.Generator) -> Rows:
    lost = ~np.isnan(fleet.lost)
    found = np.where(draws.random(lost.sum()) < 0.15, 1.0, NEVER)
    return _rows(schools, fleet.campus[lost], happened=fleet.lost[lost], found=found)


def _checkouts(schools: tuple[School, ...], fleet: Fleet, draws: np.random.Generator) -> Rows:
    """A spell a school year: most begin in August; a student's is due at the end of school, a room's goes on."""
    used = np.clip(0.93 + 0.04 * draws.standard_normal(len(schools)), 0.78, 0.99)
    late = 4 * lognormal(draws.random(len(schools)), 0.4)
    spells = [_of_year(year, fleet, used, late, draws) for year in range(2023, 2028)]
    campus, out, due, back = (np.concatenate(each) for each in zip(*spells, strict=True))
    return _rows(schools, campus, checked_out=out, due=due, checked_in=back, used_until=back)


def _of_year(year: int, fleet: Fleet, used: Floats, late: Floats, draws: np.random.Generator) -> tuple[np.ndarray, ...]:
    august = day_of(date(year, 8, 6)) * DAY
    there = (fleet.received < august + 300 * DAY) & ~(fleet.gone < august)
    there &= draws.random(len(there)) < used[fleet.campus]
    campus, gone = fleet.campus[there], fleet.gone[there]
    u = draws.random((4, len(campus)))
    out = august + np.where(u[0] < 0.82, 22 * u[1], 355 * u[1]) * DAY
    out = np.fmax(out, fleet.deployed[there])
    due = np.where(u[2] < 0.62, day_of(last_school_day(year + 1)) * DAY + 15.0 * HOUR, NEVER)
    leaves = draws.random(len(campus)) < 0.3  # before the end of school
    due = np.where(leaves, out + draws.random(len(campus)) * (due - out), due)
    due = np.where(out < due, due, NEVER)
    days = late[campus] * lognormal(draws.random(len(campus)), 0.9)
    back = due + np.where(u[3] < 0.45, 2 * HOUR * u[3], days * DAY)
    back = np.fmin(np.where(np.isnan(due), august + 365.0 * DAY, back), gone)
    kept = out < back
    return campus[kept], out[kept], np.fmin(due, back)[kept] + 0 * due[kept], back[kept]


def _audits(schools: tuple[School, ...], fleet: Fleet, draws: np.random.Generator) -> Rows:
    """Two-year cycles: one half of the rooms in the first autumn, the rest in the second."""
    parts = []
    for first in (2023, 2025, 2027):
        starts, ends = (day_of(date(year, 7, 1)) * DAY for year in (first, first + 2))
        listed = np.maximum(starts, fleet.received + 90 * DAY)
        closed = np.fmin(fleet.gone, ends)
        u = draws.random((3, len(listed)))
        seen = starts + (72 + 80 * u[0] + np.where(u[1] < 0.5, 0, 365)) * DAY
        seen = np.where(u[2] < 0.02, NEVER, np.maximum(seen, listed + 20 * DAY))
        kept = listed < closed
        parts.append((fleet.campus[kept], listed[kept], np.where(seen < closed, seen, NEVER)[kept], closed[kept]))
    campus, listed, verified, closed = (np.concatenate(each) for each in zip(*parts, strict=True))
    return _rows(schools, campus, listed=listed, verified=verified, closed=closed)


def _licenses(schools: tuple[School, ...], draws: np.random.Generator) -> Rows:
    """Terms from July to June. Of a thousand, six have more users than seats, and three lapse in the autumn before."""
    parts = []
    for year in range(2023, 2028):
        campus = np.repeat(np.arange(len(schools)), TITLES)
        starts, renewed = (np.full(len(campus), day_of(date(each, 7, 1)) * DAY, float) for each in (year, year + 1))
        u = draws.random((2, len(campus)))
        lapses = np.where(u[0] < 0.003, (day_of(date(year, 9, 2)) + np.floor(60 * u[1])) * DAY, renewed)
        if year == incidents.LICENCES.begins.year:
            hit = [n * TITLES for n, each in enumerate(schools) if each.slug in incidents.LICENCES.campuses]
            lapses[hit] = local(incidents.LICENCES.begins)
            renewed[hit] = lapses[hit] + 26 * DAY  # somebody did, after all: another term takes its place
        used = np.where(draws.random(len(campus)) < 0.006, 107.0, 80.0)
        parts.append((campus, starts, lapses, renewed, used, np.full(len(campus), 100.0)))
    campus, starts, lapses, renewed, used, owned = (np.concatenate(each) for each in zip(*parts, strict=True))
    return _rows(schools, campus, starts=starts, lapses=lapses, renewed=renewed, used=used, owned=owned)


def training(schools: tuple[School, ...], draws: np.random.Generator) -> Rows:
    """What the staff of each school year must learn, and when they had."""
    parts = []
    share = np.clip(0.96 + 0.03 * draws.standard_normal(len(schools)), 0.7, 1.0)
    for year in range(2023, 2027):
        campus = np.repeat(np.arange(len(schools)), [each.students // 13 for each in schools])
        begins, ends = (np.full(len(campus), day_of(date(each, 8, 1)) * DAY, float) for each in (year, year + 1))
        done = begins + (4 + 85 * draws.random(len(campus)) ** 1.3) * DAY
        parts.append((campus, begins, np.where(draws.random(len(campus)) < share[campus], done, NEVER), ends))
    campus, begins, completed, ends = (np.concatenate(each) for each in zip(*parts, strict=True))
    return _rows(schools, campus, begins=begins, completed=completed, ends=ends)


def purchasing(schools: tuple[School, ...], draws: np.random.Generator) -> dict[str, Rows]:
    """Orders and their lines: most money is spent in summer."""
    parts = []
    for year in range(2024, 2028):
        campus = np.repeat(np.arange(len(schools)), [8 + each.students // 30 for each in schools])
        in_summer = draws.random(len(campus)) < 0.3
        days = np.where(in_summer, 55 * draws.random(len(campus)), 365 * draws.random(len(campus)))
        approved = (day_of(date(year, 7, 1)) + np.floor(days)) * DAY + 10.0 * HOUR
        parts.append((campus, approved))
    campus, approved = (np.concatenate(each) for each in zip(*parts, strict=True))
    orders = {"approved": approved, "category": np.full(len(campus), "technology")}
    lines = np.repeat(np.arange(len(campus)), 3)
    a_year = np.array([160 * each.students / (8 + each.students // 30) / 3 for each in schools])
    amount = a_year[campus[lines]] * lognormal(draws.random(len(lines)), 0.5) / 1.13
    cancelled = np.where(draws.random(len(lines)) < 0.03, 1.0, 0.0)
    return {
        "orders": _rows(schools, campus, **orders),
        "order_lines": _rows(
            schools,
            campus[lines],
            approved=approved[lines],
            category=orders["category"][lines],
            cancelled=cancelled,
            amount=np.round(amount, 2),
        ),
    }
