"""A Snipe-IT of a small district: the columns that kpibot reads, and rows as ugly as those of real installations."""

import json
import random
from datetime import datetime, timedelta
from typing import Any

Row = dict[str, Any]
NUMBER, DAY, TIME, STAMP, WORDS = "INT", "DATE", "DATETIME", "TIMESTAMP NULL", "VARCHAR(255)"
ASSET = "App\\Models\\Asset"
TABLES = {
    "locations": {"id": NUMBER, "name": WORDS, "parent_id": NUMBER, "deleted_at": STAMP},
    "status_labels": {"id": NUMBER, "name": WORDS, "deployable": NUMBER, "pending": NUMBER, "archived": NUMBER},
    "models": {"id": NUMBER, "name": WORDS, "category_id": NUMBER},
    "categories": {"id": NUMBER, "name": WORDS},
    "assets": {
        **dict.fromkeys(("id", "status_id", "model_id", "assigned_to", "location_id", "rtd_location_id"), NUMBER),
        **dict.fromkeys(("supplier_id", "company_id"), NUMBER),
        "asset_tag": WORDS,
        "serial": WORDS,
        "name": WORDS,
        "order_number": WORDS,
        "assigned_type": WORDS,
        "purchase_date": DAY,
        "purchase_cost": "DECIMAL(20,2)",
        "expected_checkin": DAY,
        "last_checkout": TIME,
        "last_audit_date": TIME,
        "created_at": STAMP,
        "deleted_at": STAMP,
    },
    "action_logs": {
        "id": NUMBER,
        "item_id": NUMBER,
        "item_type": WORDS,
        "action_type": WORDS,
        "expected_checkin": DAY,
        "log_meta": "TEXT",
        "action_date": TIME,
        "created_at": STAMP,
        "deleted_at": STAMP,
    },
    "asset_maintenances": {"id": NUMBER, "asset_id": NUMBER, "cost": "DECIMAL(20,2)", "deleted_at": TIME},
    "licenses": {
        "id": NUMBER,
        "name": WORDS,
        "seats": NUMBER,
        "company_id": NUMBER,
        "expiration_date": DAY,
        "termination_date": DAY,
        "deleted_at": STAMP,
    },
    "license_seats": {
        "id": NUMBER,
        "license_id": NUMBER,
        "assigned_to": NUMBER,
        "asset_id": NUMBER,
        "deleted_at": STAMP,
    },
}
LOCATIONS = {1: None, 2: None, 3: 1, 4: 2, 5: 3}  # id → the place around it; 1 and 2 are the schools
NAMES = {1: "West", 2: "North", 3: "Library", 4: "Library", 5: "Desk"}
LABELS = {  # id → name, archived
    1: ("Ready to Deploy", 0),
    2: ("Pending", 0),
    3: ("Archived", 1),
    4: ("Out for Repair", 0),
    5: ("Lost/Stolen", 1),
    6: ("STOLEN", 0),
}


def ugly_snipe_it(seed: int, now: datetime) -> dict[str, list[Row]]:
    """The rows of every table. Times are naive, on the clock of Snipe-IT's APP_TIMEZONE, of which `now` is one."""
    draw = random.Random(seed)
    assets = [_asset(draw, now, id_) for id_ in range(1, 251)]
    return {
        "locations": [{"id": id_, "name": NAMES[id_], "parent_id": around} for id_, around in LOCATIONS.items()],
        "status_labels": [
            {"id": id_, "name": name, "archived": archived, "deployable": int(id_ == 1), "pending": int(id_ == 2)}
            for id_, (name, archived) in LABELS.items()
        ],
        "models": [{"id": 1, "name": "Chromebook", "category_id": 1}],
        "categories": [{"id": 1, "name": "Laptops"}],
        "assets": assets,
        "action_logs": _logs(draw, now, assets),
        "asset_maintenances": [
            {
                "id": id_,
                "asset_id": draw.randrange(1, 251),
                "cost": draw.choice([None, 15, 80.5]),
                "deleted_at": _maybe(draw, now, 0.2),
            }
            for id_ in range(1, 81)
        ],
        **_licenses(draw, now),
    }


def _before(draw: random.Random, now: datetime, days: int) -> datetime:
    return now - timedelta(seconds=draw.randrange(days * 86_400))


def _maybe(draw: random.Random, now: datetime, share: float) -> datetime | None:
    return _before(draw, now, 100) if draw.random() < share else None


def _asset(draw: random.Random, now: datetime, id_: int) -> Row:
    bought = _before(draw, now, 700)
    return {
        "id": id_,
        "asset_tag": f"A{id_:04}",
        "model_id": 1,
        "status_id": draw.choice([1, 1, 1, *LABELS]),
        "assigned_to": draw.choice([None, 7]),
        "location_id": draw.choice([None, None, 1, 2, 3, 4, 5, 99]),
        "rtd_location_id": draw.choice([None, 1, 2, 5]),
        "supplier_id": draw.choice([None, 1, 2]),
        "company_id": draw.choice([None, 1]),
        "order_number": draw.choice([None, "", "PO-1", "PO-2", "PO-3"]),
        "purchase_date": bought.date() if draw.random() < 0.8 else None,
        "purchase_cost": draw.choice([None, 0, 199.99, 420]),
        "expected_checkin": _before(draw, now, 90).date() if draw.random() < 0.4 else None,  # if it is out
        "last_checkout": _maybe(draw, now, 0.4),
        "last_audit_date": _before(draw, now, 900) if draw.random() < 0.5 else None,
        "created_at": bought,
        "deleted_at": _maybe(draw, now, 0.06),
    }


def _logs(draw: random.Random, now: datetime, assets: list[Row]) -> list[Row]:
    logs: list[Row] = []
    for asset in assets:
        at, is_out = _before(draw, now, 300), False
        for _ in range(draw.randrange(5)):
            at += timedelta(seconds=draw.randrange(40 * 86_400))
            if at < now:
                logs.append(_lending(draw, asset, at, is_out))
                is_out = not is_out or draw.random() < 0.1  # a check-in that nobody noted
        logs += [_relabelled(draw, asset, _before(draw, now, 200)) for _ in range(draw.randrange(2))]
        if asset["id"] % 10 == 0:  # in the night in which a school year begins
            logs.append(_relabelled(draw, asset, now - timedelta(days=96, hours=8)))
    logs += [_other(draw, _before(draw, now, 200)) for _ in range(60)]
    return [{"id": id_, **log, "deleted_at": None} for id_, log in enumerate(logs, 1)]


def _times(draw: random.Random, at: datetime) -> Row:
    """The day that somebody entered, if so; what the log says itself is later."""
    return draw.choice(
        [{"action_date": at, "created_at": at + timedelta(days=1)}, {"action_date": None, "created_at": at}]
    )


def _lending(draw: random.Random, asset: Row, at: datetime, is_out: bool) -> Row:
    due, meta = at.date() + timedelta(days=draw.randrange(60)), None
    if not is_out and (where := draw.choice(["column", "meta", "none"])) == "meta":
        meta = json.dumps({"expected_checkin": {"old": None, "new": due.isoformat()}})
    return {
        "item_type": ASSET,
        "item_id": asset["id"],
        "action_type": "checkin from" if is_out else "checkout",
        "expected_checkin": due if not is_out and where == "column" else None,
        "log_meta": meta,
        **_times(draw, at),
    }


def _relabelled(draw: random.Random, asset: Row, at: datetime) -> Row:
    old, new = draw.sample(list(LABELS), 2)
    return {
        "item_type": ASSET,
        "item_id": asset["id"],
        "action_type": "update",
        "expected_checkin": None,
        "log_meta": json.dumps(
            {"status_id": {"old": draw.choice([old, str(old)]), "new": draw.choice([new, str(new)])}}
        ),
        **_times(draw, at),
    }


def _other(draw: random.Random, at: datetime) -> Row:
    """What looks like something that happened to an asset, and is not."""
    kind = draw.choice(["App\\Models\\Accessory", "App\\Models\\AssetModel", ASSET])
    lost = '{"status_id": {"old": 1, "new": 5}}'
    return {
        "item_type": kind,
        "item_id": draw.randrange(1, 251),
        "action_type": draw.choice(["audit", "request_canceled", "update", *(["checkout"] if kind != ASSET else [])]),
        "expected_checkin": at.date() if kind != ASSET else None,
        "log_meta": draw.choice(["not JSON", "[]", '{"status_id": {"old": 1, "new": null}}', None])
        if kind == ASSET
        else lost,
        **_times(draw, at),
    }


def _licenses(draw: random.Random, now: datetime) -> dict[str, list[Row]]:
    ends = [None, *(now.date() + timedelta(days=days) for days in (-300, -1, 0, 1, 200))]
    licenses = [
        {
            "id": id_,
            "name": f"Title {id_}",
            "seats": draw.randrange(1, 5),
            "expiration_date": ends[id_ % len(ends)],
            "termination_date": draw.choice([None, None, ends[(id_ + 2) % len(ends)]]),
            "deleted_at": _maybe(draw, now, 0.1),
        }
        for id_ in range(1, 61)
    ]
    seats = [
        {
            "id": id_,
            "license_id": draw.randrange(1, 61),
            "assigned_to": draw.choice([None, 7]),
            "asset_id": draw.choice([None, None, 8]),
            "deleted_at": _maybe(draw, now, 0.1),
        }
        for id_ in range(1, 241)
    ]
    return {"licenses": licenses, "license_seats": seats}
