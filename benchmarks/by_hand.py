"""The catalogue's KPIs: each as kpibot is told, and as an expert would write it for 200 campuses.

`{lasted(a, b)}` is the sum of the seconds from a to b, or to now; each database has its own best words for it. The
statements give campus, number and newest row, and where something is divided by itself, what by.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from benchmarks.tables import NOW

START = datetime(2026, 10, 22, tzinfo=NOW.tzinfo)  # of the last 30 local days
YEAR = datetime(2025, 11, 21, tzinfo=NOW.tzinfo)  # of the last 365
FISCAL = datetime(2026, 7, 1, tzinfo=NOW.tzinfo)
OLD = datetime(2026, 11, 6, tzinfo=NOW.tzinfo)  # 10 working days ago, from midnight on
BOUND = {"start": START, "year": YEAR, "fiscal": FISCAL, "old": OLD}
APART = frozenset({"mean-response", "median-response"})  # measured by themselves, not in the catalogue


@dataclass(frozen=True, slots=True)
class Task:
    """A KPI both ways. `halves` are statements whose numbers are divided by each other, where there are two."""

    measure: str
    more: str
    components: tuple[str, ...]
    scale: float = 1.0

    def values(self, rows: list[list[tuple[Any, ...]]]) -> Iterator[tuple[str, float]]:
        """The values by campus that the rows of the statements mean; none where they are no sums."""
        if "median" in self.measure:
            return
        scale = 100 if "percent" in self.more else self.scale
        if len(rows) == 2:
            below = {campus: float(number) for campus, number, _ in rows[1]}
            of = ((campus, number, below[campus]) for campus, number, _ in rows[0] if campus in below)
        else:
            of = ((campus, number, float(over[0] if over else 1)) for campus, number, *over, _newest in rows[0])
        yield from ((campus, float(number) / over * scale) for campus, number, over in of if number and over)


def lasted(dialect: str, since: str, until: str, start: str | None = None) -> str:
    """The sum of seconds; where `start` is given, only of what lies after it."""
    if dialect == "postgresql":
        began = since if start is None else f"greatest({since}, {start})"
        return f"extract(epoch FROM sum(least({until}, :now) - {began}))"
    began = since if start is None else f"max({since}, {start})"
    return f"sum(unixepoch(min(ifnull({until}, :now), :now)) - unixepoch({began}))"


def median(dialect: str, table: str, since: str, until: str, start: str) -> str:
    """A median and a p90 a campus; SQLite has none, so that its rows are fetched."""
    where = f"FROM {table} WHERE {since} >= :{start} AND {since} < :now"
    if dialect == "postgresql":
        wait = f"extract(epoch FROM least({until}, :now) - {since})"
        return f"SELECT campus, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY {wait}) {where} GROUP BY campus"
    return f"SELECT campus, unixepoch({since}), unixepoch({until}) {where}"


def spans(dialect: str, until: str) -> str:
    """What a median in working hours needs: no database knows them."""
    epoch = "extract(epoch FROM {})::bigint" if dialect == "postgresql" else "unixepoch({})"
    return (
        f"SELECT campus, {epoch.format('opened')}, {epoch.format(until)} FROM tickets "
        "WHERE opened >= :start AND opened < :now"
    )


def standing(table: str, since: str, until: str | None = None, number: str = "count(*)", more: str = "") -> str:
    """What stands now."""
    still = "" if until is None else f" AND {until} IS NULL"
    return f"SELECT campus, {number}, max({since}) FROM {table} WHERE {since} < :now{still}{more} GROUP BY campus"


def average(dialect: str) -> str:
    """The devices in service, on average over a year."""
    seconds = (NOW - YEAR).total_seconds()
    return (
        f"SELECT campus, {lasted(dialect, 'received', 'gone', ':year')} / {seconds}, max(received) FROM assets "
        "WHERE received < :now AND (gone IS NULL OR gone >= :year) GROUP BY campus"
    )


def happened(table: str, at: str, start: str, number: str = "count(*)", more: str = "") -> str:
    """What happened since."""
    return (
        f"SELECT campus, {number}, max({at}) FROM {table} WHERE {at} >= :{start} AND {at} < :now{more} GROUP BY campus"
    )


def tasks(dialect: str) -> dict[str, Task]:
    """The catalogue's 15 KPIs, and those of APART."""
    open_tickets = "{stock: tickets, from: opened, until: resolved}"
    fleet = "{stock: assets, from: received, until: gone}"
    average_fleet = "{stock: assets, from: received, until: gone, average: period}"
    waited = lasted(dialect, "opened", "replied")
    overdue = lasted(dialect, "due", "returned")
    return {
        "tickets": Task(open_tickets, "", (standing("tickets", "opened", "resolved"),)),
        "ticket-age": Task(
            "{ratio: {of: {stock: tickets, from: opened, until: resolved, "
            f"where: {{opened: {{older_than: 10 working days}}}}}}, over: {open_tickets}}}}}",
            "as: percent",
            ("SELECT campus, sum(CASE WHEN opened < :old THEN 1 ELSE 0 END), count(*), max(opened) FROM tickets "
             "WHERE opened < :now AND resolved IS NULL GROUP BY campus",),
        ),
        "response-time": Task(
            "{duration: tickets, from: opened, to: replied, clock: working, statistic: median, also: [p90]}",
            "period: 30 days",
            (spans(dialect, "replied"),),
        ),
        "resolution-time": Task(
            "{duration: tickets, from: opened, to: resolved, clock: working, statistic: median, also: [p90]}",
            "period: 30 days",
            (spans(dialect, "resolved"),),
        ),
        "median-response": Task(
            "{duration: tickets, from: opened, to: replied, statistic: median}",
            "period: 30 days",
            (median(dialect, "tickets", "opened", "replied", "start"),),
        ),
        "mean-response": Task(
            "{duration: tickets, from: opened, to: replied, statistic: mean}",
            "period: 30 days\n    as: hours",
            (f"SELECT campus, {waited}, count(*), max(opened) FROM tickets "
             "WHERE opened >= :start AND opened < :now GROUP BY campus",),
            1 / 3600,
        ),
        "incidents-per-asset": Task(
            "{ratio: {of: {flow: tickets, at: opened, where: {asset: {not: [null]}}}, "
            f"over: {average_fleet}}}}}",
            "period: 365 days",
            (happened("tickets", "opened", "year", more=" AND asset IS NOT NULL"), average(dialect)),
        ),
        "po-count": Task(
            "{flow: orders, at: approved, distinct: number}",
            "period: fiscal year to date",
            (happened("orders", "approved", "fiscal", "count(DISTINCT number)"),),
        ),
        "po-value": Task(
            "{flow: orders, at: approved, sum: value}",
            "period: fiscal year to date",
            (happened("orders", "approved", "fiscal", "sum(value)"),),
        ),
        "cost-per-asset": Task(
            "{stock: assets, from: received, until: gone, mean: cost}",
            "as: currency",
            (standing("assets", "received", "gone", "sum(cost), count(cost)"),),
        ),
        "license-compliance": Task(
            "{ratio: {of: {stock: licenses, from: starts, where: {used: {at_most: {column: owned}}}}, "
            "over: {stock: licenses, from: starts}}}",
            "as: percent",
            (standing("licenses", "starts", number="sum(CASE WHEN used <= owned THEN 1 ELSE 0 END), count(*)"),),
        ),
        "audit-completion": Task(
            "{ratio: {of: {stock: audits, from: verified}, over: {stock: audits, from: listed}}}",
            "as: percent",
            (standing("audits", "listed", number="count(verified), count(*)"),),
        ),
        "utilization": Task(
            f"{{ratio: {{of: {{stock: checkouts, from: taken, until: returned}}, over: {fleet}}}}}",
            "as: percent",
            (standing("checkouts", "taken", "returned"), standing("assets", "received", "gone")),
        ),
        "deploy-time": Task(
            "{duration: assets, from: received, to: deployed, statistic: median, also: [p90]}",
            "period: 365 days\n    as: days",
            (median(dialect, "assets", "received", "deployed", "year"),),
        ),
        "recovery-time": Task(
            "{duration: checkouts, from: due, to: returned, statistic: mean}",
            "period: 365 days\n    as: days",
            (f"SELECT campus, {overdue}, count(*), max(due) FROM checkouts WHERE due >= :year AND due < :now "
             "AND (returned IS NULL OR returned >= due) GROUP BY campus",),
            1 / 86400,
        ),
        "lost-stolen": Task(
            f"{{ratio: {{of: {{flow: losses, at: happened}}, over: {average_fleet}}}}}",
            "period: 365 days\n    as: percent",
            (happened("losses", "happened", "year"), average(dialect)),
        ),
        "pd-completion": Task(
            "{ratio: {of: {stock: training, from: completed}, over: {stock: training, from: begins}}}",
            "as: percent",
            (standing("training", "begins", number="count(completed), count(*)"),),
        ),
    }  # fmt: skip
