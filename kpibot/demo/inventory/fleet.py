"""The devices of the district: bought month by month, deployed, repaired, lost and retired."""

from dataclasses import dataclass

import numpy as np

from kpibot.demo.common.campuses import CAMPUSES
from kpibot.demo.common.draws import ASSETS, Bools, Floats, Ints, between, exponential, lognormal, pick, stream
from kpibot.demo.common.timeline import DAY, NEVER, date_of, day_of, daytime, first_of_month, month_of, months_of

NOWHERE = len(CAMPUSES)
MONTHS = 110
TYPES = ("chromebook", "laptop", "desktop", "printer", "projector", "network")
CHROMEBOOK, LAPTOP = 0, 1
MODELS = (
    ("Nimbus 11", "Nimbus 11 G2", "Nimbus 11 G3", "Nimbus 14"), ("Terrace 13", "Terrace 14", "Terrace 14 G2",
    "Terrace 15"),
    ("Cube M5", "Cube M6", "Cube M7", "Cube M8"), ("PageJet 400", "PageJet 420", "PageJet 450", "PageJet 480"),
    ("Lumen X1", "Lumen X2", "Lumen Panel 65", "Lumen Panel 75"), ("Switch 24P", "Switch 48P", "AirPoint 5",
    "AirPoint 6"),
)  # fmt: skip
FRAGILE_MODEL = 2

(
    CAMPUS, TYPE, BOUGHT, RECEIVED, RECEIPT_KNOWN, DEPLOYED, EVER_DEPLOYED, LIFE, LOSS, STOLEN, FOUND, FOUND_AFTER,
    PRICE,
    COST_KNOWN, FEDERAL, VARIANT, SEEN, LAST_SEEN,
) = range(18)  # fmt: skip
COLUMNS = 18
TAGS_PER_MONTH = 3_000
FOUND_WITHIN_DAYS = 170

_PER_YEAR = 40_000 * 12 / MONTHS
_SHARE_BY_MONTH = (0.04, 0.03, 0.03, 0.04, 0.10, 0.17, 0.29, 0.12, 0.07, 0.05, 0.03, 0.03)
_TYPE_SHARES = (0.74, 0.10, 0.055, 0.02, 0.04, 0.045)
_PRICES = np.array([312.0, 940.0, 780.0, 410.0, 1350.0, 520.0])
_LIFE_YEARS = np.array([5.2, 5.4, 6.3, 7.2, 7.5, 7.0])
_LOSS_BY_TYPE = np.array([1.0, 0.55, 0.05, 0.05, 0.05, 0.08])
# per pupil device and year; Campus South has a problem
_LOSS_BY_KIND = {"high": 0.022, "middle": 0.017, "elementary": 0.009}
_LOSS_BY_SLUG = {"campus-south": 0.075, "lakeview-middle": 0.034}
# in the order of CAMPUSES, a feeder a line, then no campus: median days in the storeroom
_DEPLOY_DAYS = (
    12, 7, 8, 6, 5, 7,
    9, 31, 8, 6, 5, 7,
    10, 14, 8, 6, 19, 5,
    11, 8, 7, 6, 6, 5,
    9,
)  # fmt: skip
_CLOSET_SHARE = 0.02
_CLOSET_BY_SLUG = {"riverbend-middle": 0.20}


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """One row per device, oldest first; instants in local seconds since the epoch, NEVER for what does not happen.

    `number` is the asset tag as a number, `lost` the first loss or theft,
    `gone` the end of its service for whatever reason.
    """

    number: Ints
    month: Ints
    campus: Ints
    type: Ints
    model: Ints
    bought: Ints
    received: Ints
    deployed: Ints
    retired: Ints
    lost: Ints
    stolen: Bools
    recovered: Ints
    u: Floats

    @property
    def gone(self) -> Ints:
        """When it left service: lost or retired, whichever came first."""
        return np.minimum(self.lost, self.retired)

    def tags(self) -> list[str]:
        """The asset tags."""
        return [f"T{number:07d}" for number in self.number.tolist()]

    def named_by(self, campus: Ints, at: Ints, linked: Floats, which: Floats) -> Ints:
        """The position of a device in service at that campus for tickets that name one (about 15 %); -1 for others."""
        month = months_of(at)
        order = np.lexsort((self.number, self.month, self.campus))
        keys = (self.campus * 100_000 + self.month)[order]
        low = np.searchsorted(keys, campus * 100_000 + month - 48)
        high = np.searchsorted(keys, campus * 100_000 + month - 2)
        spot = low + np.floor(which * (high - low)).astype(np.int64)
        device = order[np.minimum(spot, len(order) - 1)]
        wanted = np.where(self._fragile()[device], 0.25, 0.115)
        named = (linked < wanted) & (high > low) & (self.deployed[device] <= at) & (self.gone[device] > at)
        return np.where(named, device, -1)

    def types(self) -> list[object]:
        """What kind of device each is."""
        return [TYPES[kind] for kind in self.type.tolist()]

    def models(self) -> list[object]:
        """The model of each."""
        return [MODELS[kind][model] for kind, model in zip(self.type.tolist(), self.model.tolist(), strict=True)]

    def _fragile(self) -> Bools:
        fragile: Bools = (self.type == CHROMEBOOK) & (self.model == FRAGILE_MODEL)
        return fragile


def per_device(seed: int, purpose: int, devices: Fleet, columns: int) -> Floats:
    """Further draws for each device, which are its own whatever else is bought."""
    rows = devices.number % TAGS_PER_MONTH
    starts = np.flatnonzero(np.diff(devices.month, prepend=-1))
    blocks = []
    for start, stop in zip(starts.tolist(), [*starts[1:].tolist(), len(rows)], strict=True):
        month = int(devices.month[start])
        blocks.append(stream(seed, purpose, month).random((_count(month), columns))[rows[start:stop]])
    return np.concatenate(blocks)


def fleet(seed: int, until: int) -> Fleet:
    """All devices bought in the 110 months before `until`: about 40,000."""
    last = month_of(date_of(until // DAY))
    blocks = [_bought_in(seed, month) for month in range(last - MONTHS, last + 1)]
    months = np.concatenate([np.full(len(u), last - MONTHS + i) for i, u in enumerate(blocks)])
    numbers = np.concatenate(
        [(last - MONTHS + i - 24_000) * TAGS_PER_MONTH + np.arange(len(u)) for i, u in enumerate(blocks)]
    )
    u = np.concatenate(blocks)
    firsts = np.array([day_of(first_of_month(month)) for month in range(last - MONTHS, last + 1)])
    bought = (firsts[months - months[0]] + np.floor(u[:, BOUGHT] * 28).astype(np.int64)) * DAY
    kept = bought <= until
    return _lived(numbers[kept], months[kept], bought[kept], u[kept])


def _bought_in(seed: int, month: int) -> Floats:
    return stream(seed, ASSETS, month).random((_count(month), COLUMNS))


def _count(month: int) -> int:
    return round(_PER_YEAR * _SHARE_BY_MONTH[month % 12])


def _lived(number: Ints, month: Ints, bought: Ints, u: Floats) -> Fleet:
    campus = pick(u[:, CAMPUS], [*(c.weight for c in CAMPUSES), 0.01])
    kind = pick(u[:, TYPE], _TYPE_SHARES)
    model = month // 30 % 3 + (u[:, VARIANT] < 0.2)
    received = daytime(bought + _days(6 + 9 * lognormal(u[:, RECEIVED], 0.7)))
    deployed = _deployed(campus, received, u)
    start = np.where(deployed == NEVER, received, deployed)
    retired = daytime(start + _days(_LIFE_YEARS[kind] * between(u[:, LIFE], 0.85, 1.15) * 365))
    years = np.minimum(exponential(u[:, LOSS]) / (_loss_rate(campus) * _LOSS_BY_TYPE[kind]), 60)
    lost = daytime(start + _days(years * 365))
    lost = np.where((lost < retired) & (deployed != NEVER), lost, NEVER)
    recovered = daytime(lost + _days(np.minimum(1 + 16 * lognormal(u[:, FOUND_AFTER], 0.9), FOUND_WITHIN_DAYS)))
    recovered = np.where((u[:, FOUND] < 0.28) & (lost < NEVER) & (recovered < retired), recovered, NEVER)
    return Fleet(
        number=number,
        month=month,
        campus=campus,
        type=kind,
        model=model,
        bought=bought,
        received=received,
        deployed=deployed,
        retired=retired,
        lost=lost,
        stolen=u[:, STOLEN] < 0.24,
        recovered=recovered,
        u=u,
    )


def _deployed(campus: Ints, received: Ints, u: Floats) -> Ints:
    closet = np.array([_CLOSET_BY_SLUG.get(c.slug, _CLOSET_SHARE) for c in CAMPUSES] + [_CLOSET_SHARE])
    wait = np.array(_DEPLOY_DAYS)[campus] * lognormal(u[:, DEPLOYED], 0.65)
    return np.where(u[:, EVER_DEPLOYED] < closet[campus], NEVER, daytime(received + _days(1 + wait)))


def _loss_rate(campus: Ints) -> Floats:
    rates = [_LOSS_BY_SLUG.get(c.slug, _LOSS_BY_KIND[c.kind]) for c in CAMPUSES]
    return np.array([*rates, 0.02])[campus]


def _days(days: Floats) -> Ints:
    return np.floor(days * DAY).astype(np.int64)


def price(fleet_: Fleet) -> Floats:
    """Purchase cost in USD, with cents; NaN where nobody wrote it down (6 %)."""
    cost = np.round(_PRICES[fleet_.type] * between(fleet_.u[:, PRICE], 0.88, 1.15), 2)
    return np.where(fleet_.u[:, COST_KNOWN] < 0.06, np.nan, cost)
