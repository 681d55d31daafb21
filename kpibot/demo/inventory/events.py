"""What happens to devices: losses, finds, repairs and audits."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from kpibot.demo.common.draws import AUDITS, SPELLS, Bools, Floats, Ints, between, lognormal, stream
from kpibot.demo.common.timeline import DAY, NEVER, date_of, day_of, daytime
from kpibot.demo.inventory.fleet import CHROMEBOOK, FRAGILE_MODEL, NOWHERE, Fleet, per_device

LOST, STOLEN, RECOVERED, REPAIR, AUDIT = range(5)
NAMES = ("lost", "stolen", "recovered", "repair", "audit")
YEARS_OF_SERVICE = 10
YEARS_OF_AUDITS = 5
CYCLE_STARTS, CYCLE_YEARS = (7, 1), 2  # each begins in an odd year
SCANS_BEGIN = (9, 1)

# in the order of CAMPUSES, a feeder a line, then no campus: share of the devices that the first scan finds
_COVERAGE = (
    0.985, 0.99, 0.96, 0.995, 0.98, 0.99,
    0.97, 0.985, 0.99, 0.985, 0.995, 0.94,
    0.985, 0.92, 0.99, 0.985, 0.98, 0.995,
    0.74, 0.99, 0.985, 0.98, 0.99, 0.985,
    0.70,
)  # fmt: skip
_REPAIR_STREAM = 1_000_000


@dataclass(frozen=True)
class Events:
    """One row per event: the device's position in the fleet, the instant in local seconds, the cost in cents."""

    id: Ints
    device: Ints
    at: Ints
    type: Ints
    cents: Ints


@dataclass(frozen=True)
class Repairs:
    """Device × year of service: when it went in (NEVER: it did not), when it came back, and the cost in cents."""

    begun: Ints
    ended: Ints
    cents: Ints


def repairs(seed: int, devices: Fleet) -> Repairs:
    """About 8 repairs per 100 devices and year, twice as many for the model that everybody regrets."""
    u = per_device(seed + _REPAIR_STREAM, SPELLS, devices, YEARS_OF_SERVICE * 4).reshape(-1, YEARS_OF_SERVICE, 4)
    fragile = (devices.type == CHROMEBOOK) & (devices.model == FRAGILE_MODEL)
    wanted = u[:, :, 0] < np.where(fragile, 0.17, 0.08)[:, None]
    years = np.arange(YEARS_OF_SERVICE)[None, :] + u[:, :, 1]
    begun = daytime(devices.deployed[:, None] + np.floor(years * 365 * DAY).astype(np.int64))
    happens = wanted & (begun < devices.gone[:, None])
    ended = daytime(begun + np.floor((1 + 5 * lognormal(u[:, :, 2], 0.7)) * DAY).astype(np.int64))
    cents = np.floor(6200 * lognormal(u[:, :, 3], 0.55)).astype(np.int64)
    return Repairs(np.where(happens, begun, NEVER), np.where(happens, ended, NEVER), np.where(happens, cents, 0))


def cycles(years: Ints, until: int) -> list[int]:
    """The years in which the audit cycles began that these years hold from the beginning."""
    return [
        year for year in years.tolist() if year % CYCLE_YEARS == 1 and day_of(date(year, *CYCLE_STARTS)) * DAY <= until
    ]


def audits(seed: int, devices: Fleet, until: int) -> tuple[Ints, Ints]:
    """The calendar years of the audits, and device × year: when it was scanned in that year's audit, or NEVER.

    A cycle takes two autumns: half of the rooms in the first, in the second whatever is not verified yet.
    """
    last = date_of(until // DAY).year
    first = last - YEARS_OF_AUDITS
    u = per_device(seed, AUDITS, devices, 2 * 12).reshape(-1, 12, 2)
    columns = [_audited(seed, devices, u, year) for year in range(first, last + 1)]
    return np.arange(first, last + 1), np.stack(columns, axis=1)


def _audited(seed: int, devices: Fleet, u: Floats, year: int) -> Ints:
    if year % CYCLE_YEARS == 1:
        return np.where(devices.number % 2 == 1, _scanned(seed, devices, u, year), NEVER)
    verified = _audited(seed, devices, u, year - 1) < NEVER
    return np.where(verified, NEVER, _scanned(seed, devices, u, year))


def _scanned(seed: int, devices: Fleet, u: Floats, year: int) -> Ints:
    plan = stream(seed, AUDITS, 1_000_000 + year).random((2, NOWHERE + 1))
    opens = day_of(date(year, *SCANS_BEGIN)) + 4 + np.floor(plan[0] * 58).astype(np.int64)
    coverage = np.minimum(np.array(_COVERAGE) + between(plan[1], -0.02, 0.012), 0.998)[devices.campus]
    mine = u[np.arange(len(devices.month)), np.clip(year - devices.month // 12, 0, 11)]
    scan = daytime(opens[devices.campus] * DAY + np.floor(mine[:, 1] * 8 * DAY).astype(np.int64))
    later = daytime(day_of(date(year, 11, 20)) * DAY + np.floor(mine[:, 1] * 70 * DAY).astype(np.int64))
    at = np.where(mine[:, 0] < coverage, scan, np.where(mine[:, 0] < (1 + coverage) / 2, later, NEVER))
    there = (devices.received < opens[devices.campus] * DAY) & (devices.gone > at)
    return np.where(there, at, NEVER)


def collected(devices: Fleet, repaired: Repairs, audit_years: Ints, audited: Ints, until: int) -> Events:
    """All events up to `until` in the order of their ids; an id belongs to its event for good."""
    zeros = np.zeros_like(devices.lost)
    parts = [
        _column(devices, np.where(devices.stolen, NEVER, devices.lost), LOST, 1, zeros),
        _column(devices, np.where(devices.stolen, devices.lost, NEVER), STOLEN, 2, zeros),
        _column(devices, devices.recovered, RECOVERED, 3, zeros),
    ]
    parts += [_column(devices, audited[:, i], AUDIT, year - 1900, zeros) for i, year in enumerate(audit_years.tolist())]
    columns = zip(repaired.begun.T, repaired.cents.T, strict=True)
    parts += [_column(devices, begun, REPAIR, 10 + i, cents) for i, (begun, cents) in enumerate(columns)]
    ids, device, at, kind, cents = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("id", "device", "at", "type", "cents")
    )
    order = np.argsort(ids, kind="stable")
    order = order[at[order] <= until]
    return Events(ids[order], device[order], at[order], kind[order], cents[order])


def _column(devices: Fleet, at: Ints, kind: int, code: int, cents: Ints) -> Events:
    who = np.flatnonzero(at < NEVER)
    return Events(devices.number[who] * 1000 + code, who, at[who], np.full(len(who), kind), cents[who])


def is_missing(devices: Fleet, until: int) -> Bools:
    """Lost or stolen and not found by `until`."""
    return (devices.lost <= until) & (devices.recovered > until)
