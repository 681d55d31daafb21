"""assets.db: devices, check-outs, events, licences and audits."""

import math
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

import numpy as np

from kpibot.demo.common.campuses import CAMPUSES
from kpibot.demo.common.database import DemoTable, Report, write
from kpibot.demo.common.draws import Bools, Ints, Objects, Texts, between, lognormal
from kpibot.demo.common.timeline import DAY, NEVER, date_texts, day_of, time_texts
from kpibot.demo.inventory.events import (
    CYCLE_STARTS,
    CYCLE_YEARS,
    NAMES,
    STOLEN,
    Events,
    Repairs,
    audits,
    collected,
    cycles,
    is_missing,
    repairs,
)
from kpibot.demo.inventory.fleet import FEDERAL, LAST_SEEN, RECEIPT_KNOWN, SEEN, Fleet, price
from kpibot.demo.inventory.lending import Spells
from kpibot.demo.inventory.licenses import LICENSES, license_columns

ASSETS = """
    asset_tag TEXT PRIMARY KEY, serial TEXT NOT NULL, type TEXT NOT NULL, model TEXT NOT NULL, location TEXT,
    status TEXT NOT NULL, purchased_at TEXT NOT NULL, received_at TEXT, first_deployed_at TEXT, retired_at TEXT,
    missing_since TEXT, cost REAL, repair_cost REAL NOT NULL, support_cost REAL NOT NULL, last_seen_at TEXT,
    last_audited_at TEXT, federally_funded INTEGER NOT NULL
"""
CHECKOUTS = """
    id INTEGER PRIMARY KEY, asset_tag TEXT NOT NULL REFERENCES assets, location TEXT, person TEXT NOT NULL,
    checked_out_at TEXT NOT NULL, due_at TEXT, checked_in_at TEXT, last_seen_at TEXT NOT NULL
"""
EVENTS = """
    id INTEGER PRIMARY KEY, asset_tag TEXT NOT NULL REFERENCES assets, location TEXT, at TEXT NOT NULL,
    type TEXT NOT NULL, cost REAL NOT NULL
"""
AUDIT_ITEMS = """
    cycle TEXT NOT NULL, asset_tag TEXT NOT NULL REFERENCES assets, location TEXT, type TEXT NOT NULL,
    federally_funded INTEGER NOT NULL, listed_at TEXT NOT NULL, verified_at TEXT, closed_at TEXT,
    PRIMARY KEY (asset_tag, cycle)
"""
INDEXES = (
    "CREATE INDEX assets_location ON assets (location, status)",
    "CREATE INDEX assets_received ON assets (received_at, location)",
    "CREATE INDEX assets_retired ON assets (retired_at, location)",
    "CREATE INDEX checkouts_in ON checkouts (checked_in_at, location)",
    "CREATE INDEX checkouts_due ON checkouts (due_at, location)",
    "CREATE INDEX checkouts_asset ON checkouts (asset_tag, checked_out_at)",
    "CREATE INDEX checkouts_open ON checkouts (location, checked_out_at) WHERE checked_in_at IS NULL",
    "CREATE INDEX asset_events_at ON asset_events (type, at, location)",
    "CREATE INDEX asset_events_asset ON asset_events (asset_tag, at)",
    "CREATE INDEX audit_items_closed ON audit_items (closed_at, location)",
)
_WRITTEN_OFF_AFTER = 180 * DAY
FEDERAL_SHARE = 0.12
LISTED_AFTER_DAYS = 90
_SUPPORT_PER_YEAR = np.array([24.0, 62.0, 55.0, 95.0, 40.0, 70.0])


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """All that is known of the devices, and of each its tag, place (None: nobody knows), status and last contact."""

    devices: Fleet
    spells: Spells
    repaired: Repairs
    audit_years: Ints
    audited: Ints
    tags: Objects
    places: Objects
    status: Texts
    last_seen: Ints


def write_assets(path: Path, seed: int, until: int, lending: tuple[Fleet, Spells], progress: Report) -> None:
    """Makes assets.db as of `until`."""
    devices, spells = lending
    repaired = repairs(seed, devices)
    years, audited = audits(seed, devices, until)
    happened = collected(devices, repaired, years, audited, until)
    progress(0.3)
    tags = np.array(devices.tags(), dtype=object)
    places = np.array([*(campus.location for campus in CAMPUSES), None], dtype=object)[devices.campus]
    status = _status(devices, spells, repaired, until)
    inventory = Inventory(
        devices=devices,
        spells=spells,
        repaired=repaired,
        audit_years=years,
        audited=audited,
        tags=tags,
        places=places,
        status=status,
        last_seen=_last_seen(devices, status, until),
    )
    tables = [
        DemoTable("assets", ASSETS, _assets(inventory, until)),
        DemoTable("checkouts", CHECKOUTS, _checkouts(inventory, until)),
        DemoTable("asset_events", EVENTS, _events(inventory, happened, until)),
        DemoTable("licenses", LICENSES, license_columns(seed, until)),
        DemoTable("audit_items", AUDIT_ITEMS, _audit_items(inventory, until)),
    ]
    progress(0.6)
    write(path, tables, INDEXES)


def _assets(inventory: Inventory, until: int) -> list[list[object]]:
    devices, repaired, status = inventory.devices, inventory.repaired, inventory.status
    retired = np.where(is_missing(devices, until), devices.lost + _WRITTEN_OFF_AFTER, devices.retired)
    received = np.where(devices.u[:, RECEIPT_KNOWN] < 0.03, NEVER, devices.received)
    deployed = np.where(devices.deployed < devices.retired, devices.deployed, NEVER)
    latest = np.where(inventory.audited <= until, inventory.audited, -1).max(axis=1)
    return [
        inventory.tags.tolist(),
        [f"5CD{number * 7919 % 10**8:08d}" for number in devices.number.tolist()],
        devices.types(),
        devices.models(),
        inventory.places.tolist(),
        status.tolist(),
        list(date_texts(devices.bought, until)),
        list(date_texts(received, until)),
        list(time_texts(deployed, until)),
        list(date_texts(retired, until)),
        list(date_texts(np.where(is_missing(devices, until), devices.lost, NEVER), until)),
        [None if math.isnan(cost) else cost for cost in price(devices).tolist()],
        _money(np.where(repaired.begun <= until, repaired.cents, 0).sum(axis=1)),
        _support(devices, until),
        list(time_texts(inventory.last_seen, until)),
        list(time_texts(np.where(latest < 0, NEVER, latest), until)),
        (devices.u[:, FEDERAL] < FEDERAL_SHARE).astype(np.int64).tolist(),
    ]


def _status(devices: Fleet, spells: Spells, repaired: Repairs, until: int) -> Texts:
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
    last_contact = np.where((status == "in_use") | (status == "repair"), lately, ended)
    never: Bools = (devices.deployed > until) | (status == "in_stock") & (devices.deployed > last_contact)
    return np.where(never, NEVER, np.maximum(last_contact, np.minimum(devices.deployed, until)))


def _checkouts(inventory: Inventory, until: int) -> list[list[object]]:
    spells = inventory.spells
    last_contact = np.where(
        spells.back > until, np.maximum(inventory.last_seen[spells.device], spells.out), spells.back
    )
    return [
        spells.id.tolist(),
        inventory.tags[spells.device].tolist(),
        inventory.places[spells.device].tolist(),
        list(spells.person),
        list(time_texts(spells.out, until)),
        list(date_texts(spells.due, NEVER - 1)),
        list(time_texts(spells.back, until)),
        list(time_texts(last_contact, until)),
    ]


def _audit_items(inventory: Inventory, until: int) -> list[list[object]]:
    """What each cycle asks for and what was found of it: a device is listed until it leaves service or the cycle ends.

    One that is bought in mid-cycle is listed 90 days after it is received.
    """
    parts = [_of_cycle(inventory, year, until) for year in cycles(inventory.audit_years, until)]
    return [list(chain(*columns)) for columns in zip(*parts, strict=True)]


def _of_cycle(inventory: Inventory, year: int, until: int) -> list[list[object]]:
    devices = inventory.devices
    starts, ends = (day_of(date(first, *CYCLE_STARTS)) * DAY for first in (year, year + CYCLE_YEARS))
    listed = np.maximum(starts, (devices.received // DAY + LISTED_AFTER_DAYS) * DAY)
    closed = np.minimum(devices.gone, ends)
    scanned = inventory.audited[:, (inventory.audit_years >= year) & (inventory.audit_years < year + CYCLE_YEARS)].min(
        axis=1
    )
    verified = np.where(scanned < closed, np.maximum(scanned, listed), NEVER)
    on_list = (listed < closed) & (listed <= until)
    columns: list[list[object]] = [
        [f"{year}-{year + CYCLE_YEARS}"] * len(listed),
        inventory.tags.tolist(),
        inventory.places.tolist(),
        devices.types(),
        (devices.u[:, FEDERAL] < FEDERAL_SHARE).astype(np.int64).tolist(),
        list(date_texts(listed, until)),
        list(time_texts(np.where(verified < closed, verified, NEVER), until)),
        list(time_texts(closed, until)),
    ]
    return [[value for value, kept in zip(column, on_list.tolist(), strict=True) if kept] for column in columns]


def _events(inventory: Inventory, happened: Events, until: int) -> list[list[object]]:
    return [
        happened.id.tolist(),
        inventory.tags[happened.device].tolist(),
        inventory.places[happened.device].tolist(),
        list(time_texts(happened.at, until)),
        _labels(happened),
        _money(happened.cents),
    ]


def _labels(happened: Events) -> list[object]:
    """Whoever enters a loss by hand writes it with a capital letter."""
    by_hand = (happened.type <= STOLEN) & (happened.id % 9 == 0)
    names = (NAMES[kind] for kind in happened.type.tolist())
    return [name.title() if typed else name for name, typed in zip(names, by_hand.tolist(), strict=True)]
