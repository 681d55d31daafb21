"""assets.db: devices, check-outs, events, licences and audit cycles."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from kpibot.demo.campuses import CAMPUSES
from kpibot.demo.clock import DAY, NEVER, date_of, date_texts, time_texts
from kpibot.demo.database import Report, Table, write
from kpibot.demo.draws import Bools, Ints, Objects, Texts, between, lognormal
from kpibot.demo.events import CYCLE_ENDS, CYCLE_STARTS, NAMES, Events, Repairs, audits, collected, is_missing, repairs
from kpibot.demo.fleet import FEDERAL, LAST_SEEN, MODELS, RECEIPT_KNOWN, SEEN, TYPES, Fleet, price
from kpibot.demo.lending import Spells
from kpibot.demo.licenses import LICENSES, license_columns

ASSETS = """
    asset_tag TEXT PRIMARY KEY, serial TEXT NOT NULL, type TEXT NOT NULL, model TEXT NOT NULL, location TEXT,
    status TEXT NOT NULL, purchased_at TEXT NOT NULL, received_at TEXT, first_deployed_at TEXT, retired_at TEXT,
    cost REAL,
    repair_cost REAL NOT NULL, support_cost REAL NOT NULL, last_seen_at TEXT, last_audited_at TEXT,
    federally_funded INTEGER NOT NULL
"""
CHECKOUTS = """
    id INTEGER PRIMARY KEY, asset_tag TEXT NOT NULL REFERENCES assets, location TEXT, person TEXT NOT NULL,
    checked_out_at TEXT NOT NULL, due_at TEXT, checked_in_at TEXT
"""
EVENTS = """
    id INTEGER PRIMARY KEY, asset_tag TEXT NOT NULL REFERENCES assets, location TEXT, at TEXT NOT NULL,
    type TEXT NOT NULL, cost REAL NOT NULL
"""
CYCLES = "start_at TEXT PRIMARY KEY, end_at TEXT NOT NULL"
INDEXES = (
    "CREATE INDEX assets_location ON assets (location, status)",
    "CREATE INDEX assets_received ON assets (received_at, location)",
    "CREATE INDEX assets_retired ON assets (retired_at, location)",
    "CREATE INDEX checkouts_out ON checkouts (checked_out_at, location)",
    "CREATE INDEX checkouts_in ON checkouts (checked_in_at, location)",
    "CREATE INDEX checkouts_due ON checkouts (due_at, location)",
    "CREATE INDEX checkouts_asset ON checkouts (asset_tag, checked_out_at)",
    "CREATE INDEX checkouts_open ON checkouts (location, checked_out_at) WHERE checked_in_at IS NULL",
    "CREATE INDEX asset_events_at ON asset_events (type, at, location)",
    "CREATE INDEX asset_events_asset ON asset_events (asset_tag, at)",
)
_WRITTEN_OFF_AFTER = 180 * DAY
_SUPPORT_PER_YEAR = np.array([24.0, 62.0, 55.0, 95.0, 40.0, 70.0])


@dataclass(frozen=True)
class Inventory:
    """All that is known of the devices, and the tag and the place (None: nobody knows) of each."""

    devices: Fleet
    spells: Spells
    repaired: Repairs
    audited: Ints
    tags: Objects
    places: Objects


def write_assets(path: Path, seed: int, until: int, inventory: tuple[Fleet, Spells], progress: Report) -> None:
    """Makes assets.db as it stands at `until`."""
    devices, spells = inventory
    repaired = repairs(seed, devices)
    years, audited = audits(seed, devices, until)
    happened = collected(devices, repaired, years, audited, until)
    progress(0.3)
    tags = np.array(devices.tags(), dtype=object)
    places = np.array([*(campus.location for campus in CAMPUSES), None], dtype=object)[devices.campus]
    known = Inventory(devices, spells, repaired, audited, tags, places)
    tables = [
        Table("assets", ASSETS, _assets(known, until)),
        Table("checkouts", CHECKOUTS, _checkouts(known, until)),
        Table("asset_events", EVENTS, _events(known, happened, until)),
        Table("licenses", LICENSES, license_columns(seed, until)),
        Table("audit_cycles", CYCLES, _cycles(until)),
    ]
    progress(0.6)
    write(path, tables, INDEXES)


def _assets(known: Inventory, until: int) -> list[list[object]]:
    devices, repaired = known.devices, known.repaired
    retired = np.where(is_missing(devices, until), devices.lost + _WRITTEN_OFF_AFTER, devices.retired)
    received = np.where(devices.u[:, RECEIPT_KNOWN] < 0.03, NEVER, devices.received)
    deployed = np.where(devices.deployed < devices.retired, devices.deployed, NEVER)
    status = _status(known, until)
    latest = np.where(known.audited <= until, known.audited, -1).max(axis=1)
    return [
        known.tags.tolist(),
        [f"5CD{number * 7919 % 10**8:08d}" for number in devices.number.tolist()],
        [TYPES[kind] for kind in devices.type.tolist()],
        [MODELS[kind][model] for kind, model in zip(devices.type.tolist(), devices.model.tolist(), strict=True)],
        known.places.tolist(),
        status.tolist(),
        list(date_texts(devices.bought, until)),
        list(date_texts(received, until)),
        list(time_texts(deployed, until)),
        list(date_texts(retired, until)),
        [None if math.isnan(cost) else cost for cost in price(devices).tolist()],
        _money(np.where(repaired.begun <= until, repaired.cents, 0).sum(axis=1)),
        _support(devices, until),
        list(time_texts(_last_seen(devices, status, until), until)),
        list(time_texts(np.where(latest < 0, NEVER, latest), until)),
        (devices.u[:, FEDERAL] < 0.12).astype(np.int64).tolist(),
    ]


def _status(known: Inventory, until: int) -> Texts:
    devices, spells, repaired = known.devices, known.spells, known.repaired
    status = np.full(len(devices.number), "in_stock", dtype="U8")
    status[spells.device[spells.back > until]] = "in_use"
    status[((repaired.begun <= until) & (repaired.ended > until)).any(axis=1)] = "repair"
    status[devices.retired <= until] = "retired"
    missing = is_missing(devices, until)
    status[missing & ~devices.stolen] = "lost"
    status[missing & devices.stolen] = "stolen"
    return status


def _support(devices: Fleet, until: int) -> list[object]:
    days = np.clip((np.minimum(devices.gone, until) - devices.deployed) // DAY, 0, None)
    return _money(np.floor(days * _SUPPORT_PER_YEAR[devices.type] * 100 / 365).astype(np.int64))


def _money(cents: Ints) -> list[object]:
    return [amount / 100 for amount in cents.tolist()]


def _last_seen(devices: Fleet, status: Texts, until: int) -> Ints:
    u = devices.u
    hours_ago = np.where(u[:, SEEN] < 0.05, between(u[:, LAST_SEEN], 60, 220) * 24, 9 * lognormal(u[:, LAST_SEEN], 1.4))
    lately = until - np.floor(hours_ago * 3600).astype(np.int64)
    ended = np.minimum(devices.gone, until) - np.floor(u[:, LAST_SEEN] * 5 * DAY).astype(np.int64)
    seen = np.where((status == "in_use") | (status == "repair"), lately, ended)
    never: Bools = (devices.deployed > until) | (status == "in_stock") & (devices.deployed > seen)
    return np.where(never, NEVER, np.maximum(seen, np.minimum(devices.deployed, until)))


def _checkouts(known: Inventory, until: int) -> list[list[object]]:
    spells = known.spells
    return [
        spells.id.tolist(),
        known.tags[spells.device].tolist(),
        known.places[spells.device].tolist(),
        list(spells.person),
        list(time_texts(spells.out, until)),
        list(date_texts(spells.due, NEVER - 1)),
        list(time_texts(spells.back, until)),
    ]


def _events(known: Inventory, happened: Events, until: int) -> list[list[object]]:
    return [
        happened.id.tolist(),
        known.tags[happened.device].tolist(),
        known.places[happened.device].tolist(),
        list(time_texts(happened.at, until)),
        [NAMES[kind] for kind in happened.type.tolist()],
        _money(happened.cents),
    ]


def _cycles(until: int) -> list[list[object]]:
    today = date_of(until // DAY)
    years = [year for year in range(today.year - 5, today.year + 1) if date(year, *CYCLE_STARTS) <= today]
    ends = [date(year, *CYCLE_ENDS) + timedelta(days=1) for year in years]
    return [[date(year, *CYCLE_STARTS).isoformat() for year in years], [end.isoformat() for end in ends]]
