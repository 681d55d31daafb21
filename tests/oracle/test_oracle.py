"""The measuring engine against the plain reference, over made-up districts on every database.

Every run takes the same few districts. With KPIBOT_EXAMPLES=50 it takes fifty times as many, and others each time.
"""

import math
import os
import random
from collections.abc import Callable
from dataclasses import replace

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from kpibot.core.kpis.kpi import Kpi, format_of
from kpibot.core.kpis.measures import Duration
from kpibot.core.kpis.readings import Missing, Reading
from kpibot.services.measurement.measurement import Measurement
from tests.oracle import reference
from tests.oracle.reference import Asked, Expected, Row, Table
from tests.oracle.services import OracleServices
from tests.oracle.worlds import World

EXAMPLES = {"sqlite": 150, "duckdb": 25, "postgresql": 80, "mariadb": 80}
SCALES = {"percent": 100.0, "hours": 1 / 3_600, "number": 1.0}
DAYS = 12
# The one kind is made smaller until it shows a difference plainly, the other is wider and quicker.
DRAWS = st.randoms(use_true_random=False) | st.integers(0, 2**40).map(random.Random)


def over_worlds(services: OracleServices, check: Callable[[World, Measurement, random.Random], None]) -> None:
    """Runs a check over many made-up districts."""
    times = os.environ.get("KPIBOT_EXAMPLES")

    @settings(
        max_examples=EXAMPLES[services.kind] * int(times or 1),
        deadline=None,
        derandomize=times is None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(DRAWS)
    def run(draw: random.Random) -> None:
        one, measurement = services.settle(draw)
        check(one, measurement, draw)

    run()


def asked(one: World, kpi: Kpi) -> Asked:
    return Asked(one.as_of, kpi.comparison_period.ending(one.as_of, one.calendar), one.calendar)


def expected(one: World, kpi: Kpi, node: str) -> Expected | None:
    """What the reference says of a campus or group; None where nothing can be said."""
    datasets = [one.tables[half.dataset] for half in reference.components(kpi.measure)]
    if not all(table.rows for table in datasets) or (not kpi.by_campus and node != "district"):
        return None
    own = reference.covered(node, one.parents)
    return reference.reading(kpi.measure, one.tables, asked(one, kpi), lambda table, row, _: table.slug(row) in own)


def scaled(value: float | None, shown: str) -> float | None:
    return None if value is None else value * SCALES[shown]


def assert_same(found: float | None, wanted: float | None, what: object) -> None:
    is_same = found is wanted or (
        found is not None and wanted is not None and math.isclose(found, wanted, rel_tol=1e-9, abs_tol=2e-3)
    )
    assert is_same, f"{what}: found {found}, wanted {wanted}"


def assert_reads(found: Reading, wanted: Expected | None, kpi: Kpi, what: object) -> None:
    if wanted is None:
        assert (found.value, found.rows, found.missing) == (None, 0, Missing.NO_ROWS), f"{what}: {found}"
        return
    assert found.detail is None, found.detail
    assert_same(found.value, scaled(wanted.value, kpi.card.format), what)
    assert (found.missing is None) == (found.value is not None), found
    counts = (found.rows, found.valued, found.waiting)
    assert counts == (wanted.rows, wanted.valued, wanted.waiting), f"{what}: {counts} is not of {wanted}"
    assert found.newest == wanted.newest, f"{what}: {found.newest} is not {wanted.newest}"
    assert_same(found.numerator, wanted.numerator, f"{what} numerator")
    assert_same(found.denominator, wanted.denominator, f"{what} denominator")
    if isinstance(kpi.measure, Duration):
        for (statistic, value), other in zip(found.also, wanted.also, strict=True):
            assert_same(value, scaled(other, format_of(statistic, kpi.card.format)), f"{what} {statistic}")


def described(one: World, kpi: Kpi) -> str:
    lines = [f"{kpi.measure}", f"period {kpi.period} at {one.as_of}, district in {one.calendar.zone}"]
    for name, kept in one.kept.items():
        lines += [f"{name}: {kept}", *(f"    {row}" for row in one.tables[name].rows)]
    return "\n".join(lines)


def test_readings_are_what_counting_row_by_row_gives(services: OracleServices) -> None:
    def check(one: World, measurement: Measurement, _: random.Random) -> None:
        for kpi, readings in zip(one.kpis, measurement.measure(one.kpis, one.as_of), strict=True):
            note(described(one, kpi))
            for node, found in readings.items():
                assert_reads(found, expected(one, kpi, node), kpi, f"{kpi.id} at {node}")

    over_worlds(services, check)


def test_statements_that_kpis_share_say_what_each_says_alone(services: OracleServices) -> None:
    def check(one: World, measurement: Measurement, draw: random.Random) -> None:
        for kpi, merge in zip(one.kpis, measurement.measure(one.kpis, one.as_of), strict=True):
            assert measurement.measure([kpi], one.as_of)[0] == merge

    over_worlds(services, check)


def test_a_series_is_a_measurement_at_the_end_of_each_day(services: OracleServices) -> None:
    def check(one: World, measurement: Measurement, _: random.Random) -> None:
        for kpi in one.kpis:
            if not kpi.has_past:
                continue
            note(described(one, kpi))
            nodes = [node.slug for node in one.tree] if kpi.by_campus else ["district"]
            window = measurement.window(kpi, one.as_of, DAYS)
            for node, series in measurement.series(kpi, nodes, one.as_of, DAYS).items():
                for day, end, found in zip(window.days, window.ends, series.values, strict=True):
                    wanted = expected(replace(one, as_of=end), kpi, node)
                    value = None if wanted is None else scaled(wanted.value, kpi.card.format)
                    assert_same(found, value, f"{kpi.id} at {node} on {day}")

    over_worlds(services, check)


def test_a_breakdown_parts_the_rows_of_a_reading(services: OracleServices) -> None:
    def check(one: World, measurement: Measurement, draw: random.Random) -> None:
        kpi = draw.choice(one.kpis)
        # Which of two spellings of a kind it shows is a choice of a database that takes them for the same.
        names = [each for each in kpi.dimensions if each != "kind" or services.kind != "mariadb"]
        name, node = draw.choice(names), draw.choice([each.slug for each in one.tree])
        note(described(one, kpi))
        own, when, dimensions = reference.covered(node, one.parents), asked(one, kpi), kpi.dimensions[name]

        def labelled(table: Table, row: Row, place: int) -> str:
            return reference.label(dimensions[place], row, table, when)

        wanted = {
            labelled(table, row, place)
            for place, half in enumerate(reference.components(kpi.measure))
            for table in [one.tables[half.dataset]]
            for row in reference.rows_of(half, table, when)
            if table.slug(row) in own
        }
        found = measurement.breakdown(kpi, name, node, one.as_of)
        assert set(found) == wanted
        for label, each in found.items():
            said = reference.reading(
                kpi.measure,
                one.tables,
                when,
                lambda table, row, place, label=label: table.slug(row) in own and labelled(table, row, place) == label,
            )
            assert_reads(each, said, kpi, f"{name} {label!r} at {node}")

    over_worlds(services, check)
