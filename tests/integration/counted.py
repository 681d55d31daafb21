"""The shipped KPIs once more, counted from the demo district's raw rows in plain Python.

Nothing here knows the measure engine or the configuration: names of places come from the demo, rules from what each
KPI says of itself.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kpibot.demo.common.campuses import CAMPUSES

CHICAGO = ZoneInfo("America/Chicago")
OPENS, CLOSES = time(7, 30), time(16, 30)
DROPPED = ("merged", "deleted", "rejected")
LIMITS = {1: 1, 2: 2, 3: 4, 4: 8}  # priority → hours
SLUGS = {alias: campus.slug for campus in CAMPUSES for alias in campus.aliases.values()}
FEEDERS = {campus.slug: campus.feeder for campus in CAMPUSES}

Row = dict[str, Any]
Share = tuple[object, float, float]  # place, numerator, denominator
Wait = tuple[object, float, bool | None]  # place, seconds, whether it was within its limit (None: it has none)


def nodes(place: object) -> tuple[str, ...]:
    """The nodes of the campus tree that a row counts for."""
    slug = "district" if place == "district" else SLUGS.get(str(place), "no-campus")
    return tuple(dict.fromkeys(("district", FEEDERS.get(slug, slug), slug)))


@dataclass(frozen=True)
class Raw:
    """The rows of a demo district, as it stands at `now` (naive, local)."""

    folder: Path
    now: datetime

    @cached_property
    def tickets(self) -> list[Row]:
        return [row for row in self._rows("helpdesk", "hd_tickets") if row["status"] not in DROPPED]

    @cached_property
    def orders(self) -> list[Row]:
        return [row for row in self._rows("purchasing", "po_headers") if row["category"] == "technology"]

    @cached_property
    def lines(self) -> list[Row]:
        return self._rows("purchasing", "po_lines")

    @cached_property
    def budgets(self) -> list[Row]:
        return self._rows("purchasing", "budgets")

    @cached_property
    def assets(self) -> list[Row]:
        rows = self._rows("assets", "assets")
        for row in rows:
            row["received"] = row["received_at"] or row["purchased_at"]
            row["gone"] = row["missing_since"] or row["retired_at"]
        return rows

    @cached_property
    def fleet(self) -> list[Row]:
        """The devices in service now."""
        return [row for row in self.assets if row["gone"] is None]

    @cached_property
    def checkouts(self) -> list[Row]:
        return self._rows("assets", "checkouts")

    @cached_property
    def events(self) -> list[Row]:
        return self._rows("assets", "asset_events")

    @cached_property
    def audit_items(self) -> list[Row]:
        return self._rows("assets", "audit_items")

    @cached_property
    def licenses(self) -> list[Row]:
        return self._rows("assets", "licenses")

    @cached_property
    def required(self) -> list[Row]:
        return self._rows("training", "pd_required")

    @cached_property
    def attended(self) -> list[Row]:
        return self._rows("training", "pd_attendance")

    def midnight(self, days_ago: int) -> datetime:
        """The beginning of the day that many days before today."""
        return datetime.combine(self.now.date() - timedelta(days=days_ago), time())

    def _rows(self, name: str, table: str) -> list[Row]:
        with closing(sqlite3.connect(self.folder / f"{name}.db")) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608


def instant(text: str) -> float:
    """UTC seconds of a local date or time."""
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO).timestamp()


def working_seconds(start: datetime, end: datetime) -> float:
    """Seconds between 7:30 and 16:30 on weekdays; for weeks without holidays and outside of summer."""
    total, day = 0.0, start.date()
    while day <= end.date():
        opens, closes = max(start, datetime.combine(day, OPENS)), min(end, datetime.combine(day, CLOSES))
        if day.weekday() < 5 and closes > opens:
            total += (closes - opens).total_seconds()
        day += timedelta(days=1)
    return total


def working_days_after(day: date, today: date) -> int:
    return sum((day + timedelta(days=n)).weekday() < 5 for n in range(1, (today - day).days + 1))


def tickets(raw: Raw) -> Iterator[Share]:
    for row in raw.tickets:
        if row["resolved_at"] is None:
            yield row["site_code"], 1, 0


def ticket_age(raw: Raw) -> Iterator[Share]:
    for row in raw.tickets:
        if row["resolved_at"] is None:
            opened = date.fromisoformat(row["created_at"][:10])
            yield row["site_code"], working_days_after(opened, raw.now.date()) > 10, 1


def response_time(raw: Raw) -> Iterator[Wait]:
    for place, seconds, row in _waits(raw, "replied_at"):
        limit = LIMITS[row["priority"]] * 3600
        undecided = row["replied_at"] is None and seconds <= limit
        yield place, seconds, None if undecided else seconds <= limit


def resolution_time(raw: Raw) -> Iterator[Wait]:
    yield from ((place, seconds, None) for place, seconds, _ in _waits(raw, "resolved_at"))


def _waits(raw: Raw, ends: str) -> Iterator[tuple[object, float, Row]]:
    for row in raw.tickets:
        opened = datetime.fromisoformat(row["created_at"])
        if opened >= raw.midnight(29):
            end = raw.now if row[ends] is None else datetime.fromisoformat(row[ends])
            yield row["site_code"], working_seconds(opened, end), row


def po_count(raw: Raw) -> Iterator[Share]:
    yield from ((row["org"], 1, 0) for row in raw.orders if row["approved_at"] >= "2026-07-01")


def po_value(raw: Raw) -> Iterator[Share]:
    approved = {(row["po_number"], row["org"]) for row in raw.orders if row["approved_at"] >= "2026-07-01"}
    for row in raw.lines:
        if (row["po_number"], row["org"]) in approved and not row["cancelled"] and row["currency"] == "USD":
            yield row["org"], row["quantity"] * row["unit_price"], 0


def cost_per_asset(raw: Raw) -> Iterator[Share]:
    for row in raw.fleet:
        if row["cost"] is not None:
            yield row["location"], row["cost"] + row["repair_cost"] + row["support_cost"], 1


def utilization(raw: Raw) -> Iterator[Share]:
    yield from ((row["location"], 0, 1) for row in raw.fleet)
    for row in raw.checkouts:
        if row["checked_in_at"] is None:
            unseen = raw.now - datetime.fromisoformat(row["last_seen_at"])
            yield row["location"], unseen <= timedelta(days=45), 0


def deploy_time(raw: Raw) -> Iterator[Wait]:
    since = f"{raw.midnight(364)}"
    for row in raw.assets:
        if row["received"] >= since[:10]:
            end = row["first_deployed_at"] or f"{raw.now}"
            yield row["location"], instant(end) - instant(row["received"]), None


def recovery_time(raw: Raw) -> Iterator[Wait]:
    since = f"{raw.midnight(364)}"[:10]
    for row in raw.checkouts:
        if row["due_at"] is not None and since <= row["due_at"] and datetime.fromisoformat(row["due_at"]) < raw.now:
            end = row["checked_in_at"] or f"{raw.now}"
            yield row["location"], instant(end) - instant(row["due_at"]), None


def lost_stolen(raw: Raw) -> Iterator[Share]:
    yield from ((place, 0, share) for place, share in _average_fleet(raw))
    found = defaultdict(list)
    for row in raw.events:
        if row["type"] == "recovered":
            found[row["asset_tag"]].append(row["at"])
    for row in raw.events:
        is_loss = row["type"].lower() in ("lost", "stolen") and row["at"] >= f"{raw.midnight(364)}"
        if is_loss and not any(at > row["at"] for at in found[row["asset_tag"]]):
            yield row["location"], 1, 0


def incidents_per_asset(raw: Raw) -> Iterator[Share]:
    yield from ((place, 0, share) for place, share in _average_fleet(raw))
    for row in raw.tickets:
        if row["asset_tag"] and row["kind"] == "ticket" and row["created_at"] >= f"{raw.midnight(364)}":
            yield row["site_code"], 1, 0


def _average_fleet(raw: Raw) -> Iterator[tuple[object, float]]:
    start, end = instant(f"{raw.midnight(364)}"), instant(f"{raw.now}")
    for row in raw.assets:
        stood = min(end, instant(row["gone"]) if row["gone"] else end) - max(start, instant(row["received"]))
        if stood > 0:
            yield row["location"], stood / (end - start)


def license_compliance(raw: Raw) -> Iterator[Share]:
    for row in raw.licenses:
        if row["renewed_at"] is None:
            enough = row["seats_owned"] == -1 or row["seats_used"] <= row["seats_owned"]
            yield row["location"] or "district", enough and row["expires_at"] >= f"{raw.now.date()}", 1


def audit_completion(raw: Raw) -> Iterator[Share]:
    for row in raw.audit_items:
        if row["closed_at"] is None:
            yield row["location"], row["verified_at"] is not None, 1


def pd_completion(raw: Raw) -> Iterator[Share]:
    hours: dict[str, float] = defaultdict(float)
    for row in raw.attended:
        if row["school_year"] == "2026-27":
            hours[row["person_id"]] += row["hours"]
    for row in raw.required:
        if row["school_year"] == "2026-27":
            yield row["site_code"], hours[row["person_id"]] >= row["hours_required"], 1


COUNTS: dict[str, Callable[[Raw], Iterator[Share]]] = {"tickets": tickets, "po-count": po_count, "po-value": po_value}
SHARES: dict[str, Callable[[Raw], Iterator[Share]]] = {
    "ticket-age": ticket_age,
    "pd-completion": pd_completion,
    "utilization": utilization,
    "cost-per-asset": cost_per_asset,
    "license-compliance": license_compliance,
    "audit-completion": audit_completion,
    "lost-stolen": lost_stolen,
    "incidents-per-asset": incidents_per_asset,
}
WAITS: dict[str, Callable[[Raw], Iterator[Wait]]] = {
    "response-time": response_time,
    "resolution-time": resolution_time,
    "deploy-time": deploy_time,
    "recovery-time": recovery_time,
}
