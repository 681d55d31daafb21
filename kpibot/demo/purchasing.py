"""purchasing.db: purchase orders with their lines, made month by month, and the technology budgets."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from kpibot.demo.common.campuses import CAMPUSES
from kpibot.demo.common.database import DemoTable, Report, write
from kpibot.demo.common.draws import ORDERS, Bools, Floats, Ints, between, lognormal, pick, stream
from kpibot.demo.common.timeline import DAY, date_of, date_texts, day_of, first_of_month, month_of

HEADERS = """
    po_number TEXT NOT NULL, org TEXT NOT NULL, vendor TEXT NOT NULL, category TEXT NOT NULL, approved_at TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL, status TEXT NOT NULL, PRIMARY KEY (po_number, org)
"""
LINES = """
    po_number TEXT NOT NULL, org TEXT NOT NULL, line_no INTEGER NOT NULL, item TEXT NOT NULL, quantity INTEGER NOT NULL,
    unit_price REAL NOT NULL, amount REAL NOT NULL, currency TEXT NOT NULL, cancelled INTEGER NOT NULL,
    is_technology INTEGER NOT NULL, PRIMARY KEY (po_number, org, line_no),
    FOREIGN KEY (po_number, org) REFERENCES po_headers (po_number, org)
"""
BUDGETS = "fiscal_year INTEGER NOT NULL, org TEXT NOT NULL, amount REAL NOT NULL, PRIMARY KEY (fiscal_year, org)"
INDEXES = (
    "CREATE INDEX po_headers_approved ON po_headers (approved_at, org)",
    "CREATE INDEX po_headers_year ON po_headers (fiscal_year, org)",
)
FISCAL_YEARS = 5
CENTRAL_ORG = "ORG-999"

_PER_MONTH = 92
_SEASON = (0.85, 0.85, 0.90, 1.00, 1.15, 0.80, 1.50, 1.50, 1.15, 0.95, 0.80, 0.55)
_CATEGORIES = ("technology", "furniture", "books", "facilities", "athletics")
_CATEGORY_SHARES = (0.70, 0.08, 0.10, 0.08, 0.04)
_VENDORS = (
    (
        "Bluewater Technology", "Prairie Data Systems", "Classline Supply", "Northfork Networks", "Keystone Devices",
        "Lumen Display",
    ),
    ("Hartwell School Furniture", "Seat & Desk"),
    ("Pageturner Books", "Riverside Press"),
    ("Ace Facilities", "Midland Electric"),
    ("Champion Sports",),
)  # fmt: skip
# item, unit price in cents, most pieces on a line
_ITEMS = (
    (
        ("Chromebook", 31_200, 12), ("Chromebook charger", 2_900, 40), ("Teacher laptop", 94_000, 3),
        ("Document camera", 21_500, 6), ("Interactive panel", 214_000, 2), ("Access point", 41_800, 6),
        ("Network switch", 168_000, 2), ("Toner", 9_400, 20), ("Headset", 1_850, 60), ("Charging cart", 98_000, 2),
        ("Software licence", 1_200, 300), ("Projector lamp", 11_900, 6),
    ),
    (("Student desk", 14_200, 30), ("Chair", 6_100, 40), ("Charging cart", 98_000, 2)),
    (("Class set of novels", 42_000, 6), ("Textbook", 8_900, 60)),
    (("Light fixture", 11_500, 20), ("Paint", 4_200, 30)),
    (("Uniform", 5_400, 40), ("Training mats", 22_000, 8)),
)  # fmt: skip
_FURNITURE_CART = 2
# in the order of CAMPUSES: the budget as a multiple of what a campus of its size usually spends
_BUDGET_FIT = (
    0.98, 1.10, 1.05, 1.12, 1.08, 1.15,
    1.06, 0.84, 1.10, 1.07, 1.12, 1.05,
    1.09, 1.15, 1.04, 1.10, 1.08, 1.06,
    1.02, 1.11, 0.90, 1.08, 1.10, 1.14,
)  # fmt: skip
_SPENT_A_YEAR = 3_700_000


@dataclass(frozen=True, kw_only=True)
class Month:
    """The orders approved in one month; a line belongs to the order at position `order`."""

    day: Ints
    number: Ints
    month: Ints
    org: Ints
    u: Floats
    order: Ints
    line_no: Ints
    v: Floats
    w: Floats


def write_purchasing(path: Path, seed: int, until: int, progress: Report) -> None:
    """Makes purchasing.db as of `until`: whole fiscal years (from July 1), the last one up to `until`."""
    today = date_of(until // DAY)
    first = month_of(date(fiscal_year_of(today) - 1 - FISCAL_YEARS, 7, 1))
    orders = _joined([_month(seed, month) for month in range(first, month_of(today) + 1)])
    progress(0.4)
    tables = [*_tables(orders, until), DemoTable("budgets", BUDGETS, _budgets(fiscal_year_of(today)))]
    write(path, tables, INDEXES)


def fiscal_year_of(day: date) -> int:
    """The fiscal year starts on July 1 and is named after the calendar year in which it ends."""
    return day.year + (day.month >= 7)


def _month(seed: int, month: int) -> Month:
    draws = stream(seed, ORDERS, month)
    count = round(_PER_MONTH * _SEASON[month % 12] * between(draws.random(1), 0.92, 1.08)[0])
    u = draws.random((count, 10))
    day = day_of(first_of_month(month)) + np.floor(u[:, 0] * 28).astype(np.int64)
    u, day = u[np.argsort(day, kind="stable")], np.sort(day)
    org = pick(u[:, 1], [*(campus.weight for campus in CAMPUSES), 0.01])
    lines = 1 + np.floor(12 * u[:, 2] * u[:, 2]).astype(np.int64)
    order = np.repeat(np.arange(count), lines)
    line_no = np.arange(len(order)) - np.repeat(np.cumsum(lines) - lines, lines) + 1
    number = _numbers(u[:, 3], org)
    v, w = draws.random((len(order), 6)), draws.random(len(order))
    return Month(
        day=day, number=number, month=np.full(count, month), org=org, u=u, order=order, line_no=line_no, v=v, w=w
    )


def _numbers(u: Floats, org: Ints) -> Ints:
    """Running numbers; about 2 % repeat the number before, which another campus used."""
    same = (u < 0.025) & (org != np.roll(org, 1))
    same[0] = False
    same &= ~np.roll(same, 1)
    numbers: Ints = np.arange(1, len(u) + 1) - same
    return numbers


def _joined(months: list[Month]) -> Month:
    sizes = np.array([len(month.day) for month in months])
    offsets = np.cumsum(sizes) - sizes
    order = np.concatenate([month.order + offset for month, offset in zip(months, offsets.tolist(), strict=True)])
    names = ("day", "number", "month", "org", "u", "line_no", "v", "w")
    day, number, month, org, u, line_no, v, w = (np.concatenate([getattr(m, name) for m in months]) for name in names)
    return Month(day=day, number=number, month=month, org=org, u=u, order=order, line_no=line_no, v=v, w=w)


def _tables(orders: Month, until: int) -> list[DemoTable]:
    approved = orders.day * DAY
    is_approved = approved <= until
    numbers = [
        f"PO{month // 12 % 100:02d}{month % 12 + 1:02d}-{n:03d}" for month, n in _pairs(orders.month, orders.number)
    ]
    orgs = [*(campus.org for campus in CAMPUSES), CENTRAL_ORG]
    kind = pick(orders.u[:, 4], _CATEGORY_SHARES)
    keys = [(number, orgs[org]) for number, org in zip(numbers, orders.org.tolist(), strict=True)]
    gone = _called_off(orders, until)
    headers = [
        [key[0] for key in keys], [key[1] for key in keys], _vendors(kind, orders.u[:, 5]),
        [_CATEGORIES[k] for k in kind.tolist()],
        date_texts(approved, until), (orders.month // 12 + (orders.month % 12 >= 6)).tolist(), _status(orders, gone,
        until),
    ]  # fmt: skip
    line_is_approved = is_approved[orders.order]
    lines = _lines(orders, keys, kind, gone, until)
    return [
        DemoTable("po_headers", HEADERS, [_only(column, is_approved) for column in headers]),
        DemoTable("po_lines", LINES, [_only(column, line_is_approved) for column in lines]),
    ]


def _pairs(first: Ints, second: Ints) -> list[tuple[int, int]]:
    return list(zip(first.tolist(), second.tolist(), strict=True))


def _only(column: list[object], keep: Bools) -> list[object]:
    return [value for value, kept in zip(column, keep.tolist(), strict=True) if kept]


def _vendors(kind: Ints, u: Floats) -> list[object]:
    return [_VENDORS[k][int(x * len(_VENDORS[k]))] for k, x in zip(kind.tolist(), u.tolist(), strict=True)]


def _called_off(orders: Month, until: int) -> Bools:
    """Whole orders cancelled by `until`, some days after their approval."""
    at = (orders.day + 3 + np.floor(orders.u[:, 7] * 40).astype(np.int64)) * DAY
    return (orders.u[:, 6] < 0.025) & (at <= until)


def _status(orders: Month, gone: Bools, until: int) -> list[object]:
    age = until // DAY - orders.day
    received = 5 + np.floor(14 * lognormal(orders.u[:, 8], 0.7)).astype(np.int64)
    status = np.full(len(age), "approved", dtype="U18")
    status[age >= received // 2] = "partially received"
    status[age >= received] = "received"
    status[age >= received + 30] = "closed"
    status[gone] = "cancelled"
    texts: list[object] = status.tolist()
    return texts


def _lines(orders: Month, keys: list[tuple[str, str]], kind: Ints, gone: Bools, until: int) -> list[list[object]]:
    v, order = orders.v, orders.order
    choice = np.floor(v[:, 0] * np.array([len(items) for items in _ITEMS])[kind[order]]).astype(np.int64)
    items = [_ITEMS[k][c] for k, c in _pairs(kind[order], choice)]
    listed = np.array([item[1] for item in items])
    most = np.array([item[2] for item in items])
    price = np.floor(listed * between(v[:, 1], 0.9, 1.12)).astype(np.int64)
    quantity = 1 + np.floor(most * v[:, 2] * v[:, 2]).astype(np.int64)
    line_gone = (v[:, 3] < 0.065) & ((orders.day[order] + np.floor(v[:, 4] * 30).astype(np.int64)) * DAY <= until)
    tech = (kind[order] == 0) & (v[:, 5] < 0.97) | (kind[order] == 1) & (choice == _FURNITURE_CART)
    return [
        [keys[o][0] for o in order.tolist()], [keys[o][1] for o in order.tolist()], orders.line_no.tolist(),
        [item[0] for item in items], quantity.tolist(), [cents / 100 for cents in price.tolist()],
        [cents / 100 for cents in (price * quantity).tolist()], _currencies(orders.w),
        (line_gone | gone[order]).astype(np.int64).tolist(), tech.astype(np.int64).tolist(),
    ]  # fmt: skip


def _growth(year: int) -> float:
    """Budgets rise a little every year."""
    return 1 + 0.03 * (year - 2027)


def _currencies(w: Floats) -> list[object]:
    """A few lines are invoiced by a Canadian vendor."""
    return ["CAD" if draw < 0.004 else "USD" for draw in w.tolist()]


def _budgets(last: int) -> list[list[object]]:
    rows = [
        (year, campus.org, float(round(_SPENT_A_YEAR * _growth(year) * campus.weight * fit / 1000) * 1000))
        for year in range(last - FISCAL_YEARS, last + 1)
        for campus, fit in zip(CAMPUSES, _BUDGET_FIT, strict=True)
    ]
    return [list(column) for column in zip(*rows, strict=True)]
