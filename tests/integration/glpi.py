"""A GLPI of a small district: the columns that kpibot reads, and rows as ugly as those of real installations."""

import random
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

Row = dict[str, Any]
ASSET_TABLES = {
    "Computer": "computer",
    "Monitor": "monitor",
    "Printer": "printer",
    "Phone": "phone",
    "Peripheral": "peripheral",
    "NetworkEquipment": "networkequipment",
}
NUMBER, DAY, TIME, WORDS, MONEY = "INT NOT NULL DEFAULT 0", "DATE", "TIMESTAMP NULL", "VARCHAR(255)", "DECIMAL(20,4)"
ASSET = {
    **dict.fromkeys(("id", "entities_id", "is_deleted", "is_template", "locations_id", "states_id"), NUMBER),
    **dict.fromkeys(("users_id", "groups_id", "models_id"), NUMBER),
    "name": WORDS,
    "serial": WORDS,
    "otherserial": WORDS,
    "ticket_tco": MONEY,
    "date_creation": TIME,
}
TABLES: dict[str, dict[str, str]] = {
    "glpi_locations": {
        **dict.fromkeys(("id", "entities_id", "is_recursive", "locations_id"), NUMBER),
        "name": WORDS,
        "completename": "TEXT",
    },
    "glpi_tickets": {
        **dict.fromkeys(("id", "entities_id", "is_deleted", "locations_id", "type", "status", "priority"), NUMBER),
        **dict.fromkeys(("date", "takeintoaccountdate", "solvedate", "closedate", "date_mod"), TIME),
        "name": WORDS,
        "takeintoaccount_delay_stat": NUMBER,
    },
    "glpi_items_tickets": {"tickets_id": NUMBER, "itemtype": WORDS, "items_id": NUMBER},
    "glpi_states": {"id": NUMBER, "name": WORDS},
    "glpi_infocoms": {
        "itemtype": "VARCHAR(100) NOT NULL",
        "items_id": NUMBER,
        "suppliers_id": NUMBER,
        "order_number": WORDS,
        **dict.fromkeys(("buy_date", "use_date", "order_date", "delivery_date", "inventory_date"), DAY),
        "value": "DECIMAL(20,4) NOT NULL DEFAULT 0",
        "decommission_date": TIME,
    },
    "glpi_logs": {
        "itemtype": WORDS,
        "items_id": NUMBER,
        "date_mod": TIME,
        "id_search_option": NUMBER,
        "old_value": WORDS,
        "new_value": WORDS,
    },
    "glpi_softwares": {"id": NUMBER, "name": WORDS},
    "glpi_softwarelicenses": {
        **dict.fromkeys(("id", "softwares_id", "entities_id", "number", "is_deleted", "is_template"), NUMBER),
        "name": WORDS,
        "expire": DAY,
    },
    "glpi_items_softwarelicenses": {"id": NUMBER, "softwarelicenses_id": NUMBER, "is_deleted": NUMBER},
    "glpi_plugin_order_orders": {
        **dict.fromkeys(("id", "entities_id", "is_deleted", "is_template", "suppliers_id", "locations_id"), NUMBER),
        "num_order": WORDS,
        "order_date": DAY,
        "plugin_order_orderstates_id": NUMBER,
    },
    "glpi_plugin_order_orders_items": {"id": NUMBER, "plugin_order_orders_id": NUMBER, "price_discounted": MONEY},
}
for _kind in ASSET_TABLES.values():
    TABLES[f"glpi_{_kind}s"] = {name.replace("models_id", f"{_kind}models_id"): type_ for name, type_ in ASSET.items()}
    TABLES[f"glpi_{_kind}models"] = {"id": NUMBER, "name": WORDS}
LOCATIONS = {1: 0, 2: 1, 3: 1, 4: 2, 5: 3, 6: 4}  # id → the place around it; 2 and 3 are the schools
NAMES = {1: "Prairie View ISD", 2: "West", 3: "North", 4: "Lab &#62; 1", 5: "Library", 6: "Desk"}
STATES = {1: "In use", 2: "En stock", 3: "LOST", 4: "Volé", 5: "Retired", 6: "On trial", 7: "Repair"}


def create(connection: sa.Connection, tables: Mapping[str, Mapping[str, str]]) -> None:
    """Makes the tables, empty."""
    for name, columns in tables.items():
        written = ", ".join(f"`{column}` {type_}" for column, type_ in columns.items())
        connection.execute(sa.text(f"CREATE TABLE `{name}` ({written}) CHARACTER SET utf8mb4"))


def insert(connection: sa.Connection, rows: Mapping[str, Iterable[Row]], clock: str = "'+00:00'") -> None:
    """Writes rows by table: aware times as the instants that they are, naive ones on the clock of the session."""
    connection.execute(sa.text(f"SET time_zone = {clock}"))
    for table, those in rows.items():
        for row in those:
            written = sa.table(table, *(sa.column(name) for name in row))
            connection.execute(sa.insert(written).values({name: _written(value) for name, value in row.items()}))
    connection.commit()


def _written(value: object) -> object:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value


def ugly_glpi(seed: int, now: datetime) -> dict[str, list[Row]]:
    """The rows of every table."""
    draw = random.Random(seed)
    assets = _assets(draw, now)
    return {
        "glpi_locations": [
            {"id": id_, "locations_id": around, "name": NAMES[id_], "is_recursive": 0, "completename": NAMES[id_]}
            for id_, around in LOCATIONS.items()
        ],
        "glpi_states": [{"id": id_, "name": name} for id_, name in STATES.items()],
        "glpi_tickets": [_ticket(draw, now, id_) for id_ in range(1, 301)],
        "glpi_items_tickets": _links(draw),
        **assets,
        "glpi_infocoms": _infocoms(draw, now, assets),
        "glpi_logs": _logs(draw, now),
        "glpi_softwares": [{"id": 1, "name": "Scratch"}],
        **_licenses(draw, now.date()),
        **_orders(draw, now.date()),
    }


def _before(draw: random.Random, now: datetime, days: float) -> datetime:
    return now - timedelta(seconds=draw.randrange(int(days * 86_400)))


def _ticket(draw: random.Random, now: datetime, id_: int) -> Row:
    opened = _before(draw, now + timedelta(days=1), 400 if draw.random() < 0.3 else 45)
    later = [opened + timedelta(seconds=draw.randrange(9 * 86_400)) for _ in range(3)]
    answered, solved, closed = sorted(later)
    status = draw.choice([1, 2, 3, 4, 5, 5, 6, 6, 6])
    is_done, is_answered = status >= 5, draw.random() < 0.7
    return {
        "id": id_,
        "name": f"Ticket {id_}",
        "date": opened,
        "status": status,
        "type": draw.choice([1, 1, 2]),
        "priority": draw.randrange(1, 7),
        "entities_id": draw.choice([0, 0, 3]),
        "is_deleted": int(draw.random() < 0.07),
        "locations_id": draw.choice([0, 1, 2, 2, 3, 4, 5, 6, 99]),
        "takeintoaccountdate": answered if is_answered else None,
        "takeintoaccount_delay_stat": int((answered - opened).total_seconds()) if is_answered else 0,
        "solvedate": solved if draw.random() < (0.9 if is_done else 0.1) else None,  # the latter were reopened
        "closedate": closed if status == 6 and draw.random() < 0.9 else None,
        "date_mod": closed,
    }


def _links(draw: random.Random) -> list[Row]:
    kinds = [*ASSET_TABLES, "Software"]  # which is no asset
    tickets = [draw.randrange(1, 301) for _ in range(220)]
    pairs = {(ticket, draw.choice(kinds), draw.randrange(1, 45)) for ticket in tickets}
    return [{"tickets_id": ticket, "itemtype": kind, "items_id": item} for ticket, kind, item in sorted(pairs)]


def _assets(draw: random.Random, now: datetime) -> dict[str, list[Row]]:
    return {
        f"glpi_{table}s": [
            {
                "id": id_,
                "name": f"{table} {id_}",
                "entities_id": draw.choice([0, 0, 3]),
                "is_deleted": int(draw.random() < 0.07),
                "is_template": int(draw.random() < 0.05),
                "locations_id": draw.choice([0, 1, 2, 3, 3, 4, 5, 6, 99]),
                "states_id": draw.choice([0, 1, 1, 1, *STATES]),
                "users_id": draw.choice([0, 7]),
                "groups_id": draw.choice([0, 0, 9]),
                "ticket_tco": draw.choice([None, 0, 12.5]),
                "date_creation": _before(draw, now, 700),
            }
            for id_ in range(1, 45)
        ]
        for table in ASSET_TABLES.values()
    }


def _infocoms(draw: random.Random, now: datetime, assets: Mapping[str, list[Row]]) -> list[Row]:
    kinds = [*ASSET_TABLES.items(), ("Software", "computer")]  # the last one has the numbers of computers
    return [
        {"itemtype": kind, "items_id": asset["id"], **_purchase(draw, now)}
        for kind, table in kinds
        for asset in assets[f"glpi_{table}s"]
        if draw.random() < 0.8
    ]


def _purchase(draw: random.Random, now: datetime) -> Row:
    day = _before(draw, now, 700).date()

    def some(after: int) -> date | None:
        return day + timedelta(days=draw.randrange(after, after + 20)) if draw.random() < 0.75 else None

    return {
        "order_date": some(0),
        "buy_date": some(5),
        "delivery_date": some(20),
        "use_date": some(45),
        "inventory_date": some(-250 if draw.random() < 0.5 else 120),
        "decommission_date": _before(draw, now, 300) if draw.random() < 0.1 else None,
        "value": draw.choice([0, 199.99, 420, 1_000]),
        "order_number": draw.choice([None, "", "PO-1", "PO-2", "PO-3", "PO-4"]),
        "suppliers_id": draw.choice([0, 1, 2]),
    }


def _logs(draw: random.Random, now: datetime) -> list[Row]:
    values = {0: "&nbsp; (0)", **{id_: f"{name} ({id_})" for id_, name in STATES.items()}}
    values[3] = "LOST (bus) (3)"  # its name at that time
    return [
        {
            "itemtype": draw.choice([*ASSET_TABLES, "Software"]),
            "items_id": draw.randrange(1, 45),
            "date_mod": _before(draw, now + timedelta(days=2), 200),
            "id_search_option": draw.choice([31, 31, 31, 5]),
            "old_value": values[draw.randrange(8)],
            "new_value": values[draw.randrange(8)],
        }
        for _ in range(200)
    ]


def _licenses(draw: random.Random, today: date) -> dict[str, list[Row]]:
    ends = [None, *(today + timedelta(days=days) for days in (-300, -1, 0, 1, 200))]
    licenses = [
        {
            "id": id_,
            "softwares_id": 1,
            "name": f"Title {id_}",
            "number": draw.choice([-1, 0, 1, 2, 3]),
            "expire": ends[id_ % len(ends)],
            "is_deleted": int(id_ % 11 == 0),
            "is_template": int(id_ % 13 == 0),
            "entities_id": 0,
        }
        for id_ in range(1, 61)
    ]
    seats = [
        {"id": id_, "softwarelicenses_id": draw.randrange(1, 61), "is_deleted": int(draw.random() < 0.2)}
        for id_ in range(1, 121)
    ]
    return {"glpi_softwarelicenses": licenses, "glpi_items_softwarelicenses": seats}


def _orders(draw: random.Random, today: date) -> dict[str, list[Row]]:
    orders = [
        {
            "id": id_,
            "num_order": draw.choice([None, "", *(f"PO-{n}" for n in range(30))]),
            "suppliers_id": draw.choice([1, 2]),
            "locations_id": draw.choice([0, 2, 5]),
            "order_date": draw.choice([None, today - timedelta(days=draw.randrange(400))]),
            "plugin_order_orderstates_id": draw.randrange(1, 8),
            "is_deleted": int(draw.random() < 0.1),
            "is_template": int(draw.random() < 0.1),
            "entities_id": 0,
        }
        for id_ in range(1, 81)
    ]
    lines = [
        {"id": id_, "plugin_order_orders_id": draw.randrange(1, 81), "price_discounted": draw.randrange(1, 900)}
        for id_ in range(1, 201)
    ]
    return {"glpi_plugin_order_orders": orders, "glpi_plugin_order_orders_items": lines}
