"""How does the cost grow: with the campuses, the KPIs, and the days of a series?"""

from dataclasses import replace
from functools import partial

from benchmarks.by_hand import APART, Task
from benchmarks.district import BenchmarkDistrict
from benchmarks.measure import Moments, watching
from benchmarks.tables import NOW
from benchmarks.timing import alternate, row
from kpibot.core.kpis.conditions import ValueCondition
from kpibot.core.kpis.kpi import Kpi
from kpibot.core.kpis.measures import Stock


def with_campuses(place: BenchmarkDistrict, rounds: int) -> None:
    """One KPI measured, judged and stored, in a district of so many campuses."""
    campuses, kpi = len(place.services.district.tree) - 2, place.kpi("tickets")
    (taken,) = alternate((watching(place, {kpi.id: kpi}, Moments()),), rounds)
    row(f"{campuses:,} campuses", taken, taken / campuses * 1_000)


def with_kpis(place: BenchmarkDistrict, tasks: dict[str, Task], rounds: int) -> None:
    """1, 15 and 100 KPIs measured, judged and stored; the hundred are filters of one stock, a statement each."""
    kpi, moments = place.kpi("tickets"), Moments()
    catalogue = {name: place.kpi(name) for name in tasks if name not in APART}
    hundred = {f"tickets-{n}": _without(kpi, n) for n in range(100)}
    for kpis in ({kpi.id: kpi}, catalogue, hundred):
        (taken,) = alternate((watching(place, kpis, moments),), rounds)
        row(f"{len(kpis)} KPIs", taken, taken / len(kpis))


def _without(kpi: Kpi, number: int) -> Kpi:
    assert isinstance(kpi.measure, Stock)
    others = (ValueCondition("campus", (f"C{number}",), negated=True),)
    return replace(kpi, card=replace(kpi.card, id=f"tickets-{number}"), measure=replace(kpi.measure, where=others))


def with_days(place: BenchmarkDistrict, rounds: int) -> None:
    """The series of every campus over so many days."""
    measurement, kpi = place.services.measurement, place.kpi("tickets")
    nodes = [campus.slug for campus in place.services.district.tree]
    for days in (30, 365, 1_825):
        (taken,) = alternate((partial(measurement.series, kpi, nodes, NOW, days),), rounds)
        row(f"{days:,} days", taken, taken / days)
