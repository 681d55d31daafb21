"""Who has which device: check-outs, returns, and devices that never come back."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from kpibot.demo.common.campuses import CAMPUSES
from kpibot.demo.common.draws import SPELLS, Bools, Floats, Ints, between, lognormal, pick
from kpibot.demo.common.seasons import last_school_day
from kpibot.demo.common.timeline import DAY, HOUR, NEVER, day_of, daytime, months_of
from kpibot.demo.inventory.fleet import LAPTOP, Fleet, per_device

TURNS = 16
USED, YEARS, LEAVES, LEAVES_AFTER, LATE, LATE_BY, GAP, PERSON = range(8)
DRAWS = 8

_YEARS_AHEAD = (0.30, 0.25, 0.25, 0.20)
_LEAVERS = 0.30
_KEPT = 0.006
_REPORTED_LOST_AFTER = 120 * DAY
# share of turns in which a device is handed out rather than left in a closet
_USED = 0.955
_USED_BY_SLUG = {
    "riverbend-middle": 0.66, "clover-elementary": 0.74, "summit-middle": 0.83, "heron-lake-elementary": 0.88,
    "campus-north": 0.93,
}  # fmt: skip
_LATE_DAYS_BY_KIND = {"high": 8.0, "middle": 6.0, "elementary": 3.5}
_LATE_DAYS_BY_SLUG = {"campus-south": 21.0, "campus-east": 12.0}
_LAST_DAYS = np.array([day_of(last_school_day(year)) for year in range(2001, 2200)]) * DAY + 15 * HOUR
_AUGUSTS = np.array([day_of(date(year, 8, 1)) for year in range(2001, 2200)]) * DAY


@dataclass(frozen=True, kw_only=True)
class Spells:
    """One row per check-out: the device's position in the fleet; instants in local seconds, or NEVER."""

    id: Ints
    device: Ints
    out: Ints
    due: Ints
    back: Ints
    person: list[str]


def lend(seed: int, devices: Fleet, until: int) -> tuple[Fleet, Spells]:
    """All check-outs up to `until`, and the fleet with the devices that borrowers kept marked as lost."""
    u = per_device(seed, SPELLS, devices, TURNS * DRAWS).reshape(-1, TURNS, DRAWS)
    loaned = devices.type <= LAPTOP
    free = np.where(loaned, devices.deployed, NEVER)
    parts = [_installed(devices, np.flatnonzero(~loaned & (devices.deployed <= until)), u)]
    for turn in range(TURNS):
        who = np.flatnonzero(free < np.minimum(devices.gone, until))
        spell, used, kept = _turn(devices, who, free[who], u[who, turn], turn)
        devices = _mark_lost(devices, who[kept], spell.back[kept])
        free[:] = NEVER
        free[who] = spell.back
        parts.append(_only(spell, used & (spell.out < devices.gone[who]) & (spell.out <= until)))
    return devices, _joined(parts)


def _turn(devices: Fleet, who: Ints, free: Ints, u: Floats, turn: int) -> tuple[Spells, Bools, Bools]:
    """The next spell of each device, whether it is handed out at all, and whether its borrower keeps it for good."""
    out = free if turn == 0 else _next_issue(free, u[:, GAP])
    school_year = (months_of(out) - 6) // 12 - 2001
    last_day = _LAST_DAYS[school_year + 1 + pick(u[:, YEARS], _YEARS_AHEAD)]
    left = daytime(out + np.floor(u[:, LEAVES_AFTER] * (last_day - out)).astype(np.int64))
    due = np.maximum(np.where(u[:, LEAVES] < _LEAVERS, left, last_day), out + 2 * DAY)
    late = np.array([_LATE_DAYS_BY_SLUG.get(c.slug, _LATE_DAYS_BY_KIND[c.kind]) for c in CAMPUSES] + [6.0])
    days = late[devices.campus[who]] * lognormal(u[:, LATE_BY], 0.9)
    slow = daytime(due + np.floor(days * DAY).astype(np.int64))
    back = np.where(u[:, LATE] < 0.45, due + np.floor(u[:, LATE_BY] * 2 * HOUR).astype(np.int64), slow)
    used = u[:, USED] < _used(devices.campus[who])
    kept = (u[:, LATE] > 1 - _KEPT) & used & (due + _REPORTED_LOST_AFTER < devices.gone[who])
    back = np.where(kept, daytime(due + _REPORTED_LOST_AFTER), np.minimum(back, devices.gone[who]))
    people = _people(devices.type[who] == LAPTOP, u[:, PERSON])
    ids = devices.number[who] * 100 + turn
    return Spells(id=ids, device=who, out=out, due=np.minimum(due, back), back=back, person=people), used, kept


def _next_issue(free: Ints, u: Floats) -> Ints:
    month = months_of(free)
    august = daytime(_AUGUSTS[month // 12 - 2001] + np.floor(u * 30 * DAY).astype(np.int64))
    soon = daytime(free + np.floor((1 + 12 * lognormal(u, 0.9)) * DAY).astype(np.int64))
    return np.where((month % 12 >= 4) & (month % 12 <= 6), np.maximum(august, free + DAY), soon)


def _used(campus: Ints) -> Floats:
    return np.array([_USED_BY_SLUG.get(c.slug, _USED) for c in CAMPUSES] + [0.8])[campus]


def _mark_lost(devices: Fleet, who: Ints, at: Ints) -> Fleet:
    lost, recovered, stolen = devices.lost.copy(), devices.recovered.copy(), devices.stolen.copy()
    lost[who], recovered[who], stolen[who] = at, NEVER, False
    return replace(devices, lost=lost, recovered=recovered, stolen=stolen)


def _installed(devices: Fleet, who: Ints, u: Floats) -> Spells:
    """Devices that stay in a room: handed out once, never due."""
    used = who[u[who, 0, USED] < 0.25 + 0.75 * _used(devices.campus[who])]
    rooms = [f"Room {room}" for room in (100 + np.floor(u[used, 0, PERSON] * 240).astype(np.int64)).tolist()]
    never = np.full(len(used), NEVER, dtype=np.int64)
    ids, out, back = devices.number[used] * 100, devices.deployed[used], devices.gone[used]
    return Spells(id=ids, device=used, out=out, due=never, back=back, person=rooms)


def _people(staff: Bools, u: Floats) -> list[str]:
    numbers = np.floor(between(u, 10_000, 90_000)).astype(np.int64).tolist()
    return [f"E{number}" if adult else f"S4{number}" for number, adult in zip(numbers, staff.tolist(), strict=True)]


def _only(spells: Spells, keep: Bools) -> Spells:
    people = [person for person, kept in zip(spells.person, keep.tolist(), strict=True) if kept]
    return Spells(
        id=spells.id[keep],
        device=spells.device[keep],
        out=spells.out[keep],
        due=spells.due[keep],
        back=spells.back[keep],
        person=people,
    )


def _joined(parts: list[Spells]) -> Spells:
    people = [person for part in parts for person in part.person]
    ids, device, out, due, back = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("id", "device", "out", "due", "back")
    )
    order = np.argsort(ids, kind="stable")
    return Spells(
        id=ids[order],
        device=device[order],
        out=out[order],
        due=due[order],
        back=back[order],
        person=[people[i] for i in order.tolist()],
    )
