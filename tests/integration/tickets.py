"""A table of tickets, as ugly as real ones, and the sources that read it."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from kpibot.catalog.model import Column, Database, Dataset, FileTable
from kpibot.core.kpis.measures import Simple
from kpibot.core.kpis.readings import Aggregate
from kpibot.core.kpis.series import SeriesData, Window
from kpibot.core.time.calendar import Calendar, YearStart
from kpibot.core.time.periods import Period
from kpibot.sources.base import Request, SourceError
from kpibot.sources.sql.source import SqlSource

CHICAGO = ZoneInfo("America/Chicago")
SCHOOL_DAYS = ((time(7, 30), time(16, 30)),) * 5 + (None, None)
CALENDAR = Calendar(zone=CHICAGO, fiscal_year=YearStart(7, 1), school_year=YearStart(8, 15), working_hours=SCHOOL_DAYS)
CAMPUSES = ("101", "102", "103", "annex", None)  # a word among them, so that a CSV file is not read as numbers
FILES = ("csv", "parquet")
KINDS = ("ticket", "work_order", "merged", None)


@dataclass(frozen=True)
class Ticket:
    """A row of the test table; times are naive and local to Chicago."""

    id: int
    number: str | None
    site: str | None
    kind: str | None
    opened: datetime | None
    resolved: datetime | None
    amount: float | None


@dataclass(frozen=True)
class Place:
    """A database to try, with a table of tickets in it."""

    name: str
    source: SqlSource
    tickets: Sequence[Ticket]


def ugly_tickets(seed: int, count: int = 400) -> list[Ticket]:
    """Tickets with nulls, ties, ends before their beginnings, unknown campuses, around a change of clocks."""
    draw = random.Random(seed)
    begin = datetime(2026, 10, 5)

    def moment(latest_day: int) -> datetime:
        day, second = draw.randrange(latest_day), draw.choice([0, 1, 43_200, 86_399, draw.randrange(86_400)])
        return begin + timedelta(days=day, seconds=second)

    def ticket(number: int) -> Ticket:
        opened = None if draw.random() < 0.03 else moment(45)
        resolved = None
        if opened is not None and draw.random() < 0.7:
            resolved = opened + timedelta(seconds=draw.choice([0, -3_600, draw.randrange(30 * 86_400)]))
        return Ticket(
            id=number,
            number=None if draw.random() < 0.05 else f"T{draw.randrange(count // 2)}",
            site=draw.choice(CAMPUSES),
            kind=draw.choice(KINDS),
            opened=opened,
            resolved=resolved,
            amount=None if draw.random() < 0.1 else round(draw.uniform(-50, 500), 2),
        )

    return [_outside_the_repeated_hour(ticket(number)) for number in range(count)]


def _outside_the_repeated_hour(ticket: Ticket) -> Ticket:
    """Nobody can say what a naive time in the hour that occurs twice means, so that no test may ask."""

    def moved(moment: datetime | None) -> datetime | None:
        if moment is not None and moment.date().isoformat() == "2026-11-01" and moment.hour == 1:
            return moment.replace(hour=3)
        return moment

    return Ticket(**{**ticket.__dict__, "opened": moved(ticket.opened), "resolved": moved(ticket.resolved)})


TABLE = sa.Table(
    "hd_tickets",
    sa.MetaData(),
    sa.Column("ticket_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.String(20)),
    sa.Column("site_code", sa.String(20)),
    sa.Column("kind", sa.String(20)),
    sa.Column("created_at", sa.DateTime),
    sa.Column("resolved_at", sa.DateTime),
    sa.Column("amount", sa.Float),
)
DATASET = Dataset(
    id="tickets",
    database="helpdesk",
    table="hd_tickets",
    select=None,
    columns={
        "id": Column("ticket_id"),
        "number": Column("number"),
        "campus": Column("site_code"),
        "kind": Column("kind"),
        "opened": Column("created_at"),
        "resolved": Column("resolved_at"),
        "amount": Column("amount"),
    },
    rows="tickets",
    zone=CHICAGO,
)


def fill(url: str, tickets: Sequence[Ticket]) -> None:
    """Writes the tickets as a helpdesk would: SQLite gets text without fractions."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(
                "CREATE TABLE hd_tickets (ticket_id INTEGER PRIMARY KEY, number TEXT, site_code TEXT, kind TEXT, "
                "created_at TEXT, resolved_at TEXT, amount REAL)"
            )
            marks = ", ".join("?" * 7)
            rows = [tuple(_plain(value) for value in ticket.__dict__.values()) for ticket in tickets]
            if rows:
                connection.exec_driver_sql(f"INSERT INTO hd_tickets VALUES ({marks})", rows)  # noqa: S608
        else:
            TABLE.create(connection)
            names = [column.name for column in TABLE.columns]
            rows_by_name = [dict(zip(names, ticket.__dict__.values(), strict=True)) for ticket in tickets]
            if rows_by_name:
                connection.execute(TABLE.insert(), rows_by_name)
    engine.dispose()


def export(url: str, tickets: Sequence[Ticket], folder: Path, kind: str) -> dict[str, FileTable]:
    """The tickets as a file of that kind, written by a DuckDB database."""
    fill(url, tickets)
    file = folder / f"hd_tickets.{kind}"
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"COPY hd_tickets TO '{file}'")
    engine.dispose()
    return {"hd_tickets": FileTable(str(file))}


def open_place(kind: str, new_url: Callable[[str], str], folder: Path, tickets: Sequence[Ticket]) -> Place:
    """The tickets in a new database of a kind, or in a file of that kind in the folder."""
    if kind in FILES:
        return Place(kind, open_source(files=export(new_url("duckdb"), tickets, folder, kind)), tickets)
    url = new_url(kind)
    fill(url, tickets)
    return Place(kind, open_source(url), tickets)


def _plain(value: Any) -> Any:
    return value.isoformat(" ", "seconds") if isinstance(value, datetime) else value


def texts(url: str, *times: str) -> None:
    """Writes, or adds, SQLite rows of campus 101 that opened at these times, as text in whatever shape."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE IF NOT EXISTS hd_tickets (ticket_id INTEGER PRIMARY KEY, number TEXT, site_code TEXT, "
            "kind TEXT, created_at TEXT, resolved_at TEXT, amount REAL)"
        )
        for text in times:
            connection.exec_driver_sql("INSERT INTO hd_tickets (site_code, created_at) VALUES ('101', ?)", (text,))
    engine.dispose()


def open_source(url: str | None = None, files: Mapping[str, FileTable] | None = None, **datasets: Dataset) -> SqlSource:
    """A source over the test table, or over other datasets."""
    database = Database("helpdesk", timedelta(seconds=20), url, files or {})
    return SqlSource(database, datasets or {"tickets": DATASET}, CHICAGO)


def measured(source: SqlSource, measure: Simple, period: Period) -> dict[object, Aggregate]:
    """What one measure gives, by campus as the database calls it.

    Raises:
        SourceError: as a measurement would say.
    """
    (taken,) = source.take([Request(measure, period)])
    if isinstance(taken, SourceError):
        raise taken
    return {cell.campus: parts for cell, parts in taken.items()}


def series_of(source: SqlSource, measure: Simple, window: Window) -> dict[object, SeriesData]:
    """The series of a measure, by campus as the database calls it."""
    return {cell.campus: series for cell, series in source.series(measure, window).items()}
