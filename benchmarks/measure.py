"""How much dearer is kpibot than the statements that an expert would write by hand?

Both sides give the same numbers, which is checked first, through the same driver, on the same database; they take
turns, and the medians are compared.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from benchmarks.by_hand import APART, BOUND, Task
from benchmarks.district import BenchmarkDistrict, same
from benchmarks.tables import NOW
from benchmarks.timing import alternate, once, row
from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.kpis.conditions import ValueCondition
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.measures import Stock
from kpibot.services.alerts.monitor import AlertMonitor
from kpibot.services.measurement.reporting import Reporting

ALONE = ("tickets", "mean-response", "median-response")
DAYS_ASKED = 3  # of a query a day; more of them would take minutes, and cost the same each


class Moments:
    """The time of each round, a microsecond later: nothing may come from what was remembered of the one before."""

    def __init__(self) -> None:
        self._last = NOW

    def next(self) -> datetime:
        """One that was not given before."""
        self._last += timedelta(microseconds=1)
        return self._last


def by_hand(place: BenchmarkDistrict, task: Task) -> list[list[tuple[object, ...]]]:
    """The rows of a KPI's statements."""
    return [place.by_hand(each, **BOUND) for each in task.components]


def measured_anew(place: BenchmarkDistrict, kpi: Kpi, moments: Moments) -> object:
    """A reading for every campus and group."""
    return place.services.measurement.measure([kpi], moments.next())[0]


def watching(place: BenchmarkDistrict, kpis: dict[str, Kpi], moments: Moments) -> Callable[[], object]:
    """Measures KPIs for every campus and group, judges and stores them, with nothing to post."""
    services = place.services

    def measure() -> object:
        district = replace(services.district, kpis=kpis)
        reporting = Reporting(district, services.measurement, services.store, {})
        return AlertMonitor(district, services.catalog, reporting, services.store, lambda _: "helpdesk").measure(
            moments.next()
        )

    return measure


def one_kpi(place: BenchmarkDistrict, tasks: dict[str, Task], rounds: int) -> None:
    """A KPI for all campuses, measured, judged and stored, against the hand-written statement."""
    moments = Moments()
    for name in ALONE:
        task, kpi = tasks[name], place.kpi(name)
        readings = place.services.measurement.measure([kpi], NOW)[0]
        same({slug: each.value for slug, each in readings.items()}, task.values(by_hand(place, task)), name)
        hand, measured, stored = alternate(
            (
                partial(by_hand, place, task),
                partial(measured_anew, place, kpi, moments),
                watching(place, {name: kpi}, moments),
            ),
            rounds,
        )
        row(place.name, name, hand, measured, stored, stored / hand)


def catalogue(place: BenchmarkDistrict, tasks: dict[str, Task], rounds: int) -> None:
    """All 15 KPIs at once against the sum of their hand-written statements."""
    moments, chosen = Moments(), {name: task for name, task in tasks.items() if name not in APART}
    kpis = {name: place.kpi(name) for name in chosen}
    for name, readings in zip(kpis, place.services.measurement.measure(list(kpis.values()), NOW), strict=True):
        task = chosen[name]
        same({slug: each.value for slug, each in readings.items()}, task.values(by_hand(place, task)), name)
    hand, stored = alternate(
        (lambda: [by_hand(place, task) for task in chosen.values()], watching(place, kpis, moments)), rounds
    )
    row(place.name, f"the {len(kpis)} KPIs of the catalogue", hand, "", stored, stored / hand)


def a_statement_each(place: BenchmarkDistrict, rounds: int) -> None:
    """All campuses in one statement against a statement a campus, by hand and by kpibot."""
    moments, measurement, kpi = Moments(), place.services.measurement, place.kpi("tickets")
    campuses = [alias for campus in place.services.district.tree for alias in campus.aliases]
    grouped = (
        "SELECT campus, count(*), max(opened) FROM tickets WHERE opened < :now AND resolved IS NULL GROUP BY campus"
    )
    single = "SELECT count(*), max(opened) FROM tickets WHERE opened < :now AND resolved IS NULL AND campus = :campus"

    def each_by_kpibot() -> None:
        for campus in campuses:
            measurement.measure([_at(kpi, campus)], moments.next())[0]

    merge, each, kpibot = alternate(
        (
            lambda: place.by_hand(grouped),
            lambda: [place.by_hand(single, campus=campus) for campus in campuses],
            partial(measured_anew, place, kpi, moments),
        ),
        rounds,
    )
    row(place.name, "by hand", merge, each, each / merge)
    each = once(each_by_kpibot)
    row(place.name, "by kpibot", kpibot, each, each / kpibot)


def _at(kpi: Kpi, campus: str) -> Kpi:
    assert isinstance(kpi.measure, Stock)
    return replace(kpi, measure=replace(kpi.measure, where=(ValueCondition("campus", (campus,)),)))


WALK = {
    "postgresql": ("opened::date", "resolved::date"),
    "sqlite": ("date(opened)", "date(resolved)"),
}


def walk(dialect: str) -> str:
    """The levels of every campus at the end of each day on which something changed, walked back in one statement."""
    opened, resolved = WALK[dialect]
    return f"""
        WITH moves AS (
            SELECT campus, {opened} AS day, count(*) AS n FROM tickets WHERE opened >= :first AND opened < :now
            GROUP BY 1, 2
            UNION ALL
            SELECT campus, {resolved}, -count(*) FROM tickets WHERE resolved >= :first AND resolved < :now GROUP BY 1, 2
        ),
        net AS (SELECT campus, day, sum(n) AS n FROM moves GROUP BY 1, 2),
        level AS (SELECT campus, count(*) AS n FROM tickets WHERE opened < :now AND resolved IS NULL GROUP BY 1)
        SELECT campus, day, level.n - coalesce(sum(net.n) OVER (
            PARTITION BY campus ORDER BY day DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
        FROM net JOIN level USING (campus)"""


A_DAY = """
    SELECT campus, count(*) FROM tickets WHERE opened < :ends AND (resolved IS NULL OR resolved >= :ends) GROUP BY 1"""


def series(place: BenchmarkDistrict, rounds: int, all_days: tuple[int, ...] = (90, 365)) -> None:
    """Daily series of every campus and group against the best walk by hand, and against a query a day."""
    measurement, kpi = place.services.measurement, place.kpi("tickets")
    nodes, statement = [campus.slug for campus in place.services.district.tree], walk(place.dialect)
    for days in all_days:
        first = datetime(NOW.year, NOW.month, NOW.day, tzinfo=NOW.tzinfo) - timedelta(days=days - 1)
        found = measurement.series(kpi, nodes, NOW, days)
        begin = {campus: level for campus, level in place.by_hand(A_DAY, ends=first + timedelta(days=1))}
        same({slug: each.values[0] for slug, each in found.items()}, begin.items(), f"{days} days")
        hand, ours = alternate(
            (
                partial(place.by_hand, statement, first=first),
                partial(measurement.series, kpi, nodes, NOW, days),
            ),
            rounds,
        )
        asked = (partial(place.by_hand, A_DAY, ends=NOW - timedelta(days=n)) for n in range(DAYS_ASKED))
        each_day = sum(map(once, asked)) / DAYS_ASKED * days
        row(place.name, f"{days} days × {len(nodes) - 2} campuses", hand, ours, ours / hand, each_day, each_day / ours)


def ordinary_index(place: BenchmarkDistrict, rounds: int) -> None:
    """SQLite with nothing but an ordinary index on the campus, against a scan of the table."""
    kpi = place.kpi("tickets")
    scan, naive = (
        f"SELECT {campus}, count(*), max(opened) FROM tickets WHERE opened < :now "
        f"AND (resolved IS NULL OR resolved >= :now) GROUP BY {campus}"
        for campus in ("+campus", "campus")
    )
    moments = Moments()
    total = sum(count for _, count, _ in place.by_hand(scan))
    assert place.services.measurement.measure([kpi], NOW)[0][DISTRICT].value == total
    by_scan, led, ours = alternate(
        (
            lambda: place.by_hand(scan),
            lambda: place.by_hand(naive),
            partial(measured_anew, place, kpi, moments),
        ),
        rounds,
    )
    row(place.name, by_scan, led, ours, ours / by_scan)
